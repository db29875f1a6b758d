"""Turns of calls that would do the same at a time: one does it, and the others look whether it has been done."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from typing import TYPE_CHECKING

from .exchange import Waited

if TYPE_CHECKING:
    import asyncio


class Turns:
    """What the calls of one client share."""

    def __init__(self) -> None:
        self.locks: dict[str, threading.Lock] = {}
        self.awaited_locks: dict[str, asyncio.Lock] = {}
        self.ended: dict[str, float] = {}
        """When somebody last had done it."""


class Turn:
    """What one call does alone; `end` gives it back."""

    def __init__(self, turns: Turns) -> None:
        self._turns, self._began = turns, time.monotonic()
        self._held = contextlib.ExitStack()

    def take(self, what: str | None, seconds: float | None) -> Waited | None:
        """Wait for one's turn, as of Alone. Whoever comes to nothing in time is told so at the next request."""
        self.end()
        if what is None:
            return None
        lock = self._turns.locks.setdefault(what, threading.Lock())
        return self._taken(what, lock) if lock.acquire(timeout=-1 if seconds is None else seconds) else Waited()

    async def take_awaiting(self, what: str | None, seconds: float | None) -> Waited | None:
        """As `take`."""
        import asyncio  # noqa: PLC0415 (a blocking program does without it)

        self.end()
        if what is None:
            return None
        lock = self._turns.awaited_locks.setdefault(what, asyncio.Lock())
        try:
            async with asyncio.timeout(seconds):
                await lock.acquire()
        except TimeoutError:
            return Waited()
        return self._taken(what, lock)

    def end(self) -> None:
        """Let the next one have its turn."""
        self._held.close()

    def _taken(self, what: str, lock: threading.Lock | asyncio.Lock) -> Waited | None:
        self._held.callback(lock.release)
        self._held.callback(lambda: self._turns.ended.update({what: time.monotonic()}))
        return Waited() if self._turns.ended.get(what, -math.inf) >= self._began else None
