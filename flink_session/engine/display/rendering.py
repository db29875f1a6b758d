"""How property values are shown to people: as the Pulumi CLI does, keys sorted and aligned, secrets masked."""

from __future__ import annotations

import json
from typing import Any

from ..model.values import SECRET_MASK, UNKNOWN, ResourceReference, masked

UNKNOWN_TEXT = "[known after up]"
_STEP = "    "


def render(value: Any, margin: str = "") -> list[str]:
    """Write a value, on several lines if it is an object or a list; all lines but the first begin with `margin`."""
    return _lines(masked(value), margin)


def render_mapping(mapping: dict[str, Any], margin: str = _STEP) -> list[str]:
    """Write a line or more for each key, all of them with the margin."""
    width = max((len(key) for key in mapping), default=0)
    lines: list[str] = []
    for key in sorted(mapping):
        first, *others = render(mapping[key], margin)
        lines += [f"{margin}{key.ljust(width)}: {first}", *others]
    return lines


def _lines(value: Any, margin: str) -> list[str]:
    if value is UNKNOWN:
        return [UNKNOWN_TEXT]
    if value == SECRET_MASK:
        return [SECRET_MASK]
    if isinstance(value, ResourceReference):
        return [value.urn]
    if isinstance(value, dict) and value:
        return ["{", *render_mapping(value, margin + _STEP), margin + "}"]
    if isinstance(value, list) and value:
        items = [_lines(item, margin + _STEP) for item in value]
        numbered = [
            line for number, item in enumerate(items) for line in (f"{margin}{_STEP}[{number}]: {item[0]}", *item[1:])
        ]
        return ["[", *numbered, margin + "]"]
    return [json.dumps(value, ensure_ascii=False)]
