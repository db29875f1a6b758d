"""What keeps an object from becoming ready. Pure: objects as the API server shows them in, sentences out.

Whether it was so before the wait began, and proves nothing therefore, is for `evidence` to say.
"""

from __future__ import annotations

import re
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
class Owner:
    """An object that others belong to."""

    kind: Kind
    namespace: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps an object from becoming ready.

    Attributes:
        key: what is concerned; a problem that comes back under the same key is the same one.
        message: what is wrong, for people.
        patience: seconds after which it is taken for permanent; None if only the timeout ends the wait.
        seen: the API server's time of what tells it, where that has one.
        retried_by: whose controller would try again, and may pause for long before it does.
    """

    key: str
    message: str
    patience: float | None = None
    seen: str = ""
    retried_by: Owner | None = None


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


def current_replica_set(deployment: Manifest, replica_sets: list[Manifest]) -> Manifest | None:
    """Find the ReplicaSet of the Deployment's current revision."""
    uid, revision = deployment["metadata"].get("uid"), _revision(deployment)
    owned = [
        item for item in replica_sets if any(o.get("uid") == uid for o in item["metadata"].get("ownerReferences") or [])
    ]
    return next((item for item in owned if revision and _revision(item) == revision), None)


def is_of_former_revision(pod: Manifest, owner: Manifest) -> bool:
    """Say whether a pod of a StatefulSet is none of its current revision."""
    revision = (owner.get("status") or {}).get("updateRevision")
    of_pod = (pod["metadata"].get("labels") or {}).get("controller-revision-hash")
    return bool(revision and of_pod) and revision != of_pod


def pod_problems(pod: Manifest) -> list[Problem]:
    """Find what keeps one pod from becoming ready."""
    if pod["metadata"].get("deletionTimestamp"):
        return []
    name, status = pod["metadata"]["name"], pod.get("status") or {}
    problems = []
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            message = str(condition.get("message") or condition.get("reason"))
            said = f"pod {name} cannot be scheduled: {_lacking(pod, message)}"
            problems.append(Problem(f"{name}/scheduling", said))
    for container in (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or []):
        problem = _container_problem(pod, container)
        if problem:
            problems.append(problem)
    return problems


def _lacking(pod: Manifest, message: str) -> str:
    """Say how much of what no node has free for a pod, where the scheduler's message is of that."""
    wanted = []
    for name in dict.fromkeys(re.findall(r"Insufficient ([\w./-]*\w)", message)):
        containers = (pod.get("spec") or {}).get("containers") or []
        requests = [((item.get("resources") or {}).get("requests") or {}).get(name) for item in containers]
        if amount := " + ".join(_cores(item) if name == "cpu" else str(item) for item in requests if item):
            wanted.append(f"{amount} CPUs" if name == "cpu" else f"{amount} of {name}")
    if not wanted:
        return message
    # What follows is about pods that could be evicted.
    return f"no node that it may run on has {' and '.join(wanted)} free ({message.partition('. ')[0].rstrip('.')})"


def _cores(quantity: object) -> str:
    text = str(quantity)
    return f"{int(text[:-1]) / 1000:g}" if text.endswith("m") and text[:-1].isdecimal() else text


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
        text = _out_of_memory(pod, container, restarts)
        return Problem(f"{name}/{container.get('name')}/crash", text, patience, ended.get("finishedAt") or "")
    text = f"pod {name}: the container {container.get('name')} crashes ({how}, {restarts} restarts)"
    if last:
        text += f": {last[-500:]}"
    text += f"; see `kubectl --namespace {namespace} logs {name} --container {container.get('name')} --previous`"
    return Problem(f"{name}/{container.get('name')}/crash", text, patience, ended.get("finishedAt") or "")


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
