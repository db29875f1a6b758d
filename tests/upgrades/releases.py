"""What a version of this package makes of the programs here, recorded: the state, and the objects in the cluster.

``python -m tests.upgrades.releases NAME`` records what the present version makes. Do so with each release, and never
again for that one: the recordings are other people's stacks.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import click.testing

from flink_session.api_server import kubeconfig
from flink_session.cli.main import main
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import configure
from tests.support.engine.replay import RECORDINGS

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
RELEASES = HERE / "releases"
Result = click.testing.Result


class Stack:
    """A stack of one of the programs, in a folder of its own, on an API server in memory."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder, self.program, self.api = folder / "project", program, FakeApi(namespaces=("default", "other"))
        shutil.copytree(RECORDINGS / "program", self.folder)
        configure(self.folder)
        (self.folder / "krb5.conf").write_text("[libdefaults]\n")
        self.state = folder / ".pulumi/stacks/recording/dev.json"

    def at(self, step: int) -> None:
        """Take the program as it is at a step, the first of which is 1."""
        source = PROGRAMS / self.program / (f"step{step}" if step > 1 else "")
        shutil.copy(source / "__main__.py", self.folder)

    def run(self, command: str, *words: str) -> Result:
        """Run a command of ``flink-session``."""
        connection = kubeconfig.Connection(self.api.client(), "http://fake", "the fake", "default")
        environment = {
            "PULUMI_BACKEND_URL": f"file://{self.folder.parent}",
            "PULUMI_CONFIG_PASSPHRASE": "pass",
            "KUBECONFIG": "",
        }
        with (
            mock.patch.object(kubeconfig, "open_connection", return_value=connection),
            mock.patch.dict(os.environ, environment),
        ):
            arguments = [command, "--stack", "dev", "--cwd", str(self.folder), *words]
            return click.testing.CliRunner().invoke(main, arguments, catch_exceptions=False)

    def recording(self) -> dict[str, Any]:
        """Give what there is."""
        return {"state": json.loads(self.state.read_text()), "objects": self.api.objects}

    def restore(self, recording: dict[str, Any]) -> None:
        """Let it be as it was recorded."""
        self.state.parent.mkdir(parents=True, exist_ok=True)
        (self.folder.parent / ".pulumi/meta.yaml").write_text("version: 1\n")
        self.state.write_text(json.dumps(recording["state"]))
        self.api.objects = recording["objects"]


def record(release: str) -> None:
    """Record what the present version makes of each program."""
    folder = RELEASES / release
    folder.mkdir(parents=True)
    for program in sorted(path.name for path in PROGRAMS.iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as temporary:
            stack = Stack(Path(temporary), program)
            stack.at(1)
            up = stack.run("up", "--yes")
            assert up.exit_code == 0, up.output
            (folder / f"{program}.json").write_text(json.dumps(stack.recording(), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    record(sys.argv[1])
