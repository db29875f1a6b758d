"""The framing of port-forward, and TLS inside of it, without a network."""

import ssl
from typing import TypeVar

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong

from flink_session.client.access.tunnel import LARGEST, Pump, Tunnel, TunnelError

T = TypeVar("T")


class Kubelet:
    """The other end: says what it has to say, a piece of bytes at a time, and keeps what it got."""

    def __init__(self, *said: bytes | Ping | CloseConnection, pieces: int = 10_000) -> None:
        self._socket = Connection(ConnectionType.SERVER)
        data = b"".join(
            self._socket.send(BytesMessage(data=item) if isinstance(item, bytes) else item) for item in said
        )
        self._pieces = [data[start : start + pieces] for start in range(0, len(data), pieces)]
        self.got: list[object] = []

    def drive(self, pump: Pump[T]) -> T:
        try:
            wanted = next(pump)
            while True:
                if wanted is None:
                    wanted = pump.send(self._pieces.pop(0) if self._pieces else b"")
                else:
                    self.take(wanted)
                    wanted = pump.send(b"")
        except StopIteration as stop:
            result: T = stop.value
            return result

    def take(self, data: bytes) -> None:
        self._socket.receive_data(data)
        self.got += self._socket.events()

    @property
    def messages(self) -> list[bytes]:
        return [bytes(event.data) for event in self.got if isinstance(event, BytesMessage)]


PORTS = (b"\x00\x91\x1f", b"\x01\x91\x1f")


@pytest.mark.parametrize("pieces", [1, 3, 10_000])
def test_the_port_that_opens_each_channel_is_no_data(pieces: int) -> None:
    kubelet, tunnel = Kubelet(*PORTS, b"\x00HTTP/1.1 ", b"", b"\x00200 OK", pieces=pieces), Tunnel()
    received = b""
    while data := kubelet.drive(tunnel.read(4)):
        assert len(data) <= 4
        received += data
    assert received == b"HTTP/1.1 200 OK"


def test_what_the_kubelet_says_is_wrong_is_raised() -> None:
    kubelet = Kubelet(*PORTS, b"\x01connection refused")
    with pytest.raises(TunnelError, match="connection refused"):
        kubelet.drive(Tunnel().read(100))


def test_what_is_sent_is_cut_into_messages_of_bounded_size() -> None:
    kubelet, data = Kubelet(), bytes(range(256)) * 400
    kubelet.drive(Tunnel().write(data))
    assert all(message[0] == 0 and len(message) <= LARGEST + 1 for message in kubelet.messages)
    assert b"".join(message[1:] for message in kubelet.messages) == data


def test_a_ping_is_answered_and_the_data_after_it_is_given() -> None:
    kubelet = Kubelet(*PORTS, Ping(b"there?"), b"\x00data")
    assert kubelet.drive(Tunnel().read(100)) == b"data"
    assert [bytes(event.payload) for event in kubelet.got if isinstance(event, Pong)] == [b"there?"]


def test_pings_are_sent_and_hanging_up_is_said_once() -> None:
    kubelet, tunnel = Kubelet(), Tunnel()
    kubelet.take(tunnel.ping())
    kubelet.take(tunnel.close())
    assert [type(event) for event in kubelet.got] == [Ping, CloseConnection]
    assert tunnel.close() == tunnel.ping() == b""


def test_the_end_of_the_other_side_is_the_end() -> None:
    kubelet, tunnel = Kubelet(*PORTS, b"\x00last", CloseConnection(1000)), Tunnel()
    assert kubelet.drive(tunnel.read(100)) == b"last"
    assert kubelet.drive(tunnel.read(100)) == b""


def test_a_certificate_that_is_not_trusted_is_an_error_of_tls() -> None:
    kubelet = Kubelet(*PORTS, b"\x00HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(ssl.SSLError):
        kubelet.drive(Tunnel().start_tls(ssl.create_default_context(), "flink"))
