"""What `flink-session session` creates, beside what `kubernetes-session.sh` has created with the same options."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.support.kube import Kube, eventually

COMMAND = str(Path(sys.prefix) / "bin" / "flink-session")

ADDITIONS = (
    r"Deployment .*/spec/strategy",
    r"Deployment .*/annotations/flink-session/configuration-checksum",
    r"Deployment .*/flink-main-container/(readinessProbe|startupProbe|securityContext)",
    r"Deployment .*/template/spec/(securityContext|serviceAccount|serviceAccountName)",
    r"Deployment .*/pod-template-volume",
    r"Service .*/publishNotReadyAddresses",
    r"ConfigMap .*/config.yaml/kubernetes[./]service-account",
    r"ConfigMap .*/config.yaml/kubernetes[./]pod-template-file[./]taskmanager",
    r"ConfigMap pod-template-",
    r"(ServiceAccount|Role|RoleBinding) flink-session-",
)
"""What docs/differences-from-flink.md lists as added, by where it is."""


def differences(script: Sequence[Mapping[str, Any]], ours: Sequence[Mapping[str, Any]]) -> list[str]:
    """Give where the objects differ, but for our additions."""
    left, right = _by_place(script), _by_place(ours)
    paths = sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))
    known = [re.compile(pattern) for pattern in ADDITIONS]
    return [
        f"{path}: {left.get(path)!r}, here {right.get(path)!r}"
        for path in paths
        if not any(pattern.match(path) for pattern in known)
    ]


def _by_place(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return dict(leaf for item in objects for leaf in _leaves(f"{item['kind']} {item['metadata']['name']}", item))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, str) and path.endswith("/config.yaml"):
        value = yaml.safe_load(value)
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(f"{path}/{key}", item)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            name = item.get("name", index) if isinstance(item, Mapping) else index
            yield from _leaves(f"{path}/{name}", item)
    elif value not in ({}, [], None):
        yield path, value


class SessionCommand:
    """`flink-session session` of a user who has nothing but a home."""

    def __init__(self, home: Path, kubeconfig: str, **environment: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        kept = ("FLINK_CONF_DIR", "HADOOP_CONF_DIR", "HADOOP_HOME", "FLINK_HOME", "FLINK_SESSION")
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith("PULUMI_") and key not in kept
        }
        self.env = {**inherited, "HOME": str(home), "KUBECONFIG": kubeconfig, "NO_COLOR": "1", **environment}

    def run(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run it to its end, without a terminal."""
        return subprocess.run(
            [COMMAND, "session", *words],
            cwd=cwd or self.home,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=640,
            check=False,
        )

    def run_until_waiting(self, kube: Kube, namespace: str, cluster_id: str, *words: str) -> tuple[int, str]:
        """Run it until the Deployment is there, and press Ctrl-C in the wait; gives exit status and what was said."""
        process = subprocess.Popen(
            [COMMAND, "session", *words],
            cwd=self.home,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            eventually(
                lambda: process.poll() is not None or kube.get(namespace, "deployments", cluster_id),
                what="the Deployment of `flink-session session`",
            )
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=60)
        finally:
            process.kill()
        return process.returncode, said

    def projects(self) -> list[Path]:
        """The folders of its sessions."""
        return sorted(path.parent for path in self.home.glob(".flink-session/sessions/*/*/*/Pulumi.yaml"))

    def planned(self) -> list[dict[str, Any]]:
        """All objects of its one session, also those that are not created yet."""
        (folder,) = self.projects()
        (file,) = folder.glob("Pulumi.*.yaml")
        stack = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
        words = [COMMAND, "manifests", "--stack", stack, "--cwd", str(folder), "--format", "json"]
        ran = subprocess.run(words, env=self.env, capture_output=True, text=True, timeout=60, check=True)
        return list(json.loads(ran.stdout))
