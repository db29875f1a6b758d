"""Waiting until an object is ready, or gone: by watches, so that changes are seen at once and can be told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError, RequestError
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

from ..errors import StepError, StoppedError, UnreadyError
from ..model.resource import Report
from . import evidence, problems, readiness, wait_for
from .evidence import Since
from .problems import Owner, Problem
from .readiness import Progress
from .view import View

DEFAULT_TIMEOUT = 600.0
"""Seconds to wait for an object, unless the program says otherwise; the Pulumi provider's default."""
_ENDPOINTS_LAG = 10.0
"""Seconds that Endpoints may come after EndpointSlices; where no controller writes them, they never come."""
_EMPTY_SERVICE_SETTLES = 10.0
"""Seconds after which a Service whose selector matches no pod counts as ready; the Pulumi provider's."""
_TOUCH_SECONDS = 10.0
"""After which an API server that does not answer is not asked any more to have a controller try again."""

_Assessment = tuple[Progress, list[Problem]]
_Assess = Callable[[View, Manifest, float], _Assessment]


class Patience:
    """Tells a permanent problem from a passing one, by how long it has been there."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def lost(self, problems: list[Problem], now: float) -> bool:
        """Say whether one of the present problems has outlasted its patience; absent ones are forgotten."""
        self._since = {problem.key: self._since.get(problem.key, now) for problem in problems}
        return any(p.patience is not None and now - self._since[p.key] >= p.patience for p in problems)


async def wait_until_ready(
    cluster: Cluster,
    kind: Kind,
    live: Manifest,
    timeout: float,
    report: Report,
    stopping: asyncio.Event | None = None,
) -> Manifest:
    """Wait for an object by its annotation `waitFor`, or else by its kind's rule, and give it as it then is.

    Args:
        cluster: where it is.
        kind: of the object.
        live: the object, as it was written.
        timeout: in seconds.
        report: gets what is waited for.
        stopping: set when nothing is to be waited for any more.

    Raises:
        StepError: the annotation is malformed.
        UnreadyError: a permanent problem, the timeout, or an interruption.
    """
    namespace, name = live["metadata"].get("namespace", ""), live["metadata"]["name"]
    rule = await _rule(cluster, kind, live)
    if rule is None:
        return live
    assess, companions = rule
    view = View(cluster, Since(cluster.now), stopping or asyncio.Event())
    followed = [view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}")]
    followed += [view.follow(other, namespace, required=False, **selector) for other, selector in companions]
    if kind.kind == _DEFINITION:
        followed.append(view.follow_kinds(readiness.defined_kinds(live)))
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
    events = {"fieldSelector": "type=Warning"}
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
    if kind.kind == _DEFINITION:
        return _assess_definition, []
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
    def assess(_view: View, live: Manifest, _elapsed: float) -> _Assessment:
        missing = [expression for expression in expressions if not wait_for.holds(expression, live)]
        return Progress(not missing, f"waiting for {', '.join(missing)}"), []

    return assess


async def wait_until_gone(
    cluster: Cluster,
    kind: Kind,
    namespace: str,
    name: str,
    uid: str,
    timeout: float,
    report: Report,
    stopping: asyncio.Event | None = None,
) -> None:
    """Wait until an object, and with foreground deletion all it owns, is gone; arguments as of `wait_until_ready`.

    Raises:
        StepError: the time is up.
        StoppedError: an interruption.
    """
    view = View(cluster, Since(cluster.now), stopping or asyncio.Event())
    task = asyncio.create_task(view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}"))
    try:
        async for _ in view.changes(asyncio.get_running_loop().time() + timeout):
            item = view.objects[kind.kind].get(name) if kind.kind in view.synced else {"metadata": {"uid": uid}}
            if item is None or (uid and item["metadata"].get("uid") != uid):
                return
            if kind.kind in view.synced:
                held = ", ".join(item["metadata"].get("finalizers") or [])
                report("waiting for it, and what it owns, to end" + (f"; it is held by {held}" if held else ""))
    except StoppedError:
        identity = f"{kind.kind} {kind.identity(namespace, name)}"
        why = "since the run was interrupted: it is deleted, and not gone yet"
        raise StoppedError({}, [f"{identity} was not waited for any longer, {why}"]) from None
    except ApiError as error:
        if error.code == 404:  # what has defined its kind was deleted meanwhile, and so it with it
            return
        raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    blockers = ", ".join((item or {}).get("metadata", {}).get("finalizers") or ["unknown"])
    raise StepError(
        f"{kind.kind} {kind.identity(namespace, name)} was not gone after {timeout:.0f} s; finalizers: {blockers}"
    )


async def _watch_until_ready(
    view: View,
    kind: Kind,
    live: Manifest,
    timeout: float,
    assess: _Assess,
    report: Report,
) -> Manifest:
    name, uid = live["metadata"]["name"], live["metadata"].get("uid")
    identity = kind.identity(live["metadata"].get("namespace", ""), name)
    patience, started = Patience(), asyncio.get_running_loop().time()
    found: list[Problem] = []
    progress = Progress(False)
    try:
        async for now in view.changes(started + timeout):
            if kind.kind not in view.synced:
                continue
            current = view.objects[kind.kind].get(name) or {"metadata": {}}
            if current["metadata"].get("uid") != uid or current["metadata"].get("deletionTimestamp"):
                raise StepError(f"{kind.kind} {identity} was deleted by somebody else while it was waited for")
            if current["metadata"].get("generation", 0) >= live["metadata"].get("generation", 0):
                live = current
            progress, found = assess(view, live, now - started)
            if progress.ready:
                return live
            report("; ".join([progress.message, *(problem.message for problem in found)]))
            await _try_again(view, found)
            if patience.lost(found, now):
                raise _unready(live, f"{kind.kind} {identity} cannot become ready: {progress.message}", found)
    except StoppedError:
        why = f"since the run was interrupted: {progress.message or 'it was just written'}"
        raise StoppedError(live, [f"{kind.kind} {identity} was not waited for any longer, {why}"]) from None
    raise _unready(live, f"{kind.kind} {identity} was not ready after {timeout:.0f} s: {progress.message}", found)


def _unready(live: Manifest, what: str, found: list[Problem]) -> UnreadyError:
    return UnreadyError(live, [what, *(problem.message for problem in found)])


async def _try_again(view: View, found: list[Problem]) -> None:
    """Have the controllers that have met with a problem try again now, once; they may pause for a quarter of an hour.

    Who may not do that waits for them.
    """
    for owner in (problem.retried_by for problem in found):
        if owner is None or owner.uid in view.touched:
            continue
        try:
            touching = view.cluster.touch(owner.kind, owner.namespace, owner.name)
            await asyncio.wait_for(touching, _TOUCH_SECONDS)
            view.touched[owner.uid] = True
        except (RequestError, TimeoutError):
            view.touched[owner.uid] = False


_WORKLOADS = {
    *(("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")),
    *(("batch", "Job"), ("", "ReplicationController")),
}
"""What has pods."""


_DEFINITION = "CustomResourceDefinition"


def _assess_definition(view: View, definition: Manifest, _elapsed: float) -> _Assessment:
    progress = readiness.definition_progress(definition)
    if progress.ready and not view.served:
        return Progress(False, "waiting for the API server to serve it"), []
    return progress, []


def _assess_pod(view: View, pod: Manifest, _elapsed: float) -> _Assessment:
    return readiness.pod_progress(pod), [*problems.end_problems(pod), *_of_pod(view, pod)]


def _of_pod(view: View, pod: Manifest) -> list[Problem]:
    """Find what keeps a pod from becoming ready: by its status, and by its events as long as nothing has started."""
    events = view.all(EVENT)
    found = evidence.of_pod(pod, problems.pod_problems(pod), events, view.since)
    told = {}
    for event in events if problems.waits_to_start(pod) else ():
        of_pod = (event.get("involvedObject") or {}).get("uid") == pod["metadata"]["uid"]
        counts = of_pod and view.since.counts(evidence.told_at(event))
        if counts and (problem := problems.event_problem(event)):
            told[problem.key] = problem
    return [*found, *told.values()]


def _assess_workload(kind: Kind) -> _Assess:
    """Give the rule for what has pods: its own progress, and what keeps the pods from starting."""
    progress = readiness.PROGRESS[kind.group, kind.kind]
    needed = {POD.kind, EVENT.kind, *((REPLICA_SET.kind,) if kind.kind == "Deployment" else ())}

    def assess(view: View, item: Manifest, _elapsed: float) -> _Assessment:
        # What is there before the controller has seen the object as it now is, is of the former one.
        if not needed <= view.synced or not readiness.is_observed(kind, item):
            return progress(item), []
        owner = problems.current_replica_set(item, view.all(REPLICA_SET)) if kind.kind == "Deployment" else item
        uid = owner["metadata"].get("uid") if owner else None
        pods = [
            pod
            for pod in view.all(POD)
            if any(o.get("uid") == uid for o in pod["metadata"].get("ownerReferences") or [])
        ]
        about = _about(REPLICA_SET if kind.kind == "Deployment" else kind, owner) if owner else None
        touched = view.touched.get(uid or "", False)
        found = evidence.of_creation(owner or item, about, pods, view.all(EVENT), view.since, touched=touched)
        for pod in pods:
            of_pod = _of_pod(view, pod)
            # That of a former revision says nothing of the present one.
            former = problems.is_of_former_revision(pod, item)
            found += [replace(problem, patience=None) for problem in of_pod] if former else of_pod
        if kind.kind == "Job":
            # How often a pod may crash is the Job's own matter, which says so when it has had enough.
            found = [replace(p, patience=None) if "/crash" in p.key else p for p in found]
            found += problems.end_problems(item)
        return progress(item), found

    return assess


def _about(kind: Kind, item: Manifest) -> Owner:
    metadata = item["metadata"]
    return Owner(kind, metadata.get("namespace", ""), metadata["name"], metadata.get("uid", ""))


def _assess_service(view: View, service: Manifest, elapsed: float) -> _Assessment:
    slices = [item for item in view.all(ENDPOINT_SLICE) if _is_owned(item, service)]
    progress = readiness.service_progress(service, slices)
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


def _is_owned(item: Manifest, owner: Manifest) -> bool:
    """Say whether an object belongs to another one, and not to a former one of its name; as far as it tells."""
    owners = item["metadata"].get("ownerReferences") or []
    return not owners or any(reference.get("uid") == owner["metadata"].get("uid") for reference in owners)
