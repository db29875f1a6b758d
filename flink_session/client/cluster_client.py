"""The client, for blocking and for asynchronous programs: Flink's `ClusterClient`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from flink_session.api_server.kubeconfig import ClusterChoice, Endpoint, find_endpoint

from .access.api_server import ApiServer
from .access.direct import Direct, Tls
from .access.kubernetes import Session, find_session, ways
from .access.way import Access
from .calling import call, stream
from .calls import cluster, jars, jobs, snapshots
from .errors import FlinkError, UnreachableError
from .exchange import Call
from .http import AsyncHttp, BlockingHttp
from .runners import Awaiting, Blocking

T = TypeVar("T")

_LOOKING = 10.0
"""Seconds that the API server has to say where a session is."""
_PROBE = 2.0
"""Seconds that a way to a session has to show that it works."""


class _Calls:
    """What both clients can do."""

    overview = call(cluster.overview)
    features = call(cluster.features)
    configuration = call(cluster.configuration)
    environment = call(cluster.environment)
    list_taskmanagers = call(cluster.list_taskmanagers)
    taskmanager = call(cluster.taskmanager)
    metrics = call(cluster.metrics)
    taskmanagers_metrics = call(cluster.taskmanagers_metrics)
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
    vertex_metrics = call(jobs.vertex_metrics)
    backpressure = call(jobs.backpressure)
    requirements = call(jobs.requirements)
    rescale = call(jobs.rescale)
    cancel = call(jobs.cancel)
    wait_for = call(jobs.wait_for)
    wait_for_running = call(jobs.wait_for_running)

    checkpoints = call(snapshots.checkpoints)
    checkpoint_details = call(snapshots.checkpoint_details)
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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which session, and whose cluster it is in."""

    cluster_id: str
    namespace: str
    endpoint: Endpoint
    tls: Tls | None

    @classmethod
    def of(cls, cluster_id: str, namespace: str | None, choice: ClusterChoice, tls: Tls | None) -> _Wanted:
        endpoint = find_endpoint(choice)
        return cls(cluster_id, namespace or endpoint.namespace, endpoint, tls)

    def ways(self, session: Session) -> list[Access]:
        return ways(session, self.endpoint, inside="KUBERNETES_SERVICE_HOST" in os.environ, tls=self.tls)

    def unreachable(self, tried: list[str]) -> UnreachableError:
        lines = "".join(f"\n  {line}" for line in tried)
        return UnreachableError(f"session cluster {self.cluster_id!r} is there, and no way to it works:{lines}")


class ClusterClient(_Calls):
    """A blocking client of one session cluster. A context manager; may be used by several threads.

    Attributes:
        tried: the ways that `for_session` tried before, each with the reason why it was not taken.
    """

    tried: tuple[str, ...] = ()

    @classmethod
    def for_session(
        cls,
        cluster_id: str,
        namespace: str | None = None,
        *,
        context: str = "",
        kubeconfig: str = "",
        tls: Tls | None = None,
        timeout: float | None = None,
    ) -> Self:
        """Find a session cluster on Kubernetes, and a way to it.

        Tried in this order: its name, from inside the cluster; its node port or load balancer; the API server's proxy;
        port-forward. Each has two seconds to answer. `namespace` defaults to that of the context.

        Raises:
            ClusterError: there is no kubeconfig, or it is wrong.
            NotFoundError: there is no such session; names the most similar one.
            UnreachableError: no way works, each with its reason; or one may not even look.
        """
        wanted = _Wanted.of(cluster_id, namespace, ClusterChoice(kubeconfig, context), tls)
        with contextlib.closing(BlockingHttp(ApiServer(wanted.endpoint))) as http:
            session = Blocking(http.send, _LOOKING).run(find_session(cluster_id, wanted.namespace))
        tried: list[str] = []
        for access in wanted.ways(session):
            client = cls(access, timeout=timeout)
            try:
                client.within(_PROBE).features()
            except FlinkError as error:
                client.close()
                tried.append(f"{access.description}: {error}")
            else:
                client.tried = tuple(tried)
                return client
        raise wanted.unreachable(tried)

    def __init__(self, access: Access | str, *, timeout: float | None = None) -> None:
        """Use a way in, or a URL; `timeout` is the deadline of every call in seconds, instead of its own."""
        self._http = BlockingHttp(Direct(access) if isinstance(access, str) else access)
        self._runner = Blocking(self._http.send, timeout, self._http.find_anew)

    @property
    def access(self) -> Access:
        """The way to the cluster; `print(client.access.description)` says it. Another one when a pod has moved."""
        return self._http.access

    def within(self, seconds: float) -> Self:
        """Give this client with another deadline for every call."""
        other = object.__new__(type(self))
        other._http, other.tried = self._http, self.tried
        other._runner = Blocking(self._http.send, seconds, self._http.find_anew)
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
    """An asynchronous client of one session cluster: the same methods and attributes as of `ClusterClient`, awaited."""

    tried: tuple[str, ...] = ()

    @classmethod
    async def for_session(
        cls,
        cluster_id: str,
        namespace: str | None = None,
        *,
        context: str = "",
        kubeconfig: str = "",
        tls: Tls | None = None,
        timeout: float | None = None,
    ) -> Self:
        """As of `ClusterClient`."""
        wanted = _Wanted.of(cluster_id, namespace, ClusterChoice(kubeconfig, context), tls)
        async with contextlib.aclosing(AsyncHttp(ApiServer(wanted.endpoint))) as http:
            session = await Awaiting(http.send, _LOOKING).run(find_session(cluster_id, wanted.namespace))
        tried: list[str] = []
        for access in wanted.ways(session):
            client = cls(access, timeout=timeout)
            try:
                await client.within(_PROBE).features()
            except FlinkError as error:
                await client.close()
                tried.append(f"{access.description}: {error}")
            else:
                client.tried = tuple(tried)
                return client
        raise wanted.unreachable(tried)

    def __init__(self, access: Access | str, *, timeout: float | None = None) -> None:
        """As of `ClusterClient`."""
        self._http = AsyncHttp(Direct(access) if isinstance(access, str) else access)
        self._runner = Awaiting(self._http.send, timeout, self._http.find_anew)

    @property
    def access(self) -> Access:
        """The way to the cluster; `print(client.access.description)` says it. Another one when a pod has moved."""
        return self._http.access

    def within(self, seconds: float) -> Self:
        """Give this client with another deadline for every call."""
        other = object.__new__(type(self))
        other._http, other.tried = self._http, self.tried
        other._runner = Awaiting(self._http.send, seconds, self._http.find_anew)
        return other

    async def _run(self, generator: Call[T]) -> T:
        return await self._runner.run(generator)

    def _iterate(self, generator: Call[None]) -> AsyncIterator[Any]:
        return self._runner.iterate(generator)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
