"""Requests over the HTTP library: one of ours in, its answer or the reason that there is none out."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .exchange import NoAnswer, Request, Response

if TYPE_CHECKING:
    from .access.way import Access

_LONGEST = 60.0
"""Seconds that one request may take at most, whatever the deadline of its call."""


class BlockingHttp:
    """Sends requests of a blocking program."""

    def __init__(self, access: Access) -> None:
        import httpx2

        self._access = access
        self._client = httpx2.Client(transport=access.transport())

    def send(self, request: Request, seconds: float | None) -> Response | NoAnswer:
        """Send a request once, and read its answer within so many seconds."""
        import httpx2

        try:
            response = self._client.send(self._client.build_request(**_options(self._access, request, seconds)))
        except (httpx2.TransportError, OSError) as error:
            return _no_answer(self._access, error)
        return Response(response.status_code, response.content, response.headers)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


class AsyncHttp:
    """Sends requests of an asynchronous program."""

    def __init__(self, access: Access) -> None:
        import httpx2

        self._access = access
        self._client = httpx2.AsyncClient(transport=access.async_transport())

    async def send(self, request: Request, seconds: float | None) -> Response | NoAnswer:
        """Send a request once, and read its answer within so many seconds."""
        import httpx2

        try:
            response = await self._client.send(self._client.build_request(**_options(self._access, request, seconds)))
        except (httpx2.TransportError, OSError) as error:
            return _no_answer(self._access, error)
        return Response(response.status_code, response.content, response.headers)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _options(access: Access, request: Request, seconds: float | None) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": access.url.rstrip("/") + request.path,
        "params": dict(request.params) or None,
        "json": request.body,
        "timeout": _LONGEST if seconds is None else min(seconds, _LONGEST),
    }


def _no_answer(access: Access, error: Exception) -> NoAnswer:
    import httpx2

    unsent = isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout))
    return NoAnswer(str(error) or type(error).__name__, sent=not unsent, how=access.description)
