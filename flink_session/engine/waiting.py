"""Waiting until an object is ready, or gone: by watches, so that changes are seen at once and can be told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from . import readiness
from .cluster import ApiError, Cluster
from .errors import StepError, UnreadyError
from .kinds import ENDPOINT_SLICE, ENDPOINTS, EVENT, POD, REPLICA_SET, Kind
from .readiness import Problem, Progress

Manifest = dict[str, Any]
Report = Callable[[str], None]

DEFAULT_TIMEOUT = 600.0
"""Seconds to wait for an object, unless the program says otherwise; the Pulumi provider's default."""
_ENDPOINTS_LAG = 10.0
"""Seconds that Endpoints may come after EndpointSlices; where no controller writes them, they never come."""
_EMPTY_SERVICE_SETTLES = 10.0
"""Seconds after which a Service whose selector matches no pod counts as ready; the Pulumi provider's."""


@dataclass(slots=True)
class _View:
    """All objects of some kinds, kept current by watches."""

    cluster: Cluster
    objects: dict[str, dict[str, Manifest]] = field(default_factory=dict)
    synced: set[str] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _failure: BaseException | None = None

    async def follow(self, kind: Kind, namespace: str, *, required: bool, **parameters: str) -> None:
        """Keep objects of one kind current, until cancelled. What is not required may be forbidden, or not there."""
        known = self.objects.setdefault(kind.kind, {})
        try:
            async for event, item in self.cluster.watch(kind, namespace, **parameters):
                if event == "RELISTED":
                    known.clear()
                    continue
                if event == "SYNCED":
                    self.synced.add(kind.kind)
                elif event == "DELETED":
                    known.pop(item["metadata"]["name"], None)
                elif event != "BOOKMARK":
                    known[item["metadata"]["name"]] = item
                self._changed.set()
        except ApiError as error:
            if required or error.code not in (403, 404):
                self._fail(error)
            self.synced.add(kind.kind)
            self._changed.set()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 (a defect must not look like a long wait)
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._failure = error
        self._changed.set()

    def all(self, kind: Kind) -> list[Manifest]:
        """Give the objects of a kind."""
        return list(self.objects.get(kind.kind, {}).values())

    async def changes(self, deadline: float) -> AsyncIterator[float]:
        """Yield the time, now and after each change, at least once a second and until the deadline has passed."""
        clock = asyncio.get_running_loop().time
        while True:
            self._changed.clear()
            if self._failure:
                raise self._failure
            now = clock()
            yield now
            if now >= deadline:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(1.0, max(0.0, deadline - now)))


_Assessment = tuple[Progress, list[Problem]]
_Assess = Callable[[_View, Manifest, float], _Assessment]


class Patience:
    """Tells a permanent problem from a passing one, by how long it has been there."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def lost(self, problems: list[Problem], now: float) -> bool:
        """Say whether one of the present problems has outlasted its patience; absent ones are forgotten."""
        self._since = {problem.key: self._since.get(problem.key, now) for problem in problems}
        return any(p.patience is not None and now - self._since[p.key] >= p.patience for p in problems)


async def wait_until_ready(cluster: Cluster, kind: Kind, live: Manifest, timeout: float, report: Report) -> Manifest:
    """Wait for an object by its kind's rule, and give it as it then is.

    Raises:
        UnreadyError: a permanent problem, or the timeout.
    """
    namespace, name = live["metadata"].get("namespace", ""), live["metadata"]["name"]
    view = _View(cluster)
    assess: _Assess
    if kind.ready == "deployment":
        labels = ",".join(
            f"{key}={value}" for key, value in (live["spec"]["selector"].get("matchLabels") or {}).items()
        )
        followed = [
            view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}"),
            view.follow(REPLICA_SET, namespace, required=False, labelSelector=labels),
            view.follow(POD, namespace, required=False, labelSelector=labels),
            view.follow(EVENT, namespace, required=False, fieldSelector="involvedObject.kind=Pod,type=Warning"),
        ]
        assess = _assess_deployment
    elif kind.ready == "service" and not readiness.service_progress(live, []).ready:
        labels = ",".join(f"{key}={value}" for key, value in (live["spec"].get("selector") or {}).items())
        followed = [
            view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}"),
            view.follow(ENDPOINT_SLICE, namespace, required=False, labelSelector=f"kubernetes.io/service-name={name}"),
            view.follow(ENDPOINTS, namespace, required=False, fieldSelector=f"metadata.name={name}"),
            view.follow(POD, namespace, required=False, labelSelector=labels),
        ]
        assess = _assess_service
    else:
        return live
    tasks = [asyncio.create_task(coroutine) for coroutine in followed]
    try:
        return await _watch_until_ready(view, kind, live, timeout, assess, report)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def wait_until_gone(
    cluster: Cluster, kind: Kind, namespace: str, name: str, uid: str, timeout: float, report: Report
) -> None:
    """Wait until an object, and with foreground deletion all it owns, is gone. Raises StepError when the time is up."""
    view = _View(cluster)
    task = asyncio.create_task(view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}"))
    try:
        async for _ in view.changes(asyncio.get_running_loop().time() + timeout):
            item = view.objects[kind.kind].get(name) if kind.kind in view.synced else {"metadata": {"uid": uid}}
            if item is None or (uid and item["metadata"].get("uid") != uid):
                return
            if kind.kind in view.synced:
                report("waiting for it, and what it owns, to end")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    blockers = ", ".join((item or {}).get("metadata", {}).get("finalizers") or ["unknown"])
    raise StepError(
        f"{kind.kind} {kind.identity(namespace, name)} was not gone after {timeout:.0f} s; finalizers: {blockers}"
    )


async def _watch_until_ready(
    view: _View,
    kind: Kind,
    live: Manifest,
    timeout: float,
    assess: Callable[[_View, Manifest, float], _Assessment],
    report: Report,
) -> Manifest:
    name, uid = live["metadata"]["name"], live["metadata"].get("uid")
    identity = kind.identity(live["metadata"].get("namespace", ""), name)
    patience, started = Patience(), asyncio.get_running_loop().time()
    problems: list[Problem] = []
    progress = Progress(False)
    async for now in view.changes(started + timeout):
        if kind.kind not in view.synced:
            continue
        current = view.objects[kind.kind].get(name)
        if current is None or current["metadata"].get("uid") != uid:
            raise StepError(f"{kind.kind} {identity} was deleted by somebody else while it was waited for")
        if current["metadata"].get("generation", 0) >= live["metadata"].get("generation", 0):
            live = current
        progress, problems = assess(view, live, now - started)
        if progress.ready:
            return live
        report("; ".join([progress.message, *(problem.message for problem in problems)]))
        if patience.lost(problems, now):
            reasons = [problem.message for problem in problems]
            raise UnreadyError(live, [f"{kind.kind} {identity} cannot become ready: {progress.message}", *reasons])
    reasons = [problem.message for problem in problems]
    raise UnreadyError(
        live, [f"{kind.kind} {identity} was not ready after {timeout:.0f} s: {progress.message}", *reasons]
    )


def _assess_deployment(view: _View, deployment: Manifest, _elapsed: float) -> _Assessment:
    replica_set = readiness.current_replica_set(deployment, view.all(REPLICA_SET))
    problems = readiness.deployment_problems(deployment, replica_set)
    uid = replica_set["metadata"]["uid"] if replica_set else None
    pods = [
        pod for pod in view.all(POD) if any(o.get("uid") == uid for o in pod["metadata"].get("ownerReferences") or [])
    ]
    for pod in pods:
        problems += readiness.pod_problems(pod)
    starting = {pod["metadata"]["uid"] for pod in pods if readiness.waits_to_start(pod)}
    latest = {}
    for event in view.all(EVENT):
        if (event.get("involvedObject") or {}).get("uid") in starting and (problem := readiness.event_problem(event)):
            latest[problem.key] = problem
    return readiness.deployment_progress(deployment), problems + list(latest.values())


def _assess_service(view: _View, service: Manifest, elapsed: float) -> _Assessment:
    progress = readiness.service_progress(service, view.all(ENDPOINT_SLICE))
    # The API server's own proxy still goes by Endpoints, which another controller writes, a moment later.
    addresses = any(subset.get("addresses") for item in view.all(ENDPOINTS) for subset in item.get("subsets") or [])
    needed = readiness.service_needs_endpoints(service) and elapsed < _ENDPOINTS_LAG
    if progress.ready and needed and not addresses:
        return Progress(False, "waiting for its Endpoints"), []
    empty = POD.kind in view.synced and not view.all(POD)
    if (
        not progress.ready
        and service["spec"].get("type") != "LoadBalancer"
        and empty
        and elapsed >= _EMPTY_SERVICE_SETTLES
    ):
        return Progress(True), []
    return progress, []
