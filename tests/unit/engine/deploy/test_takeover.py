"""Step by step along the recordings: from the recorded state and cluster before a step to the recorded state after it.

So each step takes over what the real engine and provider left, and has to leave what they did.
"""

import copy
import json
from typing import Any

import pytest

from flink_session.engine.model.state import checkpoint_from_json
from flink_session.engine.model.values import plain
from tests.support.engine.fake_api import FakeApi, Manifest
from tests.support.engine.recorded import CONFIG_MAP, DEPLOYMENT, made_from_the_config_map, more_slots
from tests.support.engine.replay import CRYPTER, RECORDINGS, Message, Replay, recorded_checkpoint

PLURALS = {"ConfigMap": "/api/v1/{}/configmaps", "Secret": "/api/v1/{}/secrets", "Service": "/api/v1/{}/services"}
PLURALS["Deployment"] = "/apis/apps/v1/{}/deployments"
# Not the same in any two runs, and source positions, which the engine leaves out and no reader needs.
VOLATILE = {"created", "modified", "time", "sourcePosition", "ciphertext"}
# What an API server gives to a new object, who has which of its fields, and how its roll-out went.
NEW = {"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "__fieldManager", "status"}


def recorded_objects(step: str) -> dict[str, Manifest]:
    """The objects in the cluster after a step, by path, as the provider recorded them."""
    objects = {}
    for state in checkpoint_from_json(recorded_checkpoint(step), CRYPTER.decrypt).resources:
        if state.type.startswith("kubernetes:"):
            live = {key: value for key, value in plain(state.outputs).items() if not key.startswith("__")}
            folder = PLURALS[live["kind"]].format(f"namespaces/{live['metadata']['namespace']}")
            objects[f"{folder}/{live['metadata']['name']}"] = live
    return objects


class RecordedApi(FakeApi):
    """An API server that adds to what it is sent what the recorded one added."""

    def __init__(self, before: str | None, after: str) -> None:
        self._after = recorded_objects(after)
        super().__init__()
        for path, live in (recorded_objects(before) if before else {}).items():
            self.objects[path] = copy.deepcopy(live)
            if live["kind"] == "Service":
                self._add_endpoints(path, live)

    def _store(self, path: str, live: Manifest) -> Manifest:
        if path in self._after:
            live.get("spec", {}).pop("clusterIP", None)
            _add(live, self._after[path])
        return super()._store(path, live)


def _add(live: Any, recorded: Any) -> None:
    if isinstance(live, dict) and isinstance(recorded, dict):
        for key, value in recorded.items():
            if key in live:
                _add(live[key], value)
            elif key not in NEW:
                live[key] = copy.deepcopy(value)
    elif isinstance(live, list) and isinstance(recorded, list):
        for mine, theirs in zip(live, recorded, strict=False):
            _add(mine, theirs)


def without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: without(item, keys) for key, item in value.items() if key not in keys}
    return [without(item, keys) for item in value] if isinstance(value, list) else value


def opened(state: Message) -> dict[str, Message]:
    """The resources of a state by name, with what is secret in clear and marked."""
    loaded = checkpoint_from_json(state, CRYPTER.decrypt).resources
    raw = {entry["urn"]: entry for entry in state["resources"]}
    marked = {
        item.urn: {"inputs in clear": plain(item.inputs), "outputs in clear": plain(item.outputs)} for item in loaded
    }
    return {urn.rsplit("::", 1)[-1]: entry | marked[urn] for urn, entry in raw.items()}


def assert_same(mine: Message, theirs: Message, *, made: set[str], elsewhere: frozenset[str] = frozenset()) -> None:
    """Compare two states, resource by resource and key by key.

    Args:
        mine, theirs: `deployment` objects.
        made: names of the resources whose objects were made in this step.
        elsewhere: keys that are not equal, besides times.
    """
    ours, recorded = opened(mine), opened(theirs)
    assert ours.keys() == recorded.keys()
    for name, entry in recorded.items():
        drop = VOLATILE | elsewhere | (NEW if name in made else set())
        assert without(ours[name], drop) == without(entry, drop), name
        assert set(entry) - set(ours[name]) <= {"sourcePosition"}, name
        assert set(ours[name]) - set(entry) <= elsewhere, name
        assert [key for key in ours[name] if key in entry] == [key for key in entry if key in ours[name]], "their order"
        if name in made:
            assert ours[name]["outputs"]["__fieldManager"], name
    assert mine["secrets_providers"] == theirs["secrets_providers"]
    assert mine.get("pending_operations") == theirs.get("pending_operations")
    assert mine["metadata"] == theirs["metadata"]
    assert without(mine["manifest"], {"time"}) == without(theirs["manifest"], {"time"})


OBJECTS = {"demo-secret", "demo-config", "demo-jm", "demo-rest"}


def test_02_create() -> None:
    replay = Replay(RecordedApi(None, "02-up-create"))
    assert not replay.run().failed
    new_ids = frozenset({"provider", "id"})
    assert_same(replay.checkpoint, recorded_checkpoint("02-up-create"), made=OBJECTS, elsewhere=new_ids)
    for name in OBJECTS:
        assert replay.resource(name)["id"] == opened(recorded_checkpoint("02-up-create"))[name]["id"]


def test_03_nothing_to_do() -> None:
    replay = Replay(RecordedApi("02-up-create", "02-up-create"), recorded_checkpoint("02-up-create"))
    assert replay.run(preview=True).counts == {"same": 6}
    assert replay.run().counts == {"same": 6}
    assert replay.saved == []
    assert replay.api.writes() == []


def test_05_update_and_replace() -> None:
    """Not compared of the Deployment are its status, and who has which fields: the fake knows no lists in FieldsV1."""
    replay = Replay(RecordedApi("02-up-create", "05-up-change"), recorded_checkpoint("02-up-create"))
    deployment = replay.run(step="05-up-change")
    assert deployment.counts == {"same": 4, "update": 1, "replace": 1}, replay.text
    by_server = frozenset({"status", "managedFields", "resourceVersion"})
    assert_same(replay.checkpoint, recorded_checkpoint("05-up-change"), made={"demo-config"}, elsewhere=by_server)
    entry = replay.resource("demo-jm")
    managers = {(item["manager"], item["operation"]) for item in entry["outputs"]["metadata"]["managedFields"]}
    assert (entry["outputs"]["__fieldManager"], "Apply") in managers
    assert ("pulumi-kubernetes", "Update") not in managers, "as recorded, it gave its fields up"


def test_06_refresh_after_drift() -> None:
    replay = Replay(RecordedApi("06-refresh", "06-refresh"), recorded_checkpoint("05-up-change"))
    assert replay.refresh().counts == {"same": 5, "update": 1}
    # The CLI's refresh forgets them, ours does not: the next run would only have to record them again.
    kept = frozenset({"propertyDependencies"})
    assert_same(replay.checkpoint, recorded_checkpoint("06-refresh"), made=set(), elsewhere=kept)


@pytest.mark.parametrize("step", ["07-up-after-drift", "14-preview-conflict"])
def test_07_and_14_the_field_that_somebody_scaled(step: str) -> None:
    """The CLI records the failed update with initErrors; the engine, which wrote nothing, leaves the state alone."""
    preview = step == "14-preview-conflict"
    replay = Replay(RecordedApi("06-refresh", "06-refresh"), recorded_checkpoint("06-refresh"))
    before = copy.deepcopy(replay.api.objects)
    assert replay.run(step=step, preview=preview).failed
    assert ".spec.replicas is managed by 'kubectl'" in replay.text
    assert replay.api.objects[DEPLOYMENT]["spec"] == before[DEPLOYMENT]["spec"]
    assert "pending_operations" not in replay.checkpoint
    if not preview:
        drop = VOLATILE | {"propertyDependencies"}
        recorded = {entry["urn"]: entry for entry in recorded_checkpoint("06-refresh")["resources"]}
        ours = {entry["urn"]: entry for entry in replay.checkpoint["resources"]}
        assert without(ours, drop) == without(recorded, drop)


def test_what_the_cli_left_of_a_failed_update_is_gone_on_with() -> None:
    """From the state of 07, with its initErrors, once the field is given back."""
    replay = Replay(RecordedApi("07-up-after-drift", "05-up-change"), recorded_checkpoint("07-up-after-drift"))
    live = replay.api.objects[DEPLOYMENT]
    live["metadata"]["managedFields"] = [e for e in live["metadata"]["managedFields"] if e["manager"] != "kubectl"]
    deployment = replay.run(step="05-up-change")
    assert not deployment.failed, replay.text
    assert deployment.counts == {"same": 5, "update": 1}
    assert "initErrors" not in replay.resource("demo-jm")
    assert replay.run(step="05-up-change").counts == {"same": 6}


@pytest.mark.parametrize("step", ["05-up-change", "06-refresh", "07-up-after-drift", "11-up-recover"])
def test_08_and_12_destroy(step: str) -> None:
    replay = Replay(RecordedApi(step, step), recorded_checkpoint(step))
    assert not replay.destroy().failed, replay.text
    recorded = recorded_checkpoint("08-destroy")
    assert without(replay.checkpoint, {"time"}) == without(recorded, {"time"})
    assert [path for path in replay.api.objects if "endpoint" not in path] == ["/api/v1/namespaces/default"]


def test_09_and_10_the_name_is_taken() -> None:
    """09 is green with the CLI; here the preview finds it. 10 leaves what was made before."""
    api = RecordedApi(None, "11-up-recover")
    api.put(CONFIG_MAP, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "default"}})
    replay = Replay(api, recorded_checkpoint("08-destroy"))
    assert replay.run(step="11-up-recover", preview=True).failed
    assert replay.run(step="10-up-exists").failed
    assert "already exists" in replay.text
    new_ids = frozenset({"provider", "id"})
    assert_same(replay.checkpoint, recorded_checkpoint("10-up-exists"), made=OBJECTS, elsewhere=new_ids)


def test_11_recover() -> None:
    replay = Replay(RecordedApi("10-up-exists", "11-up-recover"), recorded_checkpoint("10-up-exists"))
    deployment = replay.run(step="11-up-recover")
    assert not deployment.failed, replay.text
    made = OBJECTS - {"demo-secret"}
    assert_same(replay.checkpoint, recorded_checkpoint("11-up-recover"), made=made)


def test_13_cascade() -> None:
    """The recorded variant of the program has other names; its messages were not recorded, its digest was."""
    digest = json.loads((RECORDINGS / "13-preview-cascade.digest.json").read_text())

    def change(request: Message) -> None:
        made_from_the_config_map(request)
        more_slots(request)

    replay = Replay(FakeApi())
    replay.run(made_from_the_config_map)
    deployment = replay.run(change, preview=True)
    assert deployment.counts == digest["changeSummary"]
    recorded = {step["urn"].rsplit("-", 1)[-1]: step["op"] for step in digest["steps"] if step["op"] != "same"}
    ours = {step.urn.rsplit("-", 1)[-1]: step.operation for step in deployment.steps if step.operation != "same"}
    assert ours == recorded
