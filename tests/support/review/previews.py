"""Previews of a session's change, made of two sets of arguments as an engine would: for tests of what reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flink_session.deployment.changes.comparison import Objects, compare_objects
from flink_session.deployment.planning import plan
from flink_session.deployment.settings import by_property_name
from flink_session.review.preview import SESSION_TYPE

Args = Mapping[str, Any]
STACK = "urn:pulumi:dev::review::pulumi:pulumi:Stack::review-dev"
COMPONENT = f"urn:pulumi:dev::review::{SESSION_TYPE}::session"
_GROUPS = {"v1": "core/v1"}


def digest(before: Args | None, after: Args | None, *, mutable: Iterable[str] = ("ConfigMap",)) -> dict[str, Any]:
    """Give the digest of a preview from one set of arguments to the other; None where there is no session."""
    old, new = _objects(before), _objects(after)
    steps = [_step("same", STACK, "pulumi:pulumi:Stack", {}, {}, "")]
    was, will_be = (None if args is None else by_property_name(args) for args in (before, after))
    operation = "create" if before is None else "delete" if after is None else "update"
    if was != will_be:
        steps.append(_step(operation, COMPONENT, SESSION_TYPE, was, will_be, STACK))
    for change in compare_objects(Objects(old), Objects(new), tuple(mutable)):
        one, other = (_find(objects, change.kind, change.role, change.name) for objects in (old, new))
        api_version = (one or other or {})["apiVersion"]
        group = _GROUPS.get(api_version, api_version)
        type_ = f"kubernetes:{group}:{change.kind}"
        name = f"session-{change.role.strip('*-') or 'jobmanager'}"
        step = _step(change.operation, f"{COMPONENT[:-9]}${type_}::{name}", type_, one, other, COMPONENT)
        paths = [".".join(map(str, item.path)) for item in change.fields]
        forcing = [".".join(map(str, item.path)) for item in change.not_in_place]
        step["detailedDiff"] = {path: {"kind": "update-replace" if path in forcing else "update"} for path in paths}
        step["replaceReasons"] = forcing or None
        steps.append(step)
    return {"config": {}, "steps": steps, "changeSummary": {}}


def _objects(args: Args | None) -> tuple[dict[str, Any], ...]:
    return () if args is None else plan(args, _no_file)[1].objects()


def _no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def _find(objects: Iterable[dict[str, Any]], kind: str, role: str, name: str) -> dict[str, Any] | None:
    begin, _, end = role.partition("*")
    for item in objects:
        found = item["metadata"]["name"]
        if item["kind"] == kind and (
            found == name or (found.startswith(begin) and found.endswith(end) and role != "*")
        ):
            return item
    return next((item for item in objects if item["kind"] == kind and role == "*"), None)


def _step(operation: str, urn: str, type_: str, old: Any, new: Any, parent: str) -> dict[str, Any]:
    states = {
        key: {"urn": urn, "custom": type_.startswith("kubernetes:"), "type": type_, "inputs": inputs, "parent": parent}
        for key, inputs in (("oldState", old), ("newState", new))
        if inputs is not None
    }
    return {"op": operation, "urn": urn, **states, "detailedDiff": None}
