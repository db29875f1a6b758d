"""100 sessions on one event loop, of which 20 are dead, on 127.0.0.1; and the command that does it, on a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.report import Figure, Report
from flink_session.api_server.kubeconfig import ClusterChoice, Endpoint, find_endpoint
from flink_session.client.sessions.asking import DEADLINE, ask, look
from tests.support.many_sessions import ManySessions

LIVE, DEAD, ROUNDS = 80, 20, 5
SHOWN, DONE = 1.5, 2.5
"""Seconds until all live ones have answered, and until it is known of all."""
_ALIVE = re.compile(r"s\d{3} .*\b3/8\b")
_SECTION = f"Sessions: {LIVE + DEAD}, {DEAD} of them dead, each with {DEADLINE:g} s to answer"


@pytest.fixture(scope="module")
def many() -> Iterator[ManySessions]:
    with ManySessions(LIVE, DEAD).running() as many:
        yield many


def test_on_one_event_loop(many: ManySessions, report: Report) -> None:
    endpoint = find_endpoint(ClusterChoice(many.kubeconfig()))
    runs = [asyncio.run(_look_and_ask(endpoint)) for _ in range(ROUNDS)]
    shown, done = (statistics.median(times) for times in zip(*runs, strict=True))
    report.add(Figure(_SECTION, f"until the {LIVE} live ones have answered", shown, "s", SHOWN))
    report.add(Figure(_SECTION, "until all is done", done, "s", DONE))


def test_command(many: ManySessions, report: Report, tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(many.kubeconfig())
    runs = [_run_on_terminal(tmp_path) for _ in range(ROUNDS)]
    shown, done = (statistics.median(times) for times in zip(*runs, strict=True))
    report.add(Figure(_SECTION, "`flink-session sessions -A`, until the live ones stand there", shown, "s"))
    report.add(Figure(_SECTION, "`flink-session sessions -A`, all of it", done, "s"))


async def _look_and_ask(endpoint: Endpoint) -> tuple[float, float]:
    began, alive, shown = time.monotonic(), 0, 0.0
    listing = await look(endpoint, "")
    async for group in ask(endpoint, listing.clusters):
        alive += sum(item.overview is not None for item in group)
        if alive == LIVE and not shown:
            shown = time.monotonic() - began
    return shown or float("inf"), time.monotonic() - began


def _run_on_terminal(folder: Path) -> tuple[float, float]:
    ours, theirs = pty.openpty()
    subprocess.run(["stty", "rows", "200", "cols", "200"], stdin=theirs, check=True)
    environment = {**os.environ, "KUBECONFIG": str(folder / "kubeconfig"), "HOME": str(folder), "TERM": "xterm"}
    began, shown, screen = time.monotonic(), float("inf"), ""
    process = subprocess.Popen(
        ["flink-session", "sessions", "-A"], env=environment, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        while part := os.read(ours, 1 << 16):
            # Each table is written over the last one.
            screen = (screen + part.decode(errors="ignore")).rpartition("\x1b[J")[2]
            if len(_ALIVE.findall(screen)) == LIVE:
                shown = min(shown, time.monotonic() - began)
    except OSError:
        # That is how a terminal ends.
        pass
    finally:
        os.close(ours)
    process.wait()
    return shown, time.monotonic() - began
