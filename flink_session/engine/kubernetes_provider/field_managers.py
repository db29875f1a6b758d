"""Who owns which field of an object: the part of `metadata.managedFields` that server-side apply turns on.

The Pulumi provider creates objects by a client-side request under a name of its own, and updates them by server-side
apply under another. Before the first apply those fields have to change hands, or a field that a program drops would
stay for ever.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

CLIENT_SIDE_MANAGERS = frozenset(
    {"pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes", "before-first-apply"}
)
"""The names that the Pulumi provider creates objects under, and that of what is older than all names."""


def new_field_manager() -> str:
    """Give a field manager that nobody else has: so an object says by itself which resource of which stack made it."""
    return f"flink-session-{secrets.token_hex(4)}"


def is_managed_by(live: dict[str, Any], manager: str) -> bool:
    """Say whether the manager wrote to the object."""
    return any(entry.get("manager") == manager for entry in _entries(live))


def managers(live: dict[str, Any]) -> list[str]:
    """Give the names of all that wrote to the object itself, not to its status."""
    return sorted({str(entry.get("manager")) for entry in _entries(live) if not entry.get("subresource")})


def gives_up(before: dict[str, Any], after: dict[str, Any], manager: str) -> bool:
    """Say whether the manager owns a field of `before` by server-side apply that it does not own in `after`."""
    return not _covers(_applied(after, manager), _applied(before, manager))


def taken_over(live: dict[str, Any], manager: str, former: frozenset[str] = frozenset()) -> list[dict[str, Any]] | None:
    """Give managedFields in which `manager` has what client-side Pulumi requests left behind.

    Entries of `manager` itself that are not from server-side apply are taken over as well, and of `former` managers
    what a program says of an object. None if there is nothing to take over.
    """
    mine: dict[str, Any] | None = None
    others: list[dict[str, Any]] = []
    found = False
    own = CLIENT_SIDE_MANAGERS | {manager}
    for entry in _parted(_entries(live), former - own):
        name, operation = entry.get("manager"), entry.get("operation")
        is_of_program = name in own or (name in former and _says(entry))
        to_take = operation == "Update" and not entry.get("subresource") and is_of_program
        is_mine = operation == "Apply" and not entry.get("subresource") and name == manager
        if not (to_take or is_mine):
            others.append(entry)
            continue
        found = found or to_take
        if mine is None:
            mine = {**entry, "manager": manager, "operation": "Apply"}
        else:
            mine["fieldsV1"] = _union(mine.get("fieldsV1") or {}, entry.get("fieldsV1") or {})
    return [mine, *others] if found and mine is not None else None


def makers(live: dict[str, Any]) -> frozenset[str]:
    """Give the names of those who wrote to an object by client-side requests, as who made it without us did."""
    entries = (entry for entry in _entries(live) if entry.get("operation") == "Update" and not entry.get("subresource"))
    return frozenset(str(entry.get("manager")) for entry in entries)


def has_applied(live: dict[str, Any], manager: str) -> bool:
    """Say whether the manager has applied anything to the object."""
    return any(entry.get("manager") == manager and entry.get("operation") == "Apply" for entry in _entries(live))


def as_taken_over(live: dict[str, Any], inputs: dict[str, Any], former: frozenset[str]) -> dict[str, Any]:
    """Give a merge patch to the inputs that also removes what `former` managers have set and the inputs do not have."""
    patch = inputs
    for entry in _parted(_entries(live), former):
        if entry.get("manager") in former and _says(entry):
            patch = _with_nulls(patch, entry.get("fieldsV1") or {})
    return patch


def _with_nulls(patch: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    patch = dict(patch)
    for key, inner in fields.items():
        name = key.removeprefix("f:")
        if key.startswith("f:") and name not in patch:
            patch[name] = None
        elif key.startswith("f:") and isinstance(patch[name], dict):
            patch[name] = _with_nulls(patch[name], inner)
    return patch


def _parted(entries: list[dict[str, Any]], former: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Part the entries of `former` into what a program says of an object, and the rest: annotations, owners."""
    for entry in entries:
        if entry.get("manager") not in former or entry.get("operation") != "Update" or entry.get("subresource"):
            yield entry
            continue
        fields: dict[str, Any] = entry.get("fieldsV1") or {}
        metadata = fields.get("f:metadata") or {}
        said = {key: value for key, value in metadata.items() if key == "f:labels"}
        rest = {key: value for key, value in metadata.items() if key != "f:labels"}
        others = {key: value for key, value in fields.items() if key != "f:metadata"}
        yield {**entry, "fieldsV1": {**others, **({"f:metadata": said} if said else {})}}
        if rest:
            yield {**entry, "fieldsV1": {"f:metadata": rest}}


def _says(entry: dict[str, Any]) -> bool:
    """Tell the two parts of an entry apart; an undivided one says something."""
    fields = entry.get("fieldsV1") or {}
    return fields.keys() != {"f:metadata"} or "f:labels" in fields["f:metadata"]


def _entries(live: dict[str, Any]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = (live.get("metadata") or {}).get("managedFields") or []
    return entries


def _applied(live: dict[str, Any], manager: str) -> dict[str, Any]:
    """Give the fields that the manager owns by server-side apply, in the API server's FieldsV1 form."""
    for entry in _entries(live):
        if entry.get("manager") == manager and entry.get("operation") == "Apply" and not entry.get("subresource"):
            fields: dict[str, Any] = entry.get("fieldsV1") or {}
            return fields
    return {}


def _covers(fields: dict[str, Any], others: dict[str, Any]) -> bool:
    return all(key in fields and _covers(fields[key], inner) for key, inner in others.items())


def _union(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    merged = dict(one)
    for key, value in other.items():
        merged[key] = _union(merged[key], value) if key in merged else value
    return merged
