"""A process's memory as bars, a part to a line: for forms that have only text."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Process
from ..rules.amounts import bytes_shown

_WIDTH = 32
_BLOCKS = " ▏▎▍▌▋▊▉█"


def bar(process: Process) -> Iterator[str]:
    """Give the lines: each part by its share of the whole."""
    longest = max((len(part.name) for part in process.parts), default=0)
    for part in process.parts:
        eighths = round(part.size / process.memory * _WIDTH * 8) if process.memory else 0
        drawn = "█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()
        yield f"{part.name.ljust(longest)}  {(drawn or '▏').ljust(_WIDTH)}  {bytes_shown(part.size)}"
