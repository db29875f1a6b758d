"""Which stack of which project, and what is known of it: found without secrets, then loaded with its secrets opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import BackendError, NoStackError
from ..model.state import Checkpoint, ResourceState, checkpoint_from_json, resource_from_json
from ..model.urn import STACK_TYPE
from ..model.values import without_ciphertext
from .backend import StackFile, backend_directory
from .passphrase import Crypter, find_passphrase
from .project import Project, StackConfig, StackFileReader, check_stack_name, find_project
from .workspace import Workspace, logged_in_backend


@dataclass(frozen=True, slots=True)
class Target:
    """Which stack of which project, as far as the user's files say without any secret."""

    project: Project
    stack: str
    file: StackFile
    reader: StackFileReader

    @classmethod
    def find(cls, cwd: Path, stack: str | None) -> Target:
        """Find the project and the stack. Raises NoStackError, ProjectError, UnsupportedError, BackendError."""
        project = find_project(cwd)
        chosen = stack or os.environ.get("PULUMI_STACK") or Workspace(project, backend_of(project)[0]).selected
        if not chosen:
            known = stack_names(project)
            there = f"this project has {', '.join(known)}" if known else "`stack init NAME` makes one"
            raise NoStackError(
                f"no stack is chosen; name one by --stack or PULUMI_STACK, or select one by `stack select`: {there}"
            )
        return cls.of(project, chosen)

    @classmethod
    def named(cls, cwd: Path, stack: str) -> Target:
        """Give the stack of this name. Raises as `find` does."""
        return cls.of(find_project(cwd), stack)

    @classmethod
    def of(cls, project: Project, stack: str) -> Target:
        """Give a stack of a project. Raises as `find` does."""
        name = check_stack_name(stack, project.name)
        return cls(project, name, StackFile(backend_of(project)[1], project.name, name), StackFileReader(project, name))

    def outputs_of(self, name: str) -> dict[str, Any]:
        """Give the outputs of a stack of the same backend: `<stack>`, or `organization/<project>/<stack>`.

        Raises:
            NoStackError: there is no such stack.
            PassphraseError: it has secret outputs, and another passphrase.
        """
        organization, project, stack = (
            name.split("/") if name.count("/") == 2 else ("organization", self.project.name, name)
        )
        if organization != "organization" or "/" in stack:
            raise BackendError(f"{name!r} is not a stack of a file backend: <stack> or organization/<project>/<stack>")
        file = StackFile(self.file.root, project, stack)
        document = file.read()
        if document is None:
            raise NoStackError(f"there is no stack {file.full_name!r} in {file.root / '.pulumi'}")
        outputs = read_outputs(document, Crypter(find_passphrase(ask=False), salt_of(document), None).decrypt)
        # They were encrypted by the key of that stack, and this one has another.
        return {key: without_ciphertext(value) for key, value in outputs.items()}

    def require_begun(self) -> None:
        """Raise NoStackError if the stack has neither state nor a configuration file: then its name is a slip."""
        if self.reader.path.is_file() or self.file.read() is not None:
            return
        known = ", ".join(stack_names(self.project)) or "none"
        raise NoStackError(
            f"there is no stack {self.stack!r}: {self.reader.path} does not exist (this project has: {known}); "
            "to begin a new stack, create it, empty or with a config: section"
        )

    def require(self) -> dict[str, Any]:
        """Read the stack's `deployment` object. Raises NoStackError, BackendError."""
        document = self.file.read()
        if document is None:
            where = self.file.root / ".pulumi"
            raise NoStackError(f"there is no stack {self.stack!r} of the project {self.project.name} in {where}")
        return document


def read_outputs(document: dict[str, Any], decrypt: Callable[[str], str]) -> dict[str, Any]:
    """Give the outputs of a stack as of its last update, secret ones marked. Raises PassphraseError."""
    for entry in document.get("resources") or []:
        if entry.get("type") == STACK_TYPE:
            return resource_from_json(entry, decrypt).outputs
    return {}


def stack_names(project: Project) -> list[str]:
    """Give the stacks of a project: those that have a state, and those that have only a configuration file so far."""
    states = (backend_of(project)[1] / ".pulumi" / "stacks" / project.name).glob("*.json")
    files = project.stack_config_dir.glob("Pulumi.*.yaml")
    return sorted({path.stem for path in states} | {path.name[len("Pulumi.") : -len(".yaml")] for path in files})


def salt_of(document: dict[str, Any]) -> str | None:
    """Give the salt of a state's secrets."""
    salt: str | None = ((document.get("secrets_providers") or {}).get("state") or {}).get("salt")
    return salt


def backend_of(project: Project | None) -> tuple[str, Path]:
    """Give the URL of the backend, and the folder that holds its `.pulumi`; without a project, that of its user.

    Raises BackendError.
    """
    url, base = os.environ.get("PULUMI_BACKEND_URL"), Path.cwd()
    if not url and project:
        url, base = project.backend_url, project.root
    url = url or logged_in_backend() or "file://~"
    return url, backend_directory(url, base)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stack with its secrets opened."""

    checkpoint: Checkpoint
    config: StackConfig
    crypter: Crypter

    @classmethod
    def load(cls, target: Target) -> Loaded:
        """Read state and configuration. Raises BackendError, ProjectError, PassphraseError."""
        document = target.file.read() or {}
        salt = target.reader.encryption_salt or salt_of(document)
        keep = None if target.reader.encryption_salt else target.reader.save_encryption_salt
        crypter = Crypter(find_passphrase(ask=salt is not None), salt, keep)
        try:
            checkpoint = checkpoint_from_json(document, crypter.decrypt)
        except BackendError as error:
            raise target.file.corrupt(str(error)) from error
        return cls(checkpoint, target.reader.config(crypter.decrypt), crypter)

    def with_resources(self, resources: list[ResourceState]) -> Loaded:
        """Give the same stack with other resources."""
        return replace(self, checkpoint=replace(self.checkpoint, resources=resources))
