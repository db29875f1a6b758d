"""A run that is killed at any point between two requests or two writes of the state is continued by the next one.

The points are not chosen: each scenario is run once to count its edges, that is, requests to the API server and writes
of the checkpoint, and then killed at every one of them, right before it takes effect and right after.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from tests.unit.engine.fake_api import FakeApi, Manifest
from tests.unit.engine.replay import Change, Message, Replay
from tests.unit.engine.test_steps import more_slots

CONFIG_MAP = "/api/v1/namespaces/default/configmaps/flink-config-demo"
DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/demo"


class Killed(BaseException):
    """The process is no more; nothing is caught, nothing cleaned up."""


@dataclass
class Edges:
    """Counts what leaves the process, and kills it at one of these points; a dead process does nothing any more."""

    fatal: int = 0
    after: bool = False
    passed: list[str] = field(default_factory=list)
    dead: bool = False

    def cross(self, what: str, effect: Callable[[], Any]) -> Any:
        """Let something take effect outside of the process, unless it dies before that."""
        if self.dead:
            raise Killed
        self.passed.append(what)
        self.dead = len(self.passed) == self.fatal
        if self.dead and not self.after:
            raise Killed
        result = effect()
        if self.dead:
            raise Killed
        return result


def process(world: Replay, edges: Edges) -> Replay:
    """A process on the cluster and the state of an earlier one."""
    api = FakeApi()
    api.objects = world.api.objects
    started = Replay(api, copy.deepcopy(world.checkpoint))
    handle, write = api.answer, started._write

    def answer(request: httpx2.Request) -> httpx2.Response:
        response: httpx2.Response = edges.cross(f"{request.method} {request.url.path}", lambda: handle(request))
        return response

    def save(text: str) -> None:
        edges.cross("checkpoint", lambda: write(text))
        world.checkpoint = started.checkpoint

    api.answer, started._write = answer, save  # type: ignore[method-assign]
    return started


def new_name(request: Message) -> None:
    """A change that is a replacement with the new object first."""
    if request["name"] == "demo-config":
        request["object"]["metadata"]["name"] = "renamed"


def made_from_the_config_map(request: Message) -> None:
    """The Deployment's spec is made from the ConfigMap's outputs."""
    if request["name"] == "demo-jm":
        urn = "urn:pulumi:dev::recording::recording:index:Session$kubernetes:core/v1:ConfigMap::demo-config"
        request["propertyDependencies"]["spec"] = {"urns": [urn]}


def cascade(request: Message) -> None:
    """A change that replaces the ConfigMap, and the Deployment with it."""
    made_from_the_config_map(request)
    more_slots(request)


def all_but_the_service(replay: Replay) -> Any:
    return replay.run(without=("demo-rest",))


SCENARIOS: dict[str, tuple[bool, Callable[[Replay], Any]]] = {
    "create": (False, lambda replay: replay.run()),
    "update and replace": (True, lambda replay: replay.run(more_slots)),
    "replace two": (True, lambda replay: replay.run(cascade)),
    "replace, the new one first": (True, lambda replay: replay.run(new_name)),
    "delete one": (True, all_but_the_service),
    "destroy": (True, lambda replay: replay.destroy()),
    "refresh": (True, lambda replay: replay.refresh()),
}


def world_before(exists: bool, *, drifted: bool = False) -> Replay:
    world = Replay(FakeApi())
    if exists:
        world.run(made_from_the_config_map)
    if drifted:
        live = world.api.objects[DEPLOYMENT]
        live["spec"]["replicas"] = 2
        del world.api.objects[CONFIG_MAP]
    return world


def wanted(objects: dict[str, Manifest]) -> dict[str, Any]:
    """What users care about of a cluster: which objects there are and what they say."""
    return {
        path: {key: live.get(key) for key in ("data", "spec")}
        for path, live in objects.items()
        if "endpoint" not in path
    }


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_point(scenario: str, after: bool) -> None:
    exists, act = SCENARIOS[scenario]
    drifted = scenario == "refresh"
    whole, edges = world_before(exists, drifted=drifted), Edges()
    assert not act(process(whole, edges)).failed
    assert edges.passed.count("checkpoint") >= 1
    for fatal, point in enumerate(edges.passed, start=1):
        where = f"killed {'after' if after else 'before'} edge {fatal}, {point}"
        world = world_before(exists, drifted=drifted)
        with pytest.raises(Killed):
            act(process(world, Edges(fatal, after)))
        found = {path: live["metadata"]["uid"] for path, live in world.api.objects.items() if "uid" in live["metadata"]}
        following = process(world, Edges())
        assert not act(following).failed, f"{where}: {following.text}"
        assert wanted(world.api.objects) == wanted(whole.api.objects), where
        assert "pending_operations" not in world.checkpoint, where
        urns = [entry["urn"] for entry in world.checkpoint.get("resources", [])]
        assert urns == [entry["urn"] for entry in whole.checkpoint.get("resources", [])] or set(urns) == {
            entry["urn"] for entry in whole.checkpoint["resources"]
        }, where
        if scenario == "create":
            remade = [path for path, uid in found.items() if world.api.objects[path]["metadata"].get("uid") != uid]
            assert remade == [], f"{where}: nothing is made twice"
        idle = Edges()
        assert act(process(world, idle)).changes == 0, where
        assert not [edge for edge in idle.passed if edge.startswith(("PATCH", "DELETE"))], where


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scenario", ["create", "update and replace", "replace, the new one first"])
def test_destroy_leaves_nothing_whatever_was_interrupted(scenario: str, after: bool) -> None:
    exists, act = SCENARIOS[scenario]
    edges = Edges()
    act(process(world_before(exists), edges))
    for fatal, point in enumerate(edges.passed, start=1):
        world = world_before(exists)
        with pytest.raises(Killed):
            act(process(world, Edges(fatal, after)))
        following = process(world, Edges())
        assert not following.destroy().failed, f"{point}: {following.text}"
        assert set(wanted(world.api.objects)) == {"/api/v1/namespaces/default"}, point
        assert "resources" not in world.checkpoint, point
        assert "pending_operations" not in world.checkpoint, point


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("change", [more_slots, new_name])
@pytest.mark.parametrize("exists", [False, True])
def test_a_change_may_be_taken_back_whatever_of_it_was_done(change: Change, exists: bool, after: bool) -> None:
    edges = Edges()
    process(world_before(exists), edges).run(change)
    before = wanted(world_before(True).api.objects)
    for fatal, point in enumerate(edges.passed, start=1):
        where = f"{fatal}, {point}"
        world = world_before(exists)
        with pytest.raises(Killed):
            process(world, Edges(fatal, after)).run(change)
        following = process(world, Edges())
        assert not following.run().failed, f"{where}: {following.text}"
        assert wanted(world.api.objects) == before, where
        assert "pending_operations" not in world.checkpoint, where
        assert process(world, Edges()).run().counts == {"same": 6}, where
