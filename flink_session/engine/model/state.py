"""The state of a stack: what it consists of, how it is written in Pulumi's checkpoint format, and what rules it keeps.

A ResourceState is immutable: a step makes a new one. So a checkpoint that is being written never changes under the
writer, and the text of a resource that did not change is not made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from ..errors import BackendError
from .signatures import RESOURCE_SIGNATURE, SECRET_SIGNATURE, SIGNATURE_KEY, to_signed
from .urn import split_provider_reference
from .values import ResourceReference, Secret, without_ciphertext

ENGINE_VERSION = "v3.260.0"
"""Version of the Pulumi engine whose checkpoints are written; the magic of the manifest is its SHA-256."""


@dataclass(frozen=True, slots=True)
class ResourceState:
    """One resource as it was last seen: the CLI's fields in its order; `extra` carries along what is not known here."""

    urn: str
    custom: bool
    type: str
    delete: bool = False
    id: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    taint: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    created: str = ""
    modified: str = ""
    ignore_changes: list[str] = field(default_factory=list)
    hide_diff: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Any = None
    resource_hooks: dict[str, list[str]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of the URN."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def features(self) -> set[str]:
        """What a reader of this has to know; the names of the CLI."""
        used = {"hooks": self.resource_hooks, "replaceWith": self.replace_with, "taint": self.taint}
        used["refreshBeforeUpdate"] = self.extra.get("refreshBeforeUpdate")
        return {name for name, value in used.items() if value}

    def references(self) -> set[str]:
        """Give the URNs of all resources that must come before this one."""
        urns = {self.parent, *self.dependencies, self.deleted_with, *self.replace_with}
        for dependencies in self.property_dependencies.values():
            urns.update(dependencies)
        if self.provider:
            urns.add(split_provider_reference(self.provider)[0])
        return urns - {""}


@dataclass(frozen=True, slots=True)
class PendingOperation:
    """A write to the cluster that was begun and has no recorded result; `type` is creating, updating or deleting."""

    resource: ResourceState
    type: str

    @property
    def is_half_made(self) -> bool:
        """Whether the resource may have been created and was never recorded, even if it was to be deleted since."""
        return self.type == "creating" or not self.resource.id


@dataclass(slots=True)
class Checkpoint:
    """All that is known of a stack."""

    resources: list[ResourceState] = field(default_factory=list)
    pending_operations: list[PendingOperation] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


_JSON_NAMES = {
    "init_errors": "initErrors",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "custom_timeouts": "customTimeouts",
    "import_id": "importID",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "replace_with": "replaceWith",
    "replacement_trigger": "replacementTrigger",
    "ignore_changes": "ignoreChanges",
    "hide_diff": "hideDiff",
    "replace_on_changes": "replaceOnChanges",
    "resource_hooks": "resourceHooks",
}
_ORDER = ["urn", "custom", "delete", "id", "type", *[f.name for f in fields(ResourceState)][5:-1]]
_ALWAYS = {"urn", "custom", "type"}
_VALUES = {"inputs", "outputs", "replacement_trigger"}


def resource_to_json(state: ResourceState, encrypt: Callable[[str], str]) -> dict[str, Any]:
    """Give the resource's entry in a checkpoint. Raises PassphraseError if it has secrets that cannot be encrypted."""
    entry: dict[str, Any] = {}
    for name in _ORDER:
        value = getattr(state, name)
        if value or name in _ALWAYS:
            entry[_JSON_NAMES.get(name, name)] = _seal(value, encrypt) if name in _VALUES else value
    return entry | state.extra


def resource_from_json(entry: dict[str, Any], decrypt: Callable[[str], str]) -> ResourceState:
    """Read a resource's entry. Raises BackendError, or PassphraseError if its secrets cannot be decrypted."""
    rest = dict(entry)
    known: dict[str, Any] = {}
    for name in _ORDER:
        json_name = _JSON_NAMES.get(name, name)
        if json_name in rest:
            value = rest.pop(json_name)
            known[name] = _unseal(value, decrypt) if name in _VALUES else value
    if missing := sorted(_ALWAYS - known.keys()):
        raise BackendError(
            f"the checkpoint is corrupt: the resource {entry.get('urn', '?')!r} has no {' and no '.join(missing)}"
        )
    return ResourceState(**known, extra=rest)


def manifest(now: str) -> dict[str, Any]:
    """Give what a checkpoint says of its making."""
    magic = hashlib.sha256(ENGINE_VERSION.encode()).hexdigest()
    return {"time": now, "magic": magic, "version": ENGINE_VERSION}


def checkpoint_from_json(document: dict[str, Any], decrypt: Callable[[str], str]) -> Checkpoint:
    """Read a `deployment` object of version 3.

    Raises:
        BackendError: it is not one.
        PassphraseError: it has secrets that cannot be decrypted.
    """
    try:
        return Checkpoint(
            [resource_from_json(entry, decrypt) for entry in document.get("resources") or []],
            [
                PendingOperation(resource_from_json(entry["resource"], decrypt), entry["type"])
                for entry in document.get("pending_operations") or []
            ],
            document.get("metadata") or {},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BackendError(f"the checkpoint is corrupt: {type(error).__name__}: {error}") from error


def integrity_errors(resources: Iterable[ResourceState]) -> list[str]:
    """Check the rules that every reader of a checkpoint relies on: one sentence for each violation."""
    findings: list[str] = []
    seen: set[str] = set()
    provider_ids: dict[str, str] = {}
    for state in resources:
        if state.id and not state.custom:
            findings.append(f"{state.urn} is a component and has an id")
        if state.urn in seen and not state.delete:
            findings.append(f"{state.urn} is there twice")
        findings += [f"{state.urn} comes before {urn}, which it needs" for urn in sorted(state.references() - seen)]
        if state.provider:
            urn, id_ = split_provider_reference(state.provider)
            if urn in seen and provider_ids.get(urn) != id_:
                findings.append(f"{state.urn} names the provider {state.provider}, whose id is {provider_ids.get(urn)}")
        seen.add(state.urn)
        if state.type.startswith("pulumi:providers:"):
            provider_ids[state.urn] = state.id
    return findings


def in_clear(value: Any, decrypt: Callable[[str], str]) -> Any:
    """Give a part of a checkpoint's JSON with its secrets decrypted, as `pulumi stack export --show-secrets` does."""
    if isinstance(value, list):
        return [in_clear(item, decrypt) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE_KEY) == SECRET_SIGNATURE and "ciphertext" in value:
        return {
            SIGNATURE_KEY: SECRET_SIGNATURE,
            "plaintext": _json(in_clear(json.loads(decrypt(value["ciphertext"])), str)),
        }
    return {key: in_clear(item, decrypt) for key, item in value.items()}


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _seal(value: Any, encrypt: Callable[[str], str]) -> Any:
    """Write values with their secrets encrypted. A secret inside another is marked as one, and encrypted with that."""
    if isinstance(value, Secret):
        ciphertext = value.ciphertext or encrypt(_json(_seal(without_ciphertext(value.value), str)))
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": ciphertext}
    if isinstance(value, ResourceReference):
        return to_signed(value)
    if isinstance(value, dict):
        return {key: _seal(value[key], encrypt) for key in sorted(value)}
    if isinstance(value, list):
        return [_seal(item, encrypt) for item in value]
    return value


def _unseal(value: Any, decrypt: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_unseal(item, decrypt) for item in value]
    if not isinstance(value, dict):
        return value
    signature = value.get(SIGNATURE_KEY)
    if signature is None:
        return {key: _unseal(item, decrypt) for key, item in value.items()}
    if signature == SECRET_SIGNATURE:
        text = decrypt(value["ciphertext"]) if "ciphertext" in value else value["plaintext"]
        return Secret(without_ciphertext(_unseal(json.loads(text), str)), value.get("ciphertext"))
    if signature == RESOURCE_SIGNATURE:
        return ResourceReference(value["urn"], value.get("id"), value.get("packageVersion", ""))
    return value  # an asset, of a resource that is only carried along
