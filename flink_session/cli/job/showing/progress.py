"""How far something is, on one line of a terminal that is written over; where there is none, once at its beginning."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import click

from flink_session.cli.output import printable
from flink_session.client.models.checkpoints import Checkpoint
from flink_session.client.models.jobs import JobOverview

from ..figures import duration, size

_BETWEEN = 0.1
"""Seconds between two writings."""


class ProgressLine:
    """One line on standard error, gone when it is left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._terminal = sys.stderr.isatty()
        self._clock, self._written_at, self._text = clock, float("-inf"), ""
        self._begun = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()

    @property
    def elapsed(self) -> float:
        """Seconds since it was made."""
        return self._clock() - self._begun

    def say(self, text: str, *, last: bool = False) -> None:
        """Write it, unless something was written just now, and it is not the `last`; nothing without a terminal."""
        due = last or self._clock() - self._written_at >= _BETWEEN
        if self._terminal and text != self._text and due:
            click.echo(f"\r\x1b[K\x1b[?7l{printable(text)}\x1b[?7h", err=True, nl=False)
            self._text, self._written_at = text, self._clock()

    def clear(self) -> None:
        """Take it away."""
        if self._text:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._text = ""


def upload_text(name: str, sent: int, total: int, seconds: float) -> str:
    """Say how far an upload or download is, with its rate; `total` is 0 where it is not known."""
    rate = f", {size(sent / seconds)}/s" if seconds > 0 else ""
    if not total:
        return f"{name}: {size(sent)}{rate}"
    width = 20
    done = sent * width // total
    return f"{name}: [{'#' * done}{'.' * (width - done)}] {sent * 100 // total}% of {size(total)}{rate}"


def start_text(job: JobOverview, seconds: float) -> str:
    """Say how far a job is that starts."""
    total = job.tasks.get("total", 0)
    up = job.tasks.get("running", 0) + job.tasks.get("finished", 0)
    tasks = f"{up} of {total} tasks run" if total else "no task is made yet"
    return f"{job.name}: {job.state}, {tasks}, {duration(seconds * 1000)}"


def savepoint_text(name: str, checkpoint: Checkpoint | None, since: int, seconds: float) -> str:
    """Say how far a savepoint is; one that began before `since` is another one."""
    took = duration(seconds * 1000)
    if checkpoint is None or checkpoint.triggered < since:
        return f"{name}: the savepoint is triggered, {took}"
    if checkpoint.status != "IN_PROGRESS":
        return f"{name}: the savepoint is {checkpoint.status}, {size(checkpoint.state_size)}, {took}"
    acknowledged = f"{checkpoint.acknowledged_subtasks} of {checkpoint.subtasks} tasks have acknowledged"
    return f"{name}: the savepoint is IN_PROGRESS, {acknowledged}, {size(checkpoint.state_size)}, {took}"
