"""Calls about jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from .. import endpoints
from ..errors import DisabledError, NotFoundError, OperationFailedError, RefusedError
from ..exchange import Call, Pause, WaitingFor, Within
from ..models.cluster import AggregatedMetric, Metric
from ..models.jobs import (
    ENDED,
    Accumulator,
    Backpressure,
    Job,
    JobConfiguration,
    JobException,
    JobOverview,
    JobResult,
    Requirements,
    VertexTaskManager,
)
from ..reading import read, read_json, required
from ..refusals import ask, deepest_cause, refusal
from ..sending import send
from .caches import until_fresh
from .cluster import get
from .polling import POLLS

Look = Callable[[JobOverview], None]
"""Gets a job that is waited for, as it is now."""
_WAIT = 600.0
"""Seconds that a wait lasts at most, unless its user says otherwise."""
_FAILED: Final = {"FAILING", "FAILED", "RESTARTING"}
"""The states of a job that has an exception."""


def list_jobs() -> Call[list[JobOverview]]:
    """Give all jobs that the JobManager remembers, ended ones too (for an hour, by `jobstore.expiration-time`)."""
    document = yield from ask(endpoints.JOBS_OVERVIEW.request(), "the jobs cannot be listed")
    return read(document, list[JobOverview], "jobs")


def job(job_id: str) -> Call[Job]:
    """Give a job with its vertices, as of up to three seconds ago: Flink keeps what it was asked before for so long.

    Raises:
        NotFoundError: there is no such job; Flink forgets those that have ended.
    """
    request = endpoints.JOB.request(jobid=job_id)
    return Job.from_json((yield from ask(request, f"job {job_id}", not_found=no_job(job_id))))


def job_plan(job_id: str) -> Call[dict[str, Any]]:
    """Give a job's plan, as Flink's web UI draws it. Raises NotFoundError."""
    return read((yield from _ask(endpoints.JOB_PLAN, "the plan", job_id)), dict[str, Any], "plan")


def job_exceptions(job_id: str, most: int = 20) -> Call[list[JobException]]:
    """Give what went wrong with a job, the last first, as of up to three seconds ago.

    A first failure is waited for as long, where Flink does not show it yet. Raises NotFoundError.
    """

    def look() -> Call[list[JobException] | None]:
        document = yield from _ask(endpoints.JOB_EXCEPTIONS, "the exceptions", job_id, {"maxExceptions": str(most)})
        return read(document, list[JobException], "exceptionHistory.entries") or None

    found = yield from look()
    if found is None and (yield from _look(job_id)).state in _FAILED:
        found = yield from until_fresh(look)
    return found or []


def job_configuration(job_id: str) -> Call[JobConfiguration]:
    """Give a job's own configuration. Raises NotFoundError."""
    return JobConfiguration.from_json((yield from _ask(endpoints.JOB_CONFIGURATION, "the configuration", job_id)))


def job_accumulators(job_id: str) -> Call[list[Accumulator]]:
    """Give what a job's user code has added up. Raises NotFoundError."""
    document = yield from _ask(endpoints.JOB_ACCUMULATORS, "the accumulators", job_id)
    return read(document, list[Accumulator], "user-task-accumulators")


def job_metrics(job_id: str, names: Iterable[str] = ()) -> Call[list[Metric]]:
    """Give metrics of a job; without names, only which there are. Raises NotFoundError."""
    document = yield from _ask(endpoints.JOB_METRICS, "the metrics", job_id, get(names))
    if not document:
        yield from job(job_id)
    return read(document, list[Metric])


def vertex_metrics(job_id: str, vertex_id: str, names: Iterable[str] = ()) -> Call[list[AggregatedMetric]]:
    """Give metrics of all subtasks of a vertex together; without names, only which there are. Raises NotFoundError."""
    request = endpoints.VERTEX_SUBTASK_METRICS.request(jobid=job_id, vertexid=vertex_id, params=get(names))
    document = yield from ask(request, f"the metrics of {vertex_id}", not_found=_no_vertex(job_id, vertex_id))
    if not document:
        yield from _check_vertex(job_id, vertex_id)
    return read(document, list[AggregatedMetric])


def backpressure(job_id: str, vertex_id: str) -> Call[Backpressure]:
    """Give how busy a vertex is. Raises NotFoundError."""
    request = endpoints.VERTEX_BACKPRESSURE.request(jobid=job_id, vertexid=vertex_id)
    response = yield from send(request)
    if response.status >= 300:
        error = refusal(response, f"the back pressure of {vertex_id}", _no_vertex(job_id, vertex_id))
        # There are no numbers before a first report of each subtask.
        if not isinstance(error, RefusedError) or "NoSuchElementException" not in error.cause:
            raise error
    else:
        found = Backpressure.from_json(read_json(response, "the back pressure"))
        if found.status == "ok":
            required(found.level, "backpressureLevel")
            return found
    yield from _check_vertex(job_id, vertex_id)
    return Backpressure(status="deprecated")


def vertex_taskmanagers(job_id: str, vertex_id: str) -> Call[list[VertexTaskManager]]:
    """Give which TaskManagers have, or had, subtasks of a vertex. Raises NotFoundError."""
    request = endpoints.VERTEX_TASKMANAGERS.request(jobid=job_id, vertexid=vertex_id)
    document = yield from ask(request, f"the TaskManagers of {vertex_id}", not_found=_no_vertex(job_id, vertex_id))
    return read(document, list[VertexTaskManager], "taskmanagers")


def cancel(job_id: str) -> Call[None]:
    """Ask for a job to be cancelled, and do not wait for it; retained checkpoints are deleted, unless the job says so.

    Nothing happens where it is being cancelled, or was.

    Raises:
        NotFoundError: there is no such job.
        RefusedError: it has ended in another way.
    """
    response = yield from send(endpoints.JOB_CANCEL.request(jobid=job_id, params={"mode": "cancel"}))
    if response.status >= 300:
        raise refusal(response, f"job {job_id} cannot be cancelled", no_job(job_id) if response.status == 404 else "")


def wait_for(job_id: str, states: Iterable[str], *, progress: Look | None = None) -> Call[JobOverview]:
    """Wait until a job is in one of some states, and give it; `progress` gets it each time that it is looked at.

    Raises:
        OperationFailedError: it has ended in another one.
        NotFoundError: there is no such job.
        DeadlineError: it took longer than ten minutes, or what `within` says.
    """
    wanted = frozenset(states)
    yield Within(_WAIT, f"job {job_id} to be {' or '.join(sorted(wanted))}")
    for pause in POLLS():
        found = yield from _look(job_id, progress)
        if found.state in wanted:
            return found
        if found.state in ENDED:
            raise (yield from _ended(found))
        yield Pause(pause)
    raise AssertionError("polls never end")


def wait_for_running(job_id: str, *, progress: Look | None = None) -> Call[JobOverview]:
    """Wait until *all tasks* of a job run, and give it. A job that waits for slots is RUNNING, but not this.

    A bounded job may have finished by then. `progress` gets the job each time that it is looked at.

    Raises:
        OperationFailedError: it has ended otherwise.
        NotFoundError: there is no such job.
        DeadlineError: it took longer than ten minutes, or what `within` says.
    """
    yield Within(_WAIT, f"all tasks of job {job_id} to run")
    for pause in POLLS():
        found = yield from _look(job_id, progress)
        if found.all_running or found.state == "FINISHED":
            return found
        if found.state in ENDED:
            raise (yield from _ended(found))
        yield WaitingFor(f"all tasks of job {job_id} to run; {found.missing} wait, the job is {found.state}")
        yield Pause(pause)
    raise AssertionError("polls never end")


def job_result(job_id: str) -> Call[JobResult]:
    """Wait for a job's end, however long that takes, and give how it ended. Raises NotFoundError."""
    yield Within(None, f"the end of job {job_id}")
    for pause in POLLS():
        document = yield from _ask(endpoints.JOB_RESULT, "the result", job_id)
        if read(document, str, "status.id") == "COMPLETED":
            return read(document, JobResult, "job-execution-result")
        yield Pause(pause)
    raise AssertionError("polls never end")


def requirements(job_id: str) -> Call[dict[str, Requirements]]:
    """Give the bounds of each vertex's parallelism, by its id.

    Raises:
        DisabledError: the job is not run by the adaptive scheduler.
        NotFoundError: there is no such job.
    """
    response = yield from send(endpoints.JOB_REQUIREMENTS.request(jobid=job_id))
    if response.status >= 300:
        raise _not_adaptive(job_id, refusal(response, f"job {job_id} cannot be rescaled", no_job(job_id)))
    return read(read_json(response, "the resource requirements"), dict[str, Requirements])


def rescale(job_id: str, bounds: Mapping[str, tuple[int, int]]) -> Call[None]:
    """Let the adaptive scheduler choose each vertex's parallelism between these bounds; all other vertices keep theirs.

    Raises:
        DisabledError: the job is not run by the adaptive scheduler.
        NotFoundError: there is no such job.
        RefusedError: a bound is beyond the maximum parallelism, or somebody else rescales it.
    """
    wanted = {vertex: (entry.lower, entry.upper) for vertex, entry in (yield from requirements(job_id)).items()}
    if unknown := sorted(set(bounds) - set(wanted)):
        raise RefusedError(f"job {job_id} has no vertex {', '.join(unknown)}; it has {', '.join(wanted)}", 404)
    body = {
        vertex: {"parallelism": {"lowerBound": lower, "upperBound": upper}}
        for vertex, (lower, upper) in {**wanted, **bounds}.items()
    }
    response = yield from send(endpoints.JOB_RESCALE.request(jobid=job_id, body=body))
    if response.status >= 300:
        raise _not_adaptive(job_id, refusal(response, f"job {job_id} cannot be rescaled", no_job(job_id)))


def no_job(job_id: str) -> str:
    """Say that there is no such job."""
    return f"there is no job {job_id}; Flink forgets ended jobs after an hour, or with the JobManager's process"


def _check_vertex(job_id: str, vertex_id: str) -> Call[None]:
    """Raise NotFoundError for a vertex that is not there, of which Flink says that it has no numbers."""
    if vertex_id not in {vertex.id for vertex in (yield from job(job_id)).vertices}:
        raise NotFoundError(_no_vertex(job_id, vertex_id), 404)


def _no_vertex(job_id: str, vertex_id: str) -> str:
    return f"job {job_id} has no vertex {vertex_id}, or is gone"


def _ask(endpoint: endpoints.Endpoint, what: str, job_id: str, params: dict[str, str] | None = None) -> Call[Any]:
    request = endpoint.request(jobid=job_id, params=params)
    return (yield from ask(request, f"{what} of job {job_id}", not_found=no_job(job_id)))


def _look(job_id: str, progress: Look | None = None) -> Call[JobOverview]:
    """See how a job is now. Only what Flink says of all jobs is of this moment."""
    for found in (yield from list_jobs()):
        if found.id == job_id:
            if progress:
                progress(found)
            return found
    raise NotFoundError(no_job(job_id), 404)


def _ended(found: JobOverview) -> Call[OperationFailedError]:
    stack_trace = (yield from job_result(found.id)).failure or ""
    cause = deepest_cause(stack_trace)
    why = f": {cause}" if cause else ""
    return OperationFailedError(f"job {found.id} ({found.name}) has ended as {found.state}{why}", cause, stack_trace)


def _not_adaptive(job_id: str, error: Exception) -> Exception:
    if isinstance(error, RefusedError) and "AdaptiveScheduler" in error.stack_trace:
        return DisabledError(
            f"job {job_id} cannot be rescaled: it is not run by the adaptive scheduler; "
            "set jobmanager.scheduler: adaptive",
            error.http_status,
            error.cause,
            error.stack_trace,
        )
    return error
