"""A Pulumi project to be timed: one of `programs/` in a folder of its own, with a backend of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).with_name("programs")
ROOT = Path(__file__).parents[1]
COMMAND = [str(Path(sys.prefix) / "bin" / "flink-session")]
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Peaks:
    """The most memory that each process has held, in megabytes."""

    engine: float
    program: float


class Project:
    """A program, and the stacks that say how many components it has."""

    def __init__(self, folder: Path, program: str, kubeconfig: Path, namespace: str) -> None:
        self.folder, self.program, self.namespace = folder, program, namespace
        shutil.copytree(PROGRAMS / program, folder)
        (folder / "backend").mkdir()
        (folder / ".venv").symlink_to(sys.prefix)
        runtime = "{name: python, options: {toolchain: pip, virtualenv: .venv}}"
        (folder / "Pulumi.yaml").write_text(f"name: {program}\nruntime: {runtime}\n")
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
            "KUBECONFIG": str(kubeconfig),
            "PULUMI_BACKEND_URL": f"file://{folder}/backend",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PYTHONPATH": str(ROOT),
        }

    def configure(self, stack: str, count: int, *, secret: bool) -> None:
        """Let a stack have so many components, and perhaps a secret, whose key is then derived in each run."""
        settings = {"namespace": self.namespace, "count": count}
        lines = [f"  {self.program}:{key}: '{value}'\n" for key, value in settings.items()]
        (self.folder / f"Pulumi.{stack}.yaml").write_text("config:\n" + "".join(lines))
        if secret:
            self.run("config", "set", "--secret", "token", "s3cret", "--stack", stack)

    def run(self, *arguments: str) -> str:
        """Run `flink-session`, which must succeed, and give what it prints."""
        return self._run(COMMAND, *arguments)

    def trace(self, *arguments: str) -> dict[str, Any]:
        """Run it with a clock in it, and give what that has noted."""
        file = self.folder / "trace.json"
        started = {"BENCHMARK_STARTED": str(time.monotonic())}
        self._run([sys.executable, "-m", "benchmarks.traced", str(file)], *arguments, **started)
        return dict(json.loads(file.read_text()))

    def peaks(self, *arguments: str) -> Peaks:
        """Run it, and watch its memory."""
        process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL
        )
        engine = program = 0.0
        while process.poll() is None:
            engine = max(engine, _high_water(process.pid))
            program = max([program, *map(_high_water, _children(process.pid))])
            time.sleep(0.01)
        assert process.returncode == 0
        return Peaks(engine, program)

    def _run(self, command: list[str], *arguments: str, **environment: str) -> str:
        ran = subprocess.run(
            [*command, *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{' '.join(arguments)} ended with {ran.returncode}:\n{ran.stdout[-2000:]}"
        return ran.stdout


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def _high_water(pid: int) -> float:
    """Give the most memory that a process has held so far, in megabytes; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / MEGABYTE for line in lines if line.startswith("VmHWM")), 0.0)
