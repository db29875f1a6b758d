"""The framing of port-forward, and TLS inside of it, without a network."""

import ssl
from typing import TypeVar

import pytest

from flink_session.client.access.tunnel import LARGEST, Pump, Tunnel, TunnelError

T = TypeVar("T")


class Kubelet:
    """The other end: answers what it is sent, and keeps what it got."""

    def __init__(self, *messages: bytes) -> None:
        self.messages, self.sent = list(messages), list[bytes]()

    def drive(self, pump: Pump[T]) -> T:
        try:
            wanted = next(pump)
            while True:
                if wanted is None:
                    wanted = pump.send(self.messages.pop(0) if self.messages else b"")
                else:
                    self.sent.append(wanted)
                    wanted = pump.send(b"")
        except StopIteration as stop:
            result: T = stop.value
            return result


PORTS = (b"\x00\x91\x1f", b"\x01\x91\x1f")


def test_the_port_that_opens_each_channel_is_no_data() -> None:
    kubelet, tunnel = Kubelet(*PORTS, b"\x00HTTP/1.1 ", b"\x00200 OK"), Tunnel()
    assert kubelet.drive(tunnel.read(4)) == b"HTTP"
    assert kubelet.drive(tunnel.read(100)) == b"/1.1 "
    assert kubelet.drive(tunnel.read(100)) == b"200 OK"
    assert kubelet.drive(tunnel.read(100)) == b""


def test_what_the_kubelet_says_is_wrong_is_raised() -> None:
    kubelet = Kubelet(*PORTS, b"\x01connection refused")
    with pytest.raises(TunnelError, match="connection refused"):
        kubelet.drive(Tunnel().read(100))


def test_what_is_sent_is_cut_into_messages_of_bounded_size() -> None:
    kubelet, data = Kubelet(), bytes(range(256)) * 400
    kubelet.drive(Tunnel().write(data))
    assert all(message[0] == 0 and len(message) <= LARGEST + 1 for message in kubelet.sent)
    assert b"".join(message[1:] for message in kubelet.sent) == data


def test_a_certificate_that_is_not_trusted_is_an_error_of_tls() -> None:
    kubelet = Kubelet(*PORTS, b"\x00HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(ssl.SSLError):
        kubelet.drive(Tunnel().start_tls(ssl.create_default_context(), "flink"))
