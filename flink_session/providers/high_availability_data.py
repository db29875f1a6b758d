"""Deletes the ConfigMaps of high availability when a session is destroyed: JobManagers made them, and no program.

An engine deletes only what it has made, so the component has a resource whose only effect is its deletion. The
Deployment depends on it, and is deleted first: with the JobManagers gone, nobody makes the ConfigMaps again.

The names of this module and of its class are in people's states: they must not change.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult
from pulumi.runtime.rpc import UNKNOWN

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.kinds import Kind
from flink_session.api_server.kubeconfig import ClusterChoice, open_connection
from flink_session.errors import UserError

_CONFIG_MAP = Kind("v1", "ConfigMap", "configmaps")
_DEPLOYMENT = Kind("apps/v1", "Deployment", "deployments")
_IDENTITY = ("clusterId", "namespace")


class HighAvailabilityData(ResourceProvider):
    """Does nothing until it is deleted."""

    serialize_as_secret_always = False

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Another session is another resource; another way to it is an update. What is unknown may be the same."""
        replaces = [name for name in _IDENTITY if news.get(name) not in (UNKNOWN, olds.get(name))]
        return DiffResult(changes=_recorded(olds) != _recorded(news), replaces=replaces)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Record."""
        return CreateResult(f"{props['namespace']}/{props['clusterId']}", _recorded(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Record."""
        return UpdateResult(_recorded(news))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Delete the ConfigMaps, unless the session is there: then only the argument was changed.

        Raises:
            RunError: the cluster cannot be asked, or refuses.
        """
        try:
            said = asyncio.run(_delete(props))
        except UserError as error:
            raise pulumi.RunError(
                f"the ConfigMaps of high availability of session {props['clusterId']!r} in namespace "
                f"{props['namespace']!r} cannot be deleted: {error}"
            ) from error
        print(said)  # noqa: T201 - the engine shows it


async def _delete(props: Mapping[str, Any]) -> str:
    namespace, cluster_id = str(props["namespace"]), str(props["clusterId"])
    choice = ClusterChoice(props.get("kubeconfig") or "", props.get("context") or "")
    cluster = Cluster(open_connection(choice))
    try:
        await cluster.check_reachable()
        if await cluster.get(_DEPLOYMENT, namespace, cluster_id) is not None:
            return f"session {cluster_id} is there, so the ConfigMaps of its high availability stay"
        found, _ = await cluster.list(_CONFIG_MAP, namespace, labelSelector=f"app={cluster_id}")
        names = [item["metadata"]["name"] for item in found]
        own = [name for name in names if is_of_high_availability(name, cluster_id)]
        deleted = [name for name in own if await cluster.delete(_CONFIG_MAP, namespace, name)]
    finally:
        await cluster.close()
    return f"ConfigMaps of high availability deleted in {namespace}: {', '.join(deleted) or 'there were none'}"


def is_of_high_availability(config_map: str, cluster_id: str) -> bool:
    """Tell by its name whether JobManagers made a ConfigMap: to elect a leader, or for the checkpoints of a job."""
    job = re.fullmatch(rf"{re.escape(cluster_id)}-[0-9a-f]{{32}}-config-map", config_map)
    return config_map == f"{cluster_id}-cluster-config-map" or job is not None


def _recorded(props: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in props.items() if not name.startswith("__")}


class HighAvailabilityDataDeleted(Resource, module="flink_session", name="HighAvailabilityData"):
    """What the Deployment of a session depends on. Its type and properties are in people's states."""

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(HighAvailabilityData(), name, dict(props), opts)
