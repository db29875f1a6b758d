"""The file backend: the CLI's layout, one writer at a time, and never half a checkpoint."""

import json
import os
from pathlib import Path

import pytest

from flink_session.engine.errors import BackendError, UnsupportedError
from flink_session.engine.stack.backend import StackFile, backend_directory, write_atomically


@pytest.fixture
def stack(tmp_path: Path) -> StackFile:
    return StackFile(tmp_path, "project", "dev")


def test_urls(tmp_path: Path) -> None:
    assert backend_directory("file://~", tmp_path) == Path.home()
    assert backend_directory("file:///a/b", tmp_path) == Path("/a/b")
    assert backend_directory("file://./state", tmp_path) == tmp_path / "state"
    with pytest.raises(BackendError, match=r"s3://bucket.*`pulumi` CLI"):
        backend_directory("s3://bucket", tmp_path)


def test_the_layout_is_the_clis(stack: StackFile, tmp_path: Path) -> None:
    assert stack.read() is None
    stack.write('{"manifest": {}}')
    document = json.loads((tmp_path / ".pulumi/stacks/project/dev.json").read_text())
    assert document == {
        "version": 3,
        "checkpoint": {"stack": "organization/project/dev", "latest": {"manifest": {}}},
    }
    assert (tmp_path / ".pulumi/meta.yaml").read_text() == "version: 1\n"
    assert stack.read() == {"manifest": {}}


def test_the_backup_is_the_checkpoint_before_this_run(stack: StackFile, tmp_path: Path) -> None:
    stack.write('{"n": 1}')
    run = StackFile(tmp_path, "project", "dev")
    run.write('{"n": 2}')
    run.write('{"n": 3}')
    backup = json.loads((tmp_path / ".pulumi/stacks/project/dev.json.bak").read_text())
    assert backup["checkpoint"]["latest"] == {"n": 1}
    assert stack.read() == {"n": 3}


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, "old")

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_what_only_the_cli_reads_is_refused(stack: StackFile) -> None:
    stack.write("{}")
    for version, features in ((4, ["views"]), (5, [])):
        stack.path.write_text(json.dumps({"version": version, "features": features, "checkpoint": {}}))
        with pytest.raises(
            UnsupportedError, match=f"version {version} with the features {'views' if features else ''}"
        ):
            stack.read()


def test_version_4_is_read_and_written_when_there_are_features(stack: StackFile) -> None:
    stack.write('{"n": 1}', {"taint", "hooks"})
    document = json.loads(stack.path.read_text())
    assert (document["version"], document["features"]) == (4, ["hooks", "taint"])
    assert stack.read() == {"n": 1}


def test_a_second_run_is_refused_and_told_who_is_at_work(stack: StackFile, tmp_path: Path) -> None:
    with stack.locked():
        lock = next((tmp_path / ".pulumi/locks/organization/project/dev").iterdir())
        assert json.loads(lock.read_text())["pid"] == os.getpid()
        with (
            pytest.raises(BackendError, match=f"pid {os.getpid()}.*{lock.name}"),
            StackFile(tmp_path, "project", "dev").locked(),
        ):
            pass
    with stack.locked():
        pass
