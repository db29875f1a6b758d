"""A program that renames a component without an alias: one error, with the line to write."""

import copy
from typing import Any

import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.engine.recorded import CONFIG_MAP
from tests.support.engine.replay import Message, Replay


def renamed(value: Any) -> Any:
    """What the program says when the session is called `renamed`, and its children after it."""
    if isinstance(value, str):
        return value.replace("recording:index:Session::demo", "recording:index:Session::renamed")
    if isinstance(value, dict):
        return {key: renamed(item) for key, item in value.items()}
    return [renamed(item) for item in value] if isinstance(value, list) else value


def called_otherwise(request: Message) -> None:
    for key, value in list(request.items()):
        request[key] = renamed(value)
    if "Session" in request["type"]:
        request["name"] = "renamed"


@pytest.mark.parametrize("preview", [True, False])
def test_a_renamed_component_is_told_the_alias_to_write(preview: bool) -> None:
    replay = Replay(FakeApi())
    assert not replay.run().failed
    before, told = copy.deepcopy(replay.api.objects), len(replay.text)

    def child_too(request: Message) -> None:
        called_otherwise(request)
        request["name"] = request["name"].replace("demo-", "renamed-")

    assert replay.run(child_too, preview=preview).failed
    said = replay.text[told:]
    assert 'aliases=[pulumi.Alias(name="demo")]' in said
    assert "Session 'renamed' was called 'demo'" in said
    assert said.count("error:") == 1, said
    assert "is not part of this stack" not in said
    assert replay.api.objects == before


def test_what_is_somebody_elses_is_one_error_for_all_of_them() -> None:
    api = FakeApi()
    assert not Replay(api).run().failed
    ours = Replay(api)
    assert ours.run(preview=True).failed
    assert ours.text.count("error:") == 1, ours.text
    assert "ConfigMap default/flink-config-demo" in ours.text
    assert "managed by another stack" in ours.text
    assert "import_" in ours.text
    assert "pulumi import" not in ours.text
    assert CONFIG_MAP in api.objects
