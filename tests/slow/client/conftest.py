"""Both clients, and the ways to a Flink on this machine: straight, and by the port-forward of an API server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import pytest

from flink_session.api_server.kubeconfig import Endpoint
from flink_session.client import AsyncClusterClient, ClusterClient, Direct, Tls
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.way import Access
from tests.support.both_clients import MODES
from tests.support.servers import Flink, PortForwarding, serving

T = TypeVar("T")

GUARD = 30.0
"""Seconds after which something hangs."""


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> type[ClusterClient | AsyncClusterClient]:
    """Which client."""
    return MODES[request.param]


def port_forward(server: int, pod: str = "pod", tls: Tls | None = None) -> PortForward:
    """The way to a pod by an API server on this machine."""
    return PortForward(Endpoint({}, f"http://127.0.0.1:{server}", "a test", "ns"), "ns", pod, 8081, tls)


@contextmanager
def straight(flink: Flink) -> Iterator[Access]:
    """By its address."""
    with serving(flink) as server:
        yield Direct(f"http://127.0.0.1:{server.port}")


@contextmanager
def forwarded(flink: Flink) -> Iterator[Access]:
    """By the port-forward of an API server."""
    with serving(flink) as server, serving(PortForwarding({"pod": server.port})) as api_server:
        yield port_forward(api_server.port)


WAYS = {"straight": straight, "forwarded": forwarded}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[Callable[[Flink], Any]]:
    """Leads to a Flink."""
    with ExitStack() as stack:
        yield lambda flink: stack.enter_context(WAYS[request.param](flink))


def in_time(call: Callable[[], T]) -> T:
    """What a call gives, unless it hangs."""
    pool: Any = ThreadPoolExecutor(1)
    try:
        result: T = pool.submit(call).result(GUARD)
        return result
    finally:
        pool.shutdown(wait=False)
