"""A session of the SQL Gateway, for blocking and for asynchronous programs: the calls are written once."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from ..calling import AwaitedCalls, BlockingCalls, call, stream
from ..exchange import Call
from ..http import AsyncHttp, BlockingHttp
from ..runners import Awaiting, Blocking
from . import calls
from .models import Row

P = ParamSpec("P")
T = TypeVar("T")


class _of_session(call[P, T]):  # noqa: N801 (reads as a function where it is used)
    """A call about a session, whose handle comes first."""

    def __init__(self, function: Callable[Concatenate[str, P], Call[T]]) -> None:
        super().__init__(function)  # type: ignore[arg-type]

    def _first(self, client: Any) -> tuple[Any, ...]:
        return (client.handle,)


class _stream_of_session(stream[P, T]):  # noqa: N801
    """As `_of_session`, of many values."""

    def __init__(self, function: Callable[Concatenate[str, P], Call[None]], of: type[T]) -> None:
        super().__init__(function, of)  # type: ignore[arg-type]

    def _first(self, client: Any) -> tuple[Any, ...]:
        return (client.handle,)


class _Calls:
    """What both kinds of sessions can do."""

    execute = _of_session(calls.execute)
    fetch = _stream_of_session(calls.fetch, Row)
    status = _of_session(calls.status)
    close_statement = _of_session(calls.close_statement)
    configuration = _of_session(calls.session_configuration)
    heartbeat = _of_session(calls.heartbeat)
    _close = _of_session(calls.close_session)


class SqlSession(_Calls, BlockingCalls):
    """A session of the SQL Gateway, of a blocking program. A context manager, which closes it.

    Attributes:
        handle: the gateway's name for it.
    """

    def __init__(self, http: BlockingHttp, handle: str, timeout: float | None) -> None:
        self.handle, self._http = handle, http
        self._runner = Blocking(http.send, timeout)

    def close(self) -> None:
        """Close the session, with all that its statements still do, and all connections."""
        try:
            self._close()
        finally:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncSqlSession(_Calls, AwaitedCalls):
    """A session of the SQL Gateway, of an asynchronous program: the same methods as of `SqlSession`, awaited."""

    def __init__(self, http: AsyncHttp, handle: str, timeout: float | None) -> None:
        self.handle, self._http = handle, http
        self._runner = Awaiting(http.send, timeout)

    async def close(self) -> None:
        """As of `SqlSession`."""
        try:
            await self._close()
        finally:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
