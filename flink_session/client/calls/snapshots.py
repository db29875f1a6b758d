"""Savepoints and checkpoints: begun under an id of our own, so that asking again changes nothing, then waited for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from .. import endpoints
from ..errors import NotFoundError, OperationFailedError, RefusedError
from ..exchange import Call, Pause, Request, Response, Within
from ..models.checkpoints import Checkpoint, CheckpointConfiguration, Checkpoints, Failure, Operation
from ..reading import read, required
from ..refusals import ask, deepest_cause, refusal
from ..sending import send
from .caches import until_fresh
from .jobs import job, no_job
from .polling import POLLS

SavepointFormat = Literal["CANONICAL", "NATIVE"]
CheckpointType = Literal["CONFIGURED", "FULL", "INCREMENTAL"]
Progress = Callable[[Checkpoint | None], None]
_WAIT = 600.0
"""Seconds, as Flink's default for a checkpoint."""


def new_id() -> str:
    """Make an id as Flink's `TriggerId` and `JobID` are: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def checkpoints(job_id: str) -> Call[Checkpoints]:
    """Give a job's checkpoints and savepoints, as of up to three seconds ago. Raises NotFoundError."""
    request = endpoints.CHECKPOINTS.request(jobid=job_id)
    return Checkpoints.from_json((yield from ask(request, f"the checkpoints of {job_id}", not_found=no_job(job_id))))


def checkpoint_details(job_id: str, checkpoint_id: int) -> Call[Checkpoint]:
    """Give one checkpoint or savepoint, with what each vertex has of it; a new one is waited for up to three seconds.

    Raises:
        NotFoundError: there is no such job, or no such checkpoint (any more: Flink keeps a few).
    """
    request = endpoints.CHECKPOINT.request(jobid=job_id, checkpointid=str(checkpoint_id))
    what = f"checkpoint {checkpoint_id} of {job_id}"
    not_found = f"job {job_id} has no checkpoint {checkpoint_id} (any more), or is gone"

    def look() -> Call[Checkpoint | None]:
        # Of a number that this job has not, Flink may give another job's: it keeps them by number alone.
        seen = yield from checkpoints(job_id)
        if checkpoint_id in seen.known:
            return Checkpoint.from_json((yield from ask(request, what, not_found=not_found)))
        if checkpoint_id < max(seen.known, default=0):
            raise NotFoundError(not_found, 404)
        return None

    found = yield from until_fresh(look)
    if found is None:
        raise NotFoundError(not_found, 404)
    return found


def checkpoint_configuration(job_id: str) -> Call[CheckpointConfiguration]:
    """Give how a job makes its checkpoints. Raises NotFoundError, as for a job without checkpoints."""
    request = endpoints.CHECKPOINT_CONFIGURATION.request(jobid=job_id)
    what = f"the checkpoint configuration of {job_id}"
    not_found = f"{no_job(job_id)}; or it makes no checkpoints"
    return CheckpointConfiguration.from_json((yield from ask(request, what, not_found=not_found)))


def trigger_savepoint(
    job_id: str,
    directory: str | None = None,
    *,
    format: SavepointFormat = "CANONICAL",  # noqa: A002 (Flink's word)
    trigger_id: str | None = None,
    cancel: bool = False,
) -> Call[str]:
    """Begin a savepoint, and give the id to wait for it with `savepoint_path`.

    `cancel` cancels the job when it is made: Flink's former way, between which and the end records may be sent twice.

    `directory` defaults to the cluster's `execution.checkpointing.savepoint-dir`; asking twice with one `trigger_id`
    makes one savepoint.

    Raises:
        RefusedError: there is no directory.
    """
    chosen = trigger_id or new_id()
    body = {"triggerId": chosen, "formatType": format, "cancel-job": cancel}
    if directory:
        body["target-directory"] = directory
    request = endpoints.SAVEPOINT_TRIGGER.request(jobid=job_id, body=body)
    yield from _trigger(request, f"a savepoint of {job_id}", job_id)
    return chosen


def trigger_stop(
    job_id: str,
    directory: str | None = None,
    *,
    drain: bool = False,
    format: SavepointFormat = "CANONICAL",  # noqa: A002
    trigger_id: str | None = None,
) -> Call[str]:
    """Begin to stop a job with a savepoint, and give the id to wait for it with `savepoint_path`.

    `drain` sends the greatest watermark first: for a job that is not to go on. Raises as `trigger_savepoint` does.
    """
    chosen = trigger_id or new_id()
    body: dict[str, Any] = {"triggerId": chosen, "formatType": format, "drain": drain}
    if directory:
        body["targetDirectory"] = directory
    request = endpoints.STOP_TRIGGER.request(jobid=job_id, body=body)
    yield from _trigger(request, f"job {job_id} cannot be stopped", job_id)
    return chosen


def savepoint_path(job_id: str, trigger_id: str, *, progress: Progress | None = None) -> Call[str]:
    """Wait for a savepoint that was begun, and give where it is.

    `progress` gets the newest savepoint of the job, as far as it is, about once a second; None before Flink shows one.

    Raises:
        OperationFailedError: it failed; `cause` is Flink's deepest.
        NotFoundError: Flink does not know the trigger (any more: it forgets them after five minutes), nor its job.
        DeadlineError: it took longer than ten minutes, or what `within` says.
    """
    request = endpoints.SAVEPOINT_STATUS.request(jobid=job_id, triggerid=trigger_id)
    look = partial(_look_at_savepoint, job_id, progress) if progress else None
    operation = yield from _completed(request, f"the savepoint of job {job_id}", trigger_id, look)
    return required(operation.location, "operation.location")


def wait_for_checkpoint(job_id: str, *, savepoint: bool = False, since: int = 0) -> Call[Checkpoint]:
    """Wait until a job has completed a checkpoint, or a savepoint, that began after `since`, and give it.

    Attributes:
        since: in milliseconds of the epoch, by the JobManager's clock.

    Raises:
        OperationFailedError: the job has ended without one.
        NotFoundError: there is no such job.
        DeadlineError: it took longer than ten minutes, or what `within` says.
    """
    what = "savepoint" if savepoint else "checkpoint"

    def look() -> Call[Checkpoint | None]:
        found = yield from checkpoints(job_id)
        latest = found.latest_savepoint if savepoint else found.latest_completed
        return latest if latest and latest.triggered >= since else None

    yield Within(_WAIT, f"a {what} of job {job_id}")
    for pause in POLLS():
        # Looked at first, so that the last checkpoint of a job that has just ended counts.
        ended = (yield from job(job_id)).ended
        found = yield from until_fresh(look) if ended else look()
        if found:
            return found
        if ended:
            raise OperationFailedError(f"job {job_id} has ended without a {what}", "", "")
        yield Pause(pause)
    raise AssertionError("polls never end")


def _look_at_savepoint(job_id: str, progress: Progress) -> Call[None]:
    try:
        found = yield from checkpoints(job_id)
    except RefusedError:
        # How far it is, is nothing to fail for.
        return
    savepoints = [item for item in found.history if item.is_savepoint]
    progress(max(savepoints, key=lambda item: item.triggered, default=None))


def savepoint(job_id: str, directory: str | None = None, *, format: SavepointFormat = "CANONICAL") -> Call[str]:  # noqa: A002
    """Make a savepoint, wait for it, and give where it is. Raises as `trigger_savepoint` and `savepoint_path` do."""
    trigger_id = yield from trigger_savepoint(job_id, directory, format=format)
    return (yield from savepoint_path(job_id, trigger_id))


def stop_with_savepoint(
    job_id: str,
    directory: str | None = None,
    *,
    drain: bool = False,
    format: SavepointFormat = "CANONICAL",  # noqa: A002
) -> Call[str]:
    """Stop a job with a savepoint, wait for it, and give where that is. Raises as `savepoint` does."""
    trigger_id = yield from trigger_stop(job_id, directory, drain=drain, format=format)
    return (yield from savepoint_path(job_id, trigger_id))


def checkpoint(job_id: str, type: CheckpointType = "CONFIGURED") -> Call[int]:  # noqa: A002
    """Make a checkpoint now, wait for it, and give its id. Raises as `savepoint` does."""
    trigger_id = new_id()
    body = {"triggerId": trigger_id, "checkpointType": type}
    request = endpoints.CHECKPOINT_TRIGGER.request(jobid=job_id, body=body)
    yield from _trigger(request, f"a checkpoint of {job_id}", job_id)
    request = endpoints.CHECKPOINT_STATUS.request(jobid=job_id, triggerid=trigger_id)
    operation = yield from _completed(request, f"the checkpoint of job {job_id}", trigger_id)
    return required(operation.checkpoint_id, "operation.checkpointId")


def dispose_savepoint(path: str) -> Call[None]:
    """Delete a savepoint, with all that it holds.

    Raises:
        OperationFailedError: it is not there, or cannot be deleted.
    """
    what = f"the savepoint {path} cannot be disposed of"
    document = yield from ask(endpoints.DISPOSAL_TRIGGER.request(body={"savepoint-path": path}), what)
    trigger_id = read(document, str, "request-id")
    request = endpoints.DISPOSAL_STATUS.request(triggerid=trigger_id)
    yield from _completed(request, f"the disposal of {path}", trigger_id)


def _trigger(request: Request, what: str, job_id: str) -> Call[None]:
    response = yield from send(request)
    if response.status >= 300 and not _is_known_already(response):
        raise refusal(response, what, no_job(job_id))


def _is_known_already(response: Response) -> bool:
    """Say whether an operation of this id runs already: an answer was lost, and this is the second try."""
    return response.status == 409


def _completed(
    request: Request, what: str, trigger_id: str, look: Callable[[], Call[None]] | None = None
) -> Call[Operation]:
    """Wait for an asynchronous operation. A failure comes as a 200, under one of two names."""
    yield Within(_WAIT, f"{what} (trigger {trigger_id})")
    gone = f"{what}: Flink knows no trigger {trigger_id}; it forgets them after five minutes, and with its process"
    for pause in POLLS():
        document = yield from ask(request, what, not_found=gone)
        operation = read(document, Operation)
        if operation.status == "COMPLETED":
            if failure := operation.failure or operation.failure_of_checkpoint:
                raise _failed(what, failure)
            return operation
        if look:
            yield from look()
        yield Pause(pause)
    raise AssertionError("polls never end")


def _failed(what: str, failure: Failure) -> OperationFailedError | NotFoundError:
    stack_trace = failure.stack_trace or failure.name
    cause = deepest_cause(stack_trace)
    if "FlinkJobNotFoundException" in cause:
        return NotFoundError(f"{what}: there is no such job, or it has ended", 200, cause, stack_trace)
    return OperationFailedError(f"{what} failed: {cause}", cause, stack_trace)
