"""No call outlasts its time, however an answer comes, or does not; nobody is kept from ending."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from flink_session.client import AsyncClusterClient, ClusterClient, DeadlineError, UnreachableError
from flink_session.client.access import streams
from tests.slow.client.conftest import GUARD, in_time, port_forward
from tests.support.both_clients import client_of
from tests.support.project import ROOT
from tests.support.servers import Flink, PortForwarding, serving

pytestmark = pytest.mark.slow

Mode = type[ClusterClient | AsyncClusterClient]
Way = Callable[[Flink], Any]
JOBS = "GET /jobs/overview"


def answering(first: bytes, times: int = 0) -> Any:
    """Say something, then a byte at a time so many times, and then nothing."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, _length: int) -> Any:
        writer.write(first)
        for _time in range(times):
            await asyncio.sleep(0.05)
            writer.write(b" ")
            await writer.drain()
        await asyncio.Event().wait()

    return answer


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"
ANSWERS = {
    "nothing comes": answering(b""),
    "it stops in the middle": answering(HEAD),
    "it trickles": answering(HEAD, 100_000),
    "it trickles and stops": answering(HEAD, 15),
    "it has no length": answering(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_call_ends_when_its_time_is_up(way: Way, mode: Mode, answer: str) -> None:
    access = way(Flink({JOBS: ANSWERS[answer]}))
    with client_of(mode, access) as client, pytest.raises(DeadlineError, match="not within 1 s"):
        in_time(lambda: client.within(1).list_jobs())


def test_after_it_another_call_is_answered(way: Way, mode: Mode) -> None:
    flink = Flink({JOBS: ANSWERS["it stops in the middle"]})
    with client_of(mode, way(flink)) as client:
        with pytest.raises(DeadlineError):
            in_time(lambda: client.within(0.5).list_jobs())
        flink.answers[JOBS] = {"jobs": []}
        assert in_time(client.list_jobs) == []


def test_an_answer_that_breaks_off_is_asked_for_again(way: Way, mode: Mode) -> None:
    times = iter([False, False, True])

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, _length: int) -> Any:
        if next(times):
            return {"jobs": []}
        writer.write(HEAD + b"{")
        await writer.drain()
        raise ConnectionResetError

    with client_of(mode, way(Flink({JOBS: answer}))) as client:
        assert in_time(client.list_jobs) == []


def test_who_does_not_read_is_not_waited_for(mode: Mode) -> None:
    with serving(Flink({})) as flink, serving(PortForwarding({"pod": flink.port}, silent_after=0)) as api_server:
        access = port_forward(api_server.port)
        with client_of(mode, access) as client, pytest.raises(DeadlineError, match="not within 1 s"):
            in_time(lambda: client.within(1).list_jobs())


def test_a_port_where_nobody_listens_is_told_of_at_once(mode: Mode) -> None:
    with serving(Flink({})) as flink:
        closed = flink.port
    words = {
        "pod": "the kubelet cannot forward the port: .*connection refused",
        "other": r"there is no such pod \(any more\): pods not found",
    }
    with serving(PortForwarding({"pod": closed})) as api_server:
        for pod, why in words.items():
            access = port_forward(api_server.port, pod)
            with client_of(mode, access) as client, pytest.raises(UnreachableError, match=why):
                in_time(client.list_jobs)


def test_while_nothing_is_said_pings_show_that_somebody_waits(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_SILENCE", 0.2)

    async def slowly(_: asyncio.StreamReader, _writer: asyncio.StreamWriter, _length: int) -> Any:
        await asyncio.sleep(1.5)
        return {"jobs": []}

    with serving(Flink({JOBS: slowly})) as flink:
        forwarding = PortForwarding({"pod": flink.port})
        with serving(forwarding) as api_server, client_of(mode, port_forward(api_server.port)) as client:
            assert in_time(client.list_jobs) == []
    assert 3 <= forwarding.pinged <= 8


FORGETFUL = """
import asyncio, sys
from flink_session.api_server.kubeconfig import Endpoint
from flink_session.client import AsyncClusterClient, ClusterClient
from flink_session.client.access.port_forward import PortForward

access = PortForward(Endpoint({}, sys.argv[2], "a test", "ns"), "ns", "pod")
if sys.argv[1] == "blocking":
    client = ClusterClient(access)
    print(client.list_jobs())
else:
    async def ask():
        client = AsyncClusterClient(access)
        print(await client.list_jobs())
    asyncio.run(ask())
"""


@pytest.mark.parametrize("mode", ["blocking", "asynchronous"])
def test_a_program_that_closes_nothing_ends_all_the_same(mode: str) -> None:
    with serving(Flink({JOBS: {"jobs": []}})) as flink, serving(PortForwarding({"pod": flink.port})) as api_server:
        command = [sys.executable, "-c", FORGETFUL, mode, f"http://127.0.0.1:{api_server.port}"]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=GUARD, check=False, cwd=ROOT)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]")
    assert "Traceback" not in ran.stderr
