"""Which clusters there are, by their objects: one call to the API server for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..access.kubernetes import get_object, node_addresses
from ..errors import UnreachableError
from ..exchange import Call
from .found import JOB_MANAGERS, OF_FLINK, FoundCluster, found_clusters

_ROLE = "docs/client.md has a Role that is enough"


@dataclass(frozen=True, slots=True)
class Listing:
    """The clusters that there are, and what may not be looked at, each in a sentence."""

    clusters: list[FoundCluster]
    missing: tuple[str, ...] = ()


def list_clusters(namespace: str) -> Call[Listing]:
    """Give the clusters of a namespace, or of all where it is empty.

    Without services, each is taken for one that Flink's defaults make; without pods, none is reached by port-forward.

    Raises:
        UnreachableError: the API server does not answer, or does not let its user list Deployments.
    """
    where = f"in namespace {namespace!r}" if namespace else "in all namespaces"
    missing: list[str] = []

    def listed(api: str, kind: str, selector: str) -> Call[list[dict[str, Any]]]:
        path = f"/{api}/namespaces/{namespace}/{kind}" if namespace else f"/{api}/{kind}"
        params = {"labelSelector": selector} if selector else {}
        try:
            found = yield from get_object(path, f"list {kind} {where}", params)
        except UnreachableError as error:
            only = "" if namespace else "; -n names one namespace"
            raise UnreachableError(f"{error} ({_ROLE}{only})", error.how) from error
        return list((found or {}).get("items") or ())

    def listed_if_allowed(api: str, kind: str, selector: str, without: str) -> Call[list[dict[str, Any]] | None]:
        try:
            return (yield from listed(api, kind, selector))
        except UnreachableError as error:
            missing.append(f"{without}: {error}")
            return None

    deployments = yield from listed("apis/apps/v1", "deployments", JOB_MANAGERS)
    services, pods, nodes = None, None, None
    if deployments:
        without = "all sessions are taken for what Flink makes by default"
        services = yield from listed_if_allowed("api/v1", "services", OF_FLINK, without)
        pods = yield from listed_if_allowed("api/v1", "pods", JOB_MANAGERS, "no session is reached by port-forward")
    if any(item["spec"].get("type") == "NodePort" for item in services or ()):
        try:
            nodes = (yield from get_object("/api/v1/nodes", "list nodes")) or {}
        except UnreachableError as error:
            missing.append(f"no session is reached by its node port: {error}")
    addresses = tuple(node_addresses((nodes or {}).get("items") or ()))
    return Listing(found_clusters(deployments, services, pods or (), addresses), tuple(missing))
