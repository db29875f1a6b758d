"""Waiting out Flink's caches: of a job's vertices, failures and checkpoints it says for a while what it said before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from ..exchange import Call, Pause
from .cluster import features
from .polling import POLLS

T = TypeVar("T")

_MARGIN: Final = 0.1
"""Seconds by which a clock of the JobManager may be coarse."""


def until_fresh(look: Callable[[], Call[T | None]]) -> Call[T | None]:
    """Look until there is something, or until what is seen must be newer than the first look; None if there is nothing.

    That is `web.refresh-interval`, 3 s by default.
    """
    found = yield from look()
    if found is not None:
        return found
    left = (yield from features()).refresh_interval / 1000 + _MARGIN
    for pause in POLLS():
        yield Pause(min(pause, left))
        found = yield from look()
        left -= pause
        if found is not None or left <= 0:
            return found
    raise AssertionError("polls never end")
