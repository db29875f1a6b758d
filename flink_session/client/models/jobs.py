"""Jobs, as Flink shows them. Times are in milliseconds of the epoch, durations in milliseconds."""

from __future__ import annotations

from typing import Any

from ..reading import Model, of

GLOBALLY_TERMINAL = frozenset({"FINISHED", "CANCELED", "FAILED"})
"""States that a job does not leave any more."""
ENDED = GLOBALLY_TERMINAL | {"SUSPENDED"}


class JobOverview(Model):
    """One of GET /jobs/overview.

    Attributes:
        end_time: -1 while it has not ended.
        tasks: how many tasks are in which state, by the state's name in lower case; `total` among them.
    """

    id: str = of("jid")
    name: str
    state: str
    start_time: int = of("start-time")
    end_time: int = of("end-time")
    duration: int
    tasks: dict[str, int]

    @property
    def ended(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in ENDED

    @property
    def all_running(self) -> bool:
        """Whether every task runs, or has run to its end. A job without enough slots is RUNNING, and this is not."""
        states = {state for state, count in self.tasks.items() if count and state != "total"}
        return self.state == "RUNNING" and bool(states) and states <= {"running", "finished"}

    @property
    def missing(self) -> int:
        """How many tasks wait for a slot, or for being deployed."""
        waiting = ("created", "scheduled", "deploying", "reconciling", "initializing")
        return sum(self.tasks.get(state, 0) for state in waiting)


class Vertex(Model):
    """A task of a job's graph, as many times as it is parallel.

    Attributes:
        tasks: how many of its subtasks are in which state.
        slot_sharing_group: vertices of one share slots, one subtask of each in a slot.
    """

    id: str
    name: str
    parallelism: int
    status: str
    tasks: dict[str, int]
    max_parallelism: int = of("maxParallelism", default=-1)
    slot_sharing_group: str | None = of("slotSharingGroupId", default=None)


class VertexTaskManager(Model):
    """A TaskManager with subtasks of a vertex; `id` as of `TaskManager`."""

    id: str = of("taskmanager-id")
    status: str


class Job(Model):
    """GET /jobs/:jobid, as of up to three seconds ago (`web.refresh-interval`)."""

    id: str = of("jid")
    name: str
    state: str
    start_time: int = of("start-time")
    end_time: int = of("end-time")
    duration: int
    now: int
    timestamps: dict[str, int]
    vertices: list[Vertex]
    plan: dict[str, Any] = of("plan")

    @property
    def ended(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in ENDED

    @property
    def slots(self) -> int:
        """How many slots all its tasks need: of each slot sharing group as many as its widest vertex."""
        widest: dict[str | None, int] = {}
        for vertex in self.vertices:
            group = vertex.slot_sharing_group
            widest[group] = max(widest.get(group, 0), vertex.parallelism)
        return sum(widest.values())


class JobException(Model):
    """One of GET /jobs/:jobid/exceptions, the last first.

    Attributes:
        concurrent: what failed with it; of a failure that ends the job, what has led to it, with task and TaskManager.
    """

    name: str = of("exceptionName")
    stack_trace: str = of("stacktrace")
    timestamp: int
    task: str | None = of("taskName", default=None)
    taskmanager: str | None = of("taskManagerId", default=None)
    endpoint: str | None = of("endpoint", default=None)
    concurrent: list[JobException] = of("concurrentExceptions", default=[])


class JobConfiguration(Model):
    """GET /jobs/:jobid/config.

    Attributes:
        parameters: the job's global parameters; Flink masks those that look like secrets.
    """

    id: str = of("jid")
    name: str
    restart_strategy: str = of("execution-config.restart-strategy")
    parallelism: int = of("execution-config.job-parallelism")
    parameters: dict[str, str] = of("execution-config.user-config")


class Accumulator(Model):
    """A value that a job's user code adds up."""

    name: str
    type: str
    value: str


class JobResult(Model):
    """How a job has ended.

    Attributes:
        status: SUCCEEDED, FAILED, CANCELED or UNKNOWN.
        failure: Flink's stack trace; None unless it failed.
        net_runtime: in milliseconds.
    """

    id: str
    status: str = of("application-status")
    net_runtime: int = of("net-runtime")
    failure: str | None = of("failure-cause.stack-trace", default=None)


class Requirements(Model):
    """The bounds in which the adaptive scheduler may choose the parallelism of a vertex."""

    lower: int = of("parallelism.lowerBound")
    upper: int = of("parallelism.upperBound")


class Backpressure(Model):
    """How busy a vertex is; `level` is ok, low, high, or None where it is not known yet."""

    status: str
    level: str | None = of("backpressureLevel", default=None)
    subtasks: list[dict[str, Any]] = of("subtasks", default=[])
