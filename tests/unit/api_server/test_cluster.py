"""Watches of an API server that loses them."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from flink_session.api_server import cluster
from flink_session.api_server.cluster import Cluster
from flink_session.api_server.kinds import Kind
from flink_session.api_server.kubeconfig import Connection

CONFIG_MAPS = Kind("v1", "ConfigMap", "configmaps", True)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once."""
    monkeypatch.setattr(cluster, "_PAUSE", 0)


def test_a_lost_watch_is_begun_anew_and_what_happened_meanwhile_is_seen() -> None:
    """The first stream breaks, the second one ends with the version being too old, the third one lives."""
    version = iter(["1", "2", "3"])
    names = iter([["a"], ["a", "b"], ["b"]])

    async def broken() -> AsyncIterator[bytes]:
        yield json.dumps({"type": "ADDED", "object": {"metadata": {"name": "c"}}}).encode() + b"\n"
        raise httpx2.ReadError("reset")

    async def expired() -> AsyncIterator[bytes]:
        yield json.dumps({"type": "ERROR", "object": {"code": 410}}).encode() + b"\n"

    streams = iter([broken(), expired()])

    async def handle(request: httpx2.Request) -> httpx2.Response:
        if "watch" in str(request.url):
            return httpx2.Response(200, content=next(streams))
        items = [{"metadata": {"name": name}} for name in next(names)]
        return httpx2.Response(200, json={"items": items, "metadata": {"resourceVersion": next(version)}})

    async def follow() -> list[str]:
        client = httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(handle))
        seen = []
        async for event, item in Cluster(Connection(client, "", "", "")).watch(CONFIG_MAPS, "default"):
            seen.append(event if not item else f"{event} {item['metadata']['name']}")
            if seen.count("SYNCED") == 3:
                return seen
        return seen

    assert asyncio.run(follow()) == [
        *("RELISTED", "ADDED a", "SYNCED", "ADDED c"),
        *("RELISTED", "ADDED a", "ADDED b", "SYNCED"),
        *("RELISTED", "ADDED b", "SYNCED"),
    ]


def test_warnings_are_heard_of_writes_and_not_of_our_own_questions() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        warnings = [("Warning", '299 - "say \\"no\\""'), ("Warning", '299 - "deprecated"')]
        return httpx2.Response(200, json={"metadata": {"name": "a"}}, headers=warnings)

    heard: list[str] = []

    async def ask() -> None:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(handle), base_url="http://fake")
        api = Cluster(Connection(client, "http://fake", "the fake", "default"))
        cluster.heard_warning.set(heard.append)
        await api.get(CONFIG_MAPS, "default", "a")
        assert heard == []
        await api.apply(CONFIG_MAPS, {"metadata": {"name": "a", "namespace": "default"}}, "me", dry_run=True)
        await api.close()

    asyncio.run(ask())
    assert heard == ['say "no"', "deprecated"]
