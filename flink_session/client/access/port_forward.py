"""Port-forward through the API server and the kubelet, into the HTTP library itself: no local port is opened.

`kubectl port-forward` listens on a port, where any user of the machine can run code on the cluster. Here the stream of
a WebSocket is what the HTTP library takes for a TCP connection.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flink_session.api_server.kubeconfig import Endpoint

from .direct import Tls
from .way import Lookup

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class PortForward:
    """A port of one pod.

    Attributes:
        tls: of Flink's REST endpoint inside the tunnel; None for http.
        lookup: finds the pod that takes the place of this one.
    """

    endpoint: Endpoint
    namespace: str
    pod: str
    port: int = 8081
    tls: Tls | None = None
    lookup: Lookup | None = field(default=None, repr=False, compare=False)

    @property
    def url(self) -> str:
        """A name for the pod, which is never resolved."""
        name = (self.tls and self.tls.server_name) or f"{self.pod}.{self.namespace}"
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}"

    @property
    def description(self) -> str:
        """The pod, and whose cluster it is in."""
        return f"port-forward to {self.port} of pod {self.pod} in namespace {self.namespace}, by {self.endpoint.source}"

    def _opening(self, timeout: float | None) -> dict[str, Any]:
        """Give the request that opens a WebSocket: another one for each connection."""
        from .tunnel import upgrade_headers

        path = f"/api/v1/namespaces/{self.namespace}/pods/{self.pod}/portforward"
        url = self.endpoint.server.rstrip("/") + path
        headers = upgrade_headers()
        return {"method": "GET", "url": url, "params": {"ports": self.port}, "headers": headers, "timeout": timeout}

    def transport(self) -> httpx2.BaseTransport:
        """Connect by a WebSocket for each connection."""
        import httpcore2
        import httpx2

        from .streams import Backend, judge

        client = httpx2.Client(**self.endpoint.options)

        def connect(timeout: float | None) -> httpx2.Response:
            response = client.send(client.build_request(**self._opening(timeout)), stream=True)
            if response.status_code != 101:
                response.read()
                judge(response, moves=self.lookup is not None)
            return response

        pool = httpcore2.ConnectionPool(network_backend=Backend(connect), **self._pool_options)

        class Tunnelled(httpx2.HTTPTransport):
            def __init__(self) -> None:
                # What the public constructor does not take: a network of its own. The rest of the class is as it is.
                self._pool = pool

            def close(self) -> None:
                super().close()
                client.close()

        return Tunnelled()

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        """Connect by a WebSocket for each connection."""
        import httpcore2
        import httpx2

        from .streams import AsyncBackend, judge

        client = httpx2.AsyncClient(**self.endpoint.options)

        async def connect(timeout: float | None) -> httpx2.Response:
            response = await client.send(client.build_request(**self._opening(timeout)), stream=True)
            if response.status_code != 101:
                await response.aread()
                judge(response, moves=self.lookup is not None)
            return response

        pool = httpcore2.AsyncConnectionPool(network_backend=AsyncBackend(connect), **self._pool_options)

        class Tunnelled(httpx2.AsyncHTTPTransport):
            def __init__(self) -> None:
                self._pool = pool

            async def aclose(self) -> None:
                await super().aclose()
                await client.aclose()

        return Tunnelled()

    @property
    def _pool_options(self) -> dict[str, Any]:
        context = self.tls.context() if self.tls else None
        return {"ssl_context": context, "max_connections": 8, "keepalive_expiry": 30.0}
