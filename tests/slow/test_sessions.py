"""`flink-session sessions` beside a hundred sessions, a fifth of them dead; benchmarks/bench_sessions.py times it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint
from flink_session.client.sessions.asking import ask, look
from flink_session.client.sessions.known import KnownCluster
from tests.support.many_sessions import DIRECT, ManySessions

pytestmark = pytest.mark.slow

COMMAND = str(Path(sys.prefix) / "bin" / "flink-session")
SOCKETS = 100
WORDS = {"hanging": "timeout", "refusing": "refused", "black-hole": "timeout", "not-json": "no flink"}
"""Why each kind of the dead does not answer."""


@pytest.fixture(scope="module")
def many() -> Iterator[ManySessions]:
    with ManySessions(live=80, dead=20).running() as many:
        yield many


@pytest.fixture
def environment(many: ManySessions, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "kubeconfig").write_text(many.kubeconfig())
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "kubeconfig")}


def begin(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, "sessions", "-A", *words],
        env=environment,
        cwd=environment["HOME"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sockets_to(ports: set[int]) -> int:
    """The sockets that are connected to these ports, or try to be."""
    lines = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    return sum(int(fields[2].rpartition(":")[2], 16) in ports and fields[3] in ("01", "02") for fields in lines)


def test_all_are_asked_and_each_has_its_answer_or_its_reason(many: ManySessions) -> None:
    endpoint, counted = find_endpoint(ClusterChoice(many.kubeconfig())), list[int]()

    async def count() -> None:
        while True:
            counted.append(sockets_to(many.ports))
            await asyncio.sleep(0.01)

    async def ask_all() -> dict[str, KnownCluster]:
        counting = asyncio.create_task(count())
        listing = await look(endpoint, "")
        # Longer than a user would wait: this machine may be busy.
        known = [item async for group in ask(endpoint, listing.clusters, deadline=8) for item in group]
        counting.cancel()
        return {item.cluster.cluster_id: item for item in known}

    found = asyncio.run(ask_all())
    assert sorted(found) == [name for name, _ in many.names]
    for name, how in many.names:
        item = found[name]
        if how in WORDS:
            assert item.problem, how
            assert item.problem.word == WORDS[how], (how, item.problem)
            assert (item.overview, item.flink_version) == (None, "2.2.1")
        else:
            assert item.problem is None, item
            assert item.overview, item
            assert (item.overview.slots_available, item.high_availability) == (3, "kubernetes")
            # Where this machine is busy, the proxy has had its turn before the load balancer has answered.
            assert item.via in (("load balancer", "API server's proxy") if how == DIRECT else ("API server's proxy",))
    assert 20 < max(counted) <= SOCKETS


def test_scripts_get_a_line_for_each(many: ManySessions, environment: dict[str, str]) -> None:
    printed, _ = begin(environment).communicate(timeout=30)
    lines = [line.split("\t") for line in printed.splitlines()]
    assert [line[1] for line in lines] == [name for name, _ in many.names]
    assert {len(line) for line in lines} == {12}
    assert "\x1b" not in printed


def test_a_watch_tells_of_changes_and_ends_when_it_is_interrupted(environment: dict[str, str]) -> None:
    process = begin(environment, "-w", "--json")
    assert process.stdout
    events = [json.loads(process.stdout.readline()) for _ in range(100)]
    assert {event["event"] for event in events} == {"there"}
    process.send_signal(signal.SIGINT)
    rest, error = process.communicate(timeout=10)
    assert (process.returncode, rest, error) == (0, "", "")


def test_who_reads_no_further_is_no_error(environment: dict[str, str]) -> None:
    process = begin(environment)
    assert process.stdout
    process.stdout.close()
    assert process.wait(30) == 0
    assert process.stderr
    assert process.stderr.read() == ""
