"""What a live object says beside what is wanted of it."""

from __future__ import annotations

from flink_session.api_server.kinds import Manifest

from ..model.diff import compare, is_same_quantity, value_at
from ..model.paths import Path, parse_path
from ..model.values import plain
from . import field_managers
from .check import without
from .outputs import comparable


def is_effective(
    live: Manifest, after: Manifest, manager: str, *, drops: bool, former: frozenset[str] = frozenset()
) -> bool:
    """Say whether a dry run has changed an object, or has given up one of its fields.

    To own a field more, at the value that it has, is no change: the Pulumi provider leaves out values that are Go's
    zero (`hostNetwork: false`), so that the two would forever take turns.
    """
    if any(compare(comparable(live), comparable(after))):
        return True
    if field_managers.taken_over(live, manager, former) is not None:
        return drops
    return field_managers.gives_up(live, after, manager)


def is_going(live: Manifest) -> bool:
    """Say whether an object is still there, but has been deleted."""
    return bool(plain(live.get("metadata") or {}).get("deletionTimestamp"))


def version_of(live: Manifest) -> str | None:
    """Give the version of an object that the API server counts up."""
    version: str | None = live["metadata"].get("resourceVersion")
    return version


def leave_to_others(live: Manifest, inputs: Manifest, ignored: list[str]) -> Manifest:
    """Leave out ignored fields that somebody else has changed, so that they keep them; the others stay applied."""
    for place in (place for text in ignored for place in _places(inputs, parse_path(text))):
        for change in compare(value_at(live, place), value_at(inputs, place), place):
            inputs = inputs if is_same_quantity(change) else without(inputs, change.path)
    return inputs


def _places(manifest: Manifest, path: Path) -> list[Path]:
    """Give the paths in a manifest that one with `*` stands for."""
    if "*" not in path:
        return [path]
    first = path.index("*")
    items = value_at(manifest, path[:first])
    indices = range(len(items) if isinstance(items, list) else 0)
    return [place for index in indices for place in _places(manifest, (*path[:first], index, *path[first + 1 :]))]
