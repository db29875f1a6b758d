"""How often one asks whether something has happened: soon at first, then every two seconds, as Flink's client does."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST, _LONGEST = 0.02, 2.0


def POLLS() -> Iterator[float]:  # noqa: N802 (an endless constant)
    """Give the pauses between two looks, in seconds, without end."""
    pause = _FIRST
    while True:
        yield pause
        pause = min(pause * 1.6, _LONGEST)
