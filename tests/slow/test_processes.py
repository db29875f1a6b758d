"""Real processes over real sockets: killed for good, interrupted, and faced with an API server that misbehaves."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.kube import eventually
from tests.support.misbehaving import Asked, Fault, MisbehavingServer, every, nth
from tests.support.processes import RESOURCES, Stack, killing

pytestmark = pytest.mark.slow

DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/main"


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def server(api: FakeApi) -> Iterator[MisbehavingServer]:
    with MisbehavingServer(api.client).running() as server:
        yield server


@pytest.fixture
def stack(server: MisbehavingServer, tmp_path: Path) -> Stack:
    return Stack(tmp_path / "small", server.kubeconfig())


def uids(api: FakeApi) -> dict[str, str]:
    return {path: live["metadata"]["uid"] for path, live in api.objects.items() if "uid" in live["metadata"]}


def become_ready(api: FakeApi) -> None:
    """Let the controllers do their work at last."""
    api.ready = True
    api._store(DEPLOYMENT, api.objects[DEPLOYMENT])


def a_write(asked: Asked) -> bool:
    return asked.is_write


def a_watch(asked: Asked) -> bool:
    return asked.is_watch


@pytest.mark.parametrize(("number", "what", "after"), [(1, a_write, True), (3, a_write, False), (1, a_watch, False)])
def test_killed_while_it_creates(
    number: int, what: Callable[[Asked], bool], after: bool, stack: Stack, server: MisbehavingServer, api: FakeApi
) -> None:
    server.fault, run = killing(stack, "up", ("--yes",), nth(number, what), after=after)
    run()
    made = uids(api)
    stack.converges()
    assert uids(api) | made == uids(api), "nothing is made twice"


@pytest.mark.parametrize(("number", "after"), [(1, True), (3, True)])
def test_killed_while_it_replaces_and_updates(
    number: int, after: bool, stack: Stack, server: MisbehavingServer, api: FakeApi
) -> None:
    stack.succeed("up", "--yes", "--skip-preview")
    stack.configure(slots=2)
    server.fault, run = killing(stack, "up", ("--yes", "--skip-preview"), nth(number, a_write), after=after)
    run()
    stack.converges()
    assert api.objects["/api/v1/namespaces/default/configmaps/config"]["data"] == {"slots": "2"}


def test_killed_while_it_destroys(stack: Stack, server: MisbehavingServer, api: FakeApi) -> None:
    stack.succeed("up", "--yes", "--skip-preview")
    server.fault, run = killing(stack, "destroy", ("--yes",), nth(2, a_write), after=True)
    run()
    stack.succeed("destroy", "--yes")
    assert [path for path in api.objects if "endpoint" not in path] == ["/api/v1/namespaces/default"]
    assert "resources" not in stack.state


@pytest.mark.parametrize("number", [3, 17])
def test_killed_while_it_writes_a_file(number: int, stack: Stack) -> None:
    status, said = stack.run("up", "--yes", "--skip-preview", dying=number)
    assert status == -signal.SIGKILL, said
    stack.has_no_process()
    stack.converges()


BUSY = {"kind": "Status", "message": "too many requests", "code": 429}


@pytest.mark.parametrize(
    "fault",
    [every(3, Fault(answer=(429, {"retry-after": "1"}, BUSY))), every(4, Fault(lose=True, after=lambda: None))],
    ids=["429", "lost answer"],
)
def test_an_api_server_that_stumbles_is_only_slower(
    fault: Callable[[Asked], Fault], stack: Stack, server: MisbehavingServer, api: FakeApi
) -> None:
    server.fault = fault
    assert f"+ {RESOURCES} created" in stack.succeed("up", "--yes")
    made = uids(api)
    stack.configure(slots=2)
    stack.succeed("up", "--yes")
    changed = {path for path, uid in uids(api).items() if made.get(path) != uid}
    assert changed == {"/api/v1/namespaces/default/configmaps/config"}


def test_retry_after_is_heeded(stack: Stack, server: MisbehavingServer) -> None:
    """Nothing is asked again before its time, which the server gives for the first write."""
    times: list[float] = []
    is_it = nth(1, a_write)

    def fault(asked: Asked) -> Fault:
        if is_it(asked):
            times.append(time.monotonic())
            return Fault(answer=(429, {"retry-after": "3"}, BUSY))
        if asked.is_write and len(times) == 1 and "secrets" in asked.target:
            times.append(time.monotonic())
        return Fault()

    server.fault = fault
    stack.succeed("up", "--yes", "--skip-preview", "--parallel", "1")
    assert times[1] - times[0] >= 3


def test_an_api_server_that_restarts_is_waited_for(stack: Stack, server: MisbehavingServer) -> None:
    """All connections break, and for a while new ones are refused."""

    def fault(asked: Asked) -> Fault:
        return Fault(before=lambda: server.restart_for(3), lose=True) if asked.number == 8 else Fault()

    server.fault = fault
    assert f"+ {RESOURCES} created" in stack.succeed("up", "--yes", "--skip-preview")
    server.wait_for_restart()
    stack.converges()


@pytest.mark.parametrize(
    "lost",
    [
        Fault(cut=0.1),
        Fault(answer=(410, {}, {"kind": "Status", "code": 410, "reason": "Expired"})),
        Fault(answer=(200, {}, {"type": "ERROR", "object": {"kind": "Status", "code": 410}})),
        Fault(lose=True),
    ],
    ids=["closed stream", "410", "410 as an event", "broken connection"],
)
def test_what_happens_while_a_watch_is_lost_is_seen(
    lost: Fault, stack: Stack, server: MisbehavingServer, api: FakeApi
) -> None:
    """The Deployment becomes ready while nobody watches."""
    api.ready = False
    watches = 0

    def fault(asked: Asked) -> Fault:
        nonlocal watches
        if not (asked.is_watch and "/deployments" in asked.target):
            return Fault()
        watches += 1
        if watches == 3:
            become_ready(api)
        return lost if watches <= 3 else Fault()

    server.fault = fault
    stack.succeed("up", "--yes", "--skip-preview")
    assert watches >= 3
    assert "initErrors" not in json.dumps(stack.state)


def interrupt(process: subprocess.Popen[str], server: MisbehavingServer) -> None:
    """Send Ctrl-C while the Deployment is waited for, and wait until it is heard."""
    eventually(
        lambda: any(asked.is_watch and "/deployments" in asked.target for asked in server.asked) or None,
        what="a watch of the Deployment",
    )
    process.send_signal(signal.SIGINT)
    assert process.stdout
    for line in process.stdout:
        if "interrupted" in line:
            return
    raise AssertionError("the signal was not heard")


def test_ctrl_c_once_finishes_what_runs_and_saves(stack: Stack, server: MisbehavingServer, api: FakeApi) -> None:
    """It comes while the Deployment is waited for; the Service after it is not begun."""
    api.ready = False
    with stack.start("up", "--yes", "--skip-preview") as process:
        eventually(
            lambda: any("watch" in a.target and "/deployments" in a.target for a in server.asked) or None, what="w"
        )
        process.send_signal(signal.SIGINT)
        assert process.stdout
        while "interrupted" not in process.stdout.readline():
            pass
        server.do(lambda: become_ready(api))
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    stack.has_no_process()
    assert "pending_operations" not in stack.state
    assert {item["type"].rsplit(":")[-1] for item in stack.state["resources"]} >= {"Secret", "ConfigMap", "Deployment"}
    assert "/api/v1/namespaces/default/services/rest" not in api.objects
    stack.converges()


def test_ctrl_c_twice_cancels(stack: Stack, server: MisbehavingServer, api: FakeApi) -> None:
    """What it does not wait for any more stays pending in the state."""
    api.ready = False
    with stack.start("up", "--yes", "--skip-preview") as process:
        eventually(
            lambda: any("watch" in a.target and "/deployments" in a.target for a in server.asked) or None, what="w"
        )
        process.send_signal(signal.SIGINT)
        assert process.stdout
        while "interrupted" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "the next `up` or `destroy` goes on from there" in said
    assert "Traceback" not in said
    stack.has_no_process()
    pending = [(item["type"], item["resource"]["inputs"]["kind"]) for item in stack.state["pending_operations"]]
    assert pending == [("creating", "Deployment")]
    assert list((stack.backend / ".pulumi/locks").rglob("*.json")) == [], "the lock is given back"
    api.ready = True
    uid = api.objects[DEPLOYMENT]["metadata"]["uid"]
    stack.converges()
    assert api.objects[DEPLOYMENT]["metadata"]["uid"] == uid


def test_a_second_run_at_the_same_time_is_refused(stack: Stack, server: MisbehavingServer, api: FakeApi) -> None:
    api.ready = False
    with stack.start("up", "--yes", "--skip-preview") as process:
        eventually(lambda: any("watch" in a.target for a in server.asked) or None, what="the first run to wait")
        before, writes = stack.checkpoint.read_bytes(), api.writes()
        for command in ("up", "destroy", "refresh"):
            status, said = stack.run(command, "--yes")
            assert status == 1
            assert f"(pid {process.pid})" in said
            assert "`flink-session cancel`" in said
        assert stack.checkpoint.read_bytes() == before
        assert api.writes() == writes
        process.kill()
    api.ready = True
    stack.converges()
