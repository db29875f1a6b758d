"""`job stop`, `job cancel` and `job savepoint`: asynchronous in Flink, followed here until they are done."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from flink_session.cli.output import talk, write_json
from flink_session.cli.target import Target
from flink_session.client import ClusterClient
from flink_session.client.calls.snapshots import SavepointFormat
from flink_session.client.models.jobs import JobOverview

from .edge import REFUSED, JobError, command_line, left_by_interrupt, on_session
from .knowing.naming import choose
from .showing.progress import ProgressLine, savepoint_text, start_text
from .triggers import Trigger

Command = TypeVar("Command", bound=Callable[..., Any])

_detach = click.option("--detach", "-d", is_flag=True, help="Do not wait; print what `job wait` takes.")


def _savepoint_options(command: Command) -> Command:
    """Add the options of what makes a savepoint; the command gets `directory` and `format_`."""

    @click.option("--directory", "-p", metavar="PATH", help="Where to; else the session's savepoint directory.")
    @click.option(
        "--type",
        "type_",
        type=click.Choice(["canonical", "native"], case_sensitive=False),
        default="canonical",
        help="Its format; native is faster, and bound to the state backend.  [canonical]",
    )
    @_detach
    @functools.wraps(command)
    def run(*args: Any, type_: str, **others: Any) -> Any:
        return command(*args, format_=type_.upper(), **others)

    return run  # type: ignore[return-value]


@click.command()
@on_session
@click.argument("job")
@_savepoint_options
@click.option("--drain", is_flag=True, help="Send the greatest watermark first: for a job that will not go on.")
def stop(
    target: Target,
    as_json: bool,
    job: str,
    directory: str | None,
    format_: SavepointFormat,
    detach: bool,
    drain: bool,
) -> None:
    """Stop JOB with a savepoint, and print where that is."""
    with target.connect() as client:
        found = _alive(choose(job, client.list_jobs()))
        since = _now(found)
        trigger = Trigger(found.id, client.trigger_stop(found.id, directory, drain=drain, format=format_))
        _end(client, target, found, trigger, since, "stop", as_json=as_json, detach=detach)


@click.command()
@on_session
@click.argument("job")
@_savepoint_options
def savepoint(
    target: Target, as_json: bool, job: str, directory: str | None, format_: SavepointFormat, detach: bool
) -> None:
    """Make a savepoint of JOB, which runs on, and print where it is."""
    with target.connect() as client:
        found = _alive(choose(job, client.list_jobs()))
        since = _now(found)
        trigger = Trigger(found.id, client.trigger_savepoint(found.id, directory, format=format_))
        _end(client, target, found, trigger, since, "savepoint", as_json=as_json, detach=detach)


@click.command()
@on_session
@click.argument("job")
@_detach
def cancel(target: Target, as_json: bool, job: str, detach: bool) -> None:
    """Cancel JOB, without a savepoint."""
    with target.connect() as client:
        found = _alive(choose(job, client.list_jobs()))
        client.cancel(found.id)
        again = command_line(target, "wait", found.id, "--for", "canceled")
        state = "CANCELLING"
        if not detach:
            with left_by_interrupt(lambda: f"{found.name} is being cancelled all the same: {again}"):
                state = _wait_for_end(client, found, "CANCELED").state
    if as_json:
        write_json({"id": found.id, "name": found.name, "state": state})
    elif detach:
        talk(f"{found.name} is being cancelled: {again}")
    else:
        talk(f"{found.name} ({found.id}) is cancelled")


def _alive(job: JobOverview) -> JobOverview:
    """Refuse what has ended: Flink would take it, and fail later with another reason."""
    if job.ended:
        raise JobError(f"{job.name} ({job.id}) has ended already: it is {job.state}", REFUSED)
    return job


def _end(
    client: ClusterClient,
    target: Target,
    job: JobOverview,
    trigger: Trigger,
    since: int,
    verb: str,
    *,
    as_json: bool,
    detach: bool,
) -> None:
    """Follow a savepoint, and a stop to the job's end."""
    again = command_line(target, "wait", trigger.word)
    document = {"id": job.id, "name": job.name, "trigger": trigger.word}
    if detach:
        write_json({**document, "savepoint": None, "state": job.state}) if as_json else click.echo(trigger.word)
        talk(f"the savepoint of {job.name} is triggered: {again}")
        return
    with left_by_interrupt(lambda: f"the savepoint of {job.name} goes on: {again}"):
        path = follow_savepoint(client, job, trigger, since)
        state = _wait_for_end(client, job, "FINISHED").state if verb == "stop" else job.state
    if as_json:
        write_json({**document, "savepoint": path, "state": state})
        return
    talk(f"{job.name} ({job.id}) is stopped" if verb == "stop" else f"{job.name} has a savepoint")
    click.echo(path)


def follow_savepoint(client: ClusterClient, job: JobOverview, trigger: Trigger, since: int) -> str:
    """Wait for a savepoint, show how far it is, and give where it is."""
    with ProgressLine() as line:
        return client.savepoint_path(
            trigger.job_id,
            trigger.trigger_id,
            progress=lambda found: line.say(savepoint_text(job.name, found, since, line.elapsed)),
        )


def _wait_for_end(client: ClusterClient, job: JobOverview, state: str) -> JobOverview:
    with ProgressLine() as line:
        return client.wait_for(job.id, [state], progress=lambda now: line.say(start_text(now, line.elapsed)))


def _now(job: JobOverview) -> int:
    """Give the JobManager's time, of one that has not ended."""
    return job.start_time + max(job.duration, 0)
