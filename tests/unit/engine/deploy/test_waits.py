"""Every wait of the engine: it says what it waits for, ends by the resource's own timeout, and at once when asked.

The waits are walked in two ways: each way into one is taken on the recorded program, and each place in the source that
waits at all is known here, so that a new one has to be taken as well.
"""

from __future__ import annotations

import ast
import asyncio
import copy
import functools
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

import flink_session.engine
from flink_session.engine.deploy.deployment import Deployment
from flink_session.engine.deploy.monitor import EngineService
from flink_session.engine.program.protocol import engine_pb2
from tests.support.engine.fake_api import NOW, FakeApi
from tests.support.engine.recorded import CONFIG_MAP, DEPLOYMENT, SERVICE, both, made_from_the_config_map, more_slots
from tests.support.engine.replay import Change, Message, Replay

HOLD = "example.org/hold"
SHORT, LONG = "300ms", "1h"


def timeouts(text: str) -> Change:
    """Let every resource be waited for so long."""

    def change(request: Message) -> None:
        if request.get("custom"):
            request["customTimeouts"] = dict.fromkeys(("create", "update", "delete"), text)

    return change


def held(path: str) -> Callable[[Replay], None]:
    """Let an object be held by a finalizer."""
    return lambda replay: replay.api.objects[path]["metadata"].update(finalizers=[HOLD])


def going(path: str) -> Callable[[Replay], None]:
    """Let an object be deleted by hand, and be held."""

    def prepare(replay: Replay) -> None:
        held(path)(replay)
        replay.api.objects[path]["metadata"]["deletionTimestamp"] = NOW

    return prepare


def not_ready(replay: Replay) -> None:
    replay.api.ready = False


def deleted_halfway(replay: Replay) -> None:
    """A run was killed while it waited for the ConfigMap to go."""
    going(CONFIG_MAP)(replay)
    replay.checkpoint["pending_operations"] = [{"resource": replay.resource("demo-config"), "type": "deleting"}]


def forget(replay: Replay) -> Message:
    """Take the Service, on which nothing depends, out of the state."""
    entry = replay.resource("demo-rest")
    replay.checkpoint["resources"].remove(entry)
    return entry


def made_under_another_name(replay: Replay) -> None:
    """A run was killed before it had recorded an object, which the program has given another name since."""
    entry = forget(replay)
    lost = {key: entry[key] for key in entry if key not in ("id", "outputs")}
    lost["outputs"] = {"__fieldManager": entry["outputs"]["__fieldManager"]}
    replay.checkpoint["pending_operations"] = [{"resource": lost, "type": "creating"}]
    held(SERVICE)(replay)


def renamed(request: Message) -> None:
    if request["name"] in ("demo-config", "demo-rest"):
        request["object"]["metadata"]["name"] += "-renamed"


def unrecorded(replay: Replay) -> None:
    """An object of that name is on its way out."""
    forget(replay)
    going(SERVICE)(replay)


def annotated(request: Message) -> None:
    if request["name"] == "demo-config":
        request["object"]["metadata"]["labels"] = {"changed": "yes"}


def more_replicas(request: Message) -> None:
    if request["name"] == "demo-jm":
        request["object"]["spec"]["minReadySeconds"] = 7


@dataclass(frozen=True)
class Wait:
    """A way into a wait, on a stack that is up.

    Attributes:
        prepare: what has happened since.
        change: of the program, before and after that.
        says: what is shown while it is waited.
        without: what the program no longer has.
        destroys: whether all is deleted, instead of a run of the program.
    """

    prepare: Callable[[Replay], None]
    says: str = f"held by {HOLD}"
    before: Change = lambda _: None
    change: Change = lambda _: None
    without: tuple[str, ...] = ()
    destroys: bool = False

    def act(self, replay: Replay, timeout: str, *, preview: bool = False, interruptible: bool = False) -> Deployment:
        if self.destroys:
            return replay.destroy(interruptible=interruptible)
        change = both(both(timeouts(timeout), self.before), self.change)
        return replay.run(change, without=self.without, preview=preview, interruptible=interruptible)


WAITS = {
    "ready, after an update": Wait(not_ready, "waiting for the Deployment controller", change=more_replicas),
    "replaced, and held": Wait(held(CONFIG_MAP), change=more_slots),
    "replaced along with another, and held": Wait(held(DEPLOYMENT), before=made_from_the_config_map, change=more_slots),
    "deleted by an interrupted run": Wait(deleted_halfway),
    "in the way of what is created": Wait(unrecorded),
    "deleted by hand, and changed": Wait(going(CONFIG_MAP), change=annotated),
    "made by an interrupted run, under a former name": Wait(made_under_another_name, change=renamed),
    "replaced under another name": Wait(held(CONFIG_MAP), change=renamed),
    "no longer in the program": Wait(held(SERVICE), without=("demo-rest",)),
    "destroyed": Wait(held(SERVICE), destroys=True),
}


@functools.cache
def up(before: Change, timeout: str) -> Replay:
    replay = Replay(FakeApi())
    assert not replay.run(both(timeouts(timeout), before)).failed, replay.text
    return replay


def prepared(wait: Wait, timeout: str) -> Replay:
    made = up(wait.before, timeout)
    api = FakeApi()
    api.objects = copy.deepcopy(made.api.objects)
    replay = Replay(api, copy.deepcopy(made.checkpoint))
    wait.prepare(replay)
    return replay


def seconds(act: Callable[[], Deployment]) -> tuple[Deployment, float]:
    begun = time.monotonic()
    return act(), time.monotonic() - begun


@pytest.mark.parametrize("name", WAITS)
def test_a_wait_ends_by_the_resources_own_timeout_and_says_what_it_waits_for(name: str) -> None:
    wait = WAITS[name]
    replay = prepared(wait, SHORT)
    deployment, took = seconds(lambda: wait.act(replay, SHORT))
    assert deployment.failed
    assert wait.says in replay.text.partition("Diagnostics:")[0], replay.text
    assert wait.says.removeprefix("held by ") in replay.text.partition("Diagnostics:")[2], replay.text
    assert 0.3 <= took < 3, replay.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", WAITS)
def test_a_wait_ends_at_once_when_the_user_interrupts_it(name: str, number: signal.Signals) -> None:
    """The first signal is enough, and the next run goes on where this one has stopped."""
    wait = WAITS[name]
    replay = prepared(wait, LONG)
    interrupted: list[float] = []
    write = replay.screen.write

    def say(text: str) -> int:
        if wait.says in text and not interrupted:
            interrupted.append(time.monotonic())
            os.kill(os.getpid(), number)
        return write(text)

    replay.screen.write = say  # type: ignore[method-assign]
    assert wait.act(replay, LONG, interruptible=True).failed
    assert interrupted, replay.text
    assert time.monotonic() - interrupted[0] < 2, replay.text
    assert replay.text.count("error:") == 1, replay.text
    assert "interrupted before all was done" in replay.text
    assert "was not waited for any longer" in replay.text
    replay.screen.write = write  # type: ignore[method-assign]
    for path in [path for path, live in replay.api.objects.items() if live["metadata"].pop("finalizers", None)]:
        if "deletionTimestamp" in replay.api.objects[path]["metadata"]:
            replay.api.remove(path)
    following = Replay(FakeApi(), copy.deepcopy(replay.checkpoint))
    following.api.objects = replay.api.objects
    if DEPLOYMENT in following.api.objects:
        following.api._roll_out(following.api.objects[DEPLOYMENT])
    assert not wait.act(following, LONG).failed, following.text


def test_what_the_program_says_of_an_engine_that_was_interrupted_is_no_error() -> None:
    """It only follows from that."""
    replay = Replay(FakeApi())

    def interrupt(request: httpx2.Request) -> None:
        if request.method == "PATCH":
            replay.deployment.interrupt()

    replay.api.before = interrupt
    assert replay.run().halted
    said = engine_pb2.LogRequest(severity=engine_pb2.ERROR, message="Resource monitor has terminated")
    asyncio.run(EngineService(replay.deployment, replay.deployment.display).Log(said, None))
    assert "Resource monitor" not in [item.message for item in replay.deployment.display.errors]


@pytest.mark.parametrize("name", [name for name in WAITS if not WAITS[name].destroys])
def test_a_preview_waits_for_nothing(name: str) -> None:
    wait = WAITS[name]
    replay = prepared(wait, LONG)
    deployment, took = seconds(lambda: wait.act(replay, LONG, preview=True))
    assert not deployment.failed, replay.text
    assert took < 2
    assert replay.api.writes() == []


def test_what_is_created_is_waited_for_until_it_is_ready() -> None:
    replay = Replay(FakeApi(ready=False))
    deployment, took = seconds(lambda: replay.run(timeouts(SHORT)))
    assert deployment.failed
    assert "was not ready after 0 s: waiting for the Deployment controller" in replay.text
    assert took < 3


ENGINE = Path(flink_session.engine.__file__).parent
WAITING = {"sleep", "wait", "wait_for", "wait_until_ready", "wait_until_gone", "staying"}
KNOWN = {
    # Walked above, each with its timeout, its report and the run's interruption.
    "kubernetes_provider/objects.py:delete_object": "wait_until_gone",
    "kubernetes_provider/objects.py:staying": "wait_until_gone",
    "kubernetes_provider/objects.py:create": "staying",
    "kubernetes_provider/provider.py:is_there": "staying",
    "kubernetes_provider/kubernetes_resource.py:wait": "wait_until_ready",
    "deploy/steps.py:_write": "wait",
    # What those are made of.
    "kubernetes_provider/waits/view.py:changes": "wait",
    "kubernetes_provider/waits/view.py:follow_kinds": "sleep",
    "kubernetes_provider/waits/waiting.py:_try_again": "wait_for",
    "kubernetes_provider/waits/logs.py:last_lines": "wait_for",
    # Waits for other work of the run, which ends by itself: a step, a delete, the program, the writing of the state.
    "deploy/monitor.py:drain": "wait",
    "deploy/deletions.py:settled": "wait",
    "deploy/removal.py:remove_all": "wait",
    "deploy/run.py:_follow": "wait",
    "program/dynamic.py:close": "wait",
    "program/program.py:wait": "wait",
    "program/program.py:stop": "wait_for",
    "program/language_host.py:wait": "wait",
    "stack/journal.py:save": "sleep",
    "operations.py:_prepared": "sleep",
}
"""Each function of the engine that waits, and by what."""


def functions_that_wait() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(ENGINE.rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            for awaited in (node.value for node in ast.walk(function) if isinstance(node, ast.Await)):
                if isinstance(awaited, ast.Call):
                    name = (
                        awaited.func.attr
                        if isinstance(awaited.func, ast.Attribute)
                        else getattr(awaited.func, "id", "")
                    )
                    if name in WAITING:
                        found.setdefault(f"{file.relative_to(ENGINE)}:{function.name}", name)
    return found


def test_no_wait_is_left_out() -> None:
    assert functions_that_wait() == KNOWN


def test_a_wait_is_told_of_its_timeout_and_to_whom_it_reports() -> None:
    """No wait has a timeout of its own, or reports to nobody."""
    for file in (ENGINE / "kubernetes_provider").glob("*.py"):
        for call in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("wait_until_ready", "wait_until_gone", "staying"):
                given = [ast.unparse(argument) for argument in call.args]
                assert "seconds" in given, f"{file.name}: {ast.unparse(call)}"
                assert "report" in given, f"{file.name}: {ast.unparse(call)}"
                assert name == "staying" or given[-1].endswith("stopping"), f"{file.name}: {ast.unparse(call)}"
