"""Where a job begins: fresh, from a path, or from where the last one of its name has left off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flink_session.client.models.checkpoints import Checkpoint, CheckpointConfiguration, Checkpoints
from flink_session.client.models.jobs import JobOverview

from .edge import NOT_FOUND, REFUSED, JobError
from .figures import instant, size
from .knowing.naming import short

FRESH, LAST = "fresh", "last"


@dataclass(frozen=True, slots=True)
class State:
    """A savepoint or checkpoint, and what it is."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that has ended, with what is left of it."""

    job: JobOverview
    checkpoints: Checkpoints | None
    configuration: CheckpointConfiguration | None


def former(name: str, jobs: Iterable[JobOverview], has_run: Callable[[str], bool]) -> JobOverview:
    """Give the last job of a name that has run, and ended; one that could not even start has changed nothing.

    Raises:
        JobError: one of the name still runs, or there never was one.
    """
    named = sorted((job for job in jobs if job.name == name), key=lambda job: job.start_time, reverse=True)
    alive = [job for job in named if not job.ended]
    if alive:
        raise JobError(
            f"{name} ({short(alive[0].id)}) is still {alive[0].state}: stop it first, with "
            f"`flink-session job stop {short(alive[0].id)}`",
            REFUSED,
        )
    if not named:
        raise JobError(
            f"the session remembers no job called {name!r} to go on from (Flink forgets ended ones after an hour, or "
            "with the JobManager): name the path of its savepoint, or --from fresh",
            NOT_FOUND,
        )
    return next((job for job in named if has_run(job.id)), named[0])


def last_state(ended: Ended) -> State:
    """Give the newest savepoint or kept checkpoint of a job; of one that left none, what it began from itself.

    An older job of the same name is not looked at: what came after it would be lost without a word. Raises JobError.
    """
    left = [checkpoint for checkpoint in _left(ended) if checkpoint.path]
    if left:
        newest = max(left, key=lambda checkpoint: checkpoint.triggered)
        kind = "savepoint" if newest.is_savepoint else "checkpoint"
        return State(newest.path or "", f"the {kind} of {instant(newest.triggered)}, {size(newest.state_size)}")
    restored = ended.checkpoints.restored if ended.checkpoints else None
    if restored and restored.path and ended.checkpoints and not ended.checkpoints.completed:
        return State(restored.path, "what it was restored from itself; it completed no checkpoint after that")
    name = ended.job.name
    raise JobError(
        f"{name} ({short(ended.job.id)}, {ended.job.state}) has left neither a savepoint nor a checkpoint: stop jobs "
        "by `flink-session job stop`, or let checkpoints be kept "
        "(execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION); --from fresh begins anew",
        NOT_FOUND,
    )


def _left(item: Ended) -> list[Checkpoint]:
    """Give what is still there: a savepoint is kept by whoever made it, a checkpoint as the job's options say."""
    found, configuration = item.checkpoints, item.configuration
    if found is None:
        return []
    left = [found.latest_savepoint] if found.latest_savepoint else []
    kept = configuration is not None and configuration.retained
    if item.job.state == "CANCELED":
        kept = kept and configuration is not None and not configuration.deleted_by_cancel
    if kept and found.latest_completed and item.job.state in {"FAILED", "CANCELED", "SUSPENDED"}:
        left.append(found.latest_completed)
    return left
