"""A run that is killed at any point between two requests or two changes of a file is continued by the next one."""

import contextlib
import copy
import functools
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flink_session.engine.deploy.deployment import Deployment
from tests.support.engine.edges import Edges, Killed, World, every_point
from tests.support.engine.recorded import CONFIG_MAP, DEPLOYMENT, made_from_the_config_map, more_slots, wanted
from tests.support.engine.replay import Change, Message, Replay

pytestmark = pytest.mark.slow

Act = Callable[[Replay], Deployment]


def new_name(request: Message) -> None:
    """A change that is a replacement with the new object first."""
    if request["name"] == "demo-config":
        request["object"]["metadata"]["name"] = "renamed"


def cascade(request: Message) -> None:
    """A change that replaces the ConfigMap, and the Deployment with it."""
    made_from_the_config_map(request)
    more_slots(request)


SCENARIOS: dict[str, tuple[bool, Act]] = {
    "create": (False, lambda replay: replay.run()),
    "create, all at once": (False, lambda replay: replay.run(at_once=True)),
    "update and replace": (True, lambda replay: replay.run(more_slots)),
    "replace two": (True, lambda replay: replay.run(cascade)),
    "replace, the new one first": (True, lambda replay: replay.run(new_name)),
    "delete one": (True, lambda replay: replay.run(without=("demo-rest",))),
    "destroy": (True, lambda replay: replay.destroy()),
    "refresh": (True, lambda replay: replay.refresh()),
}

Worlds = Callable[..., World]


@pytest.fixture
def worlds(tmp_path: Path) -> Worlds:
    """Makes worlds: empty ones, and ones in which the recorded program is up."""
    numbers = itertools.count()

    @functools.cache
    def up() -> World:
        world = World(tmp_path / "up")
        world.folder.mkdir()
        with world.process(Edges()) as process:
            assert not process.run(made_from_the_config_map).failed
        return world

    def make(exists: bool, *, drifted: bool = False) -> World:
        world = World(tmp_path / str(next(numbers)))
        if exists:
            shutil.copytree(up().folder, world.folder)
            world.objects = copy.deepcopy(up().objects)
        else:
            world.folder.mkdir()
        if drifted:
            world.objects[DEPLOYMENT]["spec"]["replicas"] = 2
            del world.objects[CONFIG_MAP]
        return world

    return make


def succeeds(world: World, act: Act, where: str) -> Deployment:
    """Run to the end, with each write to the cluster announced in the state, and nothing left pending."""
    edges = Edges()
    with world.process(edges) as process:
        deployment = act(process)
    assert not deployment.failed, f"{where}: {process.text}"
    assert edges.unrecorded == [], where
    assert "pending_operations" not in world.state, where
    return deployment


def uids(world: World) -> dict[str, str]:
    return {path: live["metadata"]["uid"] for path, live in world.objects.items() if "uid" in live["metadata"]}


def urns(world: World) -> list[str]:
    return sorted(entry["urn"] for entry in world.state.get("resources", []))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_point(scenario: str, worlds: Worlds) -> None:
    exists, act = SCENARIOS[scenario]
    before = functools.partial(worlds, exists, drifted=scenario == "refresh")
    whole = before()
    succeeds(whole, act, "never killed")
    points = 0
    for where, world in every_point(act, before):
        points += 1
        found = uids(world)
        succeeds(world, act, where)
        assert wanted(world.objects) == wanted(whole.objects), where
        assert urns(world) == urns(whole), where
        if scenario.startswith("create"):
            assert uids(world) | found == uids(world), f"{where}: nothing is made twice"
        idle = Edges()
        with world.process(idle) as process:
            assert act(process).changes == 0, where
        assert not [edge for edge in idle.passed if edge.startswith(("PATCH", "DELETE"))], where
        left = [path.name for path in world.folder.rglob("*") if path.is_file()]
        assert set(left) <= {"meta.yaml", "dev.json", "dev.json.bak"}, where
    assert points >= 12


@pytest.mark.parametrize("scenario", ["create", "update and replace", "replace, the new one first", "destroy"])
def test_destroy_leaves_nothing_whatever_was_interrupted(scenario: str, worlds: Worlds) -> None:
    exists, act = SCENARIOS[scenario]
    for where, world in every_point(act, lambda: worlds(exists)):
        if not world.state:
            continue  # killed before there was anything to destroy
        succeeds(world, lambda replay: replay.destroy(), where)
        assert set(wanted(world.objects)) == {"/api/v1/namespaces/default"}, where
        assert urns(world) == [], where


@pytest.mark.parametrize("change", [more_slots, new_name])
@pytest.mark.parametrize("exists", [False, True])
def test_a_change_may_be_taken_back_whatever_of_it_was_done(change: Change, exists: bool, worlds: Worlds) -> None:
    before = wanted(worlds(True).objects)
    for where, world in every_point(lambda replay: replay.run(change), lambda: worlds(exists)):
        succeeds(world, lambda replay: replay.run(), where)
        assert wanted(world.objects) == before, where
        assert succeeds(world, lambda replay: replay.run(), where).counts == {"same": 6}, where


@pytest.mark.parametrize("scenario", ["create", "replace two", "replace, the new one first", "destroy"])
def test_a_refresh_in_between_forgets_nothing(scenario: str, worlds: Worlds) -> None:
    exists, act = SCENARIOS[scenario]
    whole = worlds(exists)
    succeeds(whole, act, "never killed")
    for where, world in every_point(act, lambda: worlds(exists)):
        if not world.state:
            continue
        with world.process(Edges()) as process:
            assert not process.refresh().failed, f"{where}: {process.text}"
        succeeds(world, act, where)
        assert wanted(world.objects) == wanted(whole.objects), where
        assert urns(world) == urns(whole), where


@pytest.mark.parametrize("scenario", ["replace two", "destroy"])
def test_what_goes_on_may_be_killed_as_well(scenario: str, worlds: Worlds) -> None:
    """The second death comes at some edges, at others after each first one: all pairs would take minutes."""
    exists, act = SCENARIOS[scenario]
    whole = worlds(exists)
    succeeds(whole, act, "never killed")
    for number, (_, once) in enumerate(every_point(act, lambda: worlds(exists))):
        for fatal in itertools.count(1 + number % 41, 41):
            world, edges = World(once.folder.with_suffix(f".{fatal}"), copy.deepcopy(once.objects)), Edges(fatal)
            shutil.copytree(once.folder, world.folder)
            with contextlib.suppress(Killed), world.process(edges) as process:
                act(process)
            if not edges.dead:
                break
            where = f"killed at {number + 1}, then at {fatal}, after {edges.passed[-1:]}"
            succeeds(world, act, where)
            assert wanted(world.objects) == wanted(whole.objects), where
            assert urns(world) == urns(whole), where
