"""What a review takes beyond the preview that it reads: of one session, and of a hundred in one digest."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.report import Figure, Report
from tests.support.review.previews import digest

ROUNDS = 7
ONE, HUNDRED = 0.3, 2.0
"""Seconds, the aims."""
_SECTION = "Reviews: the whole command on a digest, beside `flink-session --help`"


def of_sessions(count: int) -> dict[str, Any]:
    """Give the digest of a change of so many sessions."""
    steps: list[Any] = []
    for number in range(count):
        args = {"cluster_id": f"s{number}", "namespace": "default", "configuration": {"parallelism.default": 1}}
        changed = {**args, "task_manager": {"slots": 2}, "configuration": {"parallelism.default": 2}}
        text = json.dumps(digest(args, changed)).replace("::session", f"::session{number}")
        steps += json.loads(text)["steps"]
    return {"steps": steps}


def _seconds(*words: str) -> float:
    command = [str(Path(sys.prefix) / "bin" / "flink-session"), *words]
    times = []
    for _ in range(ROUNDS):
        started = time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.monotonic() - started)
    return statistics.median(times)


@pytest.mark.parametrize(("count", "aim"), [(1, ONE), (100, HUNDRED)])
def test_review(count: int, aim: float, report: Report, tmp_path: Path) -> None:
    file = tmp_path / "digest.json"
    file.write_text(json.dumps(of_sessions(count)))
    bare = _seconds("--help")
    for form in ("markdown", "html"):
        took = _seconds("review", "--from", str(file), "--format", form)
        name = f"{count} {'session' if count == 1 else 'sessions'}, as {form}"
        report.add(Figure(_SECTION, name, took - bare, "s", aim))
