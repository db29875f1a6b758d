"""`flink-session` with a clock in it: `python -m benchmarks.traced FILE preview ...` writes when what happened to FILE.

The times are those of a monotonic clock that all processes of a machine share, less the one in BENCHMARK_STARTED.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

STARTED = float(os.environ.get("BENCHMARK_STARTED") or time.monotonic())
Interval = tuple[float, float]


def now() -> float:
    """Give the seconds since the process was started."""
    return time.monotonic() - STARTED


def noting(intervals: list[Interval], method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Let a method note when it began and ended."""

    async def noted(*arguments: Any, **named: Any) -> Any:
        began = now()
        try:
            return await method(*arguments, **named)
        finally:
            intervals.append((began, now()))

    return noted


def main() -> None:
    """Run the command, and write what was noted."""
    file, sys.argv = Path(sys.argv[1]), ["flink-session", *sys.argv[2:]]
    import httpx2  # noqa: PLC0415 (it is timed, as all imports)

    from flink_session.cli.main import main as command  # noqa: PLC0415
    from flink_session.engine.deploy.monitor import Monitor  # noqa: PLC0415
    from flink_session.engine.program.program import Program  # noqa: PLC0415

    calls: list[Interval] = []
    registrations: list[Interval] = []
    told: list[Interval] = []
    for owner, name, intervals in (
        (httpx2.AsyncClient, "request", calls),
        (Program, "tell", told),
        (Monitor, "RegisterResource", registrations),
    ):
        setattr(owner, name, noting(intervals, getattr(owner, name)))
    try:
        command()
    finally:
        cpu = {
            name: usage.ru_utime + usage.ru_stime
            for name, usage in (
                ("engine", resource.getrusage(resource.RUSAGE_SELF)),
                ("program", resource.getrusage(resource.RUSAGE_CHILDREN)),
            )
        }
        noted = {"told": told, "registrations": sorted(registrations), "calls": calls, "end": now(), "cpu": cpu}
        file.write_text(json.dumps(noted))


if __name__ == "__main__":
    main()
