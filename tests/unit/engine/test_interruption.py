"""A run that dies at any request to the API server, or right after any save, is continued by the next one."""

import copy
from typing import Any

import httpx2
import pytest

from tests.unit.engine.fake_api import FakeApi
from tests.unit.engine.replay import Replay
from tests.unit.engine.test_steps import more_slots


class Killed(BaseException):
    """The process is no more; nothing is caught, nothing cleaned up."""


def die_at(replay: Replay, count: int, *, after: bool) -> None:
    """Let the process die before, or right after, the API server carries out the count-th write."""
    writes = 0
    handle = replay.api._apply, replay.api._delete

    def dying(method: Any) -> Any:
        def call(*args: Any) -> httpx2.Response:
            nonlocal writes
            dry_run = len(args) > 1 and isinstance(args[1], dict) and "dryRun" in args[1]
            writes += not dry_run
            if writes == count and not dry_run:
                if after:
                    method(*args)
                raise Killed
            response: httpx2.Response = method(*args)
            return response

        return call

    replay.api._apply, replay.api._delete = dying(handle[0]), dying(handle[1])  # type: ignore[method-assign]


def revive(replay: Replay) -> Replay:
    """The next process: the same cluster, and of the state what was saved."""
    api = FakeApi()
    api.objects = replay.api.objects
    return Replay(api, copy.deepcopy(replay.checkpoint))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_create(count: int, after: bool) -> None:
    replay = Replay(FakeApi())
    die_at(replay, count, after=after)
    with pytest.raises(Killed):
        replay.run()
    assert replay.checkpoint["pending_operations"][0]["type"] == "creating"
    made = {path: live["metadata"].get("uid") for path, live in replay.api.objects.items()}
    following = revive(replay)
    assert not following.run().failed, following.text
    assert "pending_operations" not in following.checkpoint
    assert len(following.checkpoint["resources"]) == 7
    for path, uid in made.items():
        assert following.api.objects[path]["metadata"].get("uid") == uid, "nothing is made twice"
    assert following.run().counts == {"same": 6}


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_destroy_after_an_interrupted_create_leaves_nothing(count: int) -> None:
    replay = Replay(FakeApi())
    die_at(replay, count, after=True)
    with pytest.raises(Killed):
        replay.run()
    following = revive(replay)
    assert not following.destroy().failed, following.text
    assert {path for path in following.api.objects if "endpoint" not in path} == {"/api/v1/namespaces/default"}
    assert "resources" not in following.checkpoint
    assert "pending_operations" not in following.checkpoint


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("take_back", [False, True])
def test_replace_and_update(count: int, after: bool, take_back: bool) -> None:
    replay = Replay(FakeApi())
    replay.run()
    die_at(replay, count, after=after)
    with pytest.raises(Killed):
        replay.run(more_slots)
    following = revive(replay)
    deployment = following.run() if take_back else following.run(more_slots)
    assert not deployment.failed, following.text
    slots = "1" if take_back else "2"
    live = following.api.objects["/api/v1/namespaces/default/configmaps/flink-config-demo"]
    assert live["data"] == {"config.yaml": f"taskmanager.numberOfTaskSlots: {slots}\n"}
    sha = following.api.objects["/apis/apps/v1/namespaces/default/deployments/demo"]["spec"]["template"]["metadata"]
    assert (sha["annotations"]["sha"] == "another") is not take_back
    assert "pending_operations" not in following.checkpoint
    assert (following.run() if take_back else following.run(more_slots)).counts == {"same": 6}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_destroy(count: int, after: bool) -> None:
    replay = Replay(FakeApi())
    replay.run()
    die_at(replay, count, after=after)
    with pytest.raises(Killed):
        replay.destroy()
    following = revive(replay)
    assert not following.destroy().failed, following.text
    assert {path for path in following.api.objects if "endpoint" not in path} == {"/api/v1/namespaces/default"}
    assert "resources" not in following.checkpoint
