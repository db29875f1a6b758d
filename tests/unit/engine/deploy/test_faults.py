"""An API server that stumbles, a full disk, a user who interrupts: nothing is lost, and what went wrong is said."""

import asyncio
import copy
import os
import signal
from collections import Counter
from collections.abc import Callable

import httpx2
import pytest

from flink_session.engine.errors import BackendError
from flink_session.engine.stack.journal import Write
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.recorded import CONFIG_MAP, more_slots, wanted
from tests.support.engine.replay import Replay

Stumble = Callable[[FakeApi, httpx2.Request], httpx2.Response]


def refuse(code: int, **headers: str) -> Stumble:
    return lambda _api, _request: httpx2.Response(code, json={"message": "busy"}, headers=headers)


def drop(_api: FakeApi, request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("connection refused", request=request)


def lose_the_answer(api: FakeApi, request: httpx2.Request) -> httpx2.Response:
    FakeApi.answer(api, request)
    raise httpx2.ReadError("connection reset", request=request)


def stumbling(objects: dict[str, dict[str, object]], stumble: Stumble) -> FakeApi:
    """An API server that fails for each request, whatever it is, before it is made again."""
    api = FakeApi()
    api.objects = objects
    counts: Counter[tuple[str, str]] = Counter()

    def answer(request: httpx2.Request) -> httpx2.Response:
        # By request, not in all: which of several comes first is nobody's to know.
        counts[key := (request.method, str(request.url))] += 1
        return stumble(api, request) if counts[key] % 2 else FakeApi.answer(api, request)

    api.answer = answer  # type: ignore[method-assign]
    return api


@pytest.mark.parametrize(
    "stumble",
    [refuse(429, **{"Retry-After": "0"}), refuse(500), refuse(503), drop, lose_the_answer],
    ids=["429", "500", "503", "refused connection", "lost answer"],
)
def test_every_request_may_fail_once(stumble: Stumble) -> None:
    replay = Replay(stumbling(FakeApi().objects, stumble))
    assert replay.run().counts == {"create": 6}, replay.text
    assert replay.run(more_slots).counts == {"same": 4, "update": 1, "replace": 1}, replay.text
    whole = Replay(FakeApi())
    whole.run()
    whole.run(more_slots)
    assert wanted(replay.api.objects) == wanted(whole.api.objects)
    assert not replay.destroy().failed, replay.text
    assert set(wanted(replay.api.objects)) == {"/api/v1/namespaces/default"}


def test_what_was_created_without_an_answer_is_ours_even_if_a_controller_has_written_to_it() -> None:
    api = FakeApi()

    def lost_once(request: httpx2.Request) -> None:
        if request.method == "PATCH" and request.url.path == CONFIG_MAP and CONFIG_MAP not in api.objects:
            api.before = lambda _: None
            FakeApi.answer(api, request)
            field: dict[str, object] = {"f:metadata": {"f:annotations": {"f:seen": {}}}}
            api.objects[CONFIG_MAP]["metadata"]["annotations"] = {"seen": "yes"}
            entry = {"manager": "controller", "operation": "Update", "fieldsV1": field}
            api.objects[CONFIG_MAP]["metadata"]["managedFields"].append(entry)
            raise httpx2.ReadError("connection reset", request=request)

    api.before = lost_once
    replay = Replay(api)
    assert replay.run().counts == {"create": 6}, replay.text
    assert api.objects[CONFIG_MAP]["data"] == {"config.yaml": "taskmanager.numberOfTaskSlots: 1\n"}
    assert replay.run().counts == {"same": 6}


def test_when_the_api_server_is_gone_for_good_the_next_run_goes_on() -> None:
    for fatal in range(1, 40):
        replay = Replay(FakeApi())
        requests = 0

        def answer(request: httpx2.Request, replay: Replay = replay, fatal: int = fatal) -> httpx2.Response:
            nonlocal requests
            requests += 1
            return drop(replay.api, request) if requests >= fatal else FakeApi.answer(replay.api, request)

        replay.api.answer = answer  # type: ignore[method-assign]
        if not replay.run().failed:
            assert fatal > 20, "the last writes are among the requests that failed"
            return
        assert "stopped answering" in replay.text or "cannot be reached" in replay.text
        following = Replay(FakeApi(), copy.deepcopy(replay.checkpoint))
        following.api.objects = replay.api.objects
        made = {path: live["metadata"].get("uid") for path, live in replay.api.objects.items()}
        assert not following.run().failed, f"{fatal}: {following.text}"
        for path, uid in made.items():
            assert following.api.objects[path]["metadata"].get("uid") == uid, f"{fatal}: nothing is made twice"
    raise AssertionError("the run never came to its end")


def test_a_full_disk_at_any_write_is_an_error_and_the_state_of_before_is_intact() -> None:
    whole = Replay(FakeApi())
    whole.run()
    for fatal in range(1, len(whole.saved) + 1):
        replay = Replay(FakeApi())
        write, writes = replay._write, 0

        def full(text: str, features: set[str], fatal: int = fatal, write: Write = write) -> None:
            nonlocal writes
            writes += 1
            if writes >= fatal:
                raise BackendError("the checkpoint cannot be written: no space left on device")
            write(text, features)

        replay._write = full  # type: ignore[method-assign]
        assert replay.run().failed
        assert "no space left on device" in replay.text
        assert len(replay.saved) == fatal - 1
        following = Replay(FakeApi(), copy.deepcopy(replay.checkpoint))
        following.api.objects = replay.api.objects
        assert not following.run().failed, f"{fatal}: {following.text}"
        assert wanted(following.api.objects) == wanted(whole.api.objects)


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_once_finishes_what_runs_and_twice_gives_up_waiting(times: int) -> None:
    """The first signal comes with the first write, which is finished; nothing else is begun."""
    replay = Replay(FakeApi(ready=times == 1))
    sent = 0

    def interrupt(request: httpx2.Request) -> None:
        nonlocal sent
        at = "PATCH" if sent == 0 else "watch=true"
        wait = replay.api.objects and (times == 1 or "deployments" in str(request.url))
        if sent < times and wait and (request.method == at or at in str(request.url)):
            sent += 1
            os.kill(os.getpid(), signal.SIGINT)

    replay.api.before = interrupt
    if times == 2:
        with pytest.raises(asyncio.CancelledError):
            replay.run(interruptible=True)
        operations = replay.checkpoint["pending_operations"]
        assert [(item["type"], item["resource"]["urn"].split("::")[-1]) for item in operations] == [
            ("creating", "demo-jm")
        ]
    else:
        assert replay.run(interruptible=True).failed
        assert "interrupted" in replay.text
        assert [item for item in replay.api.writes() if item.startswith("PATCH")] == replay.api.writes()
        assert len(replay.api.writes()) == 1
        assert "pending_operations" not in replay.checkpoint
    following = Replay(FakeApi(), copy.deepcopy(replay.checkpoint))
    following.api.objects = replay.api.objects
    assert not following.run().failed, following.text
    assert following.run().counts == {"same": 6}


def test_ctrl_c_ends_a_preview_at_once() -> None:
    replay = Replay(FakeApi())
    replay.api.before = lambda _: os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(asyncio.CancelledError):
        replay.run(preview=True, interruptible=True)
    assert replay.api.writes() == []
