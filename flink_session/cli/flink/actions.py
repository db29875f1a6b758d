"""What each action does: Flink's client, over ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import click

from flink_session.cli.job.edge import command_line, left_by_interrupt
from flink_session.cli.job.jars import CLASSPATHS
from flink_session.cli.job.showing.progress import ProgressLine, upload_text
from flink_session.cli.target import Target
from flink_session.client import OperationFailedError, Program
from flink_session.client.calls.jars import ClaimMode
from flink_session.client.calls.snapshots import SavepointFormat, new_id

from . import words
from .parsing import ArgumentsError, CommandLine
from .where import of_job

Word = TypeVar("Word")
_JOB_ID = re.compile(r"[0-9a-fA-F]{32}")
_CLAIM_MODES: dict[str, ClaimMode] = {"no_claim": "NO_CLAIM", "claim": "CLAIM", "legacy": "LEGACY"}
_FORMATS: dict[str, SavepointFormat] = {"canonical": "CANONICAL", "native": "NATIVE"}


def run(line: CommandLine, target: Target) -> None:
    """Submit a program; attached, wait for its end."""
    if not line.arguments:
        raise ArgumentsError("Java program should be specified a JAR file.")
    path, *arguments = line.arguments
    if not Path(path).exists():
        missing = f"JAR file does not exist: {path}"
        raise ArgumentsError(f"Could not get job jar and dependencies from JAR file: {missing}")
    program, job_id = program_of(line, arguments), new_id()
    with target.connect() as client:
        with ProgressLine() as shown:
            client.submit(
                path,
                program,
                job_id=job_id,
                progress=lambda sent, total: shown.say(upload_text(path, sent, total, shown.elapsed)),
            )
        click.echo(words.submitted(job_id))
        if line.has("d"):
            return
        with left_by_interrupt(lambda: f"the job goes on: {command_line(target, 'wait', job_id)}"):
            result = client.job_result(job_id)
        if result.failure or result.status != "SUCCEEDED":
            message = f"job {job_id} has ended as {result.status}"
            raise OperationFailedError(message, "", result.failure or "")
        click.echo(words.finished(result, client.job_accumulators(job_id)))


def program_of(line: CommandLine, arguments: list[str]) -> Program:
    """Give what the options of `run` say of the program. Raises ArgumentsError."""
    configuration = of_job(line.properties)
    if classpaths := line.options.get("C"):
        configuration[CLASSPATHS] = ";".join(classpaths)
    mode = line.value("cm") or line.value("rm")
    return Program(
        line.value("c"),
        arguments,
        _parallelism(line.value("p")),
        line.value("s"),
        line.has("n"),
        None if mode is None else _one_of(_CLAIM_MODES, mode, "claim mode"),
        configuration,
    )


def list_(line: CommandLine, target: Target) -> None:
    """Print the jobs."""
    running, scheduled = line.has("r"), line.has("s")
    neither = not running and not scheduled
    with target.connect() as client:
        click.echo(words.WAITING)
        jobs = client.list_jobs()
    shown = words.listed(jobs, running=running or neither, scheduled=scheduled or neither, all_=line.has("a"))
    for text in shown:
        click.echo(text)


def stop(line: CommandLine, target: Target) -> None:
    """Stop a job with a savepoint."""
    job_id, form = _job_id(line, "Missing JobId"), _format(line)
    drain, detached = line.has("d"), line.has("detached")
    with target.connect() as client:
        click.echo(words.stopping(job_id, form, drain=drain, detached=detached))
        trigger = client.trigger_stop(job_id, line.value("p"), drain=drain, format=form)
        if detached:
            click.echo(words.stop_triggered(trigger))
            return
        click.echo(words.WAITING)
        with _leaving(target, job_id, trigger):
            click.echo(words.savepoint_made(client.savepoint_path(job_id, trigger)))


def cancel(line: CommandLine, target: Target) -> None:
    """Cancel a job, by an old option with a savepoint."""
    with_savepoint, directory = line.has("s"), line.value("s")
    if directory and not line.arguments and _JOB_ID.fullmatch(directory):
        # `cancel -s ID`: what follows may be the directory, and is the job.
        line.arguments, directory = [directory], None
    job_id = _job_id(line, "Missing JobID. Specify a JobID to cancel a job.")
    with target.connect() as client:
        if not with_savepoint:
            click.echo(words.cancelling(job_id))
            client.cancel(job_id)
            click.echo(words.cancelled(job_id))
            return
        click.echo(words.CANCEL_IS_OLD)
        click.echo(words.cancelling(job_id, "CANONICAL", directory))
        trigger = client.trigger_savepoint(job_id, directory, cancel=True)
        with _leaving(target, job_id, trigger):
            click.echo(words.cancelled(job_id, client.savepoint_path(job_id, trigger)))


def savepoint(line: CommandLine, target: Target) -> None:
    """Make a savepoint, or dispose of one."""
    with target.connect() as client:
        if path := line.value("d"):
            click.echo(f"Disposing savepoint '{path}'.\n{words.WAITING}")
            client.dispose_savepoint(path)
            click.echo(f"Savepoint '{path}' disposed.")
            return
        job_id = _job_id(line, "Missing JobID. Specify a Job ID to trigger a savepoint.")
        directory = line.arguments[1] if len(line.arguments) > 1 else None
        detached = line.has("detached")
        click.echo(words.triggering(job_id, detached=detached))
        trigger = client.trigger_savepoint(job_id, directory, format=_format(line))
        if detached:
            click.echo(words.triggered(trigger))
            return
        click.echo(words.WAITING)
        with _leaving(target, job_id, trigger):
            click.echo(words.savepoint_made(client.savepoint_path(job_id, trigger)))
        click.echo(words.RESUME)


RUNS: dict[str, Callable[[CommandLine, Target], None]] = {
    "run": run,
    "list": list_,
    "stop": stop,
    "cancel": cancel,
    "savepoint": savepoint,
}


def _leaving(target: Target, job_id: str, trigger: str) -> AbstractContextManager[None]:
    return left_by_interrupt(lambda: f"the savepoint goes on: {command_line(target, 'wait', f'{job_id}/{trigger}')}")


def _job_id(line: CommandLine, missing: str) -> str:
    if not line.arguments:
        raise ArgumentsError(missing)
    word = line.arguments[0]
    if not _JOB_ID.fullmatch(word):
        raise ArgumentsError(words.bad_job_id(word))
    return word.lower()


def _format(line: CommandLine) -> SavepointFormat:
    return _one_of(_FORMATS, line.value("type") or "canonical", "savepoint format")


def _one_of(known: Mapping[str, Word], word: str, what: str) -> Word:
    found = known.get(word.lower())
    if found is None:
        raise ArgumentsError(f"{word!r} is no {what}: it is {', '.join(known)}")
    return found


def _parallelism(word: str | None) -> int | None:
    if word is None:
        return None
    if not word.isdecimal() or int(word) < 1:
        raise ArgumentsError(f"The parallelism must be a positive number: {word}")
    return int(word)
