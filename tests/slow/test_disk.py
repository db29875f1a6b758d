"""A full disk, a read-only folder, a checkpoint that is none: a clear error, and the state of before is intact."""

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flink_session.engine.stack.backend import StackFile
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, configure
from tests.support.engine.recorded import more_slots, wanted
from tests.support.engine.replay import Message, Replay

pytestmark = pytest.mark.slow

CHECKPOINT = Path(".pulumi/stacks/recording/dev.json")


class Disk:
    """A small file system in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path], check=True)

    def remount(self, option: str) -> None:
        """Give it another size, or make it read-only."""
        subprocess.run(["mount", "-o", f"remount,{option}", self.path], check=True)

    def fill(self, leave: int) -> None:
        """Leave some KiB free, or give all back that was taken."""
        ballast = self.path / "ballast"
        ballast.unlink(missing_ok=True)
        if leave < 1024:
            taken = os.statvfs(self.path)
            ballast.write_bytes(b"." * max(0, taken.f_bavail * taken.f_bsize - leave * 1024))

    def close(self) -> None:
        subprocess.run(["umount", self.path], check=True)


def _may_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if not _may_mount():
        pytest.skip("a file system can be mounted only by root")
    disk = Disk(tmp_path / "disk")
    yield disk
    disk.close()


def larger(request: Message) -> None:
    """A change that needs more room with each write, even of what was there before."""
    more_slots(request)
    if request["name"] == "demo-config":
        request["object"]["data"]["log4j.properties"] = "x" * 10_000


@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk_at_any_write(disk: Disk, exists: bool) -> None:
    """However much is free: what could not be saved is an error, what was saved is whole, and the next run goes on."""
    whole = Replay(FakeApi())
    whole.run()
    if exists:
        whole.run(larger)
    failures = set()
    for free in range(0, 200, 4):
        file = StackFile(disk.path, "recording", "dev")
        api = FakeApi()
        if exists:
            assert not Replay(api, file=file).run().failed
            file = StackFile(disk.path, "recording", "dev")
        disk.fill(free)
        process = Replay(api, file=file)
        before = copy.deepcopy(process.checkpoint)
        succeeded = not process.run(larger if exists else lambda _: None).failed
        if not succeeded:
            assert "No space left on device" in process.text
            assert "the last one is unharmed" in process.text
            failures.add(len(process.saved))
        assert (file.read() or {}) == (process.saved[-1] if process.saved else before)
        backup = disk.path / CHECKPOINT.with_suffix(".json.bak")
        if backup.exists():
            json.loads(backup.read_text())
        disk.fill(1024)
        following = Replay(api, file=StackFile(disk.path, "recording", "dev"))
        assert not following.run(larger if exists else lambda _: None).failed, following.text
        assert wanted(api.objects) == wanted(whole.api.objects)
        assert "pending_operations" not in following.checkpoint
        shutil.rmtree(disk.path / ".pulumi")
        if succeeded:
            assert len(failures) > 1, "it failed at several writes"
            return
    raise AssertionError("it never fitted")


def test_a_full_disk_is_one_clear_error(disk: Disk, run: Run, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{disk.path}")
    assert run("up", "--yes").exit_code == 0
    before = (disk.path / CHECKPOINT).read_bytes()
    api.requests.clear()
    disk.fill(0)
    for command in ("destroy", "refresh"):
        failed = run(command, "--yes")
        assert failed.exit_code == 1
        assert "No space left on device" in failed.output
    assert api.writes() == []
    assert (disk.path / CHECKPOINT).read_bytes() == before
    assert run("preview", "--expect-no-changes").exit_code == 0, "a preview writes nothing"


def test_a_read_only_backend_is_one_clear_error(
    disk: Disk, run: Run, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{disk.path}")
    assert run("up", "--yes").exit_code == 0
    before = (disk.path / CHECKPOINT).read_bytes()
    api.requests.clear()
    disk.remount("ro")
    for command in ("up", "destroy", "refresh"):
        failed = run(command, "--yes")
        assert failed.exit_code == 1
        assert "the stack cannot be locked in" in failed.output
        assert "Read-only file system" in failed.output
    assert run("preview", "--expect-no-changes").exit_code == 0, "a preview writes nothing"
    disk.remount("rw")
    assert api.writes() == []
    assert (disk.path / CHECKPOINT).read_bytes() == before


def test_a_backend_that_becomes_read_only_ends_a_run_before_it_writes(disk: Disk) -> None:
    api = FakeApi()
    file = StackFile(disk.path, "recording", "dev")
    assert not Replay(api, file=file).run().failed
    before = (disk.path / CHECKPOINT).read_bytes()
    api.requests.clear()
    file = StackFile(disk.path, "recording", "dev")
    with file.locked():
        disk.remount("ro")
        process = Replay(api, file=file)
        assert process.run(more_slots).failed
    assert "Read-only file system" in process.text
    assert api.writes() == []
    assert (disk.path / CHECKPOINT).read_bytes() == before


def corrupt(text: str) -> dict[str, str]:
    """What can be wrong with a checkpoint, and what the error says of it."""
    document: dict[str, Any] = json.loads(text)

    def but(change: Any) -> str:
        other = copy.deepcopy(document)
        change(other["checkpoint"]["latest"])
        return json.dumps(other)

    return {
        text[: len(text) // 2]: "cannot be used",
        "": "cannot be used",
        "[]": "not a checkpoint",
        '{"version": 3}': "not a checkpoint",
        '{"version": 3, "checkpoint": null}': "not a checkpoint",
        '{"version": 3, "checkpoint": {"latest": []}}': "not a checkpoint",
        json.dumps(document | {"version": 1}): "version 1",
        json.dumps(document | {"version": 99}): "version 99",
        but(lambda latest: latest["resources"].insert(0, "x")): "corrupt",
        but(lambda latest: latest["resources"][2].pop("type")): "has no type",
        but(lambda latest: latest["resources"].pop(0)): "which it needs",
        but(lambda latest: latest["resources"].append(latest["resources"][-1])): "is there twice",
    }


def test_a_corrupt_checkpoint_is_an_error_and_is_not_touched(run: Run, api: FakeApi, folder: Path) -> None:
    assert run("up", "--yes").exit_code == 0
    path = folder.parent / CHECKPOINT
    api.requests.clear()
    for text, what in corrupt(path.read_text()).items():
        path.write_text(text)
        for command in (["preview"], ["up", "--yes"], ["destroy", "--yes"], ["refresh", "--yes"]):
            failed = run(*command)
            assert failed.exit_code == 1, f"{command}: {text[:99]}"
            assert what in failed.output
            assert str(path) in failed.output.replace("\n", "")
        assert path.read_text() == text
    assert api.writes() == []


def test_a_run_goes_on_from_the_backup_as_the_error_says(run: Run, api: FakeApi, folder: Path) -> None:
    """Copied over the checkpoint, and refreshed."""
    assert run("up", "--yes").exit_code == 0
    configure(folder, **{"recording:slots": "2"})
    assert run("up", "--yes").exit_code == 0
    path = folder.parent / CHECKPOINT
    path.write_text("{")
    assert "copy it over the checkpoint, then `refresh`" in run("up", "--yes").output
    shutil.copy(path.with_suffix(".json.bak"), path)
    assert run("refresh", "--yes").exit_code == 0
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert run("preview", "--expect-no-changes").exit_code == 0
    live = api.objects["/api/v1/namespaces/default/configmaps/flink-config-demo"]
    assert live["data"] == {"config.yaml": "taskmanager.numberOfTaskSlots: 2\n"}
