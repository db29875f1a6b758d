"""When an object is ready. Pure: objects as the API server shows them in, sentences out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flink_session.api_server.kinds import Kind, Manifest

from . import wait_for


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an object is; `message` says what is still missing."""

    ready: bool
    message: str = ""


def is_observed(kind: Kind, item: Manifest) -> bool:
    """Say whether the controller has seen an object as it now is, so that its status is about that."""
    if kind.kind == "Job":
        return True  # it does not tell
    observed: int = (item.get("status") or {}).get("observedGeneration", 0)
    return bool(observed >= item["metadata"].get("generation", 1))


def deployment_progress(deployment: Manifest) -> Progress:
    """Say whether the current generation of a Deployment is rolled out, all old pods gone, all new ones available."""
    status, spec = deployment.get("status") or {}, deployment.get("spec") or {}
    wanted = spec.get("replicas", 1)
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 1):
        return Progress(False, "waiting for the Deployment controller")
    updated, total, available = (status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas"))
    if updated < wanted:
        return Progress(False, f"{updated} of {wanted} new pods created")
    if total > updated:
        return Progress(False, f"{total - updated} of the old pods still there")
    if available < wanted:
        return Progress(False, f"{available} of {wanted} pods available")
    return Progress(True)


def stateful_set_progress(item: Manifest) -> Progress:
    """Say whether all pods of a StatefulSet are of its current revision, and ready."""
    status, spec = item.get("status") or {}, item.get("spec") or {}
    wanted = spec.get("replicas", 1)
    if status.get("observedGeneration", 0) < item["metadata"].get("generation", 1):
        return Progress(False, "waiting for the StatefulSet controller")
    strategy, updated = spec.get("updateStrategy") or {}, status.get("updatedReplicas", 0)
    # Pods below the partition are meant to stay as they are.
    to_update = max(0, wanted - (strategy.get("rollingUpdate") or {}).get("partition", 0))
    if strategy.get("type") != "OnDelete" and updated < to_update:
        return Progress(False, f"{updated} of {to_update} pods are of the new revision")
    ready = status.get("readyReplicas", 0)
    return Progress(True) if ready >= wanted else Progress(False, f"{ready} of {wanted} pods ready")


def daemon_set_progress(item: Manifest) -> Progress:
    """Say whether each node that a DaemonSet is for has a pod of its current revision, and that is available."""
    status, spec = item.get("status") or {}, item.get("spec") or {}
    if status.get("observedGeneration", 0) < item["metadata"].get("generation", 1):
        return Progress(False, "waiting for the DaemonSet controller")
    wanted = status.get("desiredNumberScheduled", 0)
    updated = status.get("updatedNumberScheduled", 0)
    if (spec.get("updateStrategy") or {}).get("type") != "OnDelete" and updated < wanted:
        return Progress(False, f"{updated} of {wanted} pods are of the new revision")
    available = status.get("numberAvailable", 0)
    return Progress(True) if available >= wanted else Progress(False, f"{available} of {wanted} pods available")


def replication_controller_progress(item: Manifest) -> Progress:
    """Say whether all pods of a ReplicationController are there, and available."""
    status, wanted = item.get("status") or {}, (item.get("spec") or {}).get("replicas", 1)
    if status.get("observedGeneration", 0) < item["metadata"].get("generation", 1):
        return Progress(False, "waiting for the ReplicationController controller")
    available = status.get("availableReplicas", 0)
    settled = available >= wanted and status.get("replicas", 0) == wanted
    return Progress(True) if settled else Progress(False, f"{available} of {wanted} pods available")


def job_progress(item: Manifest) -> Progress:
    """Say whether a Job has run to its end; one that is suspended is not going to."""
    status = item.get("status") or {}
    if _holds(item, "Complete") or (item.get("spec") or {}).get("suspend"):
        return Progress(True)
    done, wanted = status.get("succeeded", 0), (item.get("spec") or {}).get("completions") or 1
    return Progress(False, f"{done} of {wanted} pods have succeeded")


def pod_progress(item: Manifest) -> Progress:
    """Say whether a Pod runs and is ready, or has run to its end."""
    phase = (item.get("status") or {}).get("phase", "Pending")
    if phase == "Succeeded" or (phase == "Running" and _holds(item, "Ready")):
        return Progress(True)
    return Progress(False, f"waiting for the pod ({phase})")


def volume_progress(item: Manifest) -> Progress:
    """Say whether a PersistentVolume can be claimed, or is."""
    phase = (item.get("status") or {}).get("phase", "Pending")
    return Progress(phase in ("Available", "Bound"), f"waiting for the volume ({phase})")


def quota_progress(item: Manifest) -> Progress:
    """Say whether a ResourceQuota is in force: its status has what its spec asks for."""
    wanted, in_force = ((item.get(part) or {}).get("hard") or {} for part in ("spec", "status"))
    # What was in force before stays in the status until the controller has seen the new limits.
    return Progress(all(in_force.get(key) == limit for key, limit in wanted.items()), "waiting to be in force")


def secret_progress(item: Manifest) -> Progress:
    """Say whether a Secret has what a controller puts into it: the token of a ServiceAccount."""
    is_token = item.get("type") == "kubernetes.io/service-account-token"
    return Progress(not is_token or bool(item.get("data")), "waiting for its token")


def _holds(item: Manifest, condition: str) -> bool:
    conditions = (item.get("status") or {}).get("conditions") or []
    return any(found.get("type") == condition and found.get("status") == "True" for found in conditions)


def claim_progress(item: Manifest) -> Progress:
    """Say whether a PersistentVolumeClaim has its volume."""
    phase = (item.get("status") or {}).get("phase", "Pending")
    return Progress(phase == "Bound", f"waiting for a volume ({phase})")


def ingress_progress(item: Manifest) -> Progress:
    """Say whether an Ingress has an address."""
    addresses = ((item.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    return Progress(bool(addresses), "waiting for an address from the ingress controller")


def namespace_progress(item: Manifest) -> Progress:
    """Say whether objects can be made in a Namespace."""
    phase = (item.get("status") or {}).get("phase", "Active")
    return Progress(phase == "Active", f"waiting for the namespace ({phase})")


def definition_progress(item: Manifest) -> Progress:
    """Say whether a CustomResourceDefinition has been accepted."""
    conditions = (item.get("status") or {}).get("conditions") or []
    refused = [found.get("message") for found in conditions if found.get("status") == "False" and found.get("message")]
    why = f" ({'; '.join(map(str, refused))})" if refused else ""
    return Progress(_holds(item, "Established"), f"waiting for its names to be accepted{why}")


def defined_kinds(definition: Manifest) -> list[Kind]:
    """Give the kinds that a CustomResourceDefinition makes the API server serve."""
    spec = definition.get("spec") or {}
    versions = [version["name"] for version in spec.get("versions") or [] if version.get("served")]
    return [Kind(f"{spec['group']}/{version}", spec["names"]["kind"]) for version in versions]


PROGRESS: dict[tuple[str, str], Callable[[Manifest], Progress]] = {
    ("apps", "Deployment"): deployment_progress,
    ("apps", "StatefulSet"): stateful_set_progress,
    ("apps", "DaemonSet"): daemon_set_progress,
    ("batch", "Job"): job_progress,
    ("", "Pod"): pod_progress,
    ("", "ReplicationController"): replication_controller_progress,
    ("", "PersistentVolume"): volume_progress,
    ("", "ResourceQuota"): quota_progress,
    ("", "Secret"): secret_progress,
    ("", "PersistentVolumeClaim"): claim_progress,
    ("networking.k8s.io", "Ingress"): ingress_progress,
    ("", "Namespace"): namespace_progress,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definition_progress,
}
"""What to wait for, by group and kind, where the object itself tells; a Service takes more than that."""


def is_ready(kind: Kind, live: Manifest) -> bool:
    """Say whether an object, seen by itself and at this moment, is ready; what it takes others to tell is not."""
    if annotation := (live["metadata"].get("annotations") or {}).get(wait_for.ANNOTATION):
        return all(wait_for.holds(expression, live) for expression in wait_for.expressions(annotation))
    if (kind.group, kind.kind) == ("", "Service"):
        return service_progress(live, []).ready
    progress = PROGRESS.get((kind.group, kind.kind))
    return progress is None or progress(live).ready


def service_needs_endpoints(service: Manifest) -> bool:
    """Say whether a Service directs traffic to pods through an address of its own."""
    spec = service.get("spec") or {}
    return bool(spec.get("selector")) and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None"


def service_progress(service: Manifest, slices: list[Manifest]) -> Progress:
    """Say whether a Service can take traffic: it has a ready endpoint and, as a load balancer, an address."""
    spec = service.get("spec") or {}
    if spec.get("type") == "LoadBalancer" and not ((service.get("status") or {}).get("loadBalancer") or {}).get(
        "ingress"
    ):
        return Progress(False, "waiting for the load balancer's address")
    if not service_needs_endpoints(service):
        return Progress(True)
    ready = (
        endpoint.get("conditions", {}).get("ready", True) for item in slices for endpoint in item.get("endpoints") or []
    )
    return Progress(True) if any(ready) else Progress(False, "waiting for a ready pod to direct traffic to")
