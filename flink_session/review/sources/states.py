"""Two states of a stack: a former export and a later one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..preview import Operation, Preview, ResourceChange, in_order
from .reading import as_list, as_map, as_text, change_of


def is_state(document: object) -> bool:
    """Whether a document is a state: the file of a backend, or what `stack export` writes."""
    return bool(resources_of(document)) or (isinstance(document, dict) and isinstance(document.get("deployment"), dict))


def resources_of(document: object) -> list[Mapping[str, Any]]:
    """Give the resources of a state, in any of the forms in which Pulumi writes one."""
    outer = as_map(document)
    inner = as_map(as_map(outer.get("checkpoint")).get("latest")) or as_map(outer.get("deployment")) or outer
    found = (as_map(item) for item in as_list(inner.get("resources")))
    return [item for item in found if as_text(item.get("urn")) and not item.get("delete")]


def read_states(before: object, after: object, source: str) -> Preview:
    """Compare two states. What needs a new object cannot be told by them: a new id says so, or a new name."""
    old = {str(item["urn"]): item for item in resources_of(before)}
    new = {str(item["urn"]): item for item in resources_of(after)}
    changes: list[ResourceChange] = []
    for urn, item in new.items():
        former = old.get(urn)
        operation: Operation = "create"
        if former is not None:
            same = former.get("inputs") == item.get("inputs")
            moved = as_text(former.get("id")) != as_text(item.get("id"))
            operation = "replace" if moved else "same" if same else "update"
        changes.append(change_of(urn, operation, former, item))
    changes += [change_of(urn, "delete", item, None) for urn, item in old.items() if urn not in new]
    return Preview(in_order(changes), (), source)
