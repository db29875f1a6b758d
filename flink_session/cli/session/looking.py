"""What a Kubernetes cluster has of a session, as Flink's client looks for it; and taking it away as that does.

Flink takes a session for deployed when its rest Service is there. Services outlive the Deployment where nobody has set
owner references, so both are looked at here.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flink_session.api_server.kubeconfig import Endpoint
from flink_session.client.access.api_server import ApiServer
from flink_session.client.errors import NotFoundError, RefusedError, UnreachableError
from flink_session.client.exchange import Call, Request, Response
from flink_session.client.http import BlockingHttp
from flink_session.client.runners import Blocking
from flink_session.client.sending import send

_SECONDS = 10.0
_FORBIDDEN = 403
_MISSING = 404
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What is there of a session; None for what is not."""

    service: dict[str, Any] | None = None
    deployment: dict[str, Any] | None = None

    @property
    def is_there(self) -> bool:
        """Whether Flink's client would retrieve it, and it runs."""
        return self.service is not None and self.deployment is not None

    @property
    def owner(self) -> str:
        """Whose it is, for people; empty where nothing of it tells."""
        return owner_of(self.deployment or self.service or {})


def owner_of(item: dict[str, Any]) -> str:
    """Say who made an object, by its owner and by who has written to it."""
    metadata = item.get("metadata") or {}
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("kind") == "FlinkDeployment":
            return f"the Flink operator, by the FlinkDeployment {owner.get('name')}"
    labels = metadata.get("labels") or {}
    managers = {str(entry.get("manager")) for entry in metadata.get("managedFields") or () if entry.get("operation")}
    if "flink-kubernetes-operator" in managers or labels.get("app.kubernetes.io/managed-by") == "flink-operator":
        return "the Flink operator"
    if any(name.startswith(("flink-session-", "pulumi-")) for name in managers):
        return "another Pulumi stack"
    if "fabric8-kubernetes-client" in managers or labels.get("type") == "flink-native-kubernetes":
        return "kubernetes-session.sh, or another client of Flink"
    return ""


@contextmanager
def asking(endpoint: Endpoint) -> Iterator[Blocking]:
    """Give what runs calls at an API server."""
    http = BlockingHttp(ApiServer(endpoint))
    try:
        yield Blocking(http.send, _SECONDS)
    finally:
        http.close()


def look(cluster_id: str, namespace: str) -> Call[Found]:
    """Look for a session.

    Raises:
        NotFoundError: there is no such namespace.
        RefusedError: one may not look.
        UnreachableError: the API server does not answer.
    """
    service = yield from _read(f"/api/v1/namespaces/{namespace}/services/{cluster_id}-rest", "get services")
    deployment = yield from _read(f"/apis/apps/v1/namespaces/{namespace}/deployments/{cluster_id}", "get deployments")
    if service is None and deployment is None:
        yield from _require_namespace(namespace)
    return Found(service, deployment)


def delete_deployment(cluster_id: str, namespace: str) -> Call[bool]:
    """Delete the Deployment alone, as ``killCluster`` does; false if there is none. Raises as `look` does."""
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{cluster_id}"
    response = yield from send(Request("DELETE", path, body={"propagationPolicy": "Background"}))
    return _judged(response, "delete deployments") is not None


def _require_namespace(namespace: str) -> Call[None]:
    response = yield from send(Request("GET", f"/api/v1/namespaces/{namespace}"))
    if response.status != _MISSING:
        return  # it is there, or one may not look
    listed = yield from send(Request("GET", "/api/v1/namespaces"))
    items = json.loads(listed.content).get("items") or () if listed.status < 300 else ()
    names = sorted(item["metadata"]["name"] for item in items)
    near = difflib.get_close_matches(namespace, names, 1, 0.5)
    there = f": there is {near[0]!r}" if near else f": there are {', '.join(names[:_MOST_NAMED])}" if names else ""
    there += ", …" if not near and len(names) > _MOST_NAMED else ""
    how = f"create it by `kubectl create namespace {namespace}`, or name another by -n"
    raise NotFoundError(f"there is no namespace {namespace!r}{there}; {how}", _MISSING)


def _read(path: str, right: str) -> Call[dict[str, Any] | None]:
    return _judged((yield from send(Request("GET", path))), right)


def _judged(response: Response, right: str) -> dict[str, Any] | None:
    if response.status == _MISSING:
        return None
    if response.status >= 300:
        message = _message(response)
        if response.status in (401, _FORBIDDEN):
            raise RefusedError(f"the API server does not let you {right}: {message}", response.status)
        raise UnreachableError(f"the API server cannot be asked to {right}: {message}")
    document: dict[str, Any] = json.loads(response.content)
    return document


def _message(response: Response) -> str:
    try:
        return str(json.loads(response.content)["message"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {response.status}"
