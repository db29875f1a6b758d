"""What a live object says beside what is wanted of it."""

from __future__ import annotations

from typing import Any

from . import field_managers
from .check import without
from .diff import compare
from .kinds import Manifest
from .outputs import comparable
from .paths import Path, parse_path
from .values import plain


def is_effective(live: Manifest, after: Manifest, manager: str, *, drops: bool) -> bool:
    """Say whether a dry run has changed an object, or has given up one of its fields.

    To own a field more, at the value that it has, is no change: the Pulumi provider leaves out values that are Go's
    zero (`hostNetwork: false`), so that the two would forever take turns.
    """
    if any(compare(comparable(live), comparable(after))):
        return True
    if field_managers.taken_over(live, manager) is not None:
        return drops
    return field_managers.gives_up(live, after, manager)


def version_of(live: Manifest) -> str | None:
    """Give the version of an object that the API server counts up."""
    version: str | None = live["metadata"].get("resourceVersion")
    return version


def leave_to_others(live: Manifest, inputs: Manifest, ignored: list[str]) -> Manifest:
    """Leave out ignored fields that somebody else has changed, so that they keep them; the others stay applied."""
    for text in ignored:
        path = parse_path(text)
        dropped = without(inputs, path)
        if any(compare(live_value(live, path), live_value(inputs, path))):
            inputs = dropped
    return inputs


def live_value(manifest: Any, path: Path) -> Any:
    """Give what a manifest says at a path; None if nothing."""
    value = plain(manifest)
    for part in path:
        if isinstance(value, dict):
            value = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value
