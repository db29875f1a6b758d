"""Small servers on 127.0.0.1, each in a thread: a Flink that says what it is told to, and ways to it that fail."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, RejectConnection, RejectData, Request

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """One that runs.

    Attributes:
        most: how many connections it has had at the same time.
        stop: refuses connections, and breaks those that there are.
        start: accepts them again, at the same address.
    """

    port: int = 0
    now: int = 0
    most: int = 0
    stop: Callable[[], None] = lambda: None
    start: Callable[[], None] = lambda: None


@contextmanager
def serving(handle: Handler, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve each connection by `handle` until the end of the block."""
    loop, found = asyncio.new_event_loop(), Server()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        found.now += 1
        found.most = max(found.most, found.now)
        try:
            await handle(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            found.now -= 1
            tasks.discard(task)
            writer.transport.abort()

    listening: list[asyncio.Server] = []

    async def begin() -> None:
        listening.append(await asyncio.start_server(connected, "127.0.0.1", found.port, ssl=tls, backlog=200))
        found.port = listening[-1].sockets[0].getsockname()[1]

    async def end() -> None:
        listening[-1].close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    found.start = lambda: asyncio.run_coroutine_threadsafe(begin(), loop).result(30)
    found.stop = lambda: asyncio.run_coroutine_threadsafe(end(), loop).result(30)
    found.start()
    try:
        yield found
    finally:
        found.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass
class Flink:
    """Answers requests by their paths, with JSON, or as something that handles the connection from then on.

    Attributes:
        answers: by method and path; what is not there is a 404.
        asked: the requests that came, with the sizes of their bodies.
    """

    answers: dict[str, Any]
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            what, length = f"{method} {target.partition('?')[0]}", int(headers.get("content-length", 0))
            answer = self.answers.get(what)
            if callable(answer):
                answer = await answer(reader, writer, length)
            elif length:
                await reader.readexactly(length)
            self.asked.append((what, length))
            status = 404 if answer is None else 200
            content = json.dumps(answer if answer is not None else {"errors": [f"Not found: {target}"]}).encode()
            writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: {len(content)}\r\n\r\n".encode() + content)
            await writer.drain()


@dataclass
class PortForwarding:
    """The part of an API server that forwards ports of pods, to ports of this machine.

    Attributes:
        ports: of this machine, by the pod's name.
        silent_after: bytes of data after which it reads no more, from any connection.
        pinged: how often it was asked whether it is still there.
    """

    ports: dict[str, int]
    silent_after: float = float("inf")
    pinged: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        socket = WSConnection(ConnectionType.SERVER)
        while True:
            socket.receive_data(await reader.read(65536))
            for event in socket.events():
                if isinstance(event, Request):
                    port = self.ports.get(event.target.split("/")[6])
                    if port is None:
                        body = json.dumps({"kind": "Status", "message": "pods not found"}).encode()
                        writer.write(socket.send(RejectConnection(404, has_body=True)))
                        writer.write(socket.send(RejectData(body)))
                        await writer.drain()
                        return
                    writer.write(socket.send(AcceptConnection(subprotocol=event.subprotocols[0])))
                    await self._forward(socket, reader, writer, port)
                    return

    async def _forward(
        self, socket: WSConnection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        for channel in (0, 1):
            writer.write(socket.send(BytesMessage(bytes([channel]) + port.to_bytes(2, "little"))))
        writer.write(socket.send(Ping(b"there?")))
        try:
            inner, outer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            message = f"an error occurred forwarding 8081 -> 8081: dial tcp4 127.0.0.1:{port}: connection refused"
            writer.write(socket.send(BytesMessage(b"\x01" + message.encode())))
            await writer.drain()
            return
        async with _back(socket, inner, writer):
            read, begun = 0, False
            while data := await reader.read(65536):
                if read >= self.silent_after:
                    await asyncio.Event().wait()
                socket.receive_data(data)
                for event in socket.events():
                    if isinstance(event, BytesMessage):
                        # A message comes in pieces, of which the first begins with the channel.
                        payload = bytes(event.data) if begun else bytes(event.data[1:])
                        begun = not event.message_finished
                        read += len(payload)
                        outer.write(payload)
                        await outer.drain()
                    elif isinstance(event, Ping):
                        self.pinged += 1
                        writer.write(socket.send(event.response()))
                    elif isinstance(event, CloseConnection):
                        return
        outer.close()


@asynccontextmanager
async def _back(socket: WSConnection, inner: asyncio.StreamReader, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Pass on what the pod says."""

    async def pass_on() -> None:
        while data := await inner.read(65536):
            writer.write(socket.send(BytesMessage(b"\x00" + data)))
            await writer.drain()
        writer.write(socket.send(CloseConnection(1000)))
        await writer.drain()

    task = asyncio.create_task(pass_on())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await task
