"""Which secrets change: told by keyed digests, which differ where the values do and say nothing else of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from ..model import Secret
from ..preview import SECRET, ResourceChange
from .objects import shown_path


def secrets(changes: Iterable[ResourceChange]) -> Iterator[Secret]:
    """Yield the secret values of resources that something is done to."""
    for change in changes:
        if change.operation == "same":
            continue
        for path, (before, after) in sorted(change.secrets.items()):
            kind = _change(before, after)
            yield Secret(object=change.name, path=path, change=kind, before=before or None, after=after or None)
        if not change.secrets:
            yield from _without_digests(change)


def _change(before: str, after: str) -> Literal["added", "removed", "changed", "same"]:
    if not before:
        return "added"
    if not after:
        return "removed"
    return "same" if before == after else "changed"


def _without_digests(change: ResourceChange) -> Iterator[Secret]:
    """Say what can be said of secrets that the source shows as mere marks."""
    before, after = set(_marked(change.before, ())), set(_marked(change.after, ()))
    for path in sorted(before | after):
        kind: Literal["added", "removed", "changed", "same", "unknown"] = "unknown"
        if path not in before:
            kind = "added"
        elif path not in after:
            kind = "removed"
        elif any(path == item or path.startswith((f"{item}.", f"{item}[")) for item in change.paths):
            kind = "changed"
        elif change.paths:
            kind = "same"
        yield Secret(object=change.name, path=path, change=kind)


def _marked(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _marked(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _marked(item, (*path, index))
    elif value == SECRET:
        yield shown_path(path)
