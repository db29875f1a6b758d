"""`job wait`: for scripts that go on when a job runs, has a checkpoint, or has ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from flink_session.cli.output import talk, write_json
from flink_session.cli.target import Target
from flink_session.client import ClusterClient, DeadlineError, OperationFailedError
from flink_session.client.models.checkpoints import Checkpoint
from flink_session.client.models.jobs import JobOverview

from .edge import USAGE, JobError, command_line, left_by_interrupt, on_session
from .ending import follow_savepoint
from .knowing.naming import choose
from .knowing.slots import count_slots
from .showing.documents import Document, checkpoint_document
from .showing.progress import ProgressLine, start_text
from .triggers import Trigger

FOR = ("running", "finished", "canceled", "checkpoint", "savepoint")
_A_MOMENT = 10_000
"""Milliseconds: a savepoint that was triggered so shortly before is the one that is meant."""


@click.command()
@on_session
@click.argument("job")
@click.option(
    "--for",
    "what",
    type=click.Choice(FOR),
    help="All tasks run; the job has ended, well or cancelled; it has a checkpoint, or a new savepoint.  [running]",
)
def wait(target: Target, as_json: bool, job: str, what: str | None) -> None:
    """Wait for JOB, or for JOB/TRIGGER, which `stop` and `savepoint --detach` print.

    It lasts ten minutes at most, or as long as --timeout says.
    """
    trigger = Trigger.read(job)
    if trigger and what not in (None, "savepoint"):
        raise JobError(f"{job} is a savepoint that was triggered, and cannot be waited for as {what}", USAGE)
    with target.connect() as client:
        jobs = client.list_jobs()
        if trigger:
            found = next((item for item in jobs if item.id == trigger.job_id), None) or _unknown(trigger)
            again = command_line(target, "wait", job)
        else:
            found = choose(job, jobs)
            again = command_line(target, "wait", found.id, "--for", what or "running")
        with left_by_interrupt(lambda: f"no longer waiting for {found.name}, which goes on: {again}"):
            if trigger:
                path = follow_savepoint(client, found, trigger, 0)
                document: Document = {"id": trigger.job_id, "name": found.name, "savepoint": path}
                said, data = f"{found.name} has a savepoint", path
            else:
                with slots_told(client, found.id):
                    document, said, data = until(client, found, what or "running", timeout=target.timeout)
    if as_json:
        write_json(document)
        return
    talk(said)
    if data:
        click.echo(data)


@contextmanager
def slots_told(client: ClusterClient, job_id: str) -> Iterator[None]:
    """Say what slots there are, where it is for want of them that a wait comes to nothing."""
    try:
        yield
    except (DeadlineError, OperationFailedError) as error:
        trace = error.stack_trace if isinstance(error, OperationFailedError) else ""
        failed = "NoResourceAvailable" in trace
        slots = count_slots(client, job_id) if failed or isinstance(error, DeadlineError) else None
        if slots and (failed or slots.free < slots.needed):
            raise JobError(f"{error}; {slots.sentence()}", error.status, trace) from error
        raise


def until(client: ClusterClient, job: JobOverview, what: str, *, timeout: float | None) -> tuple[Document, str, str]:
    """Wait for something of a job; give its document, a sentence, and what is printed as data.

    `timeout` is only looked at for the end of a job, which is waited for without end otherwise.
    """
    with ProgressLine() as line:

        def say(now: JobOverview) -> None:
            line.say(start_text(now, line.elapsed))

        if what in ("checkpoint", "savepoint"):
            savepoint = what == "savepoint"
            since = job.start_time + job.duration - _A_MOMENT if savepoint else 0
            line.say(f"{job.name}: waiting for a {what}")
            found = client.wait_for_checkpoint(job.id, savepoint=savepoint, since=since)
            return _of_checkpoint(job, found, what)
        if what == "running":
            now = client.wait_for_running(job.id, progress=say)
        else:
            # The end of a job may be days away.
            patient = client if timeout else client.within(_YEARS)
            now = patient.wait_for(job.id, [what.upper()], progress=say)
    verb = "all tasks of {} run" if now.state == "RUNNING" else "{} is " + now.state
    return {"id": now.id, "name": now.name, "state": now.state}, verb.format(f"{now.name} ({now.id})"), ""


_YEARS = 10 * 365 * 86_400.0


def _of_checkpoint(job: JobOverview, found: Checkpoint, what: str) -> tuple[Document, str, str]:
    document = {"id": job.id, "name": job.name, "checkpoint": checkpoint_document(found)}
    return document, f"{job.name} has completed {what} {found.id}", found.path or ""


def _unknown(trigger: Trigger) -> JobOverview:
    """Stand in for a job that Flink has forgotten, or was never there: asking for its savepoint tells."""
    return JobOverview(trigger.job_id, trigger.job_id, "", int(time.time() * 1000), -1, 0, {})
