"""The program as a process: found, started before anything else, told what to run, and ended whatever happens."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ProjectError
from ..stack.project import Project

_HOST = Path(__file__).with_name("language_host.py")
_LINE_LIMIT = 2**20
_GRACE = 10.0


def find_interpreter(project: Project) -> str:
    """Give the Python that runs the program: the one of the project's virtual environment, else this one."""
    if project.virtualenv is not None:
        folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        if (python := project.virtualenv / folder / name).exists():
            return str(python)
    return sys.executable


def find_kubernetes_version(interpreter: str) -> str:
    """Give the version of pulumi-kubernetes that an interpreter has, or nothing; it names the default provider."""
    environment = Path(interpreter).parent.parent
    places = [*environment.glob("lib/python*/site-packages"), *environment.glob("Lib/site-packages")]
    if interpreter == sys.executable:
        places += map(Path, sys.path)
    # By the name of its folder: importlib.metadata would be imported for nothing else.
    for folder in (found for place in places for found in place.glob("pulumi_kubernetes-*.dist-info")):
        return folder.name.removesuffix(".dist-info").rpartition("-")[2]
    return ""


@dataclass(slots=True)
class Program:
    """A running language host. It waits for `tell`, and ends by itself or by `stop`."""

    process: asyncio.subprocess.Process
    say: Callable[[str], None]
    """Gets what the program prints, line by line."""
    _readers: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def start(cls, project: Project, say: Callable[[str], None]) -> Program:
        """Start the interpreter; what the program prints goes to `say`, line by line. Raises ProjectError."""
        if not project.main.exists():
            raise ProjectError(f"main: {project.main} of {project.root / 'Pulumi.yaml'} does not exist")
        folder = project.main if project.main.is_dir() else project.main.parent
        if project.main.is_dir() and not (folder / "__main__.py").is_file():
            raise ProjectError(f"{folder} has no __main__.py, the program of the project {project.name}")
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                find_interpreter(project),
                str(_HOST),
                str(project.main),
                cwd=folder,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                limit=_LINE_LIMIT,
                # Ctrl-C is for the engine, which lets running steps finish.
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        except OSError as error:
            raise ProjectError(f"{find_interpreter(project)} cannot be started: {error}") from error
        program = cls(process, say)
        program._readers = [
            asyncio.create_task(program._forward(stream)) for stream in (process.stdout, process.stderr) if stream
        ]
        return program

    async def tell(self, job: dict[str, Any]) -> None:
        """Say what to run. The configuration, which may hold secrets, goes nowhere but through this pipe.

        The pipe stays open: when it closes, the program knows that the engine is gone, and ends.
        """
        stdin = self.process.stdin
        if stdin is None:
            return
        try:
            stdin.write(json.dumps(job).encode() + b"\n")
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has failed already; its exit status tells

    async def wait(self) -> int:
        """Wait for the end; gives the exit status, with all output forwarded."""
        status = await self.process.wait()
        await asyncio.gather(*self._readers)
        return status

    async def stop(self) -> None:
        """End the program, kindly at first."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), _GRACE)
            except TimeoutError:
                self.process.kill()
        for reader in self._readers:
            reader.cancel()

    async def _forward(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.say(line.decode(errors="replace").rstrip("\n"))
