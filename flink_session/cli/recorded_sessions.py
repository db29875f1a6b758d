"""The session clusters that a stack has, read from its state: what lets a command say `--stack dev` and no id.

Plain values in and out: the document is the `deployment` of a Pulumi state file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMPONENT_TYPE = "flink-session:index:FlinkSessionCluster"
_DEPLOYMENT_TYPE = "kubernetes:apps/v1:Deployment"
_PROVIDER_TYPE = "pulumi:providers:kubernetes"


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """A session cluster of a stack.

    Attributes:
        name: the component's Pulumi name.
        context, kubeconfig: what its provider was given; empty where that is not in the state in clear.
    """

    name: str
    cluster_id: str
    namespace: str
    context: str = ""
    kubeconfig: str = ""


def recorded_sessions(document: Mapping[str, Any]) -> list[RecordedSession]:
    """Give the session clusters that a state records, in its order; those that are not deployed yet are left out."""
    resources: list[Mapping[str, Any]] = list(document.get("resources") or ())
    providers = {
        f"{item['urn']}::{item.get('id', '')}": item.get("inputs") or {}
        for item in resources
        if item.get("type") == _PROVIDER_TYPE
    }
    deployments = {item.get("parent"): item for item in resources if item.get("type") == _DEPLOYMENT_TYPE}
    found = []
    for item in resources:
        outputs, deployment = item.get("outputs") or {}, deployments.get(item["urn"])
        if item.get("type") != COMPONENT_TYPE or deployment is None:
            continue
        cluster_id, namespace = outputs.get("clusterId"), outputs.get("namespace")
        if isinstance(cluster_id, str) and isinstance(namespace, str):
            settings = providers.get(str(deployment.get("provider")), {})
            name = str(item["urn"]).rpartition("::")[2]
            found.append(
                RecordedSession(
                    name, cluster_id, namespace, _text(settings.get("context")), _text(settings.get("kubeconfig"))
                )
            )
    return found


def _text(value: object) -> str:
    """A secret is a map in a state, and not for us."""
    return value if isinstance(value, str) else ""
