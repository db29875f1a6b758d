"""A Flink on 127.0.0.1 that remembers jars, jobs and savepoints, and a network before it that fails as it is told."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

Answered = tuple[int, Any]

_DUPLICATE = "org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job has already been submitted."


@dataclass
class Remembering:
    """What a JobManager knows, and how it answers; by an API server's proxy as well, whose paths begin otherwise.

    Attributes:
        jars: names of those that were uploaded, by their ids.
        jobs: their states, by their ids.
        stopped: the savepoint of each stop that was triggered, by its trigger's id.
        instead: what answers in its place: given a request's method and path, None leaves it to Flink.
    """

    jars: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    instead: Callable[[str, str], Answered | None] = lambda _method, _path: None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection."""
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, target, _ = head.split(" ", 2)
            length = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(length[1])) if length else b""
            path = target.partition("?")[0].rpartition("/proxy")[2]
            status, document = self.instead(method, target) or self._answer(method, path, body)
            content = document.encode() if isinstance(document, str) else json.dumps(document).encode()
            writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: {len(content)}\r\n\r\n".encode() + content)
            await writer.drain()

    def _answer(self, method: str, path: str, body: bytes) -> Answered:
        match method, *path.strip("/").split("/"):
            case "GET", "config":
                return 200, {"flink-version": "2.2.1", "features": {"web-submit": True}}
            case "GET", "jobs", "overview":
                return 200, {"jobs": [self._job(id_) for id_ in self.jobs]}
            case "GET", "jobs", id_ if id_ in self.jobs:
                return 200, {**self._job(id_), "now": 1, "timestamps": {}, "vertices": [], "plan": {}}
            case "GET", "jars":
                files = [{"id": id_, "name": name, "uploaded": 1, "entry": []} for id_, name in self.jars.items()]
                return 200, {"address": "", "files": files}
            case "POST", "jars", "upload":
                name = (re.search(rb'filename="([^"]+)"', body) or [b"", b""])[1].decode()
                id_ = f"{len(self.jars)}_{name}"
                self.jars[id_] = name
                return 200, {"filename": f"/tmp/flink-web-1/{id_}", "status": "success"}
            case "POST", "jars", id_, "run" if id_ in self.jars:
                return self._run(json.loads(body)["jobId"])
            case "POST", "jobs", _, "stop":
                trigger = json.loads(body)["triggerId"]
                self.stopped.setdefault(trigger, f"file:/savepoints/{len(self.stopped)}")
                return 202, {"request-id": trigger}
            case "GET", "jobs", _, "savepoints", trigger if trigger in self.stopped:
                return 200, {"status": {"id": "COMPLETED"}, "operation": {"location": self.stopped[trigger]}}
        return 404, {"errors": [f"Not found: {path}"]}

    def _run(self, job_id: str) -> Answered:
        if job_id in self.jobs:
            return 400, {"errors": [_DUPLICATE]}
        self.jobs[job_id] = "RUNNING"
        return 200, {"jobid": job_id}

    def _job(self, id_: str) -> dict[str, Any]:
        times = {"start-time": 1, "end-time": -1, "duration": 1, "last-modification": 1}
        return {"jid": id_, "name": "count", "state": self.jobs[id_], "tasks": {"total": 1}, **times}


@dataclass
class Network:
    """What bytes go through on their way to a port of this machine; a handler of `serving`.

    Attributes:
        silent: whether nothing comes through any more, though connections are taken.
        cut: whether the next bytes of the client break the connection, once.
    """

    port: int
    silent: bool = False
    cut: bool = False
    _lose: set[int] = field(default_factory=set)
    _answers: int = 0
    _connections: set[_Connection] = field(default_factory=set)

    def forget_connections(self) -> None:
        """Let nothing more through of those that there are, as a router does that has forgotten them."""
        for connection in self._connections:
            connection.forgotten = True

    def lose_answers(self, *numbers: int) -> None:
        """Lose these answers with their connections, counted from now on, from 0."""
        self._answers, self._lose = 0, set(numbers)

    def take_request(self) -> None:
        """Let something of a client's through. Raises ConnectionResetError."""
        if self.cut:
            self.cut = False
            raise ConnectionResetError

    def take_answer(self) -> None:
        """Let an answer begin. Raises ConnectionResetError."""
        self._answers += 1
        if self._answers - 1 in self._lose:
            raise ConnectionResetError

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on a connection."""
        inner, outer = await asyncio.open_connection("127.0.0.1", self.port)
        connection = _Connection(self)
        self._connections.add(connection)
        ways = (connection.up(reader, outer), connection.down(inner, writer))
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if connection.is_dead:
                await asyncio.wait(tasks)
        finally:
            self._connections.discard(connection)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            outer.transport.abort()


@dataclass(eq=False)
class _Connection:
    network: Network
    forgotten: bool = False
    _asked: bool = False

    @property
    def is_dead(self) -> bool:
        return self.forgotten or self.network.silent

    async def up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for data in self._through(reader):
            self._asked = True
            self.network.take_request()
            writer.write(data)
            await writer.drain()

    async def down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for data in self._through(reader):
            if self._asked:
                self._asked = False
                self.network.take_answer()
            writer.write(data)
            await writer.drain()

    async def _through(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        while data := await reader.read(65536):
            if not self.is_dead:
                yield data
