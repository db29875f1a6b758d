"""A forwarded port as the HTTP library's network: one driver for blocking programs, one for asynchronous ones.

The WebSocket is an ordinary request of the HTTP library that the API server answers with 101; what is under it is then
ours. There are no threads and no tasks behind it: nothing has to be ended but the connection.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NoReturn, TypeVar

import httpcore2
import httpx2
from wsproto.utilities import ProtocolError

from .api_server import api_servers_word
from .no_way import NoWayError, refused_certificate
from .tunnel import Pump, Tunnel, TunnelError

T = TypeVar("T")

_READ = 64 * 1024
_SILENCE = 20.0
"""Seconds after which a ping is sent while an answer is waited for."""
_HANGING_UP = 1.0
"""Seconds that the word of hanging up may take."""

_OF_THE_SOCKET = ("is_readable", "socket")
_ENDS = (httpcore2.NetworkError, httpcore2.TimeoutException, httpx2.HTTPError, OSError)
"""What may go wrong when a connection is closed, which is of no interest then."""


def judge(response: httpx2.Response, *, moves: bool) -> NoReturn:
    """Raise NoWayError for an answer, read whole, with which the API server opens no WebSocket.

    `moves` says that a pod that is gone can be found elsewhere.
    """
    status = response.status_code
    reasons = {
        401: "the API server refuses the credentials",
        403: "the API server does not let you forward ports; it takes get and create on pods/portforward",
        404: "there is no such pod (any more)",
    }
    reason = reasons.get(status, f"the API server forwards no port (HTTP status {status})")
    final = status in reasons and not (status == 404 and moves)
    raise NoWayError(f"{reason}: {api_servers_word(response)}", final=final)


@contextlib.contextmanager
def _as_of_a_network() -> Iterator[None]:
    """Let what goes wrong look as it does on a socket, since the HTTP library tells by that what may be done."""
    try:
        yield
    except TunnelError as error:
        raise NoWayError(f"the kubelet cannot forward the port: {error}", sent="refused" not in str(error)) from error
    except ssl.SSLError as error:
        reason = refused_certificate(error) or f"TLS to the JobManager fails: {error}"
        raise NoWayError(reason, final=True) from error
    except ProtocolError as error:
        raise httpcore2.ReadError(f"the tunnel broke: {error}") from error


class _Pings:
    """Cuts the time to wait for an answer into pieces, with a ping after each."""

    def __init__(self, timeout: float | None) -> None:
        self._left = timeout

    @property
    def piece(self) -> float:
        return _SILENCE if self._left is None else min(self._left, _SILENCE)

    def is_last(self) -> bool:
        """Say whether the time is up, at the end of a piece."""
        if self._left is not None:
            self._left -= self.piece
        return self._left == 0


class Backend(httpcore2.NetworkBackend):
    """Opens a tunnel for each connection, whatever its address."""

    def __init__(self, connect: Callable[[float | None], httpx2.Response]) -> None:
        """`connect` opens a WebSocket within so many seconds."""
        self._connect = connect

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Stream:
        """Open a tunnel."""
        return Stream(self._connect(timeout))


class Stream(httpcore2.NetworkStream):
    """A tunnel of a blocking program."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response, self._tunnel = response, Tunnel()
        self._stream: httpcore2.NetworkStream = response.extensions["network_stream"]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As of a socket."""
        return self._drive(self._tunnel.read(max_bytes), timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As of a socket."""
        self._drive(self._tunnel.write(buffer), timeout)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        """Go on in TLS."""
        self._drive(self._tunnel.start_tls(ssl_context, server_hostname), timeout)
        return self

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(*_ENDS):
            self._stream.write(self._tunnel.close(), _HANGING_UP)
        with contextlib.suppress(*_ENDS):
            self._response.close()

    def get_extra_info(self, info: str) -> Any:
        """As of the socket under it: one that has something to say while nobody asks has ended."""
        return self._stream.get_extra_info(info) if info in _OF_THE_SOCKET else None

    def _drive(self, pump: Pump[T], timeout: float | None) -> T:
        answer = b""
        with _as_of_a_network():
            try:
                wanted = next(pump)
                while True:
                    if wanted is None:
                        answer = self._receive(timeout)
                    else:
                        self._stream.write(wanted, timeout)
                    wanted = pump.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result

    def _receive(self, timeout: float | None) -> bytes:
        pings = _Pings(timeout)
        while True:
            try:
                return self._stream.read(_READ, pings.piece)
            except httpcore2.ReadTimeout:
                if pings.is_last():
                    raise
                self._stream.write(self._tunnel.ping(), pings.piece)


class AsyncBackend(httpcore2.AsyncNetworkBackend):
    """Opens a tunnel for each connection, whatever its address."""

    def __init__(self, connect: Callable[[float | None], Awaitable[httpx2.Response]]) -> None:
        """`connect` opens a WebSocket within so many seconds."""
        self._connect = connect

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> AsyncStream:
        """Open a tunnel."""
        return AsyncStream(await self._connect(timeout))


class AsyncStream(httpcore2.AsyncNetworkStream):
    """A tunnel of an asynchronous program."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response, self._tunnel = response, Tunnel()
        self._stream: httpcore2.AsyncNetworkStream = response.extensions["network_stream"]

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As of a socket."""
        return await self._drive(self._tunnel.read(max_bytes), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As of a socket."""
        await self._drive(self._tunnel.write(buffer), timeout)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncStream:
        """Go on in TLS."""
        await self._drive(self._tunnel.start_tls(ssl_context, server_hostname), timeout)
        return self

    async def aclose(self) -> None:
        """Hang up."""
        with contextlib.suppress(*_ENDS):
            await self._stream.write(self._tunnel.close(), _HANGING_UP)
        with contextlib.suppress(*_ENDS):
            await self._response.aclose()

    def get_extra_info(self, info: str) -> Any:
        """As of the socket under it."""
        return self._stream.get_extra_info(info) if info in _OF_THE_SOCKET else None

    async def _drive(self, pump: Pump[T], timeout: float | None) -> T:
        answer = b""
        with _as_of_a_network():
            try:
                wanted = next(pump)
                while True:
                    if wanted is None:
                        answer = await self._receive(timeout)
                    else:
                        await self._stream.write(wanted, timeout)
                    wanted = pump.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result

    async def _receive(self, timeout: float | None) -> bytes:
        pings = _Pings(timeout)
        while True:
            try:
                return await self._stream.read(_READ, pings.piece)
            except httpcore2.ReadTimeout:
                if pings.is_last():
                    raise
                await self._stream.write(self._tunnel.ping(), pings.piece)
