"""The client, for blocking and for asynchronous programs: Flink's `ClusterClient`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from .access.direct import Direct
from .access.way import Access
from .calling import call, stream
from .calls import cluster, jars, jobs, snapshots
from .exchange import Call
from .http import AsyncHttp, BlockingHttp
from .runners import Awaiting, Blocking

T = TypeVar("T")


class _Calls:
    """What both clients can do."""

    overview = call(cluster.overview)
    features = call(cluster.features)
    configuration = call(cluster.configuration)
    environment = call(cluster.environment)
    list_taskmanagers = call(cluster.list_taskmanagers)
    taskmanager = call(cluster.taskmanager)
    metrics = call(cluster.metrics)
    list_logs = call(cluster.list_logs)
    log = call(cluster.log)
    follow_log = stream(cluster.follow_log, str)
    thread_dump = call(cluster.thread_dump)
    profile = call(cluster.profile)
    shut_down = call(cluster.shut_down)

    list_jobs = call(jobs.list_jobs)
    job = call(jobs.job)
    job_plan = call(jobs.job_plan)
    job_exceptions = call(jobs.job_exceptions)
    job_configuration = call(jobs.job_configuration)
    job_accumulators = call(jobs.job_accumulators)
    job_metrics = call(jobs.job_metrics)
    job_result = call(jobs.job_result)
    backpressure = call(jobs.backpressure)
    requirements = call(jobs.requirements)
    rescale = call(jobs.rescale)
    cancel = call(jobs.cancel)
    wait_for = call(jobs.wait_for)
    wait_for_running = call(jobs.wait_for_running)

    checkpoints = call(snapshots.checkpoints)
    checkpoint_configuration = call(snapshots.checkpoint_configuration)
    checkpoint = call(snapshots.checkpoint)
    savepoint = call(snapshots.savepoint)
    stop_with_savepoint = call(snapshots.stop_with_savepoint)
    trigger_savepoint = call(snapshots.trigger_savepoint)
    trigger_stop = call(snapshots.trigger_stop)
    savepoint_path = call(snapshots.savepoint_path)
    dispose_savepoint = call(snapshots.dispose_savepoint)

    list_jars = call(jars.list_jars)
    upload_jar = call(jars.upload_jar)
    delete_jar = call(jars.delete_jar)
    plan_jar = call(jars.plan_jar)
    run_jar = call(jars.run_jar)
    submit = call(jars.submit)


class ClusterClient(_Calls):
    """A blocking client of one session cluster. A context manager; may be used by several threads.

    Attributes:
        access: the way to the cluster; `print(client.access.description)` says it.
    """

    def __init__(self, access: Access | str, *, timeout: float | None = None) -> None:
        """Use a way in, or a URL; `timeout` is the deadline of every call in seconds, instead of its own."""
        self.access: Access = Direct(access) if isinstance(access, str) else access
        self._http = BlockingHttp(self.access)
        self._runner = Blocking(self._http.send, timeout)

    def within(self, seconds: float) -> Self:
        """Give this client with another deadline for every call."""
        other = object.__new__(type(self))
        other.access, other._http = self.access, self._http
        other._runner = Blocking(self._http.send, seconds)
        return other

    def _run(self, generator: Call[T]) -> T:
        return self._runner.run(generator)

    def _iterate(self, generator: Call[None]) -> Iterator[Any]:
        return self._runner.iterate(generator)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClusterClient(_Calls):
    """An asynchronous client of one session cluster: the same methods, to be awaited."""

    def __init__(self, access: Access | str, *, timeout: float | None = None) -> None:
        """As of `ClusterClient`."""
        self.access: Access = Direct(access) if isinstance(access, str) else access
        self._http = AsyncHttp(self.access)
        self._runner = Awaiting(self._http.send, timeout)

    def within(self, seconds: float) -> Self:
        """Give this client with another deadline for every call."""
        other = object.__new__(type(self))
        other.access, other._http = self.access, self._http
        other._runner = Awaiting(self._http.send, seconds)
        return other

    async def _run(self, generator: Call[T]) -> T:
        return await self._runner.run(generator)

    def _iterate(self, generator: Call[None]) -> AsyncIterator[Any]:
        return self._runner.iterate(generator)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
