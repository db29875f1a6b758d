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
