"""`job list -w`: what has changed since the last look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flink_session.cli.watching import changes

from ..knowing.looking import Look
from .documents import Document

BETWEEN_LOOKS = 2.0


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
    for kind, look in changes(before, after, lambda look: look.job.id, _matter):
        yield Event(kind, look)


def _matter(look: Look) -> object:
    last = look.checkpoints.latest_completed if look.checkpoints else None
    return look.job.state, look.job.tasks, look.restarts, last.id if last else None, look.late


def follow(look: Callable[[], list[Look]], show: Callable[[list[Look]], None], pause: float = BETWEEN_LOOKS) -> None:
    """Show jobs again and again, until the user has seen enough."""
    while True:
        show(look())
        time.sleep(pause)
