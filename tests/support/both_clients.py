"""Both clients by the methods of the blocking one, so that one test asks both; and each request held to the table."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import httpx2

from flink_session.client import endpoints
from flink_session.client.access.way import Access
from flink_session.client.cluster_client import AsyncClusterClient, ClusterClient
from flink_session.client.endpoints import Endpoint
from flink_session.client.sql.session import AsyncSqlSession, SqlSession

MODES: dict[str, type[ClusterClient | AsyncClusterClient]] = {
    "blocking": ClusterClient,
    "asynchronous": AsyncClusterClient,
}
_TABLE = sorted(
    (item for item in vars(endpoints).values() if isinstance(item, Endpoint)), key=lambda item: item.path.count(":")
)


class Held:
    """A way whose requests must be of the table, with no other parameters, and of its status where all goes well."""

    def __init__(self, way: Access) -> None:
        self._way = way
        self.url, self.description = way.url, way.description

    def transport(self) -> httpx2.BaseTransport:
        inner = self._way.transport()

        class Sending(httpx2.BaseTransport):
            def handle_request(self, request: httpx2.Request, /) -> httpx2.Response:
                response = inner.handle_request(request)
                _hold(request, response.status_code)
                return response

            def close(self) -> None:
                inner.close()

        return Sending()

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        inner = self._way.async_transport()

        class Sending(httpx2.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx2.Request, /) -> httpx2.Response:
                response = await inner.handle_async_request(request)
                _hold(request, response.status_code)
                return response

            async def aclose(self) -> None:
                await inner.aclose()

        return Sending()


def _hold(request: httpx2.Request, status: int) -> None:
    for endpoint in _TABLE:
        pattern = re.sub(r":\w+", "[^/]+", endpoint.path)
        if endpoint.method == request.method and re.fullmatch(pattern, request.url.raw_path.decode().split("?")[0]):
            assert set(request.url.params) <= set(endpoint.query), request.url
            assert status >= 300 or status == endpoint.status, (request.url, status)
            return
    raise AssertionError(f"{request.method} {request.url} is not in the table of endpoints")


class _Awaited:
    """The asynchronous client, each of whose calls is run to its end."""

    def __init__(self, client: AsyncClusterClient | AsyncSqlSession, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def within(self, seconds: float) -> _Awaited:
        assert isinstance(self._client, AsyncClusterClient)
        return _Awaited(self._client.within(seconds), self._runner)

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, getattr(self._client, name))

    def _call(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)
        if hasattr(result, "__aiter__"):
            return self._values(result)
        return self._runner.run(result)

    def _values(self, values: Any) -> Iterator[Any]:
        try:
            while True:
                try:
                    yield self._runner.run(anext(values))
                except StopAsyncIteration:
                    return
        finally:
            self._runner.run(values.aclose())


@contextlib.contextmanager
def client_of(
    mode: type[ClusterClient | AsyncClusterClient], way: Access | str, timeout: float | None = None
) -> Iterator[ClusterClient]:
    """Give a client by the methods of the blocking one."""
    if issubclass(mode, ClusterClient):
        with mode(way, timeout=timeout) as client:
            yield client
        return
    with asyncio.Runner() as runner:
        asynchronous = mode(way, timeout=timeout)
        yield cast("ClusterClient", _Awaited(asynchronous, runner))
        runner.run(asynchronous.close())


@contextlib.contextmanager
def sql_of(client: ClusterClient, url: str, properties: dict[str, str]) -> Iterator[SqlSession]:
    """Give a session of SQL, by the methods of the blocking one."""
    session: Any = client.sql(url, properties=properties)
    if isinstance(client, _Awaited):
        session = _Awaited(session, client._runner)
    try:
        yield cast("SqlSession", session)
    finally:
        session.close()
