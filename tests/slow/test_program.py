"""Whole commands: the unmodified program in a process of its own, over an API server in memory."""

import io
import json
import os
import signal
from pathlib import Path

import httpx2
import pytest
from rich.console import Console

from flink_session.engine import operations
from flink_session.engine.errors import DeclinedError, NoStackError
from flink_session.engine.options import Options
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, configure, program

pytestmark = pytest.mark.slow


def test_from_nothing_to_nothing(api: FakeApi, run: Run, folder: Path) -> None:
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert "+ 6 created" in up.output
    assert '"http://demo-rest.default:8081"' in up.output
    assert "s3cret" not in up.output
    checkpoint = folder.parent / ".pulumi/stacks/recording/dev.json"
    assert "s3cret" not in checkpoint.read_text()
    live = api.objects["/api/v1/namespaces/default/configmaps/flink-config-demo"]
    assert live["data"] == {"config.yaml": "taskmanager.numberOfTaskSlots: 1\n"}

    before = checkpoint.read_bytes()
    api.requests.clear()
    again = run("up", "--yes")
    assert again.exit_code == 0
    assert "6 unchanged" in again.output
    assert checkpoint.read_bytes() == before
    assert api.writes() == []

    assert run("output", "endpoint").output == "http://demo-rest.default:8081\n"
    assert json.loads(run("output", "--json").output)["token"] == "[secret]"
    assert json.loads(run("output", "--json", "--show-secrets").output)["token"] == "s3cret"

    destroyed = run("destroy", "--yes")
    assert destroyed.exit_code == 0, destroyed.output
    assert "- 6 deleted" in destroyed.output
    assert [path for path in api.objects if "endpoint" not in path] == ["/api/v1/namespaces/default"]
    assert "resources" not in json.loads(checkpoint.read_text())["checkpoint"]["latest"]


def test_a_preview_shows_what_changes_and_says_so_by_its_status(api: FakeApi, run: Run, folder: Path) -> None:
    assert run("preview").exit_code == 0
    assert run("preview", "--expect-no-changes").exit_code == 7
    assert api.writes() == []
    assert not (folder.parent / ".pulumi/stacks/recording/dev.json").exists()


def test_what_only_the_record_lacks_is_recorded_once_and_is_no_change(api: FakeApi, run: Run, folder: Path) -> None:
    """A refresh by the CLI drops propertyDependencies."""
    run("up", "--yes")
    checkpoint = folder.parent / ".pulumi/stacks/recording/dev.json"
    document = json.loads(checkpoint.read_text())
    complete = document["checkpoint"]["latest"]["resources"]
    stripped = [{key: item[key] for key in item if key != "propertyDependencies"} for item in complete]
    document["checkpoint"]["latest"]["resources"] = stripped
    checkpoint.write_text(json.dumps(document))
    assert run("preview", "--expect-no-changes").exit_code == 0
    api.requests.clear()
    assert run("up", "--yes").exit_code == 0
    assert api.writes() == []
    recorded = checkpoint.read_bytes()
    resources = json.loads(recorded)["checkpoint"]["latest"]["resources"]
    dependencies = {item["urn"]: item.get("propertyDependencies") for item in complete}
    assert {item["urn"]: item.get("propertyDependencies") for item in resources} == dependencies
    assert run("up", "--yes").exit_code == 0
    assert checkpoint.read_bytes() == recorded


def test_an_exception_is_told_with_the_users_own_frames(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, "import pulumi\n\ndef fail(_):\n    raise ValueError('boom')\n\nfail(1)\n")
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert "Program failed with an unhandled exception:" in failed.output
    assert "line 4, in fail" in failed.output
    assert "ValueError: boom" in failed.output
    assert "language_host" not in failed.output
    assert failed.output.count("error:") == 1


def test_what_the_host_imports_late_is_there_when_asked_for(api: FakeApi, run: Run, folder: Path) -> None:
    text = """
import pulumi, pulumi.automation.errors
from pulumi import automation
from pulumi.automation import LocalWorkspace
assert automation.LocalWorkspace is pulumi.automation.LocalWorkspace is LocalWorkspace
assert pulumi.automation.errors.CommandError is automation.CommandError
"""
    program(folder, text)
    ran = run("preview")
    assert ran.exit_code == 0, ran.output


def test_what_the_host_imports_early_is_what_the_program_would_import(api: FakeApi, run: Run, folder: Path) -> None:
    (folder / "flink_session").mkdir()
    (folder / "flink_session" / "__init__.py").write_text("MINE = True")
    (folder / "flink_session" / "component.py").write_text("raise ValueError('too early')")
    program(folder, "import flink_session\nassert flink_session.MINE\n")
    ran = run("preview")
    assert ran.exit_code == 0, ran.output


def test_a_run_error_is_its_message_alone(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, "import pulumi\nraise pulumi.RunError('set recording:slots first')\n")
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert "error: set recording:slots first\n" in failed.output
    assert "Traceback" not in failed.output


def test_what_the_program_prints_and_logs_is_shown_without_secrets(api: FakeApi, run: Run, folder: Path) -> None:
    text = "import pulumi\nprint('token is s3cret')\npulumi.warn('careful')\npulumi.debug('whisper')\n"
    program(folder, text)
    shown = run("preview")
    assert shown.exit_code == 0
    assert "token is [secret]" in shown.output
    assert "warning: careful" in shown.output
    assert "whisper" not in shown.output


def test_what_only_the_cli_does_is_refused_in_one_sentence(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, "import pulumi_kubernetes as k8s\nk8s.yaml.v2.ConfigFile('f', file='f.yaml')\n")
    refused = run("up", "--yes")
    assert refused.exit_code == 1
    assert "kubernetes:yaml/v2:ConfigFile" in refused.output
    assert refused.output.count("error:") == 1
    assert "`pulumi` CLI" in refused.output


def test_a_wrong_passphrase_is_found_before_anything_is_done(
    api: FakeApi, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "other")
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert "error: incorrect passphrase" in failed.output
    assert api.requests == []


def test_a_stack_without_secrets_needs_no_passphrase_and_keeps_its_file(
    api: FakeApi, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(folder, "import pulumi\npulumi.export('a', pulumi.Config().get('secret') or 'open')\n")
    file = folder / "stacks" / "Pulumi.dev.yaml"
    file.write_text("# mine\n")
    assert run("up", "--yes").exit_code == 0
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    assert run("up", "--yes").exit_code == 0
    assert file.read_text() == "# mine\n"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")
    assert "incorrect passphrase" in run("preview").output
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")

    program(folder, "import pulumi\npulumi.export('a', pulumi.Output.secret('hidden'))\n")
    refused = run("preview")
    assert refused.exit_code == 1
    assert "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE" in refused.output
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "pass")
    assert run("up", "--yes").exit_code == 0
    assert file.read_text().startswith("# mine\nencryptionsalt: v1:")
    state = json.loads((folder.parent / ".pulumi/stacks/recording/dev.json").read_text())
    assert state["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"] in file.read_text()
    assert json.loads(run("output", "--json", "--show-secrets").output) == {"a": "hidden"}


def test_without_a_terminal_yes_is_asked_for(api: FakeApi, run: Run) -> None:
    for command in ("up", "destroy"):
        failed = run(command)
        assert failed.exit_code == 2
        assert "--yes" in failed.output
    assert api.requests == []


def test_a_declined_update_touches_nothing(api: FakeApi, folder: Path) -> None:
    import asyncio  # noqa: PLC0415

    console = Console(file=io.StringIO())
    with pytest.raises(DeclinedError, match="nothing was changed") as declined:
        asyncio.run(operations.up(folder, "dev", lambda: console, Options(lambda _: False)))
    assert declined.value.status == 8
    assert api.writes() == []


@pytest.mark.parametrize(("command", "words"), [("output", []), ("destroy", ["--yes"])])
def test_a_stack_that_is_not_there_is_an_error(run: Run, command: str, words: list[str]) -> None:
    failed = run(command, *words)
    assert failed.exit_code == 6
    assert "there is no stack 'dev'" in failed.output


def test_a_misspelt_stack_is_not_made(folder: Path) -> None:
    import asyncio  # noqa: PLC0415

    with pytest.raises(NoStackError, match=r"no stack 'dve'.*dev"):
        asyncio.run(operations.up(folder, "dve", Console, Options()))


@pytest.mark.parametrize("key", ["kubernetes:enableServerSideApply", "pulumi:disable-default-providers"])
def test_settings_that_are_not_honoured_are_refused(api: FakeApi, run: Run, folder: Path, key: str) -> None:
    configure(folder, **{key: "x"})
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert key in failed.output
    assert api.requests == []


def test_help_needs_no_engine() -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    loaded = "[m for m in sys.modules if m in {'grpc', 'pulumi', 'httpx2'}]"
    code = f"import sys; import flink_session.cli.main; print({loaded})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_a_program_may_use_every_option(api: FakeApi, run: Run, folder: Path) -> None:
    """The SDK itself refuses those that the engine does not say that it has."""
    text = """
import pulumi, pulumi_kubernetes as k8s
from pulumi import *
parent = ComponentResource("my:index:Parent", "parent")
first = k8s.core.v1.ConfigMap("first", metadata={"name": "first"}, data={"a": "1"})
k8s.core.v1.ConfigMap("second", metadata={"name": "second"}, data={"a": "1"}, opts=ResourceOptions(
    parent=parent, depends_on=[first], protect=False, retain_on_delete=False, deleted_with=first, replace_with=[first],
    replacement_trigger="1", delete_before_replace=True, ignore_changes=["data.a"],
    replace_on_changes=["metadata.labels"],
    additional_secret_outputs=["data"], hide_diffs=["data"], custom_timeouts=CustomTimeouts(create="1m", delete="2m"),
    aliases=["urn:pulumi:dev::recording::kubernetes:core/v1:ConfigMap::old",
             Alias(name="older", parent=ROOT_STACK_RESOURCE)]))
"""
    program(folder, text)
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    document = json.loads((folder.parent / ".pulumi/stacks/recording/dev.json").read_text())
    assert document["features"] == ["replaceWith"]
    entries = document["checkpoint"]["latest"]["resources"]
    first, entry = (next(item for item in entries if item["urn"].endswith(f"::{name}")) for name in ("first", "second"))
    assert entry["deletedWith"] == first["urn"]
    assert entry["replaceWith"] == [first["urn"]]
    assert entry["replacementTrigger"] == "1"
    assert entry["customTimeouts"] == {"create": 60, "delete": 120}
    assert (entry["ignoreChanges"], entry["hideDiff"]) == (["data.a"], ["data"])
    assert "ciphertext" in entry["outputs"]["data"]
    assert run("preview", "--expect-no-changes").exit_code == 0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("pulumi.runtime.register_invoke_transform(lambda args: None)", "invoke transforms"),
        (
            "pulumi.ComponentResource('a:b:C', 'c', opts=pulumi.ResourceOptions(state_migrations=[lambda args: None]))",
            "state migrations",
        ),
    ],
)
def test_what_the_sdk_misses_is_refused_in_one_sentence(
    api: FakeApi, run: Run, folder: Path, text: str, named: str
) -> None:
    program(folder, f"import pulumi\n{text}\n")
    refused = run("preview")
    assert refused.exit_code == 1
    assert f"error: {named}: not supported by the embedded engine; use the `pulumi` CLI" in refused.output
    assert "Please update" not in refused.output
    assert refused.output.count("error:") == 1


def test_what_a_failed_replacement_leaves_away_is_told(api: FakeApi, run: Run, folder: Path) -> None:
    assert run("up", "--yes").exit_code == 0
    configure(folder, **{"recording:slots": "2"})

    def refuse(request: httpx2.Request) -> httpx2.Response | None:
        of_config_map = request.method == "PATCH" and "configmaps" in request.url.path
        refused = of_config_map and "dryRun" not in str(request.url)
        return httpx2.Response(403, json={"kind": "Status", "message": "not today"}) if refused else None

    api.before = refuse
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    away = failed.output.split("Away, until the next `up` makes them anew:\n")[1].splitlines()
    assert away[0].strip() == "kubernetes:core/v1:ConfigMap demo-config"
    api.before = lambda _: None
    again = run("up", "--yes")
    assert again.exit_code == 0, again.output
    assert "Away" not in again.output


def test_what_is_away_is_told_to_who_leaves_at_once(api: FakeApi, run: Run, folder: Path) -> None:
    """By a second Ctrl-C, while the ConfigMap was to be made anew."""
    assert run("up", "--yes").exit_code == 0
    configure(folder, **{"recording:slots": "2"})
    sent = 0

    def interrupt(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal sent
        if request.method != "PATCH" or "configmaps" not in request.url.path or "dryRun" in str(request.url):
            return None
        sent += 1
        if sent <= 2:
            os.kill(os.getpid(), signal.SIGINT)
        return httpx2.Response(503, json={"kind": "Status", "message": "busy"})

    api.before = interrupt
    left = run("up", "--yes", "--skip-preview")
    assert left.exit_code == 130, left.output
    assert "Away, until the next `up` makes them anew:\n    kubernetes:core/v1:ConfigMap demo-config" in left.output
