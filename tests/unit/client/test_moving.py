"""A way to a pod that is gone is found anew, in the same call."""

import asyncio

import httpx2
import pytest

from flink_session.client.access.no_way import NoWayError
from flink_session.client.access.way import Access, Lookup
from flink_session.client.cluster_client import AsyncClusterClient, ClusterClient
from flink_session.client.errors import NotFoundError, UnreachableError
from flink_session.client.exchange import Call, Request
from flink_session.client.sending import send


class Way:
    """Leads to a Flink without jobs, or to what is gone; `asked` are its requests."""

    url = "http://way"

    def __init__(self, description: str, lookup: Lookup | None = None) -> None:
        self.description, self._lookup = description, lookup
        self.asked: list[str] = []

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        if self._lookup:
            raise NoWayError("there is no such pod", lookup=self._lookup)
        return httpx2.Response(200, json={"jobs": []})

    def transport(self) -> httpx2.BaseTransport:
        return httpx2.MockTransport(self._answer)

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        return httpx2.MockTransport(self._answer)


def moved_to(way: Access | Exception | None, asking: Way) -> Way:
    """A way to a pod that is gone; to ask whoever knows finds another way, or none, or that there is none."""

    def call() -> Call[Access | None]:
        yield from send(Request("GET", "/where"))
        if isinstance(way, Exception):
            raise way
        return way

    return Way("the old pod", Lookup(asking, call))


def list_jobs(mode: type[ClusterClient | AsyncClusterClient], way: Access) -> tuple[list[object], str]:
    if issubclass(mode, ClusterClient):
        with mode(way) as client:
            return list(client.list_jobs()), client.access.description

    async def ask() -> tuple[list[object], str]:
        async with mode(way) as client:
            return list(await client.list_jobs()), client.access.description

    return asyncio.run(ask())


@pytest.fixture(params=[ClusterClient, AsyncClusterClient])
def mode(request: pytest.FixtureRequest) -> type[ClusterClient | AsyncClusterClient]:
    return request.param  # type: ignore[no-any-return]


def test_the_pod_that_takes_its_place_is_asked(mode: type[ClusterClient | AsyncClusterClient]) -> None:
    server, new = Way("the API server"), Way("the new pod")
    old = moved_to(new, server)
    assert list_jobs(mode, old) == ([], "the new pod")
    assert (old.asked, server.asked, new.asked) == (["/jobs/overview"], ["/where"], ["/jobs/overview"])


def test_while_there_is_none_it_is_looked_for_again(mode: type[ClusterClient | AsyncClusterClient]) -> None:
    server = Way("the API server")
    with pytest.raises(UnreachableError, match="there is no such pod"):
        list_jobs(mode, moved_to(None, server))
    assert len(server.asked) == 4


def test_a_session_that_is_gone_is_not_looked_for_again(mode: type[ClusterClient | AsyncClusterClient]) -> None:
    server = Way("the API server")
    with pytest.raises(UnreachableError, match="there is no session"):
        list_jobs(mode, moved_to(NotFoundError("there is no session", 404), server))
    assert len(server.asked) == 1
