"""Equality with the recorded engine and provider: the same requests give the same checkpoint, key by key."""

import json
from typing import Any

import pytest

from flink_session.engine.check import check
from flink_session.engine.kinds import find_kind
from flink_session.engine.signatures import SIGNATURE_KEY, from_signed
from flink_session.engine.state import checkpoint_from_json, deployment_to_json, integrity_errors
from flink_session.engine.values import plain
from tests.unit.engine.fake_api import FakeApi
from tests.unit.engine.replay import CRYPTER, Replay, recorded_checkpoint, recorded_messages

# What is different from run to run, and what the engine leaves out: source positions, which no reader needs.
VOLATILE = {"created", "modified", "sourcePosition", "id", "provider", "ciphertext", "time"}
# Decided by the API server, of which the fake knows only a part.
SERVER_SIDE = {"managedFields", "uid", "resourceVersion", "creationTimestamp", "__fieldManager", "status"}


def comparable(value: Any, *, drop: set[str]) -> Any:
    """A value without the keys that cannot be equal."""
    if isinstance(value, dict):
        return {key: comparable(item, drop=drop) for key, item in value.items() if key not in drop}
    return [comparable(item, drop=drop) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("step", ["02-up-create", "05-up-change", "08-destroy", "10-up-exists"])
def test_a_recorded_checkpoint_is_written_back_as_it_was_read(step: str) -> None:
    recorded = recorded_checkpoint(step)
    checkpoint = checkpoint_from_json(recorded, CRYPTER.decrypt)
    assert integrity_errors(checkpoint.resources) == []
    written = deployment_to_json(checkpoint, CRYPTER.encrypt, recorded["manifest"]["time"])
    assert json.dumps(written, sort_keys=True) == json.dumps(recorded, sort_keys=True)


def test_the_secrets_of_a_recorded_checkpoint_are_decrypted() -> None:
    checkpoint = checkpoint_from_json(recorded_checkpoint("02-up-create"), CRYPTER.decrypt)
    by_name = {state.name: state for state in checkpoint.resources}
    assert plain(by_name["recording-dev"].outputs)["token"] == "s3cret"
    assert plain(by_name["demo-secret"].inputs)["data"] == {"token": "czNjcmV0"}
    assert "s3cret" not in repr(checkpoint)


def test_up_gives_the_recorded_checkpoint() -> None:
    replay = Replay(FakeApi())
    assert not replay.run().failed
    recorded = recorded_checkpoint("02-up-create")
    assert [entry["urn"] for entry in replay.checkpoint["resources"]] != []
    ours = {entry["urn"]: entry for entry in replay.checkpoint["resources"]}
    assert ours.keys() == {entry["urn"] for entry in recorded["resources"]}
    for theirs in recorded["resources"]:
        mine = ours[theirs["urn"]]
        assert set(theirs) - set(mine) <= {"sourcePosition"}
        assert list(mine) == [key for key in theirs if key in mine], "the order of the keys"
        without_outputs = {"outputs", *VOLATILE} if theirs["type"].startswith("kubernetes:") else VOLATILE
        assert comparable(mine, drop=without_outputs) == comparable(theirs, drop=without_outputs)
    assert replay.checkpoint["secrets_providers"] == recorded["secrets_providers"]
    assert replay.checkpoint["metadata"] == {}


def test_the_outputs_of_objects_are_those_recorded() -> None:
    replay = Replay(FakeApi())
    replay.run()
    for theirs in recorded_checkpoint("02-up-create")["resources"]:
        if theirs["type"] in ("kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret"):
            mine = replay.resource(theirs["urn"].rsplit("::", 1)[-1])
            drop = VOLATILE | SERVER_SIDE
            assert comparable(mine["outputs"], drop=drop) == comparable(theirs["outputs"], drop=drop)
            assert mine["id"] == theirs["id"]
            assert mine["outputs"]["__fieldManager"] == mine["outputs"]["metadata"]["managedFields"][0]["manager"]


def test_a_second_up_changes_neither_cluster_nor_checkpoint() -> None:
    replay = Replay(FakeApi(), recorded_checkpoint("02-up-create"))
    deployment = replay.run()
    assert deployment.counts == {"same": 6}
    assert replay.saved == []
    assert replay.api.writes() == []


def test_check_gives_the_recorded_inputs() -> None:
    checks = recorded_messages("Check")
    assert len(checks) == 4
    for request, response in checks:
        news = {key: from_signed(value) if SIGNATURE_KEY in value else value for key, value in request["news"].items()}
        checked = check(find_kind(request["type"]), request["name"], news, None, "default")
        expected = response["inputs"]
        assert plain(checked) == {
            key: value["value"] if isinstance(value, dict) and SIGNATURE_KEY in value else value
            for key, value in expected.items()
        }
        secret = {key for key, value in expected.items() if isinstance(value, dict) and SIGNATURE_KEY in value}
        assert {key for key, value in checked.items() if repr(value) == "[secret]"} == secret
