"""Checkpoints and savepoints. Times are in milliseconds of the epoch, durations in milliseconds, sizes in bytes."""

from __future__ import annotations

from ..reading import Model, of


class TaskCheckpoint(Model):
    """The share of one vertex in a checkpoint; `status` as of the whole."""

    status: str
    acknowledged: int = of("latest_ack_timestamp")
    state_size: int
    duration: int = of("end_to_end_duration")
    subtasks: int = of("num_subtasks")
    acknowledged_subtasks: int = of("num_acknowledged_subtasks")
    size: int = of("checkpointed_size", default=0)


class Checkpoint(Model):
    """A checkpoint or savepoint.

    Attributes:
        status: IN_PROGRESS, COMPLETED or FAILED.
        duration: from its trigger to the last acknowledgement.
        tasks: the shares of the vertices, by their ids; only where one checkpoint is asked for.
        path: where it is, if it can be addressed from outside.
    """

    id: int
    status: str
    is_savepoint: bool
    triggered: int = of("trigger_timestamp")
    acknowledged: int = of("latest_ack_timestamp")
    state_size: int
    duration: int = of("end_to_end_duration")
    subtasks: int = of("num_subtasks")
    acknowledged_subtasks: int = of("num_acknowledged_subtasks")
    size: int = of("checkpointed_size", default=0)
    external_path: str | None = of("external_path", default=None)
    failure: str | None = of("failure_message", default=None)
    tasks: dict[str, TaskCheckpoint] = of("tasks", default={})

    @property
    def path(self) -> str | None:
        """Where it is; None if that is in the JobManager's memory, or there is nothing."""
        return None if (self.external_path or "<").startswith("<") else self.external_path


class RestoredCheckpoint(Model):
    """What a job was last restored from."""

    id: int
    restored: int = of("restore_timestamp")
    is_savepoint: bool
    path: str | None = of("external_path", default=None)


class Checkpoints(Model):
    """GET /jobs/:jobid/checkpoints."""

    completed: int = of("counts.completed")
    failed: int = of("counts.failed")
    in_progress: int = of("counts.in_progress")
    history: list[Checkpoint]
    latest_completed: Checkpoint | None = of("latest.completed", default=None)
    latest_savepoint: Checkpoint | None = of("latest.savepoint", default=None)
    latest_failed: Checkpoint | None = of("latest.failed", default=None)
    restored: RestoredCheckpoint | None = of("latest.restored", default=None)

    @property
    def known(self) -> dict[int, Checkpoint]:
        """Those that Flink still has, by their ids: ten of the last ones, and the latest of each kind."""
        latest = (self.latest_completed, self.latest_savepoint, self.latest_failed)
        return {found.id: found for found in (*latest, *self.history) if found}


class CheckpointConfiguration(Model):
    """GET /jobs/:jobid/checkpoints/config.

    Attributes:
        interval: 0x7FFFFFFFFFFFFFFF where there are no periodic ones.
        retained: whether the last one is kept when the job fails, so that another can begin there.
        deleted_by_cancel: whether cancelling takes it away all the same.
    """

    mode: str
    interval: int
    timeout: int
    min_pause: int
    state_backend: str
    checkpoint_storage: str
    retained: bool = of("externalization.enabled")
    deleted_by_cancel: bool = of("externalization.delete_on_cancellation", default=True)

    @property
    def periodic(self) -> bool:
        """Whether checkpoints are made by themselves."""
        return self.interval < 0x7FFF_FFFF_FFFF_FFFF


class Failure(Model):
    """A Throwable of Java."""

    name: str = of("class")
    stack_trace: str = of("stack-trace")


class Operation(Model):
    """An asynchronous operation, as savepoints, checkpoints and disposals are.

    Attributes:
        status: IN_PROGRESS or COMPLETED, which is no word on how.
        location: of a savepoint that has been made.
        checkpoint_id: of a checkpoint that has been made.
        failure, failure_of_checkpoint: of one that failed; Flink has two spellings of it.
    """

    status: str = of("status.id")
    location: str | None = of("operation.location", default=None)
    checkpoint_id: int | None = of("operation.checkpointId", default=None)
    failure: Failure | None = of("operation.failure-cause", default=None)
    failure_of_checkpoint: Failure | None = of("operation.failureCause", default=None)
