"""Waiting until an object is ready, or gone: by watches, so that changes are seen at once and can be told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError
from flink_session.api_server.kinds import (
    ENDPOINT_SLICE,
    ENDPOINTS,
    EVENT,
    POD,
    REPLICA_SET,
    STORAGE_CLASS,
    Kind,
    Manifest,
)

from ..errors import StepError, UnreadyError
from ..model.resource import Report
from . import readiness, wait_for
from .readiness import Problem, Progress

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
    """Wait for an object by its annotation `waitFor`, or else by its kind's rule, and give it as it then is.

    Raises:
        StepError: the annotation is malformed.
        UnreadyError: a permanent problem, or the timeout.
    """
    namespace, name = live["metadata"].get("namespace", ""), live["metadata"]["name"]
    rule = await _rule(cluster, kind, live)
    if rule is None:
        return live
    assess, companions = rule
    view = _View(cluster)
    followed = [view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}")]
    followed += [view.follow(other, namespace, required=False, **selector) for other, selector in companions]
    tasks = [asyncio.create_task(coroutine) for coroutine in followed]
    try:
        return await _watch_until_ready(view, kind, live, timeout, assess, report)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _rule(
    cluster: Cluster, kind: Kind, live: Manifest
) -> tuple[_Assess, list[tuple[Kind, dict[str, str]]]] | None:
    """Give how to tell whether an object is ready, and what else to watch for that; None if it is ready as it is."""
    name, spec = live["metadata"]["name"], live.get("spec") or {}
    if annotation := (live["metadata"].get("annotations") or {}).get(wait_for.ANNOTATION):
        return _by_expressions(wait_for.expressions(annotation)), []
    events = {"fieldSelector": "involvedObject.kind=Pod,type=Warning"}
    if (kind.group, kind.kind) in _WORKLOADS:
        selector = spec.get("selector") or {}
        # That of a ReplicationController is the labels themselves.
        labels = _selector(selector.get("matchLabels") if kind.group else selector)
        replica_sets = [(REPLICA_SET, labels)] if kind.kind == "Deployment" else []
        return _assess_workload(kind), [*replica_sets, (POD, labels), (EVENT, events)]
    if (kind.group, kind.kind) == ("", "Pod"):
        return _assess_pod, [(EVENT, events)]
    if (kind.group, kind.kind) == ("", "Service"):
        if readiness.service_progress(live, []).ready:
            return None
        slices = {"labelSelector": f"kubernetes.io/service-name={name}"}
        pods = _selector(spec.get("selector"))
        return _assess_service, [(ENDPOINT_SLICE, slices), (ENDPOINTS, _named(name)), (POD, pods)]
    if kind.kind == "PersistentVolumeClaim" and await _binds_late(cluster, spec.get("storageClassName")):
        return None
    progress = readiness.PROGRESS.get((kind.group, kind.kind))
    if progress is None or progress(live).ready:
        return None
    return (lambda _view, item, _elapsed: (progress(item), [])), []


async def _binds_late(cluster: Cluster, storage_class: str | None) -> bool:
    """Say whether a claim gets its volume only when a pod uses it."""
    found = await cluster.get(STORAGE_CLASS, "", storage_class) if storage_class else None
    return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"


def _named(name: str) -> dict[str, str]:
    return {"fieldSelector": f"metadata.name={name}"}


def _selector(labels: dict[str, str] | None) -> dict[str, str]:
    return {"labelSelector": ",".join(f"{key}={value}" for key, value in (labels or {}).items())}


def _by_expressions(expressions: list[str]) -> _Assess:
    def assess(_view: _View, live: Manifest, _elapsed: float) -> _Assessment:
        missing = [expression for expression in expressions if not wait_for.holds(expression, live)]
        return Progress(not missing, f"waiting for {', '.join(missing)}"), []

    return assess


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
                held = ", ".join(item["metadata"].get("finalizers") or [])
                report("waiting for it, and what it owns, to end" + (f"; it is held by {held}" if held else ""))
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
    assess: _Assess,
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


_WORKLOADS = {
    *(("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")),
    *(("batch", "Job"), ("", "ReplicationController")),
}
"""What has pods."""


def _assess_pod(view: _View, pod: Manifest, _elapsed: float) -> _Assessment:
    problems = [*readiness.end_problems(pod), *readiness.pod_problems(pod), *_told_by_events(view, [pod])]
    return readiness.pod_progress(pod), problems


def _told_by_events(view: _View, pods: list[Manifest]) -> list[Problem]:
    """Find what keeps pods from starting that only their events tell."""
    starting = {pod["metadata"]["uid"] for pod in pods if readiness.waits_to_start(pod)}
    latest = {}
    for event in view.all(EVENT):
        of_pod = (event.get("involvedObject") or {}).get("uid") in starting
        if of_pod and (problem := readiness.event_problem(event)):
            latest[problem.key] = problem
    return list(latest.values())


def _assess_workload(kind: Kind) -> _Assess:
    """Give the rule for what has pods: its own progress, and what keeps the pods from starting."""
    progress = readiness.PROGRESS[kind.group, kind.kind]

    def assess(view: _View, item: Manifest, _elapsed: float) -> _Assessment:
        owner = readiness.current_replica_set(item, view.all(REPLICA_SET)) if kind.kind == "Deployment" else item
        problems = readiness.deployment_problems(item, owner)
        uid = owner["metadata"].get("uid") if owner else None
        pods = [
            pod
            for pod in view.all(POD)
            if any(o.get("uid") == uid for o in pod["metadata"].get("ownerReferences") or [])
        ]
        for pod in pods:
            problems += readiness.pod_problems(pod)
        if kind.kind == "Job":
            # How often a pod may crash is the Job's own matter, which says so when it has had enough.
            problems = [replace(p, patience=None) if p.key.endswith("/crash") else p for p in problems]
            problems += readiness.end_problems(item)
        return progress(item), [*problems, *_told_by_events(view, pods)]

    return assess


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
