"""`job list -w`: what has changed since the last look, as events for scripts and as a table in place for people."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .documents import Document
from .looking import Look

BETWEEN_LOOKS = 2.0
_ENDS = "\x1b[?7h"
"""Lets lines wrap again."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a job; `kind` is there (at the first look), new, changed or gone."""

    kind: str
    look: Look

    def document(self, job: Document) -> Document:
        """Give it as `--json` prints it."""
        return {"event": self.kind, "job": job}


def events(before: Sequence[Look] | None, after: Sequence[Look]) -> Iterator[Event]:
    """Tell what has changed between two looks: state, tasks, restarts, checkpoints; not what changes all the time."""
    if before is None:
        yield from (Event("there", look) for look in after)
        return
    known, now = {look.job.id: look for look in before}, {look.job.id for look in after}
    for look in after:
        if look.job.id not in known:
            yield Event("new", look)
        elif _matter(look) != _matter(known[look.job.id]):
            yield Event("changed", look)
    yield from (Event("gone", look) for look in before if look.job.id not in now)


def _matter(look: Look) -> object:
    last = look.checkpoints.latest_completed if look.checkpoints else None
    return look.job.state, look.job.tasks, look.restarts, last.id if last else None, look.late


def follow(look: Callable[[], list[Look]], show: Callable[[list[Look]], None], pause: float = BETWEEN_LOOKS) -> None:
    """Show jobs again and again, until the user has seen enough."""
    while True:
        show(look())
        time.sleep(pause)


class InPlace:
    """Writes lines over those of the time before. Lines that are too long are cut by the terminal, or would be two."""

    def __init__(self) -> None:
        self._written = 0

    def write(self, lines: Sequence[str], height: int) -> None:
        """Write lines, as many as there is room for."""
        room = max(height - 1, 1)
        shown = list(lines) if len(lines) <= room else [*lines[: room - 1], f"... and {len(lines) - room + 1} more"]
        back = f"\x1b[{self._written}A\r\x1b[J" if self._written else ""
        sys.stdout.write(back + "\x1b[?7l" + "".join(f"{line}\n" for line in shown) + _ENDS)
        sys.stdout.flush()
        self._written = len(shown)
