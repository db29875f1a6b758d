"""A hundred sessions on 127.0.0.1, some of them dead: an API server with its proxies, and addresses of load balancers.

Of the dead ones some hang (their connections are taken, and nothing comes), some refuse, and some are black holes (not
even their connections are taken).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.support.cluster_objects import Manifest, deployment, job_manager_pod, rest_service

LIVE, DIRECT, DEAD = "live", "direct", ("hanging", "refusing", "black-hole", "not-json")
OVERVIEW = {
    "flink-version": "2.2.1",
    "taskmanagers": 2,
    "slots-total": 8,
    "slots-available": 3,
    "jobs-running": 5,
    "jobs-finished": 0,
    "jobs-cancelled": 0,
    "jobs-failed": 0,
}
CONFIGURATION = [{"key": "high-availability.type", "value": "kubernetes"}]
_DELAY = 0.03
"""Seconds that a live session thinks."""


@dataclass(slots=True)
class ManySessions:
    """What there is, and what answers for it: so many that live, and that are dead."""

    live: int
    dead: int
    port: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _black_hole: socket.socket = field(default_factory=socket.socket)

    @property
    def names(self) -> list[tuple[str, str]]:
        """Each session's name and how it is; every fourth live one has a load balancer."""
        lives = [(f"s{index:03}", DIRECT if index % 4 == 0 else LIVE) for index in range(self.live)]
        deads = [(f"s{index:03}-dead", DEAD[index % len(DEAD)]) for index in range(self.dead)]
        return sorted(lives + deads)

    @property
    def ports(self) -> set[int]:
        """What clients connect to, or try to."""
        return {self.port, self._black_hole.getsockname()[1]}

    def kubeconfig(self) -> str:
        """Leads to the API server."""
        return str(
            yaml.safe_dump(
                {
                    "current-context": "many",
                    "contexts": [{"name": "many", "context": {"cluster": "many", "user": "me"}}],
                    "clusters": [{"name": "many", "cluster": {"server": f"http://127.0.0.1:{self.port}"}}],
                    "users": [{"name": "me", "user": {}}],
                }
            )
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[ManySessions]:
        """Serve, in a thread, until the end of the block."""
        with self._black_hole, contextlib.ExitStack() as fillers:
            # A listener that takes nobody, with no place left to wait.
            self._black_hole.bind(("127.0.0.1", 0))
            self._black_hole.listen(0)
            for _ in range(4):
                filler = fillers.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(self._black_hole.getsockname())
            started, stop = threading.Event(), asyncio.Event()
            thread = threading.Thread(target=lambda: asyncio.run(self._run(started, stop)), daemon=True)
            thread.start()
            started.wait(10)
            try:
                yield self
            finally:
                assert self._loop
                self._loop.call_soon_threadsafe(stop.set)
                thread.join()

    async def _run(self, started: threading.Event, stop: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode().partition("?")[0]
                status, body = await self._answer(path)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str) -> tuple[int, Any]:
        if "/proxy/" in path or path.startswith(("/overview", "/jobmanager")):
            name = path.partition("/services/")[2].partition("-rest")[0]
            return await self._session(dict(self.names).get(name, LIVE), path)
        if path.endswith("/portforward"):
            await asyncio.sleep(60)
        return 200, {"items": [self._object(path.rpartition("/")[2], *item) for item in self.names]}

    async def _session(self, how: str, path: str) -> tuple[int, Any]:
        if how in ("hanging", "black-hole"):
            await asyncio.sleep(60)
        if how == "refusing":
            message = "error trying to reach service: dial tcp 10.0.0.1:8081: connect: connection refused"
            return 503, {"kind": "Status", "message": message}
        if how == "not-json":
            return 200, b"<html>Sign in</html>"
        await asyncio.sleep(_DELAY)
        return 200, OVERVIEW if path.endswith("/overview") else CONFIGURATION

    def _object(self, kind: str, name: str, how: str) -> Manifest:
        if kind == "deployments":
            return deployment(name)
        if kind == "pods":
            return job_manager_pod(name)
        ports = {DIRECT: self.port, "black-hole": self._black_hole.getsockname()[1]}
        if how not in ports:
            return rest_service(name)
        exposed = rest_service(name, type="LoadBalancer", ports=[{"name": "rest", "port": ports[how]}])
        return {**exposed, "status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}}
