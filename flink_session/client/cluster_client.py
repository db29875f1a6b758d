"""The client, for blocking and for asynchronous programs: Flink's `ClusterClient`."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from flink_session.api_server.kubeconfig import ClusterChoice

from .access.direct import Direct, Tls
from .access.way import Access
from .calling import AwaitedCalls, BlockingCalls, call, stream
from .calls import cluster, jars, jobs, snapshots
from .choosing import choose, choose_awaiting, of_outputs, of_session
from .http import AsyncHttp, BlockingHttp
from .outputs import SessionOutputs
from .runners import Awaiting, Blocking
from .sql.calls import gateway_url, open_session
from .sql.session import AsyncSqlSession, SqlSession


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
    vertex_taskmanagers = call(jobs.vertex_taskmanagers)
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
    wait_for_checkpoint = call(snapshots.wait_for_checkpoint)
    dispose_savepoint = call(snapshots.dispose_savepoint)

    list_jars = call(jars.list_jars)
    upload_jar = call(jars.upload_jar)
    delete_jar = call(jars.delete_jar)
    plan_jar = call(jars.plan_jar)
    run_jar = call(jars.run_jar)
    submit = call(jars.submit)


class ClusterClient(_Calls, BlockingCalls):
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
        choosing = of_session(cluster_id, namespace, ClusterChoice(kubeconfig, context), tls)
        return cls._over(*choose(choosing), timeout)

    @classmethod
    def from_outputs(
        cls,
        outputs: Mapping[str, Any],
        *,
        context: str = "",
        kubeconfig: str = "",
        tls: Tls | None = None,
        timeout: float | None = None,
    ) -> Self:
        """Find a session cluster by the outputs of its component.

        They are those of a stack or a StackReference: `cluster_id`, `namespace` and `rest_endpoint`, or the names that
        Pulumi has for them in a component that is exported whole. The address is taken if it answers within two
        seconds, else a way is found as of `for_session`.

        Raises:
            ValueError: an output that is needed is missing, or no text.
            FlinkError, ClusterError: as of `for_session`.
        """
        choosing = of_outputs(SessionOutputs.of(outputs), ClusterChoice(kubeconfig, context), tls)
        return cls._over(*choose(choosing), timeout)

    @classmethod
    def _over(cls, http: BlockingHttp, tried: tuple[str, ...], timeout: float | None) -> Self:
        """Use a way that is open already."""
        client = object.__new__(cls)
        client._http, client._timeout, client.tried = http, timeout, tried
        client._runner = Blocking(http.send, timeout, http.find_anew)
        return client

    def __init__(self, access: Access | str, *, timeout: float | None = None) -> None:
        """Use a way in, or a URL; `timeout` is the deadline of every call in seconds, instead of its own."""
        self._timeout = timeout
        self._http = BlockingHttp(Direct(access) if isinstance(access, str) else access)
        self._runner = Blocking(self._http.send, timeout, self._http.find_anew)

    @property
    def access(self) -> Access:
        """The way to the cluster; `print(client.access.description)` says it. Another one when a pod has moved."""
        return self._http.access

    def within(self, seconds: float) -> Self:
        """Give this client with another deadline for every call."""
        other = self._over(self._http, self.tried, seconds)
        other._runner = self._runner.within(seconds)
        return other

    def sql(self, url: Access | str | None = None, *, properties: Mapping[str, str] | None = None) -> SqlSession:
        """Open a session of the cluster's SQL Gateway; a context manager, which closes it.

        Args:
            url: of the gateway, or a way to it; else where the cluster's configuration says that it is.
            properties: options of Flink that hold in the session.

        Raises:
            NotFoundError: no gateway is configured.
            FlinkError: it does not answer, or is none.
        """
        way = url if url is not None else self._run(gateway_url())
        http = BlockingHttp(Direct(way) if isinstance(way, str) else way)
        try:
            handle = Blocking(http.send, self._timeout).run(open_session(properties or {}))
        except BaseException:
            http.close()
            raise
        return SqlSession(http, handle, self._timeout)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClusterClient(_Calls, AwaitedCalls):
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
        choosing = of_session(cluster_id, namespace, ClusterChoice(kubeconfig, context), tls)
        return cls._over(*await choose_awaiting(choosing), timeout)

    @classmethod
    async def from_outputs(
        cls,
        outputs: Mapping[str, Any],
        *,
        context: str = "",
        kubeconfig: str = "",
        tls: Tls | None = None,
        timeout: float | None = None,
    ) -> Self:
        """As of `ClusterClient`."""
        choosing = of_outputs(SessionOutputs.of(outputs), ClusterChoice(kubeconfig, context), tls)
        return cls._over(*await choose_awaiting(choosing), timeout)

    @classmethod
    def _over(cls, http: AsyncHttp, tried: tuple[str, ...], timeout: float | None) -> Self:
        """As of `ClusterClient`."""
        client = object.__new__(cls)
        client._http, client._timeout, client.tried = http, timeout, tried
        client._runner = Awaiting(http.send, timeout, http.find_anew)
        return client

    def __init__(self, access: Access | str, *, timeout: float | None = None) -> None:
        """As of `ClusterClient`."""
        self._timeout = timeout
        self._http = AsyncHttp(Direct(access) if isinstance(access, str) else access)
        self._runner = Awaiting(self._http.send, timeout, self._http.find_anew)

    @property
    def access(self) -> Access:
        """The way to the cluster; `print(client.access.description)` says it. Another one when a pod has moved."""
        return self._http.access

    def within(self, seconds: float) -> Self:
        """Give this client with another deadline for every call."""
        other = self._over(self._http, self.tried, seconds)
        other._runner = self._runner.within(seconds)
        return other

    async def sql(
        self, url: Access | str | None = None, *, properties: Mapping[str, str] | None = None
    ) -> AsyncSqlSession:
        """As of `ClusterClient`."""
        way = url if url is not None else await self._run(gateway_url())
        http = AsyncHttp(Direct(way) if isinstance(way, str) else way)
        try:
            handle = await Awaiting(http.send, self._timeout).run(open_session(properties or {}))
        except BaseException:
            await http.aclose()
            raise
        return AsyncSqlSession(http, handle, self._timeout)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
