"""What Flink's client says, word for word, since scripts look for it. Plain values in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from flink_session.client.models.jobs import GLOBALLY_TERMINAL, Accumulator, JobOverview, JobResult

WAITING = "Waiting for response..."
RESUME = "You can resume your program from this savepoint with the run command."
CANCEL_IS_OLD = 'DEPRECATION WARNING: Cancelling a job with savepoint is deprecated. Use "stop" instead.'
HELP = "Use the help option (-h or --help) to get help on the command."
FAILED = f"\n{'-' * 60}\n The program finished with the following exception:\n"
_RULE = "-" * 62
_RUNNING = "------------------ Running/Restarting Jobs -------------------"
_SCHEDULED = "----------------------- Scheduled Jobs -----------------------"
_TERMINATED = "---------------------- Terminated Jobs -----------------------"
_NOT_BEGUN = {"CREATED", "INITIALIZING"}
_JAVA = {"LongCounter": "java.lang.Long", "IntCounter": "java.lang.Integer", "DoubleCounter": "java.lang.Double"}
"""The classes of what counters count, which the client prints, by what REST calls them."""


def submitted(job_id: str) -> str:
    """A job runs."""
    return f"Job has been submitted with JobID {job_id}"


def finished(result: JobResult, accumulators: Iterable[Accumulator]) -> str:
    """A job has ended well."""
    lines = [
        "Program execution finished",
        f"Job with JobID {result.id} has finished.",
        f"Job Runtime: {result.net_runtime} ms",
    ]
    counted = [f"- {item.name} ({_JAVA.get(item.type, item.type)}): {item.value}" for item in accumulators]
    return "\n".join([*lines, *(["Accumulator Results: ", *counted, ""] if counted else [""])])


def listed(jobs: Iterable[JobOverview], *, running: bool, scheduled: bool, all_: bool) -> Iterator[str]:
    """The jobs of a session."""
    in_order = sorted(jobs, key=lambda job: (job.start_time, job.state))
    waiting = [job for job in in_order if job.state in _NOT_BEGUN]
    ended = [job for job in in_order if job.state in GLOBALLY_TERMINAL]
    alive = [job for job in in_order if job not in waiting and job not in ended]
    if running or all_:
        yield from _section(_RUNNING, alive) if alive else ["No running jobs."]
    if scheduled or all_:
        yield from _section(_SCHEDULED, waiting) if waiting else ["No scheduled jobs."]
    if all_ and ended:
        yield from _section(_TERMINATED, ended)


def triggering(job_id: str, *, detached: bool) -> str:
    """A savepoint is begun."""
    return f"Triggering savepoint {'in detached mode ' if detached else ''}for job {job_id}."


def triggered(trigger_id: str) -> str:
    """Its id."""
    return f"Successfully trigger manual savepoint, triggerId: {trigger_id}"


def stopping(job_id: str, form: str, *, drain: bool, detached: bool) -> str:
    """A job is stopped."""
    verb = "Draining" if drain else "Suspending"
    mode = "in detached mode " if detached else ""
    return f'{verb} job "{job_id}" with a {form} savepoint.\nTriggering stop-with-savepoint {mode}for job {job_id}.'


def stop_triggered(trigger_id: str) -> str:
    """Its id."""
    return f"Successfully trigger stop-with-savepoint in detached mode, triggerId: {trigger_id}"


def savepoint_made(path: str) -> str:
    """Where it is."""
    return f"Savepoint completed. Path: {path}"


def cancelling(job_id: str, form: str = "", directory: str | None = None) -> str:
    """A job is cancelled, with a savepoint of a `form`."""
    if not form:
        return f"Cancelling job {job_id}."
    where = directory or "default savepoint directory"
    return f"Cancelling job {job_id} with {form} savepoint to {where}."


def cancelled(job_id: str, path: str = "") -> str:
    """It is."""
    return f"Cancelled job {job_id}." + (f" Savepoint stored in {path}." if path else "")


def bad_job_id(word: str) -> str:
    """It is none."""
    example = "fd72014d4c864993a2e5a9287b4a9c5d"
    return f'Cannot parse JobID from "{word}". The expected format is [0-9a-fA-F]{{32}}, e.g. {example}.'


def _section(title: str, jobs: Iterable[JobOverview]) -> Iterator[str]:
    yield title
    for job in jobs:
        # The client's own zone, as Flink has it.
        started = datetime.fromtimestamp(job.start_time / 1000).strftime("%d.%m.%Y %H:%M:%S")
        yield f"{started} : {job.id} : {job.name} ({job.state})"
    yield _RULE
