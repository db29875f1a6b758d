"""The recorded states can be read, and the recorded checks are ours. See test_takeover for each step."""

import json

import pytest

from flink_session.engine.check import check
from flink_session.engine.journal import Journal
from flink_session.engine.kinds import find_kind
from flink_session.engine.signatures import SIGNATURE_KEY, from_signed
from flink_session.engine.state import checkpoint_from_json, integrity_errors
from flink_session.engine.values import plain
from tests.unit.engine.replay import CRYPTER, recorded_checkpoint, recorded_messages


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
