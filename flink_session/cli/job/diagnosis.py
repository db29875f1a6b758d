"""`job why`: the root cause first, then what else Flink knows of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from flink_session.cli.output import Cell, colours, printable, write_json
from flink_session.cli.target import Target
from flink_session.client import ClusterClient, RefusedError
from flink_session.client.models.jobs import JobException

from .edge import on_session
from .figures import duration, instant, size
from .following import newest_log
from .knowing.causes import Cause, causes
from .knowing.excerpts import around
from .knowing.hints import hint_for
from .knowing.looking import Look, look_closely
from .knowing.naming import choose
from .knowing.slots import Slots, count_slots
from .listing import now
from .showing.documents import Document

_LARGEST_LOG = 64 * 1024 * 1024
_LABEL = 9
_NO_SLOTS = "NoResourceAvailableException"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is known of what ails a job.

    Attributes:
        log: lines of the TaskManager's log around the last failure.
        no_log: why there are none; empty if there are.
    """

    look: Look
    causes: list[Cause]
    slots: Slots | None
    hint: str | None
    log: list[str]
    no_log: str = ""


@click.command()
@on_session
@click.argument("job")
def why(target: Target, as_json: bool, job: str) -> None:
    """Say why JOB fails, restarts or does not start: the root cause first."""
    with target.connect() as client:
        diagnosis = diagnose(client, job)
    if as_json:
        write_json(diagnosis_document(diagnosis))
        return
    coloured = colours(sys.stdout.isatty())
    for label, cell in report(diagnosis):
        text = printable(cell.text)
        shown = click.style(text, fg=cell.colour) if coloured and cell.colour else text
        click.echo(f"{label:<{_LABEL}}{shown}" if label else shown)


def diagnose(client: ClusterClient, word: str) -> Diagnosis:
    """Ask for all of it."""
    look = look_closely(client, choose(word, client.list_jobs()), now=now())
    exceptions = client.job_exceptions(look.job.id)
    if look.job.state == "FAILED" and not exceptions:
        # A job that could not start has no history; why it ended is told by its result.
        trace = client.job_result(look.job.id).failure or ""
        exceptions = [JobException(name="", stack_trace=trace, timestamp=look.since)] if trace else []
    found = causes(exceptions)
    slots = _slots(client, look, found)
    hint = hint_for(found[0].stack_trace) if found else None
    if slots and not hint:
        hint = hint_for(_NO_SLOTS)
    log, no_log = _log(client, found[0]) if found else ([], "")
    return Diagnosis(look, found, slots, hint, log, no_log)


def report(diagnosis: Diagnosis) -> Iterator[tuple[str, Cell]]:
    """Give lines with their labels."""
    look, found = diagnosis.look, diagnosis.causes
    yield "job", Cell(f"{look.job.name} ({look.job.id}) is {look.job.state} for {duration(look.now - look.since)}")
    if found:
        yield from _of_cause(look, found[0])
    if diagnosis.slots:
        yield "slots", Cell(diagnosis.slots.sentence(), "yellow")
    if look.late:
        failed = look.checkpoints.latest_failed if look.checkpoints else None
        reason = f": {failed.failure}" if failed and failed.failure else ""
        yield "late", Cell(f"the last checkpoint is older than three intervals{reason}", "red")
    if not found and not diagnosis.slots and not look.late:
        yield "", Cell("nothing ails it that Flink knows of")
    if diagnosis.hint:
        yield "hint", Cell(diagnosis.hint, "cyan")
    for cause in found[1:]:
        yield "before", Cell(f"{_when(look, cause)}: {cause.text}" + (f", in {cause.task}" if cause.task else ""))
    if diagnosis.no_log:
        yield "log", Cell(diagnosis.no_log)
    if diagnosis.log:
        yield "", Cell("")
        yield "", Cell(f"log of {found[0].taskmanager} around that time:")
        yield from (("", Cell(f"  {line}")) for line in diagnosis.log)


def diagnosis_document(diagnosis: Diagnosis) -> Document:
    """Give it as `--json` prints it."""
    look, slots = diagnosis.look, diagnosis.slots
    return {
        "id": look.job.id,
        "name": look.job.name,
        "state": look.job.state,
        "since": instant(look.since),
        "causes": [
            {
                "cause": cause.text,
                "frame": cause.frame or None,
                "task": cause.task or None,
                "taskmanager": cause.taskmanager or None,
                "endpoint": cause.endpoint or None,
                "first": instant(cause.first),
                "last": instant(cause.last),
                "count": cause.count,
                "stack_trace": cause.stack_trace,
            }
            for cause in diagnosis.causes
        ],
        "slots": asdict(slots) if slots else None,
        "checkpoint_late": look.late,
        "hint": diagnosis.hint,
        "log": diagnosis.log,
    }


def _of_cause(look: Look, cause: Cause) -> Iterator[tuple[str, Cell]]:
    yield "cause", Cell(cause.text, "red")
    if cause.frame:
        yield "at", Cell(cause.frame)
    if cause.task:
        yield "task", Cell(cause.task)
    if cause.taskmanager:
        yield "on", Cell(f"{cause.taskmanager}" + (f" ({cause.endpoint})" if cause.endpoint else ""))
    yield "when", Cell(_when(look, cause))


def _when(look: Look, cause: Cause) -> str:
    last = f"{duration(look.now - cause.last)} ago"
    return f"{last}; {cause.count} times in {duration(cause.last - cause.first)}" if cause.count > 1 else last


def _slots(client: ClusterClient, look: Look, found: list[Cause]) -> Slots | None:
    """Count slots where a job waits for some, or has failed for want of them."""
    waits = not look.job.ended and look.job.missing
    lacked = found and _NO_SLOTS in found[0].stack_trace
    return count_slots(client, look.job.id) if waits or lacked else None


def _log(client: ClusterClient, cause: Cause) -> tuple[list[str], str]:
    """Read the log of the TaskManager on which it happened; it may be gone."""
    if not cause.taskmanager:
        return [], ""
    try:
        found = newest_log(client, cause.taskmanager)
        if found.size > _LARGEST_LOG:
            return [], f"that of {cause.taskmanager} is too large to search, {size(found.size)}"
        text = client.log(found.name, cause.taskmanager)
    except RefusedError as error:
        gone = "UnknownTaskExecutor" in error.stack_trace or error.http_status == 404
        return [], f"that of {cause.taskmanager} is gone with it" if gone else str(error)
    return around(text, cause.last, modified=found.modified), ""
