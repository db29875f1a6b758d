"""Objects of Flink clusters, as an API server lists them: by whom they were made, and in which state they are."""

from __future__ import annotations

from typing import Any

Manifest = dict[str, Any]

SESSION = ["bash", "-c", "kubernetes-jobmanager.sh kubernetes-session "]
APPLICATION = ["bash", "-c", "kubernetes-jobmanager.sh kubernetes-application "]


def deployment(
    name: str,
    namespace: str = "ns",
    *,
    args: list[str] | None = None,
    image: str = "apache/flink:2.2.1-scala_2.12",
    managers: tuple[str, ...] = ("flink",),
    type_: str = "flink-native-kubernetes",
    ready: int = 1,
    replicas: int = 1,
    **metadata: Any,
) -> Manifest:
    """The Deployment of a JobManager; its uid is its name's."""
    labels = {"app": name, "type": type_, "component": "jobmanager"}
    entries = [
        {"manager": manager, "operation": "Update", "time": f"2026-11-27T05:00:{index:02}Z"}
        for index, manager in enumerate(managers)
    ]
    entries.append({"manager": "kube-controller-manager", "operation": "Update", "subresource": "status"})
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-of-{name}",
            "labels": labels,
            "creationTimestamp": "2026-11-27T05:00:00Z",
            "managedFields": entries,
            **metadata,
        },
        "spec": {
            "replicas": replicas,
            "template": {
                "metadata": {},
                "spec": {"containers": [{"name": "flink-main-container", "image": image, "args": args or SESSION}]},
            },
        },
        "status": {"readyReplicas": ready} if ready else {},
    }


def rest_service(name: str, namespace: str = "ns", **spec: Any) -> Manifest:
    """Its rest Service."""
    ports = [{"name": "rest", "port": 8081}]
    return {"metadata": {"name": f"{name}-rest", "namespace": namespace}, "spec": {"ports": ports, **spec}}


def job_manager_pod(name: str, namespace: str = "ns", ip: str = "10.0.0.1") -> Manifest:
    """A JobManager's pod, or one that is still without an address."""
    return {
        "metadata": {"name": f"{name}-1", "namespace": namespace, "labels": {"app": name}},
        "spec": {"containers": []},
        "status": {"podIP": ip} if ip else {},
    }
