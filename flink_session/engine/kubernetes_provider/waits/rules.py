"""How to tell whether an object of each kind is ready, and what keeps it from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flink_session.api_server.cluster import Cluster
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

from . import evidence, problems, readiness, wait_for
from .problems import Owner, Problem
from .readiness import Progress
from .view import View

DEFINITION = "CustomResourceDefinition"
_WORKLOADS = {
    *(("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")),
    *(("batch", "Job"), ("", "ReplicationController")),
}
"""What has pods."""
_ENDPOINTS_LAG = 10.0
"""Seconds that Endpoints may come after EndpointSlices; where no controller writes them, they never come."""
_EMPTY_SERVICE_SETTLES = 10.0
"""Seconds after which a Service whose selector matches no pod counts as ready; the Pulumi provider's."""

Assessment = tuple[Progress, list[Problem]]
Assess = Callable[[View, Manifest, float], Assessment]
"""Judges an object by what is in view, and the seconds that it has been waited for."""


async def rule_of(
    cluster: Cluster, kind: Kind, live: Manifest
) -> tuple[Assess, list[tuple[Kind, dict[str, str]]]] | None:
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
    if kind.kind == DEFINITION:
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


def _by_expressions(expressions: list[str]) -> Assess:
    def assess(_view: View, live: Manifest, _elapsed: float) -> Assessment:
        missing = [expression for expression in expressions if not wait_for.holds(expression, live)]
        return Progress(not missing, f"waiting for {', '.join(missing)}"), []

    return assess


def _assess_definition(view: View, definition: Manifest, _elapsed: float) -> Assessment:
    progress = readiness.definition_progress(definition)
    if progress.ready and not view.served:
        return Progress(False, "waiting for the API server to serve it"), []
    return progress, []


def _assess_pod(view: View, pod: Manifest, _elapsed: float) -> Assessment:
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


def _assess_workload(kind: Kind) -> Assess:
    """Give the rule for what has pods: its own progress, and what keeps the pods from starting."""
    progress = readiness.PROGRESS[kind.group, kind.kind]
    needed = {POD.kind, EVENT.kind, *((REPLICA_SET.kind,) if kind.kind == "Deployment" else ())}

    def assess(view: View, item: Manifest, _elapsed: float) -> Assessment:
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


def _assess_service(view: View, service: Manifest, elapsed: float) -> Assessment:
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
