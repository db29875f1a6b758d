"""Reading documents that others have written: whatever is not of the expected shape counts as absent.

A review must not fail on a digest of a later Pulumi, nor on one that somebody has damaged; only a document that is no
preview at all is refused, by the readers themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from flink_session.engine.model.signatures import SECRET_SIGNATURE, SIGNATURE_KEY

from ..preview import SECRET, Operation, Properties, ResourceChange, type_and_name

_OPERATIONS = frozenset(get_args(Operation))
_CALLED_OTHERWISE = {
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "read-replacement": "replace",
    "import-replacement": "replace",
    "discard-replaced": "discard",
    "remove-pending-replace": "delete",
}


def as_map(value: object) -> Mapping[str, Any]:
    """Give a map; nothing of what is none."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Give a list; nothing of what is none."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    """Give a text; nothing of what is none."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """Give the texts of a list."""
    return tuple(item for item in as_list(value) if isinstance(item, str))


def operation_of(name: object) -> Operation | None:
    """Give an operation by its name in any of Pulumi's formats; None of what is none that a review tells of."""
    called = _CALLED_OTHERWISE.get(as_text(name), as_text(name))
    return cast("Operation", called) if called in _OPERATIONS else None


def properties(value: object) -> Properties | None:
    """Give a resource's properties without what is internal, and with each secret as a mark; None if there are none."""
    if not isinstance(value, dict):
        return None
    return {str(key): without_secrets(item) for key, item in value.items() if not str(key).startswith("__")}


def without_secrets(value: object) -> Any:
    """Give a value with each secret in it as the mark `[secret]`, encrypted or in clear."""
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == SECRET_SIGNATURE:
            return SECRET
        return {str(key): without_secrets(item) for key, item in value.items()}
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def change_of(
    urn: str,
    operation: Operation,
    old: object,
    new: object,
    *,
    paths: Iterable[str] = (),
    forcing: Iterable[str] = (),
) -> ResourceChange:
    """Make a change of two states as Pulumi writes them in a digest, an event or a checkpoint."""
    before, after = as_map(old), as_map(new)
    type_, name = type_and_name(urn)
    either = after or before
    found = properties(before.get("outputs")) or {}
    dependencies = as_map(either.get("propertyDependencies"))
    return ResourceChange(
        urn,
        as_text(either.get("type")) or type_,
        name,
        operation,
        as_text(either.get("parent")),
        properties(before.get("inputs", {})) if before else None,
        properties(after.get("inputs", {})) if after and operation != "delete" else None,
        found,
        tuple(paths),
        tuple(forcing),
        {str(key): texts(value) for key, value in dependencies.items() if texts(value)},
    )
