"""Through the API server's proxy: where `kubectl` works, this does, unless the API server cannot reach pods."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from flink_session.api_server.kubeconfig import Endpoint

from .api_server import ApiServer
from .way import Lookup

if TYPE_CHECKING:
    import httpx2

_REFUSED = {
    401: "the API server refuses the credentials",
    403: "the API server allows it not",
    413: "a proxy before the API server refuses what is so large",
}


@dataclass(frozen=True, slots=True)
class ServiceProxy:
    """Requests to `/api/v1/namespaces/NS/services/ID-rest:rest/proxy`, or to the same of one pod.

    The API server removes `Authorization`, and has no certificate of its own: a Flink that authenticates its clients
    is not reached so.

    Attributes:
        target: `services/demo-rest:rest` or `pods/demo-5f6:8081`, with `https:` before the name where Flink has TLS.
        lookup: finds the pod that takes the place of this one.
    """

    endpoint: Endpoint
    namespace: str
    target: str
    lookup: Lookup | None = field(default=None, repr=False, compare=False)

    @property
    def url(self) -> str:
        """The proxy's."""
        return f"{self.endpoint.server.rstrip('/')}/api/v1/namespaces/{self.namespace}/{self.target}/proxy"

    @property
    def description(self) -> str:
        """The API server, and what it is the proxy of."""
        return f"the API server's proxy of {self.target} in namespace {self.namespace}, by {self.endpoint.source}"

    @property
    def _server(self) -> ApiServer:
        return ApiServer(self.endpoint, partial(judge, moves=self.lookup is not None))

    def transport(self) -> httpx2.BaseTransport:
        """Go by the API server's connections and credentials."""
        return self._server.transport()

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        """Go by the API server's connections and credentials."""
        return self._server.async_transport()


def judge(response: httpx2.Response, *, moves: bool = False) -> None:
    """Raise NoWayError for what the API server, or a proxy before it, says in Flink's place.

    `moves` says that what is gone can be found elsewhere.
    """
    from .no_way import NoWayError

    status = response.status_code
    document = _status(response)
    if document is None:
        if status in (401, 403, 413) and b'"errors"' not in response.content:
            raise NoWayError(f"{_REFUSED[status]} (HTTP status {status})", final=True)
        return
    message = str(document.get("message") or f"HTTP status {status}")
    if status in _REFUSED:
        raise NoWayError(f"{_REFUSED[status]}: {message}", final=True)
    if status == 404:
        gone = f"the API server knows no such Service or pod: {message}"
        raise NoWayError(gone, final=not moves)
    unsent = any(words in message for words in ("no endpoints", "connection refused", "dial tcp", "no route"))
    raise NoWayError(f"the API server does not reach the JobManager: {message}", sent=not unsent)


def _status(response: httpx2.Response) -> dict[str, Any] | None:
    """Give a `Status` of Kubernetes; None for anything else."""
    try:
        document = json.loads(response.content)
    except ValueError:
        # Some of its refusals are plain text.
        text = response.content.decode(errors="replace").strip()
        return {"message": text} if response.status_code in (502, 503, 504) and "dial tcp" in text else None
    return document if isinstance(document, dict) and document.get("kind") == "Status" else None
