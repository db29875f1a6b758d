"""The Pulumi project of a session that is deployed without one: a program and a stack, in a folder of the user's home.

~/.flink-session/sessions/<context>/<namespace>/<cluster id>/
├── Pulumi.yaml             one project for all of them; its state is where that of other projects is
├── Pulumi.<stack>.yaml     the session's arguments: what `-D` and the configuration folder said
└── __main__.py             the program, the same for every session

Their secrets, if they have any, are encrypted by the user's own passphrase, else by one in ~/.flink-session/passphrase.
It is a project like any other: `flink-session preview`, `up` and `destroy`, or `pulumi`, work in that folder. Contexts
of the same name in different kubeconfigs are told apart by their servers.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from flink_session.engine.errors import ProjectError
from flink_session.engine.stack.backend import write_atomically
from flink_session.engine.stack.target import Target, salt_of

PROJECT = "flink-sessions"
"""The name of the project; of its stacks each is one session."""

_LONGEST_STACK = 100
_IN_CLUSTER = "in-cluster"

_PROGRAM = '''\
"""One session cluster, as `flink-session session` was asked for it. Written anew with each run of that command."""

import pulumi

from flink_session import FlinkSessionCluster
from flink_session.component.stack_configuration import stack_configuration

cluster = FlinkSessionCluster("session", stack_configuration())

pulumi.export("cluster_id", cluster.cluster_id)
pulumi.export("namespace", cluster.namespace)
pulumi.export("rest_endpoint", cluster.rest_endpoint)
pulumi.export("web_interface_url", cluster.web_interface_url)
'''


@dataclass(frozen=True, slots=True)
class Place:
    """Which session of which Kubernetes cluster.

    Attributes:
        context: the name of its context; empty in a pod.
        server: the URL of its API server.
    """

    cluster_id: str
    namespace: str
    context: str
    server: str

    @property
    def stack(self) -> str:
        """The name of its stack, at most 100 characters: the id, the namespace and the context, or a hash of both."""
        name = f"{self.cluster_id}.{self.namespace}.{self._cluster}"
        if len(name) <= _LONGEST_STACK:
            return name
        return f"{self.cluster_id}.{_digest(f'{self.namespace} {self._cluster}', 12)}"

    @property
    def _cluster(self) -> str:
        readable = re.sub(r"[^A-Za-z0-9_-]+", "-", self.context).strip("-")[-40:] or _IN_CLUSTER
        return f"{readable}-{_digest(f'{self.context} {self.server}', 8)}"

    def folder(self, home: Path) -> Path:
        """Give where its project is, whether it is there or not."""
        return home / ".flink-session" / "sessions" / self._cluster / self.namespace / self.cluster_id


def _digest(text: str, characters: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:characters]


@dataclass(frozen=True, slots=True)
class SessionProject:
    """The project of one session, in a folder."""

    folder: Path
    stack: str

    @property
    def target(self) -> Target:
        """What the engine works on. Raises EngineError."""
        return Target.named(self.folder, self.stack)

    def has_resources(self) -> bool:
        """Whether anything of it is deployed, or was begun. Raises EngineError."""
        if not (self.folder / "Pulumi.yaml").is_file():
            return False
        return bool((self.target.file.read() or {}).get("resources"))

    def has_salt(self) -> bool:
        """Whether its state has secrets, or could have had. Raises EngineError."""
        if not (self.folder / "Pulumi.yaml").is_file():
            return False
        target = self.target
        return bool(target.reader.encryption_salt or salt_of(target.file.read() or {}))

    def write(self, arguments: Mapping[str, Any], *, context: str, kubeconfig: str) -> None:
        """Write its files. What else is in the stack's file, as the salt of its secrets, stays.

        Raises:
            ProjectError: the folder cannot be written.
        """
        try:
            self._write_program()
            file = self.folder / f"Pulumi.{self.stack}.yaml"
            kept = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
            kept = kept if isinstance(kept, dict) else {}
            config = stack_config(arguments, context=context, kubeconfig=kubeconfig)
            write_atomically(file, _yaml({**kept, "config": config}))
        except (OSError, yaml.YAMLError) as error:
            raise ProjectError(f"the session's project {self.folder} cannot be written: {error}") from error

    def renew(self) -> None:
        """Write its program anew, for the Python that runs now; its arguments stay. Raises ProjectError."""
        try:
            self._write_program()
        except OSError as error:
            raise ProjectError(f"the session's project {self.folder} cannot be written: {error}") from error

    def _write_program(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.folder / "Pulumi.yaml", _yaml(project_file()))
        write_atomically(self.folder / "__main__.py", _PROGRAM)

    def remove(self) -> None:
        """Remove its folder, and those above it that are empty now."""
        for path in self.folder.glob("*"):
            if path.is_file():
                path.unlink(missing_ok=True)
        for folder in (self.folder, *self.folder.parents[:2]):
            try:
                folder.rmdir()
            except OSError:
                return


def kept_passphrase(home: Path) -> tuple[Path, bool]:
    """Give the file of the passphrase for the stacks of sessions, and whether it was made just now.

    Raises:
        ProjectError: it cannot be written.
    """
    file = home / ".flink-session" / "passphrase"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:
            written.write(secrets.token_urlsafe(32) + "\n")
    except FileExistsError:
        return file, False
    except OSError as error:
        raise ProjectError(f"the passphrase of sessions cannot be kept in {file}: {error}") from error
    return file, True


def project_file() -> dict[str, Any]:
    """Give what Pulumi.yaml says."""
    runtime: dict[str, Any] = {"name": "python"}
    if sys.prefix != sys.base_prefix:
        runtime["options"] = {"toolchain": "pip", "virtualenv": sys.prefix}
    return {
        "name": PROJECT,
        "description": "Flink session clusters of `flink-session session`",
        "runtime": runtime,
        # As Pulumi's own default, without a login; PULUMI_BACKEND_URL overrides it.
        "backend": {"url": "file://~"},
    }


def stack_config(arguments: Mapping[str, Any], *, context: str, kubeconfig: str) -> dict[str, Any]:
    """Give the configuration of the stack. The cluster is pinned: another current context changes nothing."""
    config: dict[str, Any] = {}
    if kubeconfig:
        config["kubernetes:kubeconfig"] = kubeconfig
    if context:
        config["kubernetes:context"] = context
    return {**config, **{f"{PROJECT}:{name}": value for name, value in arguments.items()}}


def _yaml(document: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=4096)
    return text
