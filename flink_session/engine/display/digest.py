"""The machine-readable preview, in the form of `pulumi preview --json`, so that readers of that read this as well."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

from ..model.paths import render_path
from ..model.plan import Diagnostic, Step
from ..model.signatures import UNKNOWN_TEXT
from ..model.state import ResourceState, resource_to_json
from ..model.urn import STACK_TYPE, Urn, split_provider_reference
from ..model.values import SECRET_MASK, masked
from ..program.dynamic import PACKAGE
from ..stack.project import StackConfig


def preview_digest(
    config: StackConfig,
    steps: list[Step],
    diagnostics: list[Diagnostic],
    counts: Counter[str],
    seconds: float,
    *,
    refreshed: bool = False,
) -> str:
    """Give the digest as JSON.

    Of what stays the same, only the stack is listed, and all is counted; of a refresh, all is listed as it was found.
    """
    digest: dict[str, Any] = {
        "config": {key: SECRET_MASK if key in config.secret_keys else config.values[key] for key in config.values}
    }
    listed = (
        step for step in steps if refreshed or step.operation != "same" or (step.new and step.new.type == STACK_TYPE)
    )
    digest["steps"] = [_step(step, refreshed=refreshed) for step in listed]
    if diagnostics:
        digest["diagnostics"] = [
            {**({"urn": item.urn} if item.urn else {}), "message": item.sentence, "severity": item.severity}
            for item in diagnostics
        ]
    digest["duration"] = round(seconds * 1e9)
    digest["changeSummary"] = {operation: counts[operation] for operation in sorted(counts) if counts[operation]}
    return json.dumps(digest, indent=4, ensure_ascii=False, default=lambda _: UNKNOWN_TEXT)


def _step(step: Step, *, refreshed: bool) -> dict[str, Any]:
    is_as_recorded = refreshed and step.operation == "same"
    entry: dict[str, Any] = {"op": "refresh" if is_as_recorded else step.operation, "urn": step.urn}
    if provider := (step.new or step.old or ResourceState("", True, "")).provider:
        urn, id_ = split_provider_reference(provider)
        entry["provider"] = f"{urn}::{id_ or UNKNOWN_TEXT}"
    if step.old:
        entry["oldState"] = _state(step.old)
    if step.new:
        entry["newState"] = _state(step.new if refreshed else replace(step.new, id="", outputs={}))
    if step.reasons:
        entry["replaceReasons"] = [render_path(change.path) for change in step.reasons]
    # Other reasons to replace a resource (its provider, `deletedWith`) are no differences.
    properties = {key for state in (step.old, step.new) if state for key in (*state.inputs, *state.outputs)}
    entry["detailedDiff"] = {
        render_path(change.path): {
            "kind": change.kind + ("-replace" if change in step.reasons else ""),
            "inputDiff": Urn.parse(step.urn).type.startswith(f"{PACKAGE}:"),
        }
        for change in step.changes
        if properties & set(change.path[:1])
    } or None
    return entry


def _state(state: ResourceState) -> dict[str, Any]:
    shown = replace(state, inputs=masked(state.inputs), outputs=masked(state.outputs))
    return resource_to_json(shown, str)
