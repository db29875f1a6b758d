"""The API server itself: to be asked which ways there are, and what its proxies go through."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flink_session.api_server.kubeconfig import Endpoint

if TYPE_CHECKING:
    import httpx2

    Judge = Callable[[httpx2.Response], None]
    """Raises NoWayError for an answer, read whole, that is not what was asked for."""


def api_servers_word(response: httpx2.Response) -> str:
    """Give what the API server says is wrong: the message of its `Status`, or what text there is."""
    try:
        return str(json.loads(response.content)["message"])
    except (ValueError, KeyError, TypeError):
        return response.content.decode(errors="replace").strip()[:500] or f"HTTP status {response.status_code}"


@dataclass(frozen=True, slots=True)
class ApiServer:
    """The API server of a kubeconfig, with its credentials; `judge` is told of each answer that is an error."""

    endpoint: Endpoint
    judge: Judge | None = field(default=None, repr=False, compare=False)

    @property
    def url(self) -> str:
        """The server's."""
        return self.endpoint.server

    @property
    def description(self) -> str:
        """The server, and who says so."""
        return f"the Kubernetes API server {self.endpoint.server} of {self.endpoint.source}"

    def transport(self) -> httpx2.BaseTransport:
        """Send as the kubeconfig says."""
        import httpx2

        client, judge = httpx2.Client(**self.endpoint.options), self.judge

        class Authenticated(httpx2.BaseTransport):
            def handle_request(self, request: httpx2.Request, /) -> httpx2.Response:
                response = client.send(request, stream=True)
                if judge and response.status_code >= 400:
                    response.read()
                    judge(response)
                return response

            def close(self) -> None:
                client.close()

        return Authenticated()

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        """Send as the kubeconfig says."""
        import httpx2

        client, judge = httpx2.AsyncClient(**self.endpoint.options), self.judge

        class Authenticated(httpx2.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx2.Request, /) -> httpx2.Response:
                response = await client.send(request, stream=True)
                if judge and response.status_code >= 400:
                    await response.aread()
                    judge(response)
                return response

            async def aclose(self) -> None:
                await client.aclose()

        return Authenticated()
