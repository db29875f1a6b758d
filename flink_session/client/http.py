"""Requests over the HTTP library: one of ours in, its answer or the reason that there is none out."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from .exchange import NoAnswer, Request, Response, Upload

if TYPE_CHECKING:
    from .access.way import Access

_LONGEST = 60.0
"""Seconds that one request may take at most, whatever the deadline of its call."""
_CONNECT = 10.0
_STALL = 30.0
"""Seconds without a byte after which an upload is given up."""
_CHUNK = 64 * 1024


class BlockingHttp:
    """Sends requests of a blocking program."""

    def __init__(self, access: Access) -> None:
        import httpx2

        self._access = access
        self._client = httpx2.Client(transport=access.transport(), trust_env=False)

    def send(self, request: Request, seconds: float | None) -> Response | NoAnswer:
        """Send a request once, and read its answer within so many seconds."""
        import httpx2

        try:
            options = _options(self._access, request, seconds)
            if request.upload:
                options |= _form(request.upload, lambda form: form)
            response = self._client.send(self._client.build_request(**options))
        except (httpx2.TransportError, OSError) as error:
            return _no_answer(self._access, request, error)
        return Response(response.status_code, response.content, response.headers)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


class AsyncHttp:
    """Sends requests of an asynchronous program."""

    def __init__(self, access: Access) -> None:
        import httpx2

        self._access = access
        self._client = httpx2.AsyncClient(transport=access.async_transport(), trust_env=False)

    async def send(self, request: Request, seconds: float | None) -> Response | NoAnswer:
        """Send a request once, and read its answer within so many seconds."""
        import httpx2

        try:
            options = _options(self._access, request, seconds)
            if request.upload:
                options |= _form(request.upload, _asynchronously)
            response = await self._client.send(self._client.build_request(**options))
        except (httpx2.TransportError, OSError) as error:
            return _no_answer(self._access, request, error)
        return Response(response.status_code, response.content, response.headers)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _options(access: Access, request: Request, seconds: float | None) -> dict[str, Any]:
    import httpx2

    longest = _LONGEST if seconds is None else min(seconds, _LONGEST)
    timeout = httpx2.Timeout(longest, connect=min(longest, _CONNECT))
    if request.upload:
        timeout = httpx2.Timeout(longest, connect=min(longest, _CONNECT), write=min(longest, _STALL))
    return {
        "method": request.method,
        "url": access.url.rstrip("/") + request.path,
        "params": dict(request.params) or None,
        "json": request.body,
        "timeout": timeout,
    }


def _form(upload: Upload, wrapped: Any) -> dict[str, Any]:
    """Give the options that send a file as a form, a piece at a time, so that a large one needs no memory."""
    boundary, size = uuid.uuid4().hex, upload.path.stat().st_size
    name = upload.name.replace("\\", "\\\\").replace('"', '\\"')
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="{name}"\r\n'
        "Content-Type: application/x-java-archive\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + size + len(tail)),
    }
    return {"content": wrapped(_pieces(upload, size, head, tail)), "headers": headers}


def _pieces(upload: Upload, size: int, head: bytes, tail: bytes) -> Iterator[bytes]:
    yield head
    sent = 0
    with upload.path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece
            sent += len(piece)
            if upload.progress:
                upload.progress(sent, size)
    yield tail


async def _asynchronously(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def _no_answer(access: Access, request: Request, error: Exception) -> NoAnswer:
    import httpx2

    from .access.no_way import NoWayError

    if isinstance(error, NoWayError):
        return NoAnswer(str(error), sent=error.sent, final=error.final, how=access.description)
    unsent = isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout))
    reason = str(error) or type(error).__name__
    if request.upload and isinstance(error, httpx2.WriteTimeout):
        return NoAnswer(f"the upload stood still for {_STALL:g} s", sent=True, final=True, how=access.description)
    return NoAnswer(reason, sent=not unsent, how=access.description)
