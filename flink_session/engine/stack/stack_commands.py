"""The stacks of a project: listing, making, choosing, moving and removing them, and breaking their locks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import BackendError
from ..model.state import Checkpoint, ResourceState, checkpoint_from_json, in_clear, integrity_errors
from ..model.urn import Urn
from ..model.values import without_ciphertext
from .backend import StackFile, check_version, version_of
from .journal import Journal
from .passphrase import Crypter, find_passphrase
from .project import Project, find_project
from .target import Loaded, Target, backend_of, salt_of, stack_names
from .workspace import Workspace


@dataclass(frozen=True, slots=True)
class StackSummary:
    """A stack as a list shows it; `last_update` in RFC 3339, empty if it was never updated."""

    name: str
    current: bool
    last_update: str
    resources: int


def list_stacks(cwd: Path) -> list[StackSummary]:
    """Give the stacks of the project, by name. Raises EngineError."""
    project = find_project(cwd)
    url, root = backend_of(project)
    selected = Workspace(project, url).selected
    found = []
    for name in stack_names(project):
        document = StackFile(root, project.name, name).read() or {}
        time = (document.get("manifest") or {}).get("time", "")
        found.append(StackSummary(name, name == selected, time, len(document.get("resources") or [])))
    return found


def init_stack(cwd: Path, name: str) -> None:
    """Make a stack without resources, with a salt for its secrets if there is a passphrase, and select it."""
    target = Target.named(cwd, name)
    if target.file.read() is not None:
        raise BackendError(f"stack '{target.file.full_name}' already exists")
    with target.file.locked():
        crypter = Crypter(find_passphrase(ask=True), target.reader.encryption_salt, None)
        crypter.begin()
        if crypter.salt and not target.reader.encryption_salt:
            target.reader.save_encryption_salt(crypter.salt)
        Journal(Checkpoint(), crypter, target.file.write).write_now()
    select_stack(cwd, name)


def select_stack(cwd: Path, name: str) -> None:
    """Let commands without `--stack` mean this one, those of the CLI included.

    Raises:
        NoStackError: it has neither a state nor a configuration file.
    """
    target = Target.named(cwd, name)
    target.require_begun()
    _workspace(target.project).select(target.file.full_name)


def remove_stack(cwd: Path, name: str, *, force: bool, preserve_config: bool) -> None:
    """Forget a stack, and its configuration too unless told otherwise.

    Raises:
        BackendError: it still has resources, and `force` is not set: they would be left behind in the cluster.
    """
    target = Target.named(cwd, name)
    with target.file.locked():
        resources = [item for item in target.require().get("resources") or [] if not item.get("external")]
        if resources and not force:
            raise BackendError(
                f"{target.stack!r} still has {len(resources)} resources; run `flink-session destroy` first, "
                "or leave them behind by --force"
            )
        target.file.remove()
        if not preserve_config:
            target.reader.path.unlink(missing_ok=True)
        workspace = _workspace(target.project)
        if workspace.selected == target.stack:
            workspace.select(None)


def export_stack(cwd: Path, name: str | None, *, show_secrets: bool) -> dict[str, Any]:
    """Give the state in the form of `pulumi stack export`; secrets stay encrypted unless they are asked for."""
    target = Target.find(cwd, name)
    deployment = target.require()
    if show_secrets:
        deployment = in_clear(deployment, Loaded.load(target).crypter.decrypt)
    states = checkpoint_from_json(deployment, lambda _: "null").resources
    return {**version_of(set().union(*(state.features for state in states))), "deployment": deployment}


def import_stack(cwd: Path, name: str | None, document: Any, *, force: bool) -> None:
    """Replace the state by an exported one. Raises EngineError if it is not one, or not of this stack."""
    target = Target.find(cwd, name)
    if not isinstance(document, dict) or not isinstance(document.get("deployment"), dict):
        raise BackendError("this is not an exported stack: it has no deployment")
    check_version(document, "this state")
    deployment = document["deployment"]
    with target.file.locked():
        loaded = Loaded.load(target)
        salt = salt_of(deployment)
        decrypt = (
            loaded.crypter if salt in (None, loaded.crypter.salt) else Crypter(find_passphrase(ask=True), salt, None)
        )
        checkpoint = checkpoint_from_json(deployment, decrypt.decrypt)
        if not force:
            _check_import(target, checkpoint.resources)
        if decrypt is not loaded.crypter:
            checkpoint = replace(checkpoint, resources=[_without_ciphertext(item) for item in checkpoint.resources])
        Journal(checkpoint, loaded.crypter, target.file.write).write_now()


def cancel(cwd: Path, name: str | None) -> int:
    """Take away all locks of a stack; gives how many there were. Whoever holds one is not stopped by that."""
    return Target.find(cwd, name).file.unlock()


def _check_import(target: Target, resources: list[ResourceState]) -> None:
    findings = integrity_errors(resources)
    for state in resources:
        urn = Urn.parse(state.urn)
        if (urn.stack, urn.project) != (target.stack, target.project.name):
            findings.append(f"{state.urn} is of the stack {urn.project}/{urn.stack}")
    if findings:
        raise BackendError("\n".join(findings) + "\n--force imports it all the same")


def _without_ciphertext(state: ResourceState) -> ResourceState:
    return replace(state, inputs=without_ciphertext(state.inputs), outputs=without_ciphertext(state.outputs))


def _workspace(project: Project) -> Workspace:
    return Workspace(project, backend_of(project)[0])
