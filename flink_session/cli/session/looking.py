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
from pathlib import Path
from typing import Any

from flink_session.api_server.kubeconfig import Endpoint
from flink_session.client.access.api_server import ApiServer
from flink_session.client.errors import NotFoundError, RefusedError, UnreachableError
from flink_session.client.exchange import Call, Request, Response
from flink_session.client.http import BlockingHttp
from flink_session.client.runners import Blocking
from flink_session.client.sending import send
from flink_session.client.sessions.found import Maker, found_clusters

from ..sessions.owners import owners

_SECONDS = 10.0
_FORBIDDEN = 403
_MAKERS = {
    Maker.FLINKS_CLIENT: "kubernetes-session.sh",
    Maker.OPERATOR: "the Flink operator",
    Maker.PULUMI: "a Pulumi stack elsewhere",
}
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

    def maker(self) -> Maker | None:
        """Who made it; None where it is not there, or nothing of it tells."""
        found = found_clusters([self.deployment] if self.deployment else [], None)
        return found[0].maker if found else None

    def owner(self, cwd: Path) -> str:
        """Whose it is, for people: the stack that is known here to have it, else what made it."""
        uid = ((self.deployment or {}).get("metadata") or {}).get("uid")
        stack = owners(cwd, {uid}).get(uid) if uid else None
        if stack:
            return f"the stack {stack.project}/{stack.stack}"
        maker = self.maker()
        return _MAKERS.get(maker, "somebody else") if maker else "somebody else"


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
