"""`preview --json` has the form of the CLI's: the recorded one, step by step."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from flink_session.engine.display.digest import preview_digest
from flink_session.engine.stack.project import StackConfig
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, configure, program
from tests.support.engine.replay import RECORDINGS, Message, Replay, recorded_checkpoint

pytestmark = pytest.mark.slow

RECORDED: Message = json.loads((RECORDINGS / "04-preview-change.digest.json").read_text())
# In the recording the hash was another one, too, and who made which version is not the engine's affair.
HASH = "11683c32061291f57178e464c8109a073b9290690d53f58900d85b42d919eaef"


def slots_2(request: Message) -> None:
    """What the recorded program asked for with `recording:slots: 2`."""
    if request["name"] == "demo-config":
        request["object"]["data"]["config.yaml"] = "taskmanager.numberOfTaskSlots: 2\n"
    if request["name"] == "demo-jm":
        request["object"]["spec"]["template"]["metadata"]["annotations"]["sha"] = HASH


def digest_of(replay: Replay) -> Message:
    config = StackConfig({"recording:slots": "2", "recording:token": "s3cret"}, frozenset({"recording:token"}))
    deployment = replay.deployment
    text = preview_digest(config, deployment.steps, deployment.display.diagnostics, deployment.counts, 2.0)
    assert "s3cret" not in text
    document: Message = json.loads(text)
    return document


def test_the_digest_is_the_recorded_one() -> None:
    replay = Replay(FakeApi(), recorded_checkpoint("02-up-create"))
    for entry in replay.checkpoint["resources"]:
        if entry["type"].startswith("kubernetes:"):
            kind = entry["inputs"]["kind"]
            root = "/apis/apps/v1" if kind == "Deployment" else "/api/v1"
            path = f"{root}/namespaces/default/{kind.lower()}s/{entry['id'].split('/')[1]}"
            if kind != "Secret":
                replay.api.put(path, entry["inputs"], entry["outputs"]["__fieldManager"], "Apply")
    assert not replay.run(slots_2, preview=True).failed, replay.text
    digest = digest_of(replay)
    assert digest["config"] == RECORDED["config"]
    assert digest["changeSummary"] == RECORDED["changeSummary"]
    assert digest.keys() == RECORDED.keys() - {"diagnostics"}
    assert [step["op"] for step in digest["steps"]] == [step["op"] for step in RECORDED["steps"]]
    for mine, theirs in zip(digest["steps"], RECORDED["steps"], strict=True):
        assert drop(mine) == drop(theirs)
        for state in ("oldState", "newState"):
            assert inputs(mine, state) == inputs(theirs, state)


def drop(step: Message) -> Message:
    """A step without the states, and with no id of a provider."""
    rest = {key: value for key, value in step.items() if key not in ("oldState", "newState")}
    return {**rest, "provider": rest.get("provider", "").rpartition("::")[0]}


def inputs(step: Message, state: str) -> Any:
    return (step.get(state) or {}).get("inputs")


def test_a_command_prints_nothing_else(api: FakeApi, run: Run) -> None:
    shown = run("preview", "--json")
    assert shown.exit_code == 0
    digest = json.loads(shown.stdout)
    assert digest["changeSummary"] == {"create": 6}
    assert digest["config"] == {"recording:token": "[secret]"}
    secret = next(step for step in digest["steps"] if step["urn"].endswith("demo-secret"))
    assert secret["newState"]["inputs"]["data"] == "[secret]"
    assert secret["detailedDiff"] is None


def test_errors_are_in_the_digest_and_in_the_status(api: FakeApi, run: Run) -> None:
    api.objects.pop("/api/v1/namespaces/default")
    shown = run("preview", "--json")
    assert shown.exit_code == 1
    errors = [item for item in json.loads(shown.stdout)["diagnostics"] if item["severity"] == "error"]
    assert any("there is no namespace 'default'" in item["message"] for item in errors)


def test_a_long_output_is_cut_and_shown_whole_by_another_command(api: FakeApi, run: Run, folder: Any) -> None:
    configure(folder)
    text = "import pulumi\npulumi.export('long', {'z': 'x' * 200, 'a': [1, {}]})\npulumi.export('short', 'y')\n"
    (folder / "__main__.py").write_text(text)
    shown = run("up", "--yes").output
    assert '    short: "y"\n' in shown
    assert "    long : {\n        a: [\n            [0]: 1\n            [1]: {}\n        ]\n" in shown
    line = next(line for line in shown.splitlines() if "xxx" in line)
    assert len(line) == 120
    assert line.endswith("x…")
    assert "`flink-session output NAME`" in shown
    assert "x" * 200 in run("output", "long").output


def test_a_large_map_is_counted_and_shown_whole_by_another_command(api: FakeApi, run: Run, folder: Path) -> None:
    program(
        folder, "import pulumi\npulumi.export('c', {f'a.{i}': i for i in range(24)})\npulumi.export('m', {'k': 1})\n"
    )
    up = run("up", "--yes").output
    assert "c: 24 options\n" in up
    assert "k: 1\n" in up
    whole = run("output").output
    assert "c:\n  a.0: 0\n" in whole
    assert whole.count("  a.") == 24
    assert run("output", "m").output == "k: 1\n"


def test_refresh_and_destroy_have_a_digest_of_their_preview(api: FakeApi, run: Run, tmp_path: Path) -> None:
    """The forms were compared with those of `pulumi` 3.260: a refresh lists everything, as it was found."""
    assert run("up", "--yes").exit_code == 0
    live = api.objects["/api/v1/namespaces/default/configmaps/flink-config-demo"]
    live["data"]["config.yaml"] = "drifted"
    refresh = json.loads(run("refresh", "--preview-only", "--json").stdout)
    assert refresh["changeSummary"] == {"same": 5, "update": 1}
    assert sorted(step["op"] for step in refresh["steps"]) == [*["refresh"] * 5, "update"]
    (updated,) = (step for step in refresh["steps"] if step["op"] == "update")
    assert updated["detailedDiff"] == {'data["config.yaml"]': {"kind": "update", "inputDiff": False}}
    assert updated["newState"]["outputs"]["data"] == {"config.yaml": "drifted"}
    destroy = json.loads(run("destroy", "--preview-only", "--json").stdout)
    assert destroy["changeSummary"] == {"delete": 6}
    assert [step["op"] for step in destroy["steps"]] == ["delete"] * 6
    assert "drifted" not in next(tmp_path.rglob("dev.json")).read_text(), "nothing was recorded"
    assert live in api.objects.values(), "nothing was deleted"


@pytest.mark.parametrize("words", [["preview"], ["destroy", "--preview-only"]])
def test_a_refresh_before_it_has_no_digest_of_its_own(api: FakeApi, run: Run, words: list[str]) -> None:
    assert run("up", "--yes").exit_code == 0
    assert json.loads(run(*words, "--refresh", "--json").stdout)["steps"]
    api.before = lambda request: httpx2.Response(403, json={"message": "no"}) if request.method == "GET" else None
    refused = run(*words, "--refresh", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["diagnostics"][0]["severity"] == "error"


def test_a_digest_is_of_a_preview(run: Run) -> None:
    for words in (["--json", "--yes"], ["--preview-only", "--skip-preview"]):
        refused = run("destroy", *words)
        assert refused.exit_code == 2
        assert "--preview-only" in refused.output


def test_a_reason_that_is_no_property_is_no_difference() -> None:
    replay = Replay(FakeApi())
    replay.run()
    config = replay.resource("demo-config")["urn"]

    def together(request: Message) -> None:
        if request["name"] == "demo-config":
            request["object"]["metadata"]["name"] = "other"
        if request["name"] == "demo-rest":
            request["deletedWith"] = config

    replay.run(together, preview=True)
    step = next(step for step in digest_of(replay)["steps"] if step["urn"].endswith("::demo-rest"))
    assert (step["op"], step["replaceReasons"], step["detailedDiff"]) == ("replace", ["deletedWith"], None)
