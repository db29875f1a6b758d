"""`flink-session` as a process of its own on a small program, to be killed and interrupted for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.kube import eventually
from tests.support.misbehaving import Asked, Fault

PROGRAM = '''"""A Secret, a ConfigMap that each change replaces, a Deployment that each change updates, a Service."""

import pulumi


class Object(pulumi.CustomResource):
    def __init__(self, api, kind, name, props, depends_on=()):
        metadata = {"name": name, "namespace": NAMESPACE, **props.pop("metadata", {})}
        opts = pulumi.ResourceOptions(depends_on=list(depends_on))
        super().__init__(f"kubernetes:{api}:{kind}", name, {"metadata": metadata, **props}, opts)


config = pulumi.Config()
NAMESPACE, slots = config.require("namespace"), config.require("slots")
secret = Object("core/v1", "Secret", "secret", {"stringData": {"token": pulumi.Output.secret("s3cret")}})
config_map = Object("core/v1", "ConfigMap", "config", {"data": {"slots": slots}})
template = {
    "metadata": {"labels": {"app": "main"}, "annotations": {"slots": slots}},
    "spec": {"containers": [{"name": "main", "image": "none"}]},
}
spec = {"replicas": 0, "selector": {"matchLabels": {"app": "main"}}, "template": template}
deployment = Object("apps/v1", "Deployment", "main", {"spec": spec}, [config_map])
Object("core/v1", "Service", "rest", {"spec": {"ports": [{"port": 8081}]}}, [deployment])
pulumi.export("slots", slots)
'''
RESOURCES = 5
"""With the stack itself."""
_DYING = Path(__file__).with_name("dying.py")


@dataclass
class Stack:
    """The program in a folder of its own, with a backend of its own, on the cluster of a kubeconfig."""

    folder: Path
    kubeconfig: str
    namespace: str = "default"
    env: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        backend = self.folder / "backend"
        backend.mkdir()
        (self.folder / "kubeconfig").write_text(self.kubeconfig)
        (self.folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
        (self.folder / "__main__.py").write_text(PROGRAM)
        self.configure(slots=1)
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "PULUMI_BACKEND_URL": f"file://{backend}",
            "PULUMI_CONFIG_PASSPHRASE": "pass",
            "NO_COLOR": "1",
        }

    @property
    def backend(self) -> Path:
        return self.folder / "backend"

    @property
    def checkpoint(self) -> Path:
        return self.backend / ".pulumi" / "stacks" / "small" / "dev.json"

    @property
    def state(self) -> dict[str, Any]:
        """The `deployment` object of the checkpoint."""
        return dict(json.loads(self.checkpoint.read_text())["checkpoint"]["latest"])

    def configure(self, **config: Any) -> None:
        """Set values of the program's configuration, and leave the salt where it is."""
        file = self.folder / "Pulumi.dev.yaml"
        salt = [line for line in file.read_text().splitlines() if "salt" in line] if file.exists() else []
        values = {"namespace": self.namespace, **config}
        lines = ["config:", *(f'  small:{key}: "{value}"' for key, value in values.items()), *salt]
        file.write_text("\n".join(lines) + "\n")

    def start(self, command: str, *words: str, dying: int = 0) -> subprocess.Popen[str]:
        """Begin a command; with `dying`, it is killed right before the change of a file with this number."""
        cli = [str(_DYING), str(dying), str(self.backend)] if dying else ["-m", "flink_session.cli.main"]
        return subprocess.Popen(
            [sys.executable, *cli, command, "--stack", "dev", *words],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, command: str, *words: str, dying: int = 0) -> tuple[int, str]:
        """Run a command to its end; gives its exit status, negative for a signal, and what it said."""
        with self.start(command, *words, dying=dying) as process:
            said, _ = process.communicate(timeout=300)
        return process.returncode, said

    def succeed(self, command: str, *words: str) -> str:
        """Run a command that must succeed."""
        status, said = self.run(command, *words)
        assert status == 0, f"{command} ended with {status}:\n{said}"
        return said

    def converges(self) -> None:
        """What was killed is gone on with by `up`; after that nothing is left to do, and nothing lies about."""
        self.succeed("up", "--yes")
        assert f"{RESOURCES} unchanged" in self.succeed("preview", "--expect-no-changes")
        assert "pending_operations" not in self.state
        left = {path.name for path in self.backend.rglob("*") if path.is_file()}
        assert left <= {"meta.yaml", "dev.json", "dev.json.bak"}

    def has_no_process(self) -> None:
        """The program has ended, which the engine had started."""
        eventually(lambda: not self._processes() or None, what=f"the end of all processes in {self.folder}")

    def _processes(self) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == self.folder and b"language_host" in (
                    process / "cmdline"
                ).read_bytes():
                    found.append(process.name)
            except OSError:
                continue
        return found


def killing(stack: Stack, command: str, words: tuple[str, ...], which: Callable[[Asked], bool], *, after: bool) -> Any:
    """Give the fault that kills a command when it makes a request, and what runs the command until then."""
    running: list[subprocess.Popen[str]] = []
    killed: list[Asked] = []

    def kill() -> None:
        os.kill(running[0].pid, signal.SIGKILL)
        running[0].wait()

    def fault(asked: Asked) -> Fault:
        if killed or not which(asked):
            return Fault()
        killed.append(asked)
        return Fault(after=kill, lose=True) if after else Fault(before=kill, lose=True)

    def run() -> None:
        running.append(stack.start(command, *words))
        said, _ = running[0].communicate(timeout=300)
        assert running[0].returncode == -signal.SIGKILL, f"it was to be killed, and said:\n{said}"
        stack.has_no_process()

    return fault, run
