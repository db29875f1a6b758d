"""Locks of processes that are there no more."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from flink_session.engine.errors import BackendError
from flink_session.engine.stack.backend import StackFile

pytestmark = pytest.mark.slow


@pytest.fixture
def stack(tmp_path: Path) -> StackFile:
    return StackFile(tmp_path, "project", "dev")


def test_a_dead_process_holds_no_lock_but_another_machine_does(stack: StackFile, tmp_path: Path) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    folder = tmp_path / ".pulumi/locks/organization/project/dev"
    folder.mkdir(parents=True)
    owner = {"pid": int(dead.stdout), "username": "u", "hostname": socket.gethostname(), "timestamp": "t"}
    (folder / "left.json").write_text(json.dumps(owner))
    with stack.locked():
        assert not (folder / "left.json").exists()
    (folder / "other.json").write_text(json.dumps(owner | {"hostname": "elsewhere"}))
    with pytest.raises(BackendError, match="u@elsewhere"), stack.locked():
        pass
    assert [path.name for path in folder.iterdir()] == ["other.json"]
