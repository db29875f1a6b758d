"""When an object is ready, and what keeps it from it. Pure: objects as the API server shows them in, sentences out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flink_session.api_server.kinds import Kind, Manifest

_IMAGE_REASONS = {
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
}
_CREATE_REASONS = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
_MISSING_IMAGE = ("not found", "manifest unknown", "denied", "unauthorized", "invalid reference", "does not exist")
_EVENT_REASONS = {"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an object is; `message` says what is still missing."""

    ready: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps an object from becoming ready.

    Attributes:
        key: what is concerned; a problem that comes back under the same key is the same one.
        message: what is wrong, for people.
        patience: seconds after which it is taken for permanent; None if only the timeout ends the wait.
    """

    key: str
    message: str
    patience: float | None = None


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
    updated = status.get("updatedReplicas", 0)
    if (spec.get("updateStrategy") or {}).get("type") != "OnDelete" and updated < wanted:
        return Progress(False, f"{updated} of {wanted} pods are of the new revision")
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
    wanted = (item.get("spec") or {}).get("hard") or {}
    return Progress(wanted.keys() <= ((item.get("status") or {}).get("hard") or {}).keys(), "waiting to be in force")


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
}
"""What to wait for, by group and kind, where the object itself tells; a Service takes more than that."""


def is_ready(kind: Kind, live: Manifest) -> bool:
    """Say whether an object, seen by itself and at this moment, is ready."""
    progress = PROGRESS.get((kind.group, kind.kind))
    return progress is None or progress(live).ready


def end_problems(item: Manifest) -> list[Problem]:
    """Find why a Job or a Pod has ended, and not well."""
    kind, status = item.get("kind", "Pod"), item.get("status") or {}
    for condition in status.get("conditions") or []:
        if condition.get("type") == "Failed" and condition.get("status") == "True":
            why = ": ".join(str(condition[key]) for key in ("reason", "message") if condition.get(key))
            return [Problem("end", f"the {kind} has failed: {why}", 0)]
    if status.get("phase") == "Failed":
        why = ": ".join(str(status[key]) for key in ("reason", "message") if status.get(key))
        return [Problem("end", f"the {kind} has failed{': ' if why else ''}{why}", 0)]
    return []


def deployment_problems(deployment: Manifest, replica_set: Manifest | None) -> list[Problem]:
    """Find what keeps pods from being created at all: a missing service account, a quota, an admission webhook."""
    for owner in (replica_set, deployment):
        for condition in ((owner or {}).get("status") or {}).get("conditions") or []:
            if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
                return [Problem("pods", f"no pod can be created: {condition.get('message')}", 10)]
    return []


def current_replica_set(deployment: Manifest, replica_sets: list[Manifest]) -> Manifest | None:
    """Find the ReplicaSet of the Deployment's current revision."""
    uid, revision = deployment["metadata"].get("uid"), _revision(deployment)
    owned = [
        item for item in replica_sets if any(o.get("uid") == uid for o in item["metadata"].get("ownerReferences") or [])
    ]
    return next((item for item in owned if revision and _revision(item) == revision), None)


def pod_problems(pod: Manifest) -> list[Problem]:
    """Find what keeps one pod from becoming ready."""
    if pod["metadata"].get("deletionTimestamp"):
        return []
    name, status = pod["metadata"]["name"], pod.get("status") or {}
    problems = []
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            message = condition.get("message") or condition.get("reason")
            problems.append(Problem(f"{name}/scheduling", f"pod {name} cannot be scheduled: {message}"))
    for container in (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or []):
        problem = _container_problem(pod, container)
        if problem:
            problems.append(problem)
    return problems


def event_problem(event: Manifest) -> Problem | None:
    """Find what an event says on a pod that cannot start: a volume's ConfigMap or Secret is missing, no network."""
    if event.get("type") != "Warning" or event.get("reason") not in _EVENT_REASONS:
        return None
    name = (event.get("involvedObject") or {}).get("name")
    return Problem(f"{name}/{event['reason']}", f"pod {name}: {event.get('message')}")


def waits_to_start(pod: Manifest) -> bool:
    """Say whether a pod is scheduled and none of its containers has been started: then its events tell why."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return all((item.get("state") or {}).get("waiting", {}).get("reason") == "ContainerCreating" for item in statuses)


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


def _container_problem(pod: Manifest, container: Manifest) -> Problem | None:
    name = pod["metadata"]["name"]
    waiting = (container.get("state") or {}).get("waiting") or {}
    reason, message = waiting.get("reason") or "", waiting.get("message") or ""
    if reason in _IMAGE_REASONS:
        permanent = reason in ("InvalidImageName", "ErrImageNeverPull") or any(
            text in message for text in _MISSING_IMAGE
        )
        text = f"pod {name}: the image {container.get('image')} cannot be pulled: {message or reason}"
        # A registry's "not found" is final, but it may also have been pushed a moment ago.
        return Problem(f"{name}/{container.get('name')}/image", text, 6 if permanent else 20)
    if reason in _CREATE_REASONS:
        return Problem(f"{name}/{container.get('name')}/create", f"pod {name}: {reason}: {message}", 30)
    ended = (container.get("state") or {}).get("terminated") or (container.get("lastState") or {}).get("terminated")
    if reason == "CrashLoopBackOff" or (
        ended and ended.get("exitCode") and container.get("restartCount", 0) > 0 and not container.get("ready")
    ):
        return _crash(pod, container, ended or {}, patience=5 if container.get("restartCount", 0) >= 3 else None)
    return None


def _crash(pod: Manifest, container: Manifest, ended: Manifest, patience: float | None) -> Problem:
    name, namespace = pod["metadata"]["name"], pod["metadata"].get("namespace", "default")
    how = f"exit code {ended.get('exitCode', '?')}"
    if ended.get("reason") not in (None, "Error", "Completed"):
        how += f", {ended['reason']}"
    last = str(ended.get("message") or "").strip()
    restarts = container.get("restartCount", 0)
    if ended.get("reason") == "OOMKilled":
        return Problem(f"{name}/{container.get('name')}/crash", _out_of_memory(pod, container, restarts), patience)
    text = f"pod {name}: the container {container.get('name')} crashes ({how}, {restarts} restarts)"
    if last:
        text += f": {last[-500:]}"
    text += f"; see `kubectl --namespace {namespace} logs {name} --container {container.get('name')} --previous`"
    return Problem(f"{name}/{container.get('name')}/crash", text, patience)


def _out_of_memory(pod: Manifest, container: Manifest, restarts: int) -> str:
    """Its log says nothing of it: the kernel ends it between two lines."""
    spec: Manifest = next(
        (item for item in pod.get("spec", {}).get("containers", ()) if item["name"] == container["name"]), {}
    )
    limit = ((spec.get("resources") or {}).get("limits") or {}).get("memory")
    text = f"pod {pod['metadata']['name']}: the container {container['name']} was killed for its use of memory"
    text += f", beyond its limit of {limit}" if limit else ", beyond what its node has"
    role = (pod["metadata"].get("labels") or {}).get("component")
    argument = _MEMORY_OF.get(role or "", "the container's resources.limits.memory")
    return f"{text} ({restarts} restarts); raise {argument}"


_MEMORY_OF = {
    "jobmanager": "job_manager.memory of the session (jobmanager.memory.process.size)",
    "taskmanager": "task_manager.memory of the session (taskmanager.memory.process.size)",
}
"""What sets the limit of Flink's own pods, by their label."""


def _revision(item: Manifest) -> str | None:
    revision: str | None = (item["metadata"].get("annotations") or {}).get("deployment.kubernetes.io/revision")
    return revision
