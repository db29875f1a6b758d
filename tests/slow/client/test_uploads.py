"""Uploads: whole, a piece at a time, however slow; given up where nothing moves."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flink_session.client import AsyncClusterClient, ClusterClient, DeadlineError, http
from flink_session.client.access.port_forward import PortForward
from tests.slow.client.conftest import GUARD, in_time
from tests.support.both_clients import MODES, client_of
from tests.support.project import ROOT
from tests.support.servers import Flink

pytestmark = pytest.mark.slow

Mode = type[ClusterClient | AsyncClusterClient]
Way = Callable[[Flink], Any]

MEGABYTE = 1 << 20
STALL = 1.0
UPLOADED = {"filename": "/tmp/flink-web-upload/a4e5_large.jar", "status": "success"}


def jar_of(folder: Path, megabytes: int) -> Path:
    """A jar that takes its size on no disk: what stands before an archive does not matter."""
    path = folder / "large.jar"
    with path.open("wb") as file:
        file.truncate(megabytes * MEGABYTE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a", "b")
    return path


class Taking:
    """Takes an upload: so many bytes at a time, with pauses, and from some byte on nothing any more."""

    def __init__(self, *, pause: float = 0.0, stop_after: float = float("inf"), keep: bool = True) -> None:
        self.pause, self.stop_after, self.keep = pause, stop_after, keep
        self.body = b""

    async def __call__(self, reader: asyncio.StreamReader, _: asyncio.StreamWriter, length: int) -> Any:
        read, pieces = 0, list[bytes]()
        while read < length:
            if read > self.stop_after:
                await asyncio.Event().wait()
            piece = await reader.read(min(65536, length - read))
            read += len(piece)
            if self.keep:
                pieces.append(piece)
            await asyncio.sleep(self.pause)
        self.body = b"".join(pieces)
        return UPLOADED


def flink(taking: Taking) -> Flink:
    return Flink({"GET /jars": {"files": []}, "POST /jars/upload": taking})


def test_what_arrives_is_the_jar(way: Way, mode: Mode, tmp_path: Path) -> None:
    jar, taking, sent = jar_of(tmp_path, 3), Taking(), list[tuple[int, int]]()
    with client_of(mode, way(flink(taking))) as client:
        uploaded = client.upload_jar(jar, progress=lambda done, of: sent.append((done, of)))
    content, size = jar.read_bytes(), jar.stat().st_size
    head, _, rest = taking.body.partition(b"\r\n\r\n")
    assert b'name="jarfile"; filename="large-' in head
    assert hashlib.sha256(rest[:size]).digest() == hashlib.sha256(content).digest()
    assert rest[size:].startswith(b"\r\n--")
    assert uploaded.id == "a4e5_large.jar"
    assert sent == sorted(sent)
    assert sent[-1] == (size, size)
    assert len(sent) >= 3 * MEGABYTE // 65536


def test_a_slow_link_takes_longer_than_a_standstill_may(
    way: Way, mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "STALL", STALL)
    # Some four megabytes a second, of which the first are taken by the network itself.
    taking = Taking(pause=0.015)
    with client_of(mode, way(flink(taking))) as client:
        assert in_time(lambda: client.upload_jar(jar_of(tmp_path, 16))).id == "a4e5_large.jar"
    assert len(taking.body) > 16 * MEGABYTE


def test_an_upload_that_stands_still_is_given_up(
    way: Way, mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "STALL", STALL)
    access, why = way(flink(Taking(stop_after=MEGABYTE))), r"upload of .*large\.jar, which stands still, .* within 1 s"
    with client_of(mode, access) as client, pytest.raises(DeadlineError, match=why):
        in_time(lambda: client.upload_jar(jar_of(tmp_path, 32)))


@pytest.mark.parametrize("taking", [Taking(stop_after=MEGABYTE), Taking(pause=0.05)])
def test_an_upload_ends_when_its_time_is_up(way: Way, mode: Mode, tmp_path: Path, taking: Taking) -> None:
    with client_of(mode, way(flink(taking))) as client, pytest.raises(DeadlineError, match="not within 1 s"):
        in_time(lambda: client.within(1).upload_jar(jar_of(tmp_path, 32)))


MEMORY = """
import asyncio, sys
from flink_session.api_server.kubeconfig import Endpoint
from flink_session.client import AsyncClusterClient, ClusterClient, Direct
from flink_session.client.access.port_forward import PortForward

mode, url, jar = sys.argv[1:]
server, forwarded, _ = url.partition("#")
access = PortForward(Endpoint({}, server, "a test", "ns"), "ns", "pod") if forwarded else Direct(server)
if mode == "blocking":
    with ClusterClient(access) as client:
        client.upload_jar(jar)
else:
    async def upload():
        async with AsyncClusterClient(access) as client:
            await client.upload_jar(jar)
    asyncio.run(upload())
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much memory was needed")
@pytest.mark.parametrize("mode", MODES)
def test_an_upload_needs_little_memory_however_large_it_is(way: Way, mode: str, tmp_path: Path) -> None:
    access = way(flink(Taking(keep=False)))
    url = f"{access.endpoint.server}#forwarded" if isinstance(access, PortForward) else access.url
    command = [sys.executable, "-c", MEMORY, mode, url, str(jar_of(tmp_path, 200))]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=2 * GUARD, cwd=ROOT).stdout
    assert int(said) / 1024 < 64


class Keeping(Taking):
    """Takes uploads, some time each, and has them then."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__(pause=0.01)
        self.answers, self.taken = answers, 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int) -> Any:
        answer = await super().__call__(reader, writer, length)
        self.taken += 1
        name = self.body.partition(b'filename="')[2].partition(b'"')[0].decode()
        self.answers["GET /jars"] = {"files": [{"id": "a4e5_large.jar", "name": name, "uploaded": 1, "entry": []}]}
        return answer


def together(mode: Mode, access: Any, jar: Path) -> list[str]:
    """Upload one jar by many calls of one client."""
    if issubclass(mode, ClusterClient):
        with mode(access) as client, ThreadPoolExecutor(8) as pool:
            return [found.id for found in pool.map(lambda _: client.within(20).upload_jar(jar), range(20))]

    async def upload() -> list[str]:
        async with mode(access) as client:
            return [found.id for found in await asyncio.gather(*(client.upload_jar(jar) for _ in range(20)))]

    return asyncio.run(upload())


def test_what_many_upload_at_a_time_is_sent_once(way: Way, mode: Mode, tmp_path: Path) -> None:
    answers: dict[str, Any] = {"GET /jars": {"files": []}}
    keeping = answers["POST /jars/upload"] = Keeping(answers)
    assert set(together(mode, way(Flink(answers)), jar_of(tmp_path, 1))) == {"a4e5_large.jar"}
    assert keeping.taken == 1


def test_who_waits_for_another_to_upload_is_told_when_the_time_is_up(way: Way, tmp_path: Path) -> None:
    jar = jar_of(tmp_path, 32)
    with ClusterClient(way(flink(Taking(stop_after=MEGABYTE)))) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.within(3).upload_jar, jar)
        while not client._runner._turns.locks:
            time.sleep(0.01)
        with pytest.raises(DeadlineError, match="not within 1 s"):
            in_time(lambda: client.within(1).upload_jar(jar))
        assert isinstance(first.exception(GUARD), DeadlineError)
