"""Ways that fail, times what is asked: the right result or the right error, in time, and nobody listens meanwhile."""

from __future__ import annotations

import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flink_session.api_server.kubeconfig import Endpoint
from flink_session.client import AmbiguousError, ClusterClient, DeadlineError, Direct, FlinkError, UnreachableError
from flink_session.client import http as client_http
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.service_proxy import ServiceProxy
from flink_session.client.access.way import Access
from tests.support.both_clients import MODES, client_of
from tests.support.remembering import Network, Remembering
from tests.support.servers import PortForwarding, Server, serving
from tests.support.sockets import listening

pytestmark = pytest.mark.slow

DEADLINE = 1.5
JOB, JAR = "ab" * 16, "0_there.jar"


def direct(port: int) -> Access:
    return Direct(f"http://127.0.0.1:{port}")


def proxy(port: int) -> Access:
    return ServiceProxy(Endpoint({}, f"http://127.0.0.1:{port}", "a test", "ns"), "ns", "services/demo-rest:rest")


def forward(port: int) -> Access:
    return PortForward(Endpoint({}, f"http://127.0.0.1:{port}", "a test", "ns"), "ns", "pod")


WAYS: dict[str, Callable[[int], Access]] = {"direct": direct, "service proxy": proxy, "port-forward": forward}


@dataclass
class Setting:
    """A client, the network before it, and the Flink behind that."""

    client: ClusterClient
    flink: Remembering
    network: Network
    server: Server
    chosen: str = field(default_factory=lambda: uuid.uuid4().hex)


@contextmanager
def setting(way: str, mode: str) -> Iterator[Setting]:
    flink = Remembering(jars={JAR: "there.jar"}, jobs={JOB: "RUNNING"})
    with ExitStack() as stack:
        port = stack.enter_context(serving(flink)).port
        if way == "port-forward":
            port = stack.enter_context(serving(PortForwarding({"pod": port}))).port
        network = Network(port)
        server = stack.enter_context(serving(network))
        client = stack.enter_context(client_of(MODES[mode], WAYS[way](server.port), timeout=DEADLINE))
        yield Setting(client, flink, network, server)


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    path = tmp_path / "new.jar"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data", bytes(300_000))
    return path


def list_(at: Setting, _: Path) -> bool:
    return [job.id for job in at.client.list_jobs()] == [JOB]


def upload(at: Setting, jar: Path) -> bool:
    return at.client.upload_jar(jar).id in at.flink.jars and len(at.flink.jars) == 2


def run(at: Setting, _: Path) -> bool:
    return at.client.run_jar(JAR, job_id=at.chosen) == at.chosen and at.flink.jobs.keys() == {JOB, at.chosen}


def stop(at: Setting, _: Path) -> bool:
    return [at.client.stop_with_savepoint(JOB, "file:/savepoints")] == list(at.flink.stopped.values())


CALLS = (list_, upload, run, stop)
Outcome = dict[str, bool | FlinkError]


def outcomes(way: str, mode: str, jar: Path, begin: Callable[[Setting], object]) -> Outcome:
    """Let something go wrong after a first answer, and then call; each call has a world of its own."""
    with ExitStack() as stack, ThreadPoolExecutor(len(CALLS)) as pool:
        worlds = [stack.enter_context(setting(way, mode)) for _ in CALLS]
        # Those of this test's own servers.
        before = listening()
        for world in worlds:
            world.client.features()
            begin(world)

        def measured(call: Callable[[Setting, Path], bool], world: Setting) -> bool | FlinkError:
            began = time.monotonic()
            try:
                return call(world, jar)
            except FlinkError as error:
                return error
            finally:
                assert time.monotonic() - began < DEADLINE + 1

        futures = {call.__name__: pool.submit(measured, call, world) for call, world in zip(CALLS, worlds, strict=True)}
        found = {name: future.result() for name, future in futures.items()}
        assert listening() <= before
        return found


def restart(at: Setting) -> None:
    at.server.stop()
    threading.Timer(0.5, at.server.start).start()


HARMLESS: dict[str, Callable[[Setting], Any]] = {
    "nothing": lambda _: None,
    "a request is cut off": lambda at: setattr(at.network, "cut", True),
    "an answer is lost": lambda at: at.network.lose_answers(0),
    "the second answer is lost": lambda at: at.network.lose_answers(1),
    "two answers are lost": lambda at: at.network.lose_answers(0, 1),
    "it restarts": restart,
}
"""After these each call comes to what it comes to otherwise, and is carried out once."""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", HARMLESS)
def test_what_is_soon_over_changes_nothing(fault: str, way: str, mode: str, jar: Path) -> None:
    assert outcomes(way, mode, jar, HARMLESS[fault]) == dict.fromkeys(["list_", "upload", "run", "stop"], True)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
def test_a_connection_that_is_forgotten_while_idle_is_left_for_another(
    way: str, mode: str, jar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_http, "_LONGEST", 0.4)
    found = outcomes(way, mode, jar, lambda at: at.network.forget_connections())
    # A program may run for as long as there is time, and nobody knows whether it does.
    assert isinstance(found.pop("run"), AmbiguousError)
    assert found == dict.fromkeys(["list_", "upload", "stop"], True)


FOR_GOOD: dict[str, Callable[[Setting], Any]] = {
    "nobody listens": lambda at: at.server.stop(),
    "nothing comes through": lambda at: setattr(at.network, "silent", True),
    "every answer is lost": lambda at: at.network.lose_answers(*range(1000)),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", FOR_GOOD)
def test_what_lasts_is_an_error_in_time(fault: str, way: str, mode: str, jar: Path) -> None:
    for name, found in outcomes(way, mode, jar, FOR_GOOD[fault]).items():
        kinds = (
            (UnreachableError, DeadlineError, AmbiguousError) if name == "run" else (UnreachableError, DeadlineError)
        )
        assert isinstance(found, kinds), (name, found)
