"""`stack`, `config` and `cancel`: files that the Pulumi CLI reads as its own, and users as theirs."""

import json
from pathlib import Path

import click.testing
import pytest
import yaml

from flink_session.cli.main import main
from flink_session.engine.stack import config_file
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, program

pytestmark = pytest.mark.slow


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command without `--stack`."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(folder)
    return lambda *words, **more: click.testing.CliRunner().invoke(main, words, catch_exceptions=False, **more)


def test_a_stacks_life(api: FakeApi, command: Run, folder: Path) -> None:
    program(folder, "import pulumi\npulumi.export('a', pulumi.Config().get('name'))\n")
    assert command("preview").exit_code == 6
    assert "no stack is chosen" in command("preview").output
    assert "this project has dev" in command("preview").output
    assert command("stack", "init", "test").output == "Created stack 'test'\n"
    assert "already exists" in command("stack", "init", "test").output
    file = folder / "stacks" / "Pulumi.test.yaml"
    assert yaml.safe_load(file.read_text())["encryptionsalt"].startswith("v1:")

    assert command("config", "set", "name", "x").exit_code == 0
    assert command("config", "get", "name").output == "x\n"
    up = command("up", "--yes")
    assert up.exit_code == 0, up.output
    assert command("output", "a").output == "x\n"
    listed = json.loads(command("stack", "ls", "--json").output)
    assert [(item["name"], item["current"], item["resourceCount"]) for item in listed] == [
        ("dev", False, 0),
        ("test", True, 1),
    ]
    assert command("stack", "ls").output.splitlines()[2].startswith("test*")

    refused = command("stack", "rm", "test", "--yes")
    assert refused.exit_code == 1
    assert "still has 1 resources" in refused.output
    assert command("destroy", "--yes").exit_code == 0
    assert command("stack", "rm", "test", "--yes").exit_code == 0
    assert not file.exists()
    assert [item["name"] for item in json.loads(command("stack", "ls", "--json").output)] == ["dev"]
    assert "no stack is chosen" in command("preview").output


def test_the_selected_stack_is_where_the_cli_looks_for_it(command: Run, folder: Path, tmp_path: Path) -> None:
    """The name of the file was taken from the CLI's own for a project in that place."""
    command("stack", "init", "one")
    command("stack", "init", "two")
    command("stack", "select", "one")
    (file,) = (tmp_path / "home" / "workspaces").iterdir()
    assert file.name.startswith("recording-")
    assert file.name.endswith("-workspace.json")
    assert json.loads(file.read_text()) == {"stacks": {f"file://{tmp_path}": "organization/recording/one"}}
    assert "there is no stack 'three'" in command("stack", "select", "three").output
    assert command("stack", "select", "dev").exit_code == 0, "its file is enough"


def test_an_exported_stack_is_imported_as_it_was(api: FakeApi, run: Run, folder: Path, tmp_path: Path) -> None:
    run("up", "--yes")
    checkpoint = folder.parent / ".pulumi/stacks/recording/dev.json"
    exported = tmp_path / "export.json"
    before = json.loads(checkpoint.read_text())["checkpoint"]["latest"]
    assert _stack(folder, "export", "--file", str(exported)).exit_code == 0
    assert json.loads(exported.read_text()) == {"version": 3, "deployment": before}
    checkpoint.unlink()
    assert _stack(folder, "import", "--file", str(exported)).exit_code == 0
    after = json.loads(checkpoint.read_text())["checkpoint"]["latest"]
    assert {**after, "manifest": 0} == {**before, "manifest": 0}
    assert run("preview", "--expect-no-changes").exit_code == 0


def test_secrets_in_clear_are_encrypted_again_by_an_import(
    api: FakeApi, run: Run, folder: Path, tmp_path: Path
) -> None:
    run("up", "--yes")
    clear = tmp_path / "clear.json"
    _stack(folder, "export", "--show-secrets", "--file", str(clear))
    assert '"plaintext": "\\"s3cret\\""' in clear.read_text()
    assert _stack(folder, "import", "--file", str(clear)).exit_code == 0
    state = (folder.parent / ".pulumi/stacks/recording/dev.json").read_text()
    assert "s3cret" not in state
    assert json.loads(run("output", "--json", "--show-secrets").output)["token"] == "s3cret"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("[]", "no deployment"),
        ("{", "cannot be read"),
        (
            (
                '{"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:x::recording::a:b:C::d", '
                '"type": "a:b:C", "custom": false}]}}'
            ),
            "is of the stack recording/x",
        ),
    ],
)
def test_an_import_of_something_else_is_refused(
    api: FakeApi, run: Run, folder: Path, tmp_path: Path, document: str, said: str
) -> None:
    run("up", "--yes")
    checkpoint = folder.parent / ".pulumi/stacks/recording/dev.json"
    before = checkpoint.read_bytes()
    (tmp_path / "other.json").write_text(document)
    refused = _stack(folder, "import", "--file", str(tmp_path / "other.json"))
    assert refused.exit_code == 1
    assert said in refused.output
    assert checkpoint.read_bytes() == before


def test_cancel_takes_the_locks_away(api: FakeApi, run: Run, folder: Path, command: Run) -> None:
    locks = folder.parent / ".pulumi/locks/organization/recording/dev"
    locks.mkdir(parents=True)
    owner = {"pid": 1, "username": "u", "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}
    (locks / "a.json").write_text(json.dumps(owner))
    locked = run("up", "--yes")
    assert locked.exit_code == 1
    assert "u@elsewhere" in locked.output
    assert "flink-session cancel" in locked.output
    assert command("cancel", "dev", "--yes").output == "1 lock taken away\n"
    assert run("up", "--yes").exit_code == 0


def test_secrets_of_the_configuration(command: Run, folder: Path) -> None:
    command("stack", "init", "test")
    file = folder / "stacks" / "Pulumi.test.yaml"
    assert command("config", "set", "token", "s3cret", "--secret").exit_code == 0
    assert command("config", "set", "kubernetes:namespace", input="from-input\n").exit_code == 0
    assert "s3cret" not in file.read_text()
    assert file.read_text().count("encryptionsalt") == 1
    assert command("config", "get", "token").output == "s3cret\n"
    assert "s3cret" not in command("config").output
    assert json.loads(command("config", "--json").output) == {
        "kubernetes:namespace": {"value": "from-input", "secret": False},
        "token": {"secret": True},
    }
    assert json.loads(command("config", "--json", "--show-secrets").output)["token"]["value"] == "s3cret"
    assert command("config", "rm", "token").exit_code == 0
    assert "not found" in command("config", "get", "token").output
    assert "not found" in command("config", "rm", "token").output


FILE = """# mine
config:
  # why
  p:a: 1  # one
  p:map:
    # inside
    x: [1,
        2]

  # about b
  b: two
# the end
other: kept
"""


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("p:a", "3", "  p:a: 1  # one\n", "  p:a: '3'\n"),
        ("p:b", "x", "  b: two\n", "  p:b: x\n"),
        ("p:new", {"secure": "v1:a"}, "  b: two\n", "  b: two\n  p:new:\n    secure: v1:a\n"),
        ("p:map", "flat", "  p:map:\n    # inside\n    x: [1,\n        2]\n", "  p:map: flat\n"),
        ("p:b", "a\nb: c", "  b: two\n", "  p:b: |-\n    a\n    b: c\n"),
    ],
)  # fmt: skip
def test_a_set_value_leaves_the_rest_of_the_file_alone(
    tmp_path: Path, key: str, value: object, before: str, after: str
) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(FILE)
    config_file.set_value(file, (key, key.removeprefix("p:")), value)
    written = file.read_text()
    if "\n" in str(value):
        assert yaml.safe_load(written)["config"][key] == value
    else:
        assert written == FILE.replace(before, after)
    assert "# the end\nother: kept\n" in written
    assert config_file.remove_value(file, (key,))
    assert key not in yaml.safe_load(file.read_text())["config"]


@pytest.mark.parametrize(
    "text",
    ["", "# only this\n", "config:\n", "config: {}\n", "config: {p:b: 1}\n", "encryptionsalt: s", "config:\n  p:b: 1"],
)
def test_a_value_is_set_in_a_file_of_any_form(tmp_path: Path, text: str) -> None:
    file = tmp_path / "stacks" / "Pulumi.dev.yaml"
    if text:
        file.parent.mkdir()
        file.write_text(text)
    before = yaml.safe_load(text) or {}
    config_file.set_value(file, ("p:a",), "true")
    after = yaml.safe_load(file.read_text())
    assert after == {**before, "config": {**(before.get("config") or {}), "p:a": "true"}}
    assert config_file.remove_value(file, ("p:a",))
    assert not config_file.remove_value(file, ("p:a",))


def _stack(folder: Path, command: str, *words: str) -> click.testing.Result:
    """`run` puts the command first; those of `stack` have two words."""
    arguments = ["stack", command, "--stack", "dev", "--cwd", str(folder), *words]
    return click.testing.CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_the_backend_of_the_last_login_is_used(
    api: FakeApi, command: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    (folder / "Pulumi.yaml").write_text("name: recording\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "home").mkdir()
    login = tmp_path / "home" / "credentials.json"
    login.write_text(json.dumps({"current": f"file://{tmp_path}/there"}))
    (tmp_path / "there").mkdir()
    assert command("stack", "init", "test").exit_code == 0
    assert (tmp_path / "there/.pulumi/stacks/recording/test.json").exists()
    login.write_text(json.dumps({"current": "https://api.pulumi.com"}))
    assert "'https://api.pulumi.com' is not a file:// URL" in command("stack", "ls").output


def test_a_path_leads_into_a_map_or_a_list(command: Run, folder: Path) -> None:
    file = folder / "stacks" / "Pulumi.dev.yaml"
    file.write_text("# mine\nconfig:\n  recording:name: x  # stays\n")
    slots = 'configuration["taskmanager.numberOfTaskSlots"]'

    def dev(*words: str) -> click.testing.Result:
        return command("config", "-s", "dev", *words)

    assert dev("set", "--path", slots, "2").exit_code == 0
    assert dev("set", "--path", "job_manager.cpu", "0.5").exit_code == 0
    assert dev("set", "--path", "tags[0]", "true").exit_code == 0
    config = yaml.safe_load(file.read_text())["config"]
    assert config["recording:configuration"] == {"taskmanager.numberOfTaskSlots": 2}
    assert config["recording:job_manager"] == {"cpu": "0.5"}
    assert config["recording:tags"] == [True]
    assert "# stays" in file.read_text()
    assert dev("get", "--path", slots).output == "2\n"
    assert dev("set", "--path", "tags[3]", "x").exit_code == 1
    assert "has no place [3]" in dev("set", "--path", "tags[3]", "x").output
    assert "is no map" in dev("set", "--path", "name.a", "x").output
    assert "is not a property path" in dev("set", "--path", "a[", "x").output
    assert dev("rm", "--path", slots).exit_code == 0
    assert "not found" in dev("rm", "--path", slots).output
    assert yaml.safe_load(file.read_text())["config"]["recording:configuration"] == {}
