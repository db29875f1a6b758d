"""The lines of a log around a moment. Logs say the time of a place that they do not name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

_STAMP = re.compile(r"^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)[,.](\d{3})")
_LOUD = re.compile(r"\b(?:WARN|ERROR|FATAL)\b")
_QUARTER = 15 * 60 * 1000
_TRACE_LINES = 3
"""Of each stack trace; the cause is told elsewhere."""


def around(
    text: str, moment: int, *, modified: int, most: int = 20, before: int = 10_000, after: int = 5_000
) -> list[str]:
    """Give the lines of a log that were written around a moment: warnings and errors, or all where there are none.

    `moment` and `modified`, when the log was written last, are in milliseconds of the epoch: the last line's own time
    beside it tells the zone that the log is in.
    """
    entries = _entries(text)
    if not entries:
        return []
    zone = round((entries[-1][0] - modified) / _QUARTER) * _QUARTER if modified else 0
    near = [lines for stamp, lines in entries if moment - before <= stamp - zone <= moment + after]
    loud = [lines for lines in near if _LOUD.search(lines[0])]
    chosen = [line for lines in loud or near for line in lines]
    return chosen[-most:]


def last_lines(lines: Sequence[str], count: int | None) -> list[str]:
    """Give the last lines of a log; all where no number is named."""
    return list(lines) if count is None else list(lines[-count:] if count else ())


def _entries(text: str) -> list[tuple[int, list[str]]]:
    """Part a log into entries: each a line with a time, and some of the lines of its stack trace."""
    found: list[tuple[int, list[str]]] = []
    for line in text.expandtabs(4).splitlines():
        if match := _STAMP.match(line):
            moment = datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=UTC)
            found.append((int(moment.timestamp()) * 1000 + int(match[3]), [line]))
        elif found and len(found[-1][1]) <= _TRACE_LINES and line.strip():
            found[-1][1].append(line)
    return found
