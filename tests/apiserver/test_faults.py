"""Kills, and an API server that misbehaves, with the real one behind a proxy of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from flink_session.api_server.kubeconfig import ClusterChoice, open_connection
from tests.support.kube import Kube
from tests.support.misbehaving import Asked, Fault, MisbehavingServer, every, nth
from tests.support.processes import RESOURCES, Stack, killing

pytestmark = pytest.mark.apiserver

WANTED = {"secrets/secret", "configmaps/config", "deployments/main", "services/rest"}


@pytest.fixture
def server(kubeconfig: str) -> Iterator[MisbehavingServer]:
    def upstream() -> httpx2.AsyncClient:
        return open_connection(ClusterChoice(kubeconfig)).client

    with MisbehavingServer(upstream).running() as server:
        yield server


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    """One for each test."""
    with kube.namespace("flink-session-faults") as name:
        yield name


@pytest.fixture
def stack(server: MisbehavingServer, namespace: str, tmp_path: Path) -> Stack:
    return Stack(tmp_path / "small", server.kubeconfig(namespace), namespace)


def made(kube: Kube, namespace: str) -> dict[str, str]:
    """The uids of what the program makes, as far as it is there."""
    found = {}
    for name in WANTED:
        kind, _, name_ = name.partition("/")
        if live := kube.get(namespace, kind, name_):
            found[name] = live["metadata"]["uid"]
    return found


def a_write(asked: Asked) -> bool:
    return asked.is_write


@pytest.mark.parametrize(("number", "after"), [(1, True), (3, True)])
def test_killed_while_it_creates(
    number: int, after: bool, stack: Stack, server: MisbehavingServer, kube: Kube, namespace: str
) -> None:
    server.fault, run = killing(stack, "up", ("--yes", "--skip-preview"), nth(number, a_write), after=after)
    run()
    before = made(kube, namespace)
    assert before or not after
    stack.converges()
    found = made(kube, namespace)
    assert found.keys() == WANTED
    assert found | before == found, "nothing is made twice"


@pytest.mark.parametrize(("number", "after"), [(1, True), (2, True)])
def test_killed_while_it_replaces_and_updates(
    number: int, after: bool, stack: Stack, server: MisbehavingServer, kube: Kube, namespace: str
) -> None:
    stack.succeed("up", "--yes", "--skip-preview")
    before = made(kube, namespace)
    stack.configure(slots=2)
    server.fault, run = killing(stack, "up", ("--yes", "--skip-preview"), nth(number, a_write), after=after)
    run()
    stack.converges()
    found = made(kube, namespace)
    assert {name for name in WANTED if found[name] != before[name]} == {"configmaps/config"}
    config_map, deployment = kube.get(namespace, "configmaps", "config"), kube.get(namespace, "deployments", "main")
    assert config_map
    assert config_map["data"] == {"slots": "2"}
    assert deployment
    assert deployment["spec"]["template"]["metadata"]["annotations"] == {"slots": "2"}


def test_killed_while_it_destroys(stack: Stack, server: MisbehavingServer, kube: Kube, namespace: str) -> None:
    stack.succeed("up", "--yes", "--skip-preview")
    server.fault, run = killing(stack, "destroy", ("--yes", "--skip-preview"), nth(2, a_write), after=True)
    run()
    stack.succeed("destroy", "--yes")
    assert made(kube, namespace) == {}
    assert "resources" not in stack.state


BUSY = {"kind": "Status", "message": "too many requests", "code": 429}
BROKEN = {"kind": "Status", "message": "internal error", "code": 500}


@pytest.mark.parametrize(
    "fault",
    [
        every(3, Fault(answer=(429, {"retry-after": "1"}, BUSY))),
        every(5, Fault(answer=(500, {}, BROKEN))),
        every(4, Fault(lose=True, after=lambda: None)),
        every(1, Fault(delay=0.5)),
        lambda asked: Fault(cut=0.2) if asked.is_watch else Fault(),
    ],
    ids=["429", "500", "lost answer", "slow", "watches closed all the time"],
)
def test_an_api_server_that_stumbles_is_only_slower(
    fault: Callable[[Asked], Fault], stack: Stack, server: MisbehavingServer, kube: Kube, namespace: str
) -> None:
    server.fault = fault
    assert f"+ {RESOURCES} created" in stack.succeed("up", "--yes", "--skip-preview")
    before = made(kube, namespace)
    stack.configure(slots=2)
    stack.succeed("up", "--yes")
    found = made(kube, namespace)
    assert {name for name in WANTED if found[name] != before[name]} == {"configmaps/config"}
    stack.succeed("destroy", "--yes", "--skip-preview")
    assert made(kube, namespace) == {}


def test_an_api_server_that_restarts_is_waited_for(
    stack: Stack, server: MisbehavingServer, kube: Kube, namespace: str
) -> None:
    """For five seconds nobody listens, from the second write on."""
    is_it = nth(2, a_write)
    server.fault = lambda asked: Fault(before=lambda: server.restart_for(5), lose=True) if is_it(asked) else Fault()
    assert f"+ {RESOURCES} created" in stack.succeed("up", "--yes", "--skip-preview")
    stack.converges()
    assert made(kube, namespace).keys() == WANTED
