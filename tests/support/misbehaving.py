"""A server on 127.0.0.1 in front of an API server, which misbehaves as it is told: slow, busy, cut off, restarting.

It can also be what a process dies of: right before a request takes effect, or right after.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2

T = TypeVar("T")

_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "content-encoding", "date", "keep-alive", "host"}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request.

    Attributes:
        delay: seconds before it is carried out.
        answer: status, headers and body to give instead of carrying it out.
        before, after: called right before and right after it takes effect.
        lose: whether the connection breaks instead of an answer.
        cut: seconds after which a stream breaks off, in the middle of a line.
    """

    delay: float = 0
    answer: tuple[int, dict[str, str], Any] | None = None
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    lose: bool = False
    cut: float | None = None


@dataclass(frozen=True)
class Asked:
    """A request: its number, counted from one, its method, and its path with the query."""

    number: int
    method: str
    target: str

    @property
    def is_watch(self) -> bool:
        return "watch=true" in self.target

    @property
    def is_write(self) -> bool:
        return self.method != "GET" and "dryRun" not in self.target


NO_FAULT = Fault()


def nth(number: int, what: Callable[[Asked], bool]) -> Callable[[Asked], bool]:
    """The n-th of the requests of a sort."""
    seen = 0

    def is_it(asked: Asked) -> bool:
        nonlocal seen
        seen += what(asked)
        return what(asked) and seen == number

    return is_it


def every(number: int, fault: Fault) -> Callable[[Asked], Fault]:
    """A fault of every n-th request."""
    return lambda asked: fault if asked.number % number == 0 else Fault()


@dataclass
class MisbehavingServer:
    """The server, in a thread of its own; `fault` says of each request what goes wrong with it."""

    upstream: Callable[[], httpx2.AsyncClient]
    fault: Callable[[Asked], Fault] = lambda _: NO_FAULT
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _restart: Future[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[MisbehavingServer]:
        """Serve until the end of the block."""
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            self._do(self._open())
            yield self
        finally:
            self._do(self._close())
            self._do(self._client.aclose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def stop(self) -> None:
        """Break all connections, and refuse new ones."""
        self._do(self._close())

    def start(self) -> None:
        """Listen again, at the same address."""
        self._do(self._listen())

    def restart_for(self, seconds: float) -> None:
        """Stop now, and be back after some seconds. May be called from a fault."""

        async def restart() -> None:
            await self._close()
            await asyncio.sleep(seconds)
            await self._listen()

        self._restart = asyncio.run_coroutine_threadsafe(restart(), self._loop)

    def wait_for_restart(self) -> None:
        """Wait until it is back. It must have been stopped."""
        assert self._restart
        self._restart.result()

    def do(self, action: Callable[[], None]) -> None:
        """Do something where the requests are carried out, one at a time with them."""

        async def done() -> None:
            action()

        self._do(done())

    def kubeconfig(self, namespace: str = "default") -> str:
        """A kubeconfig for this server."""
        named = {"cluster": "c", "user": "u", "namespace": namespace}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "x",
                "clusters": [{"name": "c", "cluster": {"server": self.url}}],
                "users": [{"name": "u", "user": {}}],
                "contexts": [{"name": "x", "context": named}],
            }
        )

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _open(self) -> None:
        self._client = self.upstream()
        self._connections: set[asyncio.Task[None]] = set()
        await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        me = asyncio.current_task()
        others = [task for task in self._connections if task is not me]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; gives whether the connection can take another one."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        asked = Asked(len(self.asked) + 1, method, target)
        self.asked.append(asked)
        fault = self.fault(asked)
        await asyncio.sleep(fault.delay)
        if fault.before:
            fault.before()
        if fault.lose and not fault.after:
            return False
        if fault.answer:
            status, extra, content = fault.answer
            await _respond(writer, status, {"content-type": "application/json", **extra}, json.dumps(content).encode())
            return True
        kept = {name: value for name, value in headers.items() if name not in _HOP_BY_HOP}
        request = self._client.build_request(method, target, content=body, headers=kept, timeout=None)
        response = await self._client.send(request, stream=True)
        try:
            if asked.is_watch and response.status_code == 200:
                await _stream(writer, response.aiter_bytes(), fault.cut)
                return False
            content = await response.aread()
        finally:
            await response.aclose()
        if fault.after:
            fault.after()
        if fault.lose:
            return False
        kept = {name: value for name, value in response.headers.items() if name.lower() not in _HOP_BY_HOP}
        await _respond(writer, response.status_code, kept, content)
        return True


async def _respond(writer: asyncio.StreamWriter, status: int, headers: dict[str, str], content: bytes) -> None:
    lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, f"content-length: {len(content)}", "", ""]).encode() + content)
    await writer.drain()


async def _stream(writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes], cut: float | None) -> None:
    """Pass on a stream as it comes; what is cut ends cleanly by HTTP's rules, and in the middle of a line."""

    async def pass_on() -> None:
        async for chunk in chunks:
            writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            await writer.drain()

    writer.write(b"HTTP/1.1 200 x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    await writer.drain()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(pass_on(), cut)
    if cut is not None:
        writer.write(b'7\r\n{"type"\r\n')
    writer.write(b"0\r\n\r\n")
    await writer.drain()
