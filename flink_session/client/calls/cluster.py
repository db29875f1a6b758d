"""Calls about the cluster as a whole, and about its processes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from .. import endpoints
from ..errors import DisabledError, FlinkError, NotFoundError, RefusedError
from ..exchange import Call, Emit, Pause, Request, Within
from ..models.cluster import (
    AggregatedMetric,
    ClusterOverview,
    Entry,
    Environment,
    Features,
    LogFile,
    Metric,
    Profile,
    TaskManager,
    Thread,
)
from ..reading import read, required
from ..refusals import ask, refusal
from ..sending import send

ProfilerMode = Literal["CPU", "ALLOC", "LOCK", "WALL", "ITIMER"]
_BETWEEN_LOOKS = 1.0
"""Seconds between two looks at a log that is followed."""


def overview() -> Call[ClusterOverview]:
    """Give the cluster's version, TaskManagers, slots and numbers of jobs."""
    return ClusterOverview.from_json((yield from ask(endpoints.CLUSTER_OVERVIEW.request(), "the cluster's overview")))


def features() -> Call[Features]:
    """Give what this cluster lets its users do."""
    return Features.from_json((yield from ask(endpoints.DASHBOARD_CONFIGURATION.request(), "the cluster's features")))


def configuration() -> Call[dict[str, str]]:
    """Give the JobManager's configuration, by Flink option; Flink masks what looks like a secret."""
    document = yield from ask(endpoints.JOBMANAGER_CONFIGURATION.request(), "the JobManager's configuration")
    return {entry.key: entry.value for entry in read(document, list[Entry])}


def environment() -> Call[Environment]:
    """Give the JobManager's JVM: version, options and class path."""
    request = endpoints.JOBMANAGER_ENVIRONMENT.request()
    return Environment.from_json((yield from ask(request, "the JobManager's environment")))


def shut_down() -> Call[None]:
    """End the cluster: Flink's own `DELETE /cluster`, with which a native cluster deletes its Deployment and HA data.

    A cluster that a Pulumi stack has made is better taken away by `destroy`: a stack does not hear of this.
    """
    yield from ask(endpoints.SHUTDOWN.request(), "the cluster cannot be shut down")


def list_taskmanagers() -> Call[list[TaskManager]]:
    """Give all TaskManagers that are registered."""
    document = yield from ask(endpoints.TASKMANAGERS.request(), "the TaskManagers cannot be listed")
    return read(document, list[TaskManager], "taskmanagers")


def taskmanager(id_: str) -> Call[TaskManager]:
    """Give one TaskManager. Raises NotFoundError."""
    return TaskManager.from_json((yield from _ask_process(endpoints.TASKMANAGER.request(taskmanagerid=id_), "", id_)))


def metrics(names: Iterable[str] = (), taskmanager: str | None = None) -> Call[list[Metric]]:
    """Give metrics of the JobManager, or of a TaskManager; without names, only which there are."""
    request = _to(endpoints.JOBMANAGER_METRICS, endpoints.TASKMANAGER_METRICS, taskmanager, get(names))
    document = yield from _ask_process(request, "the metrics", taskmanager)
    if not document and taskmanager is not None:
        yield from _ask_process(endpoints.TASKMANAGER.request(taskmanagerid=taskmanager), "the metrics", taskmanager)
    return read(document, list[Metric])


def taskmanagers_metrics(names: Iterable[str] = ()) -> Call[list[AggregatedMetric]]:
    """Give metrics of all TaskManagers together; without names, only which there are."""
    request = endpoints.TASKMANAGERS_METRICS.request(params=get(names))
    return read((yield from ask(request, "the metrics of the TaskManagers")), list[AggregatedMetric])


def list_logs(taskmanager: str | None = None) -> Call[list[LogFile]]:
    """Give the files in the log folder of the JobManager, or of a TaskManager."""
    request = _to(endpoints.JOBMANAGER_LOGS, endpoints.TASKMANAGER_LOGS, taskmanager)
    document = yield from _ask_process(request, "the log files", taskmanager)
    return read(document, list[LogFile], "logs")


def log(name: str | None = None, taskmanager: str | None = None) -> Call[str]:
    """Give a file of the log folder whole; without a name, the one that ends in `.log` and was written last.

    Raises:
        NotFoundError: there is no such file, or no such TaskManager.
    """
    found = name or (yield from _newest_log(taskmanager))
    return (yield from _read_log(found, taskmanager)).decode(errors="replace")


def follow_log(name: str | None = None, taskmanager: str | None = None) -> Call[None]:
    """Give the lines of a log as they are written, first those that are there, until the iteration is ended.

    Flink has no way to read a part of a file, so the whole of it is asked for once a second, if it has grown.
    """
    found, seen, begun = name or (yield from _newest_log(taskmanager)), 0, b""
    yield Within(None, f"the log {found}")
    while True:
        files = yield from list_logs(taskmanager)
        size = next((file.size for file in files if file.name == found), 0)
        if size != seen:
            content = yield from _read_log(found, taskmanager)
            # A smaller file is a new one, after a rotation.
            fresh = begun + content[seen if len(content) >= seen else 0 :]
            *lines, begun = fresh.split(b"\n")
            seen = len(content)
            for line in lines:
                yield Emit(line.decode(errors="replace"))
        yield Pause(_BETWEEN_LOOKS)


def thread_dump(taskmanager: str | None = None) -> Call[list[Thread]]:
    """Give the threads of the JobManager, or of a TaskManager."""
    request = _to(endpoints.JOBMANAGER_THREAD_DUMP, endpoints.TASKMANAGER_THREAD_DUMP, taskmanager)
    document = yield from _ask_process(request, "the threads", taskmanager)
    return read(document, list[Thread], "threadInfos")


def profile(mode: ProfilerMode = "CPU", seconds: int = 30, taskmanager: str | None = None) -> Call[bytes]:
    """Profile the JobManager, or a TaskManager, for so many seconds, and give the report, an HTML page.

    Raises:
        DisabledError: `rest.profiling.enabled` is not set.
        RefusedError: the profiler cannot run there, or another one does.
    """
    yield Within(seconds + 60.0, "the profiler's report")
    what, body = _of_process("the profiler", taskmanager), {"mode": mode, "duration": seconds}
    response = yield from send(_to(endpoints.JOBMANAGER_PROFILE, endpoints.TASKMANAGER_PROFILE, taskmanager, body=body))
    if response.status == 404:
        raise DisabledError(f"{what}: it is off; set rest.profiling.enabled: true", 404)
    if response.status >= 300:
        raise _known_process(refusal(response, what), taskmanager)
    while True:
        yield Pause(1.0)
        request = _to(endpoints.JOBMANAGER_PROFILES, endpoints.TASKMANAGER_PROFILES, taskmanager)
        runs = read((yield from _ask_process(request, "the profiler", taskmanager)), list[Profile], "profilingList")
        latest = max(runs, key=lambda run: run.triggered)
        if latest.status == "FAILED":
            raise RefusedError(f"{what}: {latest.message}", 200, latest.message or "")
        if latest.status == "FINISHED":
            of_either = endpoints.JOBMANAGER_PROFILE_FILE, endpoints.TASKMANAGER_PROFILE_FILE
            name = required(latest.file, "outputFile")
            return (yield from _content(_to(*of_either, taskmanager, filename=name), what))


def _newest_log(taskmanager: str | None) -> Call[str]:
    logs = [file for file in (yield from list_logs(taskmanager)) if file.name.endswith(".log")]
    if not logs:
        raise RefusedError(f"{_of_process('the log', taskmanager)}: there is no file that ends in .log", 404)
    return max(logs, key=lambda file: (file.modified, file.size)).name


def _read_log(name: str, taskmanager: str | None) -> Call[bytes]:
    request = _to(endpoints.JOBMANAGER_LOG, endpoints.TASKMANAGER_LOG, taskmanager, filename=name)
    what = _of_process(f"the log {name}", taskmanager)
    return (yield from _content(request, what, f"{what}: there is no such file"))


def _content(request: Request, what: str, not_found: str = "") -> Call[bytes]:
    response = yield from send(request)
    if response.status >= 300:
        raise refusal(response, what, not_found)
    return response.content


def _to(
    of_jobmanager: endpoints.Endpoint,
    of_taskmanager: endpoints.Endpoint,
    taskmanager: str | None,
    params: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
    **names: str,
) -> Request:
    """Address the JobManager, or a TaskManager where one is named."""
    if taskmanager is None:
        return of_jobmanager.request(params=params, body=body, **names)
    return of_taskmanager.request(params=params, body=body, taskmanagerid=taskmanager, **names)


def _ask_process(request: Request, what: str, taskmanager: str | None) -> Call[Any]:
    try:
        return (yield from ask(request, _of_process(what, taskmanager)))
    except RefusedError as error:
        raise _known_process(error, taskmanager) from error


def _known_process(error: FlinkError, taskmanager: str | None) -> FlinkError:
    """Say so of a TaskManager that Flink does not know: it answers with 404 or 500."""
    if taskmanager is None or not isinstance(error, RefusedError):
        return error
    if error.http_status != 404 and "UnknownTaskExecutorException" not in error.stack_trace:
        return error
    message = f"there is no TaskManager {taskmanager!r}; `list_taskmanagers` gives those that there are"
    return NotFoundError(message, error.http_status, error.cause, error.stack_trace)


def get(names: Iterable[str]) -> dict[str, str]:
    """Give the query parameters that ask for metrics."""
    joined = ",".join(names)
    return {"get": joined} if joined else {}


def _of_process(what: str, taskmanager: str | None) -> str:
    return f"{what} of {taskmanager or 'the JobManager'}"
