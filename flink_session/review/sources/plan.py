"""The plan of `pulumi preview --save-plan`: what may be done, as differences from a state that it does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..preview import Operation, Preview, ResourceChange, in_order, type_and_name
from .reading import as_list, as_map, as_text, operation_of, properties, texts, without_secrets
from .states import resources_of

_WORST: tuple[Operation, ...] = ("replace", "delete", "create", "update")


def is_plan(document: object) -> bool:
    """Whether a document is a plan."""
    return isinstance(document, dict) and isinstance(document.get("resourcePlans"), dict)


def read_plan(document: Mapping[str, Any], state: object, source: str) -> Preview:
    """Read a plan, with the state that it was made on, if that is at hand."""
    recorded = {str(item["urn"]): item for item in resources_of(state)}
    plans = as_map(document.get("resourcePlans"))
    changes = [_change(str(urn), as_map(plan), as_map(recorded.get(str(urn)))) for urn, plan in plans.items()]
    gaps = () if recorded else ("a plan does not say what was before: give the state by --state",)
    return Preview(in_order(changes), (), source, gaps)


def _change(urn: str, plan: Mapping[str, Any], recorded: Mapping[str, Any]) -> ResourceChange:
    goal, found = as_map(plan.get("goal")), {operation_of(step) for step in as_list(plan.get("steps"))}
    operation: Operation = next((item for item in _WORST if item in found), "same")
    difference = as_map(goal.get("inputDiff"))
    type_, name = type_and_name(urn)
    before = properties(recorded.get("inputs")) if recorded else None
    moved = {**as_map(difference.get("adds")), **as_map(difference.get("updates"))}
    kept = {key: value for key, value in (before or {}).items() if key not in texts(difference.get("deletes"))}
    after = None if operation == "delete" else {**kept, **{str(key): without_secrets(moved[key]) for key in moved}}
    paths = (*map(str, moved), *texts(difference.get("deletes")))
    dependencies = as_map(goal.get("propertyDependencies"))
    return ResourceChange(
        urn,
        as_text(goal.get("type")) or type_,
        name,
        operation,
        as_text(goal.get("parent")) or as_text(recorded.get("parent")),
        before,
        after,
        paths=paths,
        depends_on={str(key): texts(value) for key, value in dependencies.items() if texts(value)},
    )
