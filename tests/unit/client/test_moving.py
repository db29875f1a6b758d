"""A way to a pod that is gone is found anew, in the same call."""

import asyncio

import httpx2
import pytest

from flink_session.client.access.no_way import NoWayError
from flink_session.client.access.way import Access, Lookup
from flink_session.client.cluster_client import AsyncClusterClient, ClusterClient
from flink_session.client.errors import DeadlineError, NotFoundError, UnreachableError
from flink_session.client.exchange import Call, Request
from flink_session.client.sending import send
from tests.support.both_clients import client_of

RUNS = {"jobid": "ab" * 16}
STANDBY = "java.io.IOException: Could not connect to BlobServer at address demo-1/<unresolved>:6124"


class Way:
    """Leads to a Flink without jobs, or to what is gone, or does not lead; `asked` are its requests."""

    url = "http://way"

    def __init__(self, description: str, lookup: Lookup | None = None, *, standby: bool = False) -> None:
        self.description, self.lookup, self.standby = description, lookup, standby
        self.asked: list[str] = []
        self.connected = 0

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        if request.method == "POST":
            # Without anybody to ask, each second connection is to the one that leads.
            standby = self.standby and (self.lookup is not None or self.connected % 2)
            return httpx2.Response(500, json={"errors": [STANDBY]}) if standby else httpx2.Response(200, json=RUNS)
        if self.lookup:
            raise NoWayError("there is no such pod")
        return httpx2.Response(200, json={"jobs": []})

    def transport(self) -> httpx2.MockTransport:
        self.connected += 1
        return httpx2.MockTransport(self._answer)

    async_transport = transport


def moved_to(way: Access | Exception | None, asking: Way, *, standby: bool = False) -> Way:
    """A way to a pod that is gone; to ask whoever knows finds another way, or none, or that there is none."""

    def call() -> Call[Access | None]:
        yield from send(Request("GET", "/where"))
        if isinstance(way, Exception):
            raise way
        return way

    return Way("the old pod", Lookup(asking, call), standby=standby)


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


def run_jar(mode: type[ClusterClient | AsyncClusterClient], way: Access) -> None:
    with client_of(mode, way) as client:
        assert client.within(0.25).run_jar("a.jar", job_id=RUNS["jobid"]) == RUNS["jobid"]


def test_the_one_that_leads_is_asked(mode: type[ClusterClient | AsyncClusterClient]) -> None:
    server, new = Way("the API server"), Way("the new pod")
    old = moved_to(new, server, standby=True)
    run_jar(mode, old)
    assert (old.asked, server.asked, new.asked) == (["/jars/a.jar/run"], ["/where"], ["/jars/a.jar/run"])


def test_while_none_leads_none_is_asked(mode: type[ClusterClient | AsyncClusterClient]) -> None:
    server = Way("the API server")
    old = moved_to(None, server, standby=True)
    with pytest.raises(DeadlineError, match=r"the submission of job .* \(no JobManager leads\): not within 0.25 s"):
        run_jar(mode, old)
    assert old.asked == ["/jars/a.jar/run"]
    assert server.asked


def test_by_a_url_another_connection_is_made(mode: type[ClusterClient | AsyncClusterClient]) -> None:
    way = Way("a URL", standby=True)
    run_jar(mode, way)
    assert (way.connected, len(way.asked)) == (2, 2)
