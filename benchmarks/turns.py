"""Commands timed in turns, so that each has its share of the machine's better and worse moments."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

IMPORT_SDK = [sys.executable, "-c", "import pulumi"]
"""What any Pulumi program in Python pays: the measure of the machine."""


def in_turns(
    commands: Sequence[Sequence[str]], rounds: int, folder: Path, environment: Mapping[str, str] | None = None
) -> list[list[float]]:
    """Run each command once to warm up, then all of them in each round; give the seconds of each.

    Args:
        commands: what is run; each must succeed.
        rounds: how often.
        folder: where.
        environment: of the commands; None for that of this process.
    """
    seconds: list[list[float]] = [[] for _ in commands]
    for number in range(rounds + 1):
        for command, taken in zip(commands, seconds, strict=True):
            started = time.perf_counter()
            subprocess.run(command, cwd=folder, env=environment or os.environ, capture_output=True, check=True)
            if number:
                taken.append(time.perf_counter() - started)
    return seconds
