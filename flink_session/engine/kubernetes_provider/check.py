"""Inputs as the Pulumi provider's Check returns them: a manifest with name, namespace and encoding settled."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from flink_session.api_server.kinds import Kind, Manifest

from ..errors import StepError
from ..model.paths import PathPart, parse_path
from ..model.values import UNKNOWN, Secret, plain, with_keys
from .annotations import check_annotations
from .kinds import API_NAMES

AUTONAMED = "pulumi.com/autonamed"
_MANAGED_BY = {"app.kubernetes.io/managed-by": "pulumi"}
"""The label that the Pulumi provider gives to what it makes by client-side apply, and that stays with it."""


def check(
    kind: Kind, resource_name: str, inputs: Manifest, old_inputs: Manifest | None, default_namespace: str
) -> Manifest:
    """Normalise the inputs of an object.

    Args:
        kind: what the object has to be.
        resource_name: the Pulumi name, from which a name is made where the program gives none.
        inputs: what the program says.
        old_inputs: what was recorded before; a name that was made stays.
        default_namespace: for namespaced kinds that name none.

    Raises:
        StepError: the inputs are not a manifest of this kind; all findings at once.
    """
    checked = {"apiVersion": kind.api_version, "kind": kind.kind, **with_keys(inputs, API_NAMES)}
    checked = {key: value for key, value in checked.items() if value is not None and key != "status"}
    findings = [
        f"{key}: {checked[key]!r} is not {expected!r}, which is the type of {resource_name}"
        for key, expected in (("apiVersion", kind.api_version), ("kind", kind.kind))
        if checked[key] != expected
    ]
    metadata = checked.get("metadata", {})
    if metadata is UNKNOWN:
        return checked
    metadata = metadata.value if isinstance(metadata, Secret) else metadata
    if not isinstance(metadata, dict):
        findings.append(f"metadata: {metadata!r} is not an object")
    elif "generateName" in metadata and "name" not in metadata:
        findings.append(
            "metadata.generateName: server-side apply needs metadata.name; leave both out and a name is made"
        )
    if findings:
        raise StepError(
            f"{kind.kind} {resource_name} is invalid:\n" + "\n".join(f"  {finding}" for finding in findings)
        )
    metadata = dict(metadata)
    if not metadata.get("name"):
        _autoname(metadata, resource_name, old_inputs)
    old_metadata, labels = plain((old_inputs or {}).get("metadata") or {}), metadata.get("labels", {})
    if _MANAGED_BY.items() <= (old_metadata.get("labels") or {}).items() and isinstance(labels, dict):
        metadata["labels"] = {**labels, **_MANAGED_BY}
    if kind.namespaced and not metadata.get("namespace"):
        metadata["namespace"] = default_namespace
    checked["metadata"] = metadata
    check_annotations(checked)
    return _encode_secret(checked) if kind.kind == "Secret" else checked


def keep_ignored(paths: list[str], inputs: Manifest, old_inputs: Manifest) -> Manifest:
    """Give the inputs with the paths of `ignoreChanges` as they were before. Raises StepError for a malformed path."""
    for text in paths:
        path = parse_path(text)
        inputs = _with_old(inputs, old_inputs, path)
    return inputs


def without(manifest: Any, path: tuple[PathPart, ...]) -> Any:
    """Give a manifest that says nothing about a path."""
    if isinstance(manifest, dict) and path[0] in manifest:
        rest = {key: value for key, value in manifest.items() if key != path[0]}
        return rest if len(path) == 1 else {**manifest, path[0]: without(manifest[path[0]], path[1:])}
    if isinstance(manifest, list) and len(path) > 1:
        return [without(item, path[1:]) if path[0] in ("*", index) else item for index, item in enumerate(manifest)]
    return manifest


def _with_old(new: Any, old: Any, path: tuple[PathPart, ...]) -> Any:
    if isinstance(new, list) and isinstance(old, list):
        return [
            (_with_old(item, old[index], path[1:]) if len(path) > 1 else old[index])
            if index < len(old) and path[0] in ("*", index)
            else item
            for index, item in enumerate(new)
        ]
    if not isinstance(new, dict) or not isinstance(old, dict):
        return new
    key = path[0]
    if len(path) == 1:
        rest = {name: value for name, value in new.items() if name != key}
        return {**rest, key: old[key]} if key in old else rest
    return {**new, key: _with_old(new[key], old.get(key), path[1:])} if key in new else new


def _autoname(metadata: Manifest, resource_name: str, old_inputs: Manifest | None) -> None:
    old = plain((old_inputs or {}).get("metadata") or {})
    annotations = dict(metadata.get("annotations") or {})
    if (old.get("annotations") or {}).get(AUTONAMED) == "true":
        metadata["name"] = old["name"]
    else:
        metadata["name"] = f"{resource_name}-{secrets.token_hex(4)}"
    metadata["annotations"] = {**annotations, AUTONAMED: "true"}


def _encode_secret(inputs: Manifest) -> Manifest:
    """Turn a Secret's stringData into data, and mark data as secret whatever the program said."""
    rest = {key: value for key, value in inputs.items() if key not in ("stringData", "data")}
    texts, data = plain(inputs.get("stringData") or {}), plain(inputs.get("data") or {})
    if texts is UNKNOWN or data is UNKNOWN:
        return {**rest, "data": Secret(UNKNOWN)}
    encoded = {
        key: text if text is UNKNOWN else base64.b64encode(str(text).encode()).decode() for key, text in texts.items()
    }
    if not data and not encoded:
        return rest
    return {**rest, "data": Secret({**data, **encoded})}
