"""Resources whose provider is code of the program (`pulumi.dynamic`), run by the SDK's own process for that."""

import json
from pathlib import Path

import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, program

pytestmark = pytest.mark.slow

PROGRAM = """
import pathlib
import pulumi
from pulumi.dynamic import *
from pulumi.dynamic import CheckFailure

class Files(ResourceProvider):
    def check(self, olds, news):
        empty = [CheckFailure("text", "must not be empty")] if not news["text"] else []
        return CheckResult(news, empty)
    def diff(self, id, olds, news):
        return DiffResult(changes=olds["text"] != news["text"] or olds["path"] != news["path"],
                          replaces=["path"] if olds["path"] != news["path"] else [])
    def create(self, props):
        print("creating", props["path"])
        path = pathlib.Path(props["path"])
        path.write_text(props["text"])
        return CreateResult(str(path), {**props, "size": len(props["text"])})
    def read(self, id, props):
        path = pathlib.Path(id)
        if not path.exists():
            return ReadResult("", {})
        return ReadResult(id, {**props, "text": path.read_text()})
    def update(self, id, olds, news):
        pathlib.Path(id).write_text(news["text"])
        return UpdateResult({**news, "size": len(news["text"])})
    def delete(self, id, props):
        pathlib.Path(id).unlink()

class File(Resource, name="File"):
    size: pulumi.Output[int]
    def __init__(self, name, path, text, opts=None):
        super().__init__(Files(), name, {"path": path, "text": text, "size": None}, opts)

file = File("one", PATH, TEXT)
pulumi.export("size", file.size)
"""


def with_file(folder: Path, path: Path, text: str) -> None:
    program(folder, PROGRAM.replace("PATH", repr(str(path))).replace("TEXT", repr(text)))


def test_from_creation_to_deletion(api: FakeApi, run: Run, folder: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    with_file(folder, one, "1")
    preview = run("preview")
    assert preview.exit_code == 0, preview.output
    assert not one.exists()
    assert "size: [known after up]" in preview.output
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert f"creating {one}" in up.output
    assert one.read_text() == "1"
    assert run("output", "size").output == "1\n"
    assert run("preview", "--expect-no-changes").exit_code == 0

    with_file(folder, one, "22")
    assert "~ 1 updated" in run("up", "--yes").output
    assert one.read_text() == "22"
    assert run("output", "size").output == "2\n"

    with_file(folder, two, "22")
    assert "+- 1 replaced" in run("up", "--yes").output
    assert two.read_text() == "22"
    assert not one.exists()

    two.write_text("333")
    refreshed = run("refresh", "--yes")
    assert "~ 1 updated" in refreshed.output, refreshed.output
    assert run("preview", "--expect-no-changes").exit_code == 7

    destroyed = run("destroy", "--yes")
    assert destroyed.exit_code == 0, destroyed.output
    assert not two.exists()


def test_the_provider_is_secret_and_what_it_finds_wrong_is_told(
    api: FakeApi,
    run: Run,
    folder: Path,
    tmp_path: Path,
) -> None:
    with_file(folder, tmp_path / "one", "1")
    assert run("up", "--yes").exit_code == 0
    state = json.loads((tmp_path / ".pulumi/stacks/recording/dev.json").read_text())
    entries = {entry["type"]: entry for entry in state["checkpoint"]["latest"]["resources"]}
    entry = entries["pulumi-python:dynamic:File"]
    assert "ciphertext" in entry["inputs"]["__provider"]
    assert "ciphertext" in entry["outputs"]["__provider"]
    assert entry["provider"].startswith("urn:pulumi:dev::recording::pulumi:providers:pulumi-python::default::")
    configured = entries["pulumi:providers:pulumi-python"]["inputs"]
    assert set(configured) == {"recording:token"}
    assert "ciphertext" in configured["recording:token"]

    with_file(folder, tmp_path / "one", "")
    failed = run("preview")
    assert failed.exit_code == 1
    assert "text: must not be empty" in failed.output


def test_what_its_code_raises_is_told(api: FakeApi, run: Run, folder: Path, tmp_path: Path) -> None:
    with_file(folder, tmp_path / "not there" / "one", "1")
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert "FileNotFoundError" in failed.output
    assert failed.output.count("error:") == 1
    state = json.loads((tmp_path / ".pulumi/stacks/recording/dev.json").read_text())["checkpoint"]["latest"]
    assert "pending_operations" not in state


def interrupted(tmp_path: Path, operation: str) -> None:
    """Let the state be as if a run had been killed in the middle of an operation on the file."""
    path = tmp_path / ".pulumi/stacks/recording/dev.json"
    document = json.loads(path.read_text())
    latest = document["checkpoint"]["latest"]
    entry = next(item for item in latest["resources"] if item["urn"].endswith("::one"))
    if operation == "creating":
        latest["resources"].remove(entry)
        del entry["id"]
    latest["pending_operations"] = [{"resource": entry, "type": operation}]
    path.write_text(json.dumps(document))


def test_after_an_interruption_what_can_be_known_is_known_and_the_rest_is_told(
    api: FakeApi, run: Run, folder: Path, tmp_path: Path
) -> None:
    one = tmp_path / "one"
    with_file(folder, one, "1")
    assert run("up", "--yes").exit_code == 0
    interrupted(tmp_path, "creating")
    again = run("up", "--yes")
    assert again.exit_code == 0, again.output
    assert "an earlier run was interrupted while" in again.output
    assert "+ 1 created" in again.output

    interrupted(tmp_path, "deleting")
    one.unlink()
    destroyed = run("destroy", "--yes")
    assert destroyed.exit_code == 0, destroyed.output
    assert not one.exists()
