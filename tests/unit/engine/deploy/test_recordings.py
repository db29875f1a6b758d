"""The recorded states can be read, and the recorded checks are ours. See test_takeover for each step."""

import json
from dataclasses import replace

import pytest

from flink_session.engine.kubernetes_provider.check import check
from flink_session.engine.kubernetes_provider.kinds import find_kind
from flink_session.engine.model.signatures import SECRET_SIGNATURE, SIGNATURE_KEY, from_signed
from flink_session.engine.model.state import (
    ResourceState,
    checkpoint_from_json,
    in_clear,
    integrity_errors,
    resource_from_json,
    resource_to_json,
)
from flink_session.engine.model.values import Secret, plain
from flink_session.engine.stack.journal import Journal
from tests.support.engine.replay import CRYPTER, recorded_checkpoint, recorded_messages


@pytest.mark.parametrize(
    "step",
    [
        "02-up-create",
        "05-up-change",
        "06-refresh",
        "07-up-after-drift",
        "08-destroy",
        "10-up-exists",
        "11-up-recover",
    ],
)
def test_a_recorded_checkpoint_is_written_back_as_it_was_read(step: str) -> None:
    recorded = recorded_checkpoint(step)
    checkpoint = checkpoint_from_json(recorded, CRYPTER.decrypt)
    assert integrity_errors(checkpoint.resources) == []
    texts: list[str] = []
    Journal(checkpoint, CRYPTER, lambda text, _: texts.append(text)).write_now()
    written = json.loads(texts[0])
    assert written["manifest"] | {"time": recorded["manifest"]["time"]} == recorded["manifest"]
    assert list(written) == list(recorded)
    assert json.dumps(written | {"manifest": 0}, sort_keys=True) == json.dumps(
        recorded | {"manifest": 0}, sort_keys=True
    )


def test_the_secrets_of_a_recorded_checkpoint_are_decrypted() -> None:
    checkpoint = checkpoint_from_json(recorded_checkpoint("02-up-create"), CRYPTER.decrypt)
    by_name = {state.name: state for state in checkpoint.resources}
    assert plain(by_name["recording-dev"].outputs)["token"] == "s3cret"
    assert plain(by_name["demo-secret"].inputs)["data"] == {"token": "czNjcmV0"}
    assert "s3cret" not in repr(checkpoint)


def test_a_secret_inside_another_is_encrypted_with_it_as_the_cli_does() -> None:
    """It is only marked; what it was encrypted to by itself before is not written there, nor the other way round."""
    inner = Secret("deep", CRYPTER.encrypt('"deep"'))
    state = ResourceState("urn:pulumi:s::p::t::n", True, "t", outputs={"data": Secret({"a": inner, "b": 1})})
    entry = resource_to_json(state, CRYPTER.encrypt)
    text = CRYPTER.decrypt(entry["outputs"]["data"]["ciphertext"])
    mark = {SIGNATURE_KEY: SECRET_SIGNATURE}
    assert json.loads(text) == {"a": {**mark, "ciphertext": '"deep"'}, "b": 1}
    read = resource_from_json(entry, CRYPTER.decrypt)
    assert read == state
    assert resource_to_json(read, CRYPTER.encrypt) == entry
    bared = resource_to_json(replace(read, outputs=read.outputs["data"].value), CRYPTER.encrypt)
    assert CRYPTER.decrypt(bared["outputs"]["a"]["ciphertext"]) == '"deep"'
    shown = json.loads(in_clear(entry, CRYPTER.decrypt)["outputs"]["data"]["plaintext"])
    assert shown["a"] == {**mark, "plaintext": '"deep"'}


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
