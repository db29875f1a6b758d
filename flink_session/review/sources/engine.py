"""What the embedded engine has found in a preview: all resources, and what no digest tells of secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

from flink_session.engine.model.paths import Path, render_path
from flink_session.engine.model.plan import Previewed, Step
from flink_session.engine.model.state import ResourceState
from flink_session.engine.model.values import UNKNOWN as NOT_KNOWN
from flink_session.engine.model.values import Secret, masked, plain, rebuilt

from ..preview import UNKNOWN, Operation, Preview, Properties, Remark, ResourceChange, in_order


def read_previewed(previewed: Previewed, source: str) -> Preview:
    """Read what the engine has found."""
    changes = tuple(_change(step, previewed.fingerprint) for step in previewed.steps)
    remarks = tuple(sorted({Remark(item.severity, item.sentence, item.urn) for item in previewed.diagnostics}, key=str))
    return Preview(
        in_order(changes), remarks, source, ("the preview failed: what comes after is not in it",) * previewed.failed
    )


def _change(step: Step, fingerprint: Callable[[str], str]) -> ResourceChange:
    either = step.new or step.old or ResourceState(step.urn, custom=False, type="")
    before = step.old.inputs if step.old else None
    after = step.new.inputs if step.new and step.operation != "delete" else None
    return ResourceChange(
        step.urn,
        either.type,
        either.name,
        cast("Operation", step.operation),
        either.parent,
        _shown(before),
        _shown(after),
        _shown(step.old.outputs) or {} if step.old else {},
        tuple(render_path(change.path) for change in step.changes),
        tuple(render_path(change.path) for change in step.reasons),
        {name: tuple(urns) for name, urns in either.property_dependencies.items() if urns},
        _secrets(before, after, fingerprint),
        step.cause,
    )


def _shown(properties: dict[str, Any] | None) -> Properties | None:
    if properties is None:
        return None
    shown = rebuilt(masked(properties), lambda leaf: UNKNOWN if leaf is NOT_KNOWN else leaf)
    return {key: value for key, value in shown.items() if not key.startswith("__")}


def _secrets(before: object, after: object, fingerprint: Callable[[str], str]) -> dict[str, tuple[str, str]]:
    """Give a digest of each secret before and after; nothing where the stack has no key to make one with."""
    old, new = dict(_found(before, ())), dict(_found(after, ()))
    digests = {
        path: tuple(fingerprint(values[path]) if path in values else "" for values in (old, new))
        for path in sorted(old.keys() | new.keys())
    }
    return {path: (one, other) for path, (one, other) in digests.items() if one or other}


def _found(value: object, path: Path, *, secret: bool = False) -> Iterator[tuple[str, str]]:
    """Give each secret leaf as text: of a secret map or list, those in it."""
    if isinstance(value, Secret):
        yield from _found(plain(value.value), path, secret=True)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _found(item, (*path, key), secret=secret)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found(item, (*path, index), secret=secret)
    elif secret:
        yield render_path(path), json.dumps(value, sort_keys=True, default=str)
