"""Requests over the HTTP library: one of ours in, its answer or the reason that there is none out."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .errors import FlinkError, NotFoundError
from .exchange import FindAnew, NoAnswer, Request, Response, Upload
from .runners import Awaiting, Blocking

if TYPE_CHECKING:
    import httpx2

    from .access.way import Access, Lookup

C = TypeVar("C")

_LONGEST = 60.0
"""Seconds without a byte after which a request is given up that is not a patient one."""
_CONNECT = 10.0
STALL = 30.0
"""Seconds without a byte after which an upload is given up."""
_LOOKING = 5.0
"""Seconds to find a pod that takes the place of one that is gone."""
_CHUNK = 64 * 1024


class _Http(Generic[C]):
    """What both kinds of it have: a way, its client, and those that were left for another."""

    def __init__(self, access: Access, connect: Callable[[Access], C]) -> None:
        self._connect, self._left = connect, list[C]()
        self.access, self._client = access, connect(access)
        self._answered = False

    def _take(self, access: Access | None) -> None:
        """Go by another way from now on; what is under way by the old one may end."""
        if access is not None:
            self._left.append(self._client)
            self.access, self._client = access, self._connect(access)

    def _elsewhere(self, error: Exception) -> Lookup | None:
        """Give who finds the way anew where this one has come to nothing."""
        from .access.no_way import NoWayError

        lost = isinstance(error, NoWayError) and not error.final
        return getattr(self.access, "lookup", None) if lost else None

    def _answer(self, status: int, content: bytes, headers: Mapping[str, str]) -> Response:
        self._answered = True
        return Response(status, content, headers)

    def _no_answer(self, request: Request, error: Exception, limit: _Limit) -> NoAnswer:
        return replace(_no_answer(request, error, limit), how=self.access.description, known=self._answered)


class BlockingHttp(_Http["httpx2.Client"]):
    """Sends requests of a blocking program."""

    def __init__(self, access: Access) -> None:
        import httpx2

        super().__init__(access, lambda way: httpx2.Client(transport=way.transport(), trust_env=False))

    def send(self, request: Request, seconds: float | None) -> Response | NoAnswer:
        """Send a request once, and read its answer within so many seconds."""
        import httpx2

        limit = _Limit(seconds)
        try:
            options = _options(self.access, request, seconds)
            if request.upload:
                options |= _form(request.upload, limit.held_to)
            response = self._client.send(self._client.build_request(**options), stream=True)
            with contextlib.closing(response), limit.cutting_off(response):
                content = b"".join(response.iter_bytes())
        except (httpx2.TransportError, OSError) as error:
            answer = self._no_answer(request, error, limit)
            lookup = self._elsewhere(error)
            return answer if lookup is None else self._look(lookup, answer, limit) or answer
        return self._answer(response.status_code, content, response.headers)

    def find_anew(self, effect: FindAnew, seconds: float | None) -> NoAnswer | None:
        """Find the way anew within so many seconds; gives why there is none, if so."""
        if lookup := getattr(self.access, "lookup", None):
            none = NoAnswer("no JobManager leads", sent=False, how=self.access.description)
            return self._look(lookup, none, _Limit(seconds))
        if effect.reconnect:
            self._take(self.access)
        return None

    def _look(self, lookup: Lookup, answer: NoAnswer, limit: _Limit) -> NoAnswer | None:
        """Find another way; if there is none, give that there is no answer, and why it will never come."""
        with contextlib.closing(BlockingHttp(lookup.asking)) as http:
            try:
                found = Blocking(http.send, min(limit.left, _LOOKING)).run(lookup.call())
            except NotFoundError as error:
                return replace(answer, reason=str(error), final=True)
            except FlinkError as error:
                return replace(answer, reason=f"{answer.reason}; {error}")
        if found != self.access:
            self._take(found)
        return answer if found is None else None

    def close(self) -> None:
        """Close all connections."""
        for client in (*self._left, self._client):
            client.close()


class AsyncHttp(_Http["httpx2.AsyncClient"]):
    """Sends requests of an asynchronous program."""

    def __init__(self, access: Access) -> None:
        import httpx2

        super().__init__(access, lambda way: httpx2.AsyncClient(transport=way.async_transport(), trust_env=False))

    async def send(self, request: Request, seconds: float | None) -> Response | NoAnswer:
        """Send a request once, and read its answer within so many seconds."""
        import asyncio

        import httpx2

        limit = _Limit(seconds)
        try:
            options = _options(self.access, request, seconds)
            if request.upload:
                options |= _form(request.upload, _asynchronously)
            async with asyncio.timeout(seconds):
                response = await self._client.send(self._client.build_request(**options))
        except (httpx2.TransportError, OSError) as error:
            answer = self._no_answer(request, error, limit)
            lookup = self._elsewhere(error)
            return answer if lookup is None else (await self._look(lookup, answer, limit)) or answer
        return self._answer(response.status_code, response.content, response.headers)

    async def find_anew(self, effect: FindAnew, seconds: float | None) -> NoAnswer | None:
        """Find the way anew within so many seconds; gives why there is none, if so."""
        if lookup := getattr(self.access, "lookup", None):
            none = NoAnswer("no JobManager leads", sent=False, how=self.access.description)
            return await self._look(lookup, none, _Limit(seconds))
        if effect.reconnect:
            self._take(self.access)
        return None

    async def _look(self, lookup: Lookup, answer: NoAnswer, limit: _Limit) -> NoAnswer | None:
        """Find another way; if there is none, give that there is no answer, and why it will never come."""
        async with contextlib.aclosing(AsyncHttp(lookup.asking)) as http:
            try:
                found = await Awaiting(http.send, min(limit.left, _LOOKING)).run(lookup.call())
            except NotFoundError as error:
                return replace(answer, reason=str(error), final=True)
            except FlinkError as error:
                return replace(answer, reason=f"{answer.reason}; {error}")
        if found != self.access:
            self._take(found)
        return answer if found is None else None

    async def aclose(self) -> None:
        """Close all connections."""
        for client in (*self._left, self._client):
            await client.aclose()


class _Limit:
    """The end of the time that one request has. The HTTP library knows limits of single reads and writes alone."""

    def __init__(self, seconds: float | None) -> None:
        self._end = math.inf if seconds is None else time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    def held_to(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Give pieces until then. Raises TimeoutError."""
        for piece in pieces:
            if self.left <= 0:
                raise TimeoutError
            yield piece

    @contextlib.contextmanager
    def cutting_off(self, response: httpx2.Response) -> Iterator[None]:
        """End an answer that is still being read by then: of a slow one, each piece comes in time."""
        stream = response.extensions.get("network_stream")
        if stream is None or self._end == math.inf or not _is_long(response):
            yield
            return
        timer = threading.Timer(max(self.left, 0.0), _cut_off, [stream.get_extra_info("socket")])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _is_long(response: httpx2.Response) -> bool:
    """Say whether an answer may come in more than one piece: it is not worth a timer otherwise."""
    length = response.headers.get("content-length", "")
    return not length.isdecimal() or int(length) > _CHUNK


def _cut_off(connection: socket.socket | None) -> None:
    with contextlib.suppress(OSError):
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)


def _options(access: Access, request: Request, seconds: float | None) -> dict[str, Any]:
    import httpx2

    longest = seconds if request.patient else _LONGEST if seconds is None else min(seconds, _LONGEST)
    connect = _CONNECT if longest is None else min(longest, _CONNECT)
    write = longest
    if request.upload:
        write = STALL if longest is None else min(longest, STALL)
    timeout = httpx2.Timeout(longest, connect=connect, write=write)
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


def _no_answer(request: Request, error: Exception, limit: _Limit) -> NoAnswer:
    import httpx2

    from .access.no_way import NoWayError, refused_certificate

    if isinstance(error, NoWayError):
        return NoAnswer(str(error), sent=error.sent, final=error.final)
    if refused := refused_certificate(error):
        return NoAnswer(refused, sent=False, final=True)
    if request.upload and isinstance(error, httpx2.WriteTimeout) and limit.left > 0:
        return NoAnswer("the upload stands still", sent=True, final=True, stalled=STALL)
    unsent = isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout))
    late = isinstance(error, (httpx2.TimeoutException, TimeoutError))
    reason = ("no connection in time" if unsent else "no answer in time") if late else str(error)
    return NoAnswer(reason or type(error).__name__, sent=not unsent)
