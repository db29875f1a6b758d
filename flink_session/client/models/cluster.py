"""The cluster as a whole, and its processes."""

from __future__ import annotations

from ..reading import Model, of


class ClusterOverview(Model):
    """GET /overview."""

    flink_version: str = of("flink-version")
    taskmanagers: int
    slots_total: int = of("slots-total")
    slots_available: int = of("slots-available")
    jobs_running: int = of("jobs-running")
    jobs_finished: int = of("jobs-finished")
    jobs_cancelled: int = of("jobs-cancelled")
    jobs_failed: int = of("jobs-failed")


class Features(Model):
    """GET /config: what this cluster lets its users do.

    Attributes:
        submit: whether jars may be uploaded and run (`web.submit.enable`).
        cancel: whether the web UI offers to cancel jobs (`web.cancel.enable`); REST always takes it.
        rescale: whether the web UI offers to rescale jobs (`web.rescale.enable`).
        refresh_interval: milliseconds for which Flink says again what it said of a job (`web.refresh-interval`).
    """

    flink_version: str = of("flink-version")
    submit: bool = of("features.web-submit")
    cancel: bool = of("features.web-cancel", default=True)
    rescale: bool = of("features.web-rescale", default=False)
    refresh_interval: int = of("refresh-interval", default=3000)


class Entry(Model):
    """One of GET /jobmanager/config."""

    key: str
    value: str


class TaskManager(Model):
    """One of GET /taskmanagers.

    Attributes:
        id: on Kubernetes, the name of the pod.
        last_heartbeat: in milliseconds of the epoch.
        memory: the total of the process, in bytes.
    """

    id: str
    path: str
    slots: int = of("slotsNumber")
    free_slots: int = of("freeSlots")
    last_heartbeat: int = of("timeSinceLastHeartbeat")
    cpu_cores: float = of("totalResource.cpuCores", default=0.0)
    memory: int | None = of("memoryConfiguration.totalProcessMemory", default=None)


class LogFile(Model):
    """A file in the log folder of a process; `size` in bytes."""

    name: str
    size: int
    modified: int = of("mtime", default=0)


class Thread(Model):
    """A thread of a process, with its stack as the JVM prints it."""

    name: str = of("threadName")
    stack: str = of("stringifiedThreadInfo")


class Metric(Model):
    """A metric; without a value where only its name was asked for."""

    id: str
    value: str | None = of("value", default=None)


class AggregatedMetric(Model):
    """A metric of several processes or subtasks at once; only what was asked for has a value."""

    id: str
    min: float | None = of("min", default=None)
    max: float | None = of("max", default=None)
    avg: float | None = of("avg", default=None)
    sum: float | None = of("sum", default=None)


class Environment(Model):
    """The JVM of a process."""

    version: str = of("jvm.version")
    arch: str = of("jvm.arch")
    options: list[str] = of("jvm.options")
    classpath: list[str] = of("classpath")


class Profile(Model):
    """A run of the profiler.

    Attributes:
        status: RUNNING, FINISHED or FAILED.
        file: the name of its result, once there is one.
    """

    status: str
    mode: str
    triggered: int = of("triggerTime")
    file: str | None = of("outputFile", default=None)
    message: str | None = of("message", default=None)
