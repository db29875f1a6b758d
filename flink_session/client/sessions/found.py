"""What the objects of a Flink cluster say of it, before it is asked itself: plain values in and out.

Flink's client labels what it makes, and so do this project and Flink's Kubernetes operator; so clusters are found that
nobody here has made. Who has made one is read from what stands on its Deployment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from ..access.kubernetes import Session

_NATIVE, _STANDALONE = "flink-native-kubernetes", "flink-standalone-kubernetes"
"""Labels of Flink's client, and of the operator's `standalone` mode."""
OF_FLINK = f"type in ({_NATIVE},{_STANDALONE})"
JOB_MANAGERS = f"{OF_FLINK},component=jobmanager"
"""Selectors of all objects of Flink clusters, and of their JobManagers."""

_MAIN_CONTAINER = "flink-main-container"
_APPLICATION = ("kubernetes-application", "standalone-job")
"""Words in the arguments of a JobManager that runs one application alone."""
_VERSION = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)(?![\d.])")
_OPERATORS_GROUP = "flink.apache.org/"
_FLINKS_CLIENT = "flink"
"""The field manager of what Flink's client makes: the default of `kubernetes.client.user-agent`."""
_OUR_MARK = "flink-session/configuration-checksum"
_PULUMIS = re.compile(r"flink-session-|pulumi-")
_CONTROLLERS = {"kube-controller-manager"}
_DEFAULT: dict[str, Any] = {"spec": {"ports": [{"name": "rest", "port": 8081}]}}
"""A rest Service as Flink makes it by default."""


class Maker(Enum):
    """Who made a cluster; by the words that people read, and scripts."""

    PULUMI = "pulumi"
    OPERATOR = "flink-kubernetes-operator"
    FLINKS_CLIENT = "flink-client"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FoundCluster:
    """A Flink cluster, as its objects show it.

    Attributes:
        application: whether it runs one application; else it is a session.
        maker: who made it; `manager` is who wrote its Deployment, by the API server's record.
        uid: of its Deployment, never to be had by another one.
        image_version: the version in the tag of its image; empty if there is none.
        ready: JobManagers that are, of so many `replicas`.
        session: what leads to it; None where its rest Service is not there.
        tls: whether its readiness probe says that REST has TLS.
    """

    cluster_id: str
    namespace: str
    application: bool
    maker: Maker
    manager: str
    uid: str
    created: datetime
    image: str
    image_version: str
    ready: int
    replicas: int
    session: Session | None = field(repr=False, compare=False)
    tls: bool = False


def found_clusters(
    deployments: Iterable[dict[str, Any]],
    services: Iterable[dict[str, Any]] | None,
    pods: Iterable[dict[str, Any]] = (),
    nodes: tuple[str, ...] = (),
) -> list[FoundCluster]:
    """Give the clusters of these objects, by namespace and id.

    `services` is None where nobody may list them: then they are taken for what Flink makes by default.
    """
    by_name = {_name(item): item for item in services or ()}
    running: dict[tuple[str, str], dict[str, Any]] = {}
    for item in pods:
        labels = item["metadata"].get("labels") or {}
        if (item.get("status") or {}).get("podIP") and "deletionTimestamp" not in item["metadata"]:
            running.setdefault((item["metadata"]["namespace"], labels.get("app", "")), item)
    found = []
    for deployment in deployments:
        namespace, cluster_id = _name(deployment)
        rest = (namespace, f"{cluster_id}-rest")
        service = _DEFAULT if services is None else by_name.get(rest)
        # One JobManager will do: each of several says the same.
        pod = running.get((namespace, cluster_id))
        leads = Session(cluster_id, namespace, service, (pod,) if pod else (), nodes=nodes) if service else None
        found.append(_of(deployment, leads))
    return sorted(found, key=lambda cluster: (cluster.namespace, cluster.cluster_id))


def _of(deployment: dict[str, Any], session: Session | None) -> FoundCluster:
    metadata, spec = deployment["metadata"], deployment["spec"]
    container = _main_container(spec)
    image = str(container.get("image", ""))
    version = _VERSION.match(image.partition("@")[0].rpartition("/")[2].partition(":")[2])
    command = " ".join(map(str, (*(container.get("command") or ()), *(container.get("args") or ()))))
    probe = (container.get("readinessProbe") or {}).get("httpGet") or {}
    maker, manager = _maker(deployment)
    return FoundCluster(
        cluster_id=metadata["name"],
        namespace=metadata["namespace"],
        application=any(word in command for word in _APPLICATION),
        maker=maker,
        manager=manager,
        uid=metadata.get("uid", ""),
        created=datetime.fromisoformat(metadata["creationTimestamp"]),
        image=image,
        image_version=version[1] if version else "",
        ready=int((deployment.get("status") or {}).get("readyReplicas") or 0),
        replicas=int(spec.get("replicas", 1)),
        session=session,
        tls=probe.get("scheme") == "HTTPS",
    )


def _maker(deployment: dict[str, Any]) -> tuple[Maker, str]:
    metadata, pod = deployment["metadata"], deployment["spec"]["template"].get("metadata") or {}
    entries = [item for item in metadata.get("managedFields") or () if not item.get("subresource")]
    entries.sort(key=lambda item: str(item.get("time", "")))
    managers = [str(item["manager"]) for item in entries if item.get("manager") not in _CONTROLLERS]
    first = managers[0] if managers else ""
    owners = metadata.get("ownerReferences") or ()
    if any(str(owner.get("apiVersion")).startswith(_OPERATORS_GROUP) for owner in owners):
        return Maker.OPERATOR, first
    if (metadata.get("labels") or {}).get("type") == _STANDALONE:
        return Maker.OPERATOR, first
    if any(_PULUMIS.match(manager) for manager in managers) or _OUR_MARK in (pod.get("annotations") or {}):
        return Maker.PULUMI, first
    return (Maker.FLINKS_CLIENT if _FLINKS_CLIENT in managers else Maker.OTHER), first


def _main_container(spec: dict[str, Any]) -> dict[str, Any]:
    containers: list[dict[str, Any]] = spec["template"]["spec"]["containers"]
    return next((item for item in containers if item["name"] == _MAIN_CONTAINER), containers[0])


def _name(item: dict[str, Any]) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
