"""A forwarded port as the HTTP library's network: one driver for blocking programs, one for asynchronous ones."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, TypeVar

import httpcore2
import httpx2
from httpx2.websockets import HTTPXWSException, WebSocketDisconnect, WebSocketUpgradeError
from wsproto.utilities import ProtocolError

from .no_way import NoWayError
from .tunnel import Pump, Tunnel, TunnelError

T = TypeVar("T")

_REASONS = {
    401: "the credentials are refused",
    403: "it is not allowed; it takes the rights get and create on pods/portforward",
    404: "there is no such pod",
}


@contextlib.contextmanager
def _as_of_a_network() -> Iterator[None]:
    """Let what goes wrong look as it does on a socket, since the HTTP library tells by that what may be done."""
    try:
        yield
    except WebSocketUpgradeError as error:
        status = error.response.status_code
        reason = _REASONS.get(status, f"HTTP status {status}")
        raise NoWayError(f"the API server forwards no port: {reason}", final=status in _REASONS) from error
    except TunnelError as error:
        raise httpcore2.ReadError(f"the kubelet cannot forward the port: {error}") from error
    except ssl.SSLError as error:
        raise NoWayError(f"TLS to the JobManager fails: {error}", final=True) from error
    except TimeoutError as error:
        raise httpcore2.ReadTimeout from error
    except (HTTPXWSException, ProtocolError, OSError) as error:
        raise httpcore2.ReadError(f"the tunnel broke: {str(error) or type(error).__name__}") from error


class Backend(httpcore2.NetworkBackend):
    """Opens a tunnel for each connection, whatever its address."""

    def __init__(self, connect: Callable[[float | None], AbstractContextManager[Any]]) -> None:
        """`connect` opens a WebSocket within so many seconds."""
        self._connect = connect

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Stream:
        """Open a tunnel."""
        stack = contextlib.ExitStack()
        with _as_of_a_network():
            return Stream(stack.enter_context(self._connect(timeout)), stack)


class Stream(httpcore2.NetworkStream):
    """A tunnel of a blocking program."""

    def __init__(self, session: Any, stack: contextlib.ExitStack) -> None:
        self._session, self._stack, self._tunnel = session, stack, Tunnel()

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
        with contextlib.suppress(HTTPXWSException, OSError, httpx2.TransportError):
            self._stack.close()

    def get_extra_info(self, info: str) -> Any:
        """Nothing is known of it."""
        return None

    def _drive(self, pump: Pump[T], timeout: float | None) -> T:
        answer = b""
        with _as_of_a_network():
            try:
                wanted = next(pump)
                while True:
                    if wanted is None:
                        answer = self._receive(timeout)
                    else:
                        self._session.send_bytes(wanted)
                    wanted = pump.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result

    def _receive(self, timeout: float | None) -> bytes:
        try:
            message: bytes = self._session.receive_bytes(timeout)
        except WebSocketDisconnect:
            return b""
        return message


class AsyncBackend(httpcore2.AsyncNetworkBackend):
    """Opens a tunnel for each connection, whatever its address."""

    def __init__(self, connect: Callable[[float | None], AbstractAsyncContextManager[Any]]) -> None:
        """`connect` opens a WebSocket within so many seconds."""
        self._connect = connect

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> AsyncStream:
        """Open a tunnel."""
        with _as_of_a_network():
            return await AsyncStream.open(self._connect(timeout))


class AsyncStream(httpcore2.AsyncNetworkStream):
    """A tunnel of an asynchronous program."""

    def __init__(self) -> None:
        self._session: Any = None
        self._task: asyncio.Task[None] | None = None
        self._tunnel = Tunnel()
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closing = asyncio.Event()

    @classmethod
    async def open(cls, connecting: AbstractAsyncContextManager[Any]) -> AsyncStream:
        """Open the WebSocket, in a task of its own: the one that closes a pooled connection need not be ours."""
        stream = cls()
        stream._task = asyncio.create_task(stream._hold(connecting))
        try:
            await asyncio.shield(stream._opened)
        except asyncio.CancelledError:
            stream._task.cancel()
            raise
        return stream

    async def _hold(self, connecting: AbstractAsyncContextManager[Any]) -> None:
        try:
            async with connecting as session:
                self._session = session
                self._opened.set_result(None)
                await self._closing.wait()
        except BaseException as error:
            if not self._opened.done():
                self._opened.set_exception(error)
            elif not isinstance(error, (HTTPXWSException, OSError, httpx2.TransportError)):
                raise

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
        self._closing.set()
        if self._task:
            await self._task

    def get_extra_info(self, info: str) -> Any:
        """Nothing is known of it."""
        return None

    async def _drive(self, pump: Pump[T], timeout: float | None) -> T:
        answer = b""
        with _as_of_a_network():
            try:
                wanted = next(pump)
                while True:
                    if wanted is None:
                        answer = await self._receive(timeout)
                    else:
                        async with asyncio.timeout(timeout):
                            await self._session.send_bytes(wanted)
                    wanted = pump.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result

    async def _receive(self, timeout: float | None) -> bytes:
        try:
            message: bytes = await self._session.receive_bytes(timeout)
        except WebSocketDisconnect:
            return b""
        return message
