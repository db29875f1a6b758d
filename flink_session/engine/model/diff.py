"""What changed between two manifests, and whether that can be updated in place. Pure: values in, values out.

Lists are compared by position, as the Pulumi provider does. Secret marks do not count: a value that only became secret
is not changed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from .paths import Path, render_path, starts_with
from .values import UNKNOWN, Secret, masked


class _Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""Stands for a value that is not there, which is not the same as null."""


_FREE_MAPS = {"data", "stringData", "binaryData", "labels", "annotations", "matchLabels", "nodeSelector"}
"""Maps in which a key with an empty value is something else than no key."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place where two manifests differ."""

    path: Path
    old: Any
    new: Any

    @property
    def kind(self) -> Literal["add", "delete", "update"]:
        """Added, deleted or updated."""
        if self.old is ABSENT:
            return "add"
        return "delete" if self.new is ABSENT else "update"


@dataclass(frozen=True, slots=True)
class Diff:
    """What a new manifest means for an existing object.

    Attributes:
        changes: from the old inputs to the new.
        drift: where the object in the state is not what the inputs say; it may be the server's way of writing the same
        value.
        replace: the changed paths that need a new object.
    """

    changes: tuple[Change, ...]
    drift: tuple[Change, ...]
    replace: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes or self.drift)


def compare(old: Any, new: Any, path: Path = (), *, secret: bool = False) -> Iterator[Change]:
    """Yield the changes from one value to the other, in the order of their keys."""
    secret = secret or isinstance(old, Secret) or isinstance(new, Secret)
    old, new = _bare(old), _bare(new)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from compare(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key), secret=secret)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else ABSENT
            after = new[index] if index < len(new) else ABSENT
            yield from compare(before, after, (*path, index), secret=secret)
    elif type(old) is not type(new) or old != new:
        yield Change(
            path,
            Secret(old) if secret and old is not ABSENT else old,
            Secret(new) if secret and new is not ABSENT else new,
        )


def diff_manifests(
    old_inputs: dict[str, Any],
    old_outputs: dict[str, Any],
    new_inputs: dict[str, Any],
    force_new: Iterable[Path],
) -> Diff:
    """Compare new inputs with what the state holds of the object."""
    changes = tuple(compare(old_inputs, new_inputs))
    changed = {change.path for change in changes}
    live = prune(old_outputs, new_inputs)
    drift = tuple(
        change
        for change in compare(live, new_inputs)
        if change.path not in changed and change.old is not ABSENT and not is_same_quantity(change)
    )
    return Diff(changes, drift, tuple(change for change in changes if forces_new(change, force_new)))


def may_be_spelling(change: Change) -> bool:
    """Say whether both values may be the same to the API server, so that it has to be asked.

    Such are a quantity that is only written otherwise, and nothing in place of what Go leaves out: "", 0, false, [].
    """
    said = change.path[-2:-1] and change.path[-2] in _FREE_MAPS
    return is_same_quantity(change) or (not said and _is_zero(change.old) and _is_zero(change.new))


def told(changes: Iterable[Change], live: Any) -> tuple[Change, ...]:
    """Leave out changes that are none, as far as can be said without asking."""

    def is_none(change: Change) -> bool:
        return may_be_spelling(change) and (is_same_quantity(change) or _is_zero(value_at(live, change.path)))

    return tuple(change for change in changes if not is_none(change))


def _is_zero(value: Any) -> bool:
    value = _bare(value)
    if isinstance(value, (dict, list)):
        return all(map(_is_zero, value.values() if isinstance(value, dict) else value))
    return value is ABSENT or value in (None, "", 0)


def is_same_quantity(change: Change) -> bool:
    """Say whether a resource quantity is only written as the API server writes it: `1` for `1.0`."""
    if change.path[-2:-1] not in (("limits",), ("requests",)):
        return False
    from lightkube.utils.quantity import parse_quantity  # noqa: PLC0415 (what is slow to import)

    try:
        return parse_quantity(str(_bare(change.old))) == parse_quantity(str(_bare(change.new)))
    except ValueError:
        return False


def forces_new(change: Change, force_new: Iterable[Path]) -> bool:
    """Say whether the change reaches one of the paths."""
    for path in force_new:
        if starts_with(change.path, path):
            return True
        rest = path[len(change.path) :]
        reached = rest and starts_with(path[: len(change.path)], change.path)
        if reached and value_at(change.old, rest) != value_at(change.new, rest):
            return True
    return False


def prune(live: Any, shape: Any) -> Any:
    """Reduce a live object to what a manifest speaks about."""
    live, shape = _bare(live), _bare(shape)
    if isinstance(live, dict) and isinstance(shape, dict):
        return {key: prune(live[key], shape[key]) for key in shape if key in live}
    if isinstance(live, list) and isinstance(shape, list):
        pruned = [prune(item, wanted) for item, wanted in zip(live, shape, strict=False)]
        return pruned + live[len(shape) :]
    return live


def render_change(change: Change) -> str:
    """Describe a change, with secrets masked: in one line, or line by line where a text of several lines changes."""
    sign = {"add": "+", "delete": "-", "update": "~"}[change.kind]
    texts = [masked(value) for value in (change.old, change.new)]
    if all(isinstance(text, str) and "\n" in text for text in texts):
        return "\n".join((f"{sign} {render_path(change.path)}:", *_lines_changed(*texts)))
    old, new = (_short(masked(value)) for value in (change.old, change.new))
    value = {"add": new, "delete": old, "update": f"{old} => {new}"}[change.kind]
    return f"{sign} {render_path(change.path)}: {value}"


def _lines_changed(old: str, new: str) -> Iterator[str]:
    """Give the lines that differ, with three lines around them, as `diff -u` does."""
    compared = difflib.unified_diff(old.splitlines(), new.splitlines(), n=3, lineterm="")
    for number, line in enumerate(compared):
        if number > 1:
            yield f"    {'...' if line.startswith('@@') else line}"


def _short(value: Any) -> str:
    if value is UNKNOWN:
        return "(known after up)"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"') + '"'
    return str(value)


def _bare(value: Any) -> Any:
    while isinstance(value, Secret):
        value = value.value
    return value


def value_at(value: Any, path: Path) -> Any:
    """Give the part of a value at a path: equal to nothing if it is not known, or may be several parts."""
    value = _bare(value)
    for part in path:
        if value is UNKNOWN or part == "*":
            return object()
        try:
            value = _bare(value[part])
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return object() if value is UNKNOWN else value
