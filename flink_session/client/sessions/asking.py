"""All clusters asked at once, on one event loop: who is dead holds up nobody, and is told of after two seconds.

What goes by the API server shares its connections. Of each cluster, the next way is tried beside the last one when that
has not answered for a while: an address that cannot be reached from here often says nothing at all.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flink_session.api_server.kubeconfig import Endpoint

from ..access.api_server import ApiServer
from ..access.direct import Tls
from ..access.kubernetes import ways
from ..access.service_proxy import ServiceProxy, judge
from ..access.way import Access
from ..calls.cluster import configuration, overview
from ..errors import FlinkError, RefusedError
from ..exchange import Call, NoAnswer, Request, Response
from ..http import AsyncHttp
from ..models.cluster import ClusterOverview
from ..runners import Awaiting
from .found import FoundCluster
from .known import KnownCluster, high_availability, name_of, problem_of
from .listing import Listing, list_clusters

DEADLINE = 2.0
"""Seconds that a cluster has to answer, by whatever way."""
_HEAD_START = 0.5
"""Seconds that a way has for itself before the next one is tried beside it."""
_LOOKING = 10.0
"""Seconds that the API server has to list what there is."""
_SOCKETS, _IDLE = 68, 32
"""Ways that are asked at a time, and connections to the API server that may wait for their next use beside them."""
_TOGETHER = 0.2
"""Seconds in which answers are gathered, to be shown in order."""


async def look(endpoint: Endpoint, namespace: str) -> Listing:
    """List the clusters of a namespace, or of all where it is empty. Raises UnreachableError, DeadlineError."""
    async with contextlib.aclosing(AsyncHttp(ApiServer(endpoint))) as http:
        return await Awaiting(http.send, _LOOKING).run(list_clusters(namespace))


async def ask(
    endpoint: Endpoint, clusters: Sequence[FoundCluster], deadline: float = DEADLINE
) -> AsyncIterator[list[KnownCluster]]:
    """Ask all clusters how they are; gives those that have answered together, in order of namespace and id.

    `deadline` is what each of them has, in seconds.
    """
    import httpx2

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=_IDLE)
    server = ApiServer(replace(endpoint, options={**endpoint.options, "limits": limits}), judge)
    async with contextlib.aclosing(AsyncHttp(server)) as proxies:
        asking = _Asking(endpoint, proxies, asyncio.Semaphore(_SOCKETS), deadline)
        tasks = {asyncio.create_task(asking.known(cluster)) for cluster in clusters}
        try:
            while tasks:
                done, tasks = await asyncio.wait(tasks, timeout=_TOGETHER)
                if done:
                    known = (task.result() for task in done)
                    yield sorted(known, key=lambda item: (item.cluster.namespace, item.cluster.cluster_id))
        finally:
            await _give_up(tasks)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a cluster says of itself, and the way by which it did."""

    overview: ClusterOverview
    high_availability: str | None
    way: Access | None = None


def _said() -> Call[_Said]:
    said = yield from overview()
    try:
        return _Said(said, high_availability((yield from configuration())))
    except FlinkError:
        return _Said(said, None)


@dataclass(slots=True)
class _Asking:
    """What all clusters are asked with."""

    endpoint: Endpoint
    proxies: AsyncHttp
    sockets: asyncio.Semaphore
    deadline: float

    async def known(self, cluster: FoundCluster) -> KnownCluster:
        """Ask one cluster."""
        errors: list[FlinkError] = []
        async with self.sockets:
            said = await self._first(cluster, errors)
        if said is None:
            return KnownCluster(cluster, problem=problem_of(cluster, errors))
        assert said.way is not None  # noqa: S101 (whoever has said something was reached)
        return KnownCluster(cluster, said.overview, said.high_availability, name_of(said.way), said.way.description)

    async def _first(self, cluster: FoundCluster, errors: list[FlinkError]) -> _Said | None:
        """Ask by the ways there are until one works; `errors` gets those of the others."""
        clock, tasks = asyncio.get_running_loop(), set[asyncio.Task[_Said]]()
        end, left = clock.time() + self.deadline, self._ways(cluster)
        try:
            while left or tasks:
                if left and (not tasks or not self.sockets.locked()):
                    tasks.add(asyncio.create_task(self._ask(left.pop(0), end - clock.time())))
                patience = _HEAD_START if left else None
                done, tasks = await asyncio.wait(tasks, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                failed = [error for task in done if (error := task.exception()) is not None]
                errors += (_known(error) for error in failed)
                if len(failed) < len(done):
                    return next(task.result() for task in done if task.exception() is None)
        finally:
            await _give_up(tasks)
        return None

    def _ways(self, cluster: FoundCluster) -> list[Access]:
        inside = "KUBERNETES_SERVICE_HOST" in os.environ
        tls = Tls() if cluster.tls else None
        return [] if cluster.session is None else ways(cluster.session, self.endpoint, inside=inside, tls=tls)

    async def _ask(self, way: Access, seconds: float) -> _Said:
        if not isinstance(way, ServiceProxy):
            async with contextlib.aclosing(AsyncHttp(way)) as http:
                return replace(await Awaiting(http.send, seconds).run(_said()), way=way)
        try:
            return await self._ask_by_proxy(way, seconds)
        except RefusedError as error:
            if not 300 <= error.http_status < 400 or ":" in way.target.partition("/")[2].partition("-rest")[0]:
                raise
        # Flink leads from http to https; the API server speaks that as well.
        return await self._ask_by_proxy(replace(way, target=way.target.replace("/", "/https:", 1)), seconds)

    async def _ask_by_proxy(self, way: ServiceProxy, seconds: float) -> _Said:
        prefix = way.url.removeprefix(self.endpoint.server.rstrip("/"))

        async def send(request: Request, seconds: float | None) -> Response | NoAnswer:
            answer = await self.proxies.send(replace(request, path=prefix + request.path), seconds)
            # That others have answered says nothing of this one.
            return replace(answer, known=False, how=way.description) if isinstance(answer, NoAnswer) else answer

        return replace(await Awaiting(send, seconds).run(_said()), way=way)


def _known(error: BaseException) -> FlinkError:
    if not isinstance(error, FlinkError):
        raise error
    return error


async def _give_up(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
