"""Each resource and what is done to it, with the fields that change: without noise, and lists by the names in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flink_session.configuration.options import to_text
from flink_session.deployment.changes import ABSENT, FieldChange
from flink_session.deployment.changes.comparison import compare
from flink_session.kubernetes.checks.quantities import parse_quantity

from ..model import Field, Object
from ..preview import SECRET, STACK_TYPE, UNKNOWN, Preview, ResourceChange
from .causes import cascade

_UNKNOWN_WORDS = "(known after up)"
_NOISE = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "pulumi.com/",
)
"""Annotations that tools write for themselves."""
_QUANTITIES = {"requests", "limits", "capacity", "hard", "min", "max", "default", "defaultRequest"}
"""Maps whose values are amounts."""
_LONGEST = 400
"""Characters of a value that are shown."""


def objects(preview: Preview, changes: Iterable[ResourceChange]) -> Iterator[Object]:
    """Yield the resources that something is done to; the stack itself is none."""
    for change in changes:
        if change.operation == "same" or change.type == STACK_TYPE:
            continue
        fields = tuple(_fields(change))
        cause = ""
        if change.operation == "replace" and not change.forcing:
            cause = "; ".join(cascade(preview, change))
        elif change.operation == "update" and not fields and not change.secrets:
            cause = "what differs is not in its inputs" if change.paths else ""
        metadata = _metadata(change)
        yield Object(
            operation=change.operation,
            type=change.kind if change.is_kubernetes else change.type,
            name=str(metadata.get("name") or change.name),
            namespace=str(metadata.get("namespace") or ""),
            fields=fields,
            forcing=change.forcing,
            cause=cause,
        )


def _metadata(change: ResourceChange) -> dict[str, Any]:
    found = (change.after or change.before or {}).get("metadata")
    return found if isinstance(found, dict) and change.is_kubernetes else {}


def _fields(change: ResourceChange) -> Iterator[Field]:
    if change.before is None or change.after is None:
        return
    told = set()
    for item in compare(dict(change.before), dict(change.after), hidden=change.kind == "Secret"):
        if not _is_noise(item):
            path = shown_path(item.path)
            told.add(path)
            if change.kind == "ConfigMap" and item.path[:1] == ("data",):
                # Told by its options, of which some are secret, or line by line.
                yield Field(path=path, before=None, after=None)
            else:
                yield Field(path=path, before=_shown(item.before), after=_shown(item.after))
    # Two marks of secrets are equal; only the engine knows that the values are not.
    for path in change.paths:
        if path not in told and _leads_to_secret(change, path):
            yield Field(path=path, before=SECRET, after=SECRET)


def _leads_to_secret(change: ResourceChange, path: str) -> bool:
    first = path.partition(".")[0].partition("[")[0]
    return change.kind == "Secret" or (change.after or {}).get(first) == SECRET


def _is_noise(item: FieldChange) -> bool:
    if item.path[-2:-1] == ("annotations",) and str(item.path[-1]).startswith(_NOISE):
        return True
    if item.path[-2:-1] and item.path[-2] in _QUANTITIES:
        amounts = [parse_quantity(str(value)) for value in (item.before, item.after) if value is not ABSENT]
        return len(amounts) == 2 and amounts[0] is not None and amounts[0] == amounts[1]
    return False


def shown_path(path: Iterable[str | int]) -> str:
    """Write a path as people read it: `spec.template.spec.containers[flink-main-container].image`."""
    text = ""
    for part in path:
        plain = isinstance(part, str) and part.replace("-", "").replace("_", "").isalnum()
        text += f".{part}" if plain else f"[{part}]"
    return text.removeprefix(".")


def _shown(value: object) -> str | None:
    if value is ABSENT:
        return None
    text = _UNKNOWN_WORDS if value == UNKNOWN else to_text(value).replace(UNKNOWN, _UNKNOWN_WORDS)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
