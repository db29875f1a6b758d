"""Kubernetes' port-forward over WebSocket, without I/O: it asks for what to send and receive, so two drivers share it.

In `v4.channel.k8s.io` one WebSocket is one TCP connection to a port of a pod. The first byte of a message is its
channel: 0 has the data, 1 an error as text. The first message of each channel is the port, in two bytes. TLS to Flink
runs inside.
"""

from __future__ import annotations

import base64
import os
import ssl
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import TypeVar

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping

T = TypeVar("T")

PROTOCOL = "v4.channel.k8s.io"
_DATA, _ERROR = 0, 1
LARGEST = 32 * 1024
"""Bytes of data in one message."""
_READ = 64 * 1024

Pump = Generator[bytes | None, bytes, T]
"""Yields bytes that are to be sent, or None to be given what is received next: nothing at the end of the connection."""


def upgrade_headers() -> dict[str, str]:
    """Give the headers of the request that opens the WebSocket."""
    return {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Protocol": PROTOCOL,
    }


class TunnelError(Exception):
    """The kubelet could not forward; the message is its own."""


class Framing:
    """The messages of one forwarded connection.

    Attributes:
        error: what the kubelet said is wrong; empty while all is well.
    """

    def __init__(self) -> None:
        self._begun: set[int] = set()
        self._received = bytearray()
        self.error = ""

    def feed(self, message: bytes) -> None:
        """Take a message of the socket."""
        channel, payload = message[0], message[1:]
        if channel not in self._begun:
            self._begun.add(channel)
            payload = payload[2:]
        if channel == _DATA:
            self._received += payload
        elif channel == _ERROR:
            self.error += payload.decode(errors="replace")

    def take(self, most: int) -> bytes:
        """Give bytes that were received; none if there are none."""
        taken = bytes(self._received[:most])
        del self._received[:most]
        return taken

    @staticmethod
    def messages(data: bytes) -> Iterator[bytes]:
        """Give the messages that carry some bytes."""
        for start in range(0, len(data), LARGEST):
            yield bytes([_DATA]) + data[start : start + LARGEST]


class Tunnel:
    """One connection to a port of a pod, with TLS inside once that has been begun."""

    def __init__(self) -> None:
        self._socket, self._message = Connection(ConnectionType.CLIENT), bytearray()
        self._framing, self._ended = Framing(), False
        self._tls: _Tls | None = None

    def read(self, most: int) -> Pump[bytes]:
        """Give what was received; nothing at the end. Raises TunnelError, ssl.SSLError."""
        return self._inside(self._tls.read(most)) if self._tls else self._read(most)

    def write(self, data: bytes) -> Pump[None]:
        """Send all of it. Raises ssl.SSLError."""
        return self._inside(self._tls.write(data)) if self._tls else self._write(data)

    def start_tls(self, context: ssl.SSLContext, server_hostname: str | None) -> Pump[None]:
        """Shake hands. Raises TunnelError, ssl.SSLError."""
        self._tls = _Tls(context, server_hostname)
        yield from self._inside(self._tls.handshake())

    def ping(self) -> bytes:
        """Give what shows that this end is still there, since what stands between closes what is silent."""
        return self._socket.send(Ping()) if self._socket.state is ConnectionState.OPEN else b""

    def close(self) -> bytes:
        """Give what says that this end hangs up; nothing if that has been said."""
        is_open = self._socket.state in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING)
        return self._socket.send(CloseConnection(1000)) if is_open else b""

    def _read(self, most: int) -> Pump[bytes]:
        while not (taken := self._framing.take(most)):
            if self._framing.error:
                raise TunnelError(self._framing.error.strip())
            if self._ended:
                return b""
            yield from self._receive()
        return taken

    def _receive(self) -> Pump[None]:
        received = yield None
        self._socket.receive_data(received or None)
        # The end without a word of the other side is an event as well.
        for event in self._socket.events():
            if isinstance(event, Ping):
                yield self._socket.send(event.response())
            elif isinstance(event, CloseConnection):
                self._ended = True
            elif isinstance(event, BytesMessage):
                self._message += event.data
                if event.message_finished and self._message:
                    self._framing.feed(bytes(self._message))
                    self._message.clear()

    def _write(self, data: bytes) -> Pump[None]:
        for message in self._framing.messages(data):
            yield self._socket.send(BytesMessage(data=message))

    def _inside(self, pump: Pump[T]) -> Pump[T]:
        answer = b""
        try:
            wanted = next(pump)
            while True:
                if wanted is None:
                    answer = yield from self._read(_READ)
                else:
                    yield from self._write(wanted)
                wanted = pump.send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result


class _Tls:
    """The client's side of one TLS connection, over bytes."""

    def __init__(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)

    def handshake(self) -> Pump[None]:
        yield from self._pump(self._object.do_handshake)

    def read(self, most: int) -> Pump[bytes]:
        def read() -> bytes:
            try:
                return self._object.read(most)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

        return (yield from self._pump(read))

    def write(self, data: bytes) -> Pump[None]:
        view = memoryview(data)
        while view:
            written = yield from self._pump(partial(self._object.write, view))
            view = view[written:]

    def _pump(self, step: Callable[[], T]) -> Pump[T]:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                yield from self._flush()
                if received := (yield None):
                    self._incoming.write(received)
                else:
                    self._incoming.write_eof()
            else:
                yield from self._flush()
                return result

    def _flush(self) -> Pump[None]:
        if outgoing := self._outgoing.read():
            yield outgoing
