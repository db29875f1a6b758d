"""A copy of a program, this project's unless told otherwise, with a backend of its own, run by ``flink-session``."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


class Project:
    """The program of a project, apart from the checkout's own stacks and from the user's state."""

    def __init__(
        self, folder: Path, kubeconfig: str, passphrase: str = "correct horse", *, source: Path = ROOT
    ) -> None:
        """`source` is the folder of the program; of this project itself, unless another one is named."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(source / name, folder)
        (folder / "stacks").mkdir()
        (folder / ".venv").symlink_to(Path(sys.prefix))
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
            "KUBECONFIG": kubeconfig,
            "PULUMI_BACKEND_URL": f"file://{folder}/backend",
            "PULUMI_CONFIG_PASSPHRASE": passphrase,
            "NO_COLOR": "1",
        }
        (folder / "backend").mkdir()

    def configure(self, stack: str, **config: Any) -> None:
        """Write a stack's configuration, and leave what the engine keeps in the same file."""
        file = self.folder / "stacks" / f"Pulumi.{stack}.yaml"
        kept = yaml.safe_load(file.read_text()) if file.exists() else {}
        kept["config"] = {f"flink-session:{key}": value for key, value in config.items()}
        file.write_text(yaml.safe_dump(kept))

    def run(self, command: str, stack: str, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run ``flink-session COMMAND --stack STACK``, with both streams in ``stdout``."""
        words = [str(Path(sys.prefix) / "bin" / "flink-session"), command, "--stack", stack, *more]
        return subprocess.run(
            words,
            cwd=self.folder,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=540,
            check=False,
        )

    def up(self, stack: str) -> str:
        """``up --yes``, which must succeed."""
        return self._succeed("up", stack, "--yes")

    def destroy(self, stack: str) -> str:
        """``destroy --yes``, which must succeed."""
        return self._succeed("destroy", stack, "--yes")

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs."""
        return dict(json.loads(self._succeed("output", stack, "--json")))

    def checkpoint(self, stack: str) -> dict[str, Any]:
        """The stack's state as the file backend has it."""
        file = self.folder / "backend" / ".pulumi" / "stacks" / "flink-session" / f"{stack}.json"
        return dict(json.loads(file.read_text()))

    def resources(self, stack: str) -> set[str]:
        """Types of the resources in the state."""
        latest = self.checkpoint(stack)["checkpoint"]["latest"]
        return {resource["type"] for resource in latest.get("resources") or []}

    def _succeed(self, command: str, stack: str, *more: str) -> str:
        ran = self.run(command, stack, *more)
        assert ran.returncode == 0, f"flink-session {command} ended with {ran.returncode}:\n{ran.stdout}"
        return ran.stdout
