"""Where a process touches the world, and how a test lets it die there.

The edges are requests to the API server, and changes of the file system under one folder: a file opened for writing,
renamed, or removed, a folder made. Between two of them nothing happens that another process could see, so that to
die right before each is to die at every point.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import httpx2

from flink_session.engine.stack.backend import StackFile
from tests.support.engine.fake_api import FakeApi, Manifest
from tests.support.engine.replay import Replay

_FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.link"}
_NO_SUCH_PROCESS = itertools.count(10_000_000)
"""Process ids above all that Linux gives out."""


class Killed(BaseException):
    """The process is no more; nothing is caught, nothing cleaned up."""


@dataclass
class Edges:
    """Counts the edges that a process passes, and kills it before one of them; a dead process passes none.

    Attributes:
        fatal: the edge to die at, counted from one; 0 for none.
        passed: what was passed.
        unrecorded: writes to the cluster that the state did not announce.
    """

    fatal: int = 0
    passed: list[str] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)
    dead: bool = False

    def cross(self, what: str) -> None:
        self.dead = self.dead or len(self.passed) + 1 == self.fatal
        if self.dead:
            raise Killed
        self.passed.append(what)


@dataclass
class World:
    """What outlives a process: the cluster, and the folder of the backend."""

    folder: Path
    objects: dict[str, Manifest] = field(default_factory=lambda: FakeApi().objects)

    @property
    def file(self) -> StackFile:
        return StackFile(self.folder, "recording", "dev")

    @property
    def state(self) -> Manifest:
        return self.file.read() or {}

    @contextmanager
    def process(self, edges: Edges) -> Iterator[Replay]:
        """A process at work on this world, which holds the lock of the stack."""
        api = FakeApi()
        api.objects = self.objects
        answer = api.answer

        def cross(request: httpx2.Request) -> httpx2.Response:
            edges.cross(f"{request.method} {request.url.path}")
            if request.method != "GET" and "dryRun" not in str(request.url) and not self._announces(request):
                edges.unrecorded.append(edges.passed[-1])
            response: httpx2.Response = answer(request)
            return response

        api.answer = cross  # type: ignore[method-assign]
        pid = next(_NO_SUCH_PROCESS)
        with (
            watched(self.folder, edges),
            mock.patch.multiple(os, getpid=mock.Mock(return_value=pid), fsync=mock.Mock()),
        ):
            file = self.file
            with file.locked():
                yield Replay(api, file=file)

    def _announces(self, request: httpx2.Request) -> bool:
        """Whether the state says that something is about to be done to this object."""
        what = {"creating": "PATCH", "updating": "PATCH"}
        pending = [(item["type"], item["resource"]) for item in self.state.get("pending_operations", [])]
        return any(
            # What was created and not recorded is deleted without another word.
            request.method in (what.get(type_), "DELETE")
            and str(request.url.path).endswith(f"/{resource['inputs']['metadata']['name']}")
            and f"/{resource['inputs']['kind'].lower()}" in str(request.url.path)
            for type_, resource in pending
        )


_watching: list[tuple[str, Edges]] = []


@contextmanager
def watched(folder: Path, edges: Edges) -> Iterator[None]:
    """Let each change of the file system under a folder be an edge."""
    _watching.append((str(folder), edges))
    try:
        yield
    finally:
        _watching.pop()


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _FILE_EVENTS or not _watching:
        return
    folder, edges = _watching[-1]
    path = str(arguments[0])
    writes = event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes and path.startswith(folder):
        edges.cross(f"{event} {Path(path).name}")


sys.addaudithook(_audit)


def every_point(act: Callable[[Replay], Any], world: Callable[[], World]) -> Iterator[tuple[str, World]]:
    """Give, for each edge of `act`, a world in which a process died right before it."""
    for fatal in itertools.count(1):
        before, edges = world(), Edges(fatal)
        try:
            with before.process(edges) as process:
                act(process)
        except Killed:
            pass
        if not edges.dead:
            assert edges.passed
            return
        yield f"killed before edge {fatal}, after {edges.passed[-1:]}", before
