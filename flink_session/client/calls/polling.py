"""How often one asks whether something has happened: soon at first, then each second.

What has taken a while is noticed a quarter of that later at most, since somebody may be waiting for it.
"""

from __future__ import annotations

from collections.abc import Iterator

_FIRST, _LONGEST, _FACTOR = 0.02, 1.0, 1.25


def POLLS() -> Iterator[float]:  # noqa: N802 (an endless constant)
    """Give the pauses between two looks, in seconds, without end."""
    pause = _FIRST
    while True:
        yield pause
        pause = min(pause * _FACTOR, _LONGEST)
