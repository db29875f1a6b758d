"""Both clients have the same methods, from one text."""

import asyncio
import inspect

import httpx2
import pytest

from flink_session.client.cluster_client import AsyncClusterClient, ClusterClient
from flink_session.client.errors import DeadlineError

OVERVIEW = {
    "flink-version": "2.2.1",
    "taskmanagers": 1,
    "slots-total": 2,
    "slots-available": 1,
    "jobs-running": 1,
    "jobs-finished": 0,
    "jobs-cancelled": 0,
    "jobs-failed": 0,
}


class Canned:
    """A way to a Flink that is none."""

    url = "http://flink/prefix/"
    description = "nowhere"

    def __init__(self) -> None:
        self.paths: list[str] = []

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.paths.append(request.url.path)
        if request.url.path == "/prefix/jobs/overview":
            raise httpx2.ReadTimeout("nothing came")
        return httpx2.Response(200, json=OVERVIEW)

    def transport(self) -> httpx2.BaseTransport:
        return httpx2.MockTransport(self._answer)

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        return httpx2.MockTransport(self._answer)


def test_blocking_and_asynchronous_give_the_same() -> None:
    access = Canned()
    with ClusterClient(access) as client:
        blocking = client.overview()

    async def ask() -> object:
        async with AsyncClusterClient(access) as other:
            return await other.overview()

    assert asyncio.run(ask()) == blocking
    assert blocking.slots_available == 1
    assert access.paths == ["/prefix/overview"] * 2


def test_a_deadline_ends_a_call_that_gets_no_answer() -> None:
    with pytest.raises(DeadlineError):
        ClusterClient(Canned()).within(0.005).list_jobs()


def test_every_method_is_documented() -> None:
    client = ClusterClient(Canned())
    for name in dir(client):
        if not name.startswith("_") and callable(getattr(client, name)):
            assert inspect.getdoc(getattr(client, name)), name
