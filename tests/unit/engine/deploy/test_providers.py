"""Providers of their own, and what they say: options, another cluster, one that cannot be asked, other packages."""

import asyncio
import copy
from typing import Any, cast

import httpx2
import pytest

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.kubeconfig import ClusterChoice, Connection
from flink_session.engine.deploy.providers import Providers
from flink_session.engine.model.signatures import UNKNOWN_TEXT
from flink_session.engine.model.state import Checkpoint
from flink_session.engine.stack.journal import Journal
from flink_session.engine.stack.project import StackConfig
from tests.support.engine import replay as replay_module
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.recorded import CONFIG_MAP, DEPLOYMENT, SERVICE, more_slots, on
from tests.support.engine.replay import CRYPTER, Message, Neighbourhood, Replay

URN = "urn:pulumi:dev::recording::pulumi:providers:kubernetes::mine"


def own_provider(**options: Any) -> Any:
    """Let the recorded program's first resource be a provider, and its Service use that."""

    def change(request: Message) -> None:
        if request["name"] == "demo-secret":
            request |= {"type": "pulumi:providers:kubernetes", "name": "mine", "object": options, "parent": ""}
            request["additionalSecretOutputs"] = []
        if request["name"] == "demo-rest":
            request |= {"provider": f"{URN}::x", "dependencies": [], "propertyDependencies": {}}

    return change


@pytest.fixture
def two_clusters(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeApi]:
    """The clusters of two contexts."""
    apis = {"": FakeApi(), "other": FakeApi()}

    class Two(Neighbourhood):
        async def cluster(self, choice: ClusterChoice) -> Cluster:
            connection = Connection(apis[choice.context].client(), f"http://{choice.context}", "the fake", "default")
            return Cluster(connection)

    monkeypatch.setattr(replay_module, "Neighbourhood", Two)
    return apis


def test_a_provider_in_another_cluster_moves_what_uses_it(two_clusters: dict[str, FakeApi]) -> None:
    replay = Replay(two_clusters[""])
    assert replay.run(own_provider()).counts == {"create": 6}, replay.text
    old = replay.resource("mine")["id"]
    preview = replay.run(own_provider(context="other"), preview=True)
    assert preview.counts == {"same": 4, "replace": 2}, replay.text
    assert SERVICE not in two_clusters["other"].objects
    moved = replay.run(own_provider(context="other"))
    assert moved.counts == {"same": 4, "replace": 2}, replay.text
    assert SERVICE in two_clusters["other"].objects
    assert SERVICE not in two_clusters[""].objects
    new = replay.resource("mine")
    assert new["id"] != old
    assert replay.resource("demo-rest")["provider"] == f"{URN}::{new['id']}"
    assert [entry["urn"] for entry in replay.checkpoint["resources"] if entry.get("delete")] == []
    assert replay.run(own_provider(context="other")).counts == {"same": 6}


def test_a_provider_that_only_says_otherwise_which_cluster_it_is_moves_nothing() -> None:
    replay = Replay(FakeApi())
    replay.run(own_provider())
    replay.api.requests.clear()
    assert replay.run(own_provider(context="the same")).counts == {"same": 5, "update": 1}
    assert replay.api.writes() == []


def test_a_provider_that_is_only_called_otherwise_moves_nothing() -> None:
    replay = Replay(FakeApi())
    replay.run(own_provider())
    before = replay.resource("mine")
    replay.api.requests.clear()

    def renamed(request: Message) -> None:
        own_provider()(request)
        if request["name"] == "mine":
            request |= {"name": "other", "aliases": [{"spec": {"name": "mine"}}]}
        if request["name"] == "demo-rest":
            request |= {"provider": request["provider"].replace("::mine", "::other")}

    assert replay.run(renamed).counts == {"same": 6}, replay.text
    assert replay.api.writes() == []
    assert replay.resource("other")["id"] == before["id"]
    assert replay.resource("demo-rest")["provider"] == f"{replay.resource('other')['urn']}::{before['id']}"


@pytest.mark.parametrize("value", [True, "true"])
def test_a_provider_may_say_that_data_is_changed_in_place(value: Any) -> None:
    replay = Replay(FakeApi())
    replay.config = StackConfig({"kubernetes:enableConfigMapMutable": str(value)}, frozenset())
    replay.run()
    assert replay.run(more_slots).counts == {"same": 4, "update": 2}, replay.text
    assert f"DELETE {CONFIG_MAP}" not in replay.api.requests


def test_a_provider_may_say_that_fields_are_taken_from_others() -> None:
    replay = Replay(FakeApi())
    replay.run()
    live = replay.api.objects[DEPLOYMENT]
    replay.api.put(DEPLOYMENT, {**live, "spec": {**live["spec"], "replicas": 3}}, manager="kubectl")
    two = on("demo-jm", "object.spec.replicas", 2)
    assert replay.run(two, preview=True).failed
    replay.config = StackConfig({"kubernetes:enablePatchForce": "true"}, frozenset())
    assert not replay.run(two).failed
    assert replay.api.objects[DEPLOYMENT]["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("option", "value"), [("renderYamlToDirectory", "out"), ("enableServerSideApply", "false"), ("cluster", "c")]
)
def test_an_option_that_is_not_honoured_is_refused_by_name(option: str, value: str) -> None:
    replay = Replay(FakeApi())
    assert replay.run(own_provider(**{option: value})).failed
    assert f"the provider option {option}" in replay.text
    assert replay.api.writes() == []


def test_a_provider_that_is_not_known_yet_is_previewed_by_the_inputs() -> None:
    replay = Replay(FakeApi())
    deployment = replay.run(own_provider(kubeconfig=UNKNOWN_TEXT), preview=True)
    assert deployment.counts == {"create": 6}, replay.text
    assert not [request for request in replay.api.requests if "services/demo-rest" in request]


def unreachable(_: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


def test_without_a_cluster_a_preview_goes_by_what_is_recorded_and_says_so() -> None:
    replay = Replay(FakeApi())
    replay.run()
    replay.api.before = unreachable
    replay.api.requests.clear()
    warnings: list[str] = []
    replay.warn = warnings.append
    assert replay.run(more_slots, preview=True).counts == {"same": 4, "replace": 1, "update": 1}, replay.text
    assert set(replay.api.requests) == {"GET /version"}
    assert len(warnings) == 1
    assert "cannot be reached" in warnings[0]


PET = {
    "urn": "urn:pulumi:dev::recording::random:index:Pet::pet",
    "custom": True,
    "id": "dog",
    "type": "random:index:Pet",
    "inputs": {"__defaults": ["separator"], "length": 2},
    "outputs": {"name": "dog", "picture": {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17"}},
    "provider": "urn:pulumi:dev::recording::pulumi:providers:random::default_4::7",
}
RANDOM = {
    "urn": "urn:pulumi:dev::recording::pulumi:providers:random::default_4",
    "custom": True,
    "id": "7",
    "type": "pulumi:providers:random",
    "inputs": {"version": "4"},
}


def with_pet(length: int) -> Any:
    def change(request: Message) -> None:
        if request["name"] == "demo-rest":
            request |= {"type": "random:index:Pet", "name": "pet", "parent": "", "version": "5"}
            request |= {"object": {"length": length}, "dependencies": [], "propertyDependencies": {}}

    return change


def test_what_only_the_cli_can_handle_is_carried_along_and_blocks_what_would_change_it() -> None:
    replay = Replay(FakeApi(), {"resources": [copy.deepcopy(RANDOM), copy.deepcopy(PET)]})
    assert replay.run(with_pet(2)).counts == {"create": 5, "same": 1}, replay.text
    kept = replay.resource("pet")
    assert {key: kept[key] for key in PET} == PET
    assert replay.resource("default_4") == RANDOM
    assert replay.refresh().counts["same"] == 6, replay.text
    assert replay.run(with_pet(3), preview=True).failed
    assert "random:index:Pet is not supported by the embedded engine; use the `pulumi` CLI" in replay.text
    assert replay.run(preview=True).failed, "it would be deleted"
    assert replay.destroy().failed
    assert replay.resource("pet")["id"] == "dog"


def test_connecting_is_given_up_when_nobody_waits_for_it_any_more() -> None:
    """The program has ended before: a later word on it would be a traceback."""

    class Far:
        namespace, server = "default", "far"

        async def check_reachable(self) -> None:
            connecting.set()
            await asyncio.sleep(3600)

    async def run() -> int:
        outside = Neighbourhood(cast("Cluster", Far()))
        journal = Journal(Checkpoint(), CRYPTER, None)
        providers = Providers("dev", "recording", StackConfig({}, frozenset()), "", journal, outside)
        warming = asyncio.create_task(providers.warm_up())
        await connecting.wait()
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)
        await providers.close()
        return len(asyncio.all_tasks())

    connecting = asyncio.Event()
    assert asyncio.run(run()) == 1
