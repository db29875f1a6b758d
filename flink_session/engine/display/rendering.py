"""How property values are shown to people: as the Pulumi CLI does, keys sorted and aligned, secrets masked."""

from __future__ import annotations

import json
from typing import Any

from ..model.values import SECRET_MASK, UNKNOWN, ResourceReference, masked

UNKNOWN_TEXT = "[known after up]"
_STEP = "    "
_LARGEST = 8
"""Entries of a map that is shown whole where it can also be counted."""


class Summary(str):
    """A word on a value, in its place."""

    __slots__ = ()


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


def summarized(mapping: dict[str, Any]) -> dict[str, Any]:
    """Give a mapping with its large maps counted: nobody reads two dozen lines of them at the end of each run."""
    return {key: _count(value) if _is_large(value) else value for key, value in mapping.items()}


def render_mark(value: Any) -> str:
    """Write a value in one line: a map or a list counted."""
    if isinstance(value, (dict, list)) and value:
        return _count(value) if isinstance(value, dict) else f"{len(value)} items"
    return " ".join(render(value))


def _is_large(value: Any) -> bool:
    return isinstance(value, dict) and len(value) > _LARGEST


def _count(mapping: dict[str, Any]) -> Summary:
    # What Flink's options are called, and hardly anything else.
    noun = "options" if all("." in key for key in mapping) else "entries"
    return Summary(f"{len(mapping)} {noun}")


def _lines(value: Any, margin: str) -> list[str]:
    if value is UNKNOWN:
        return [UNKNOWN_TEXT]
    if isinstance(value, Summary):
        return [str(value)]
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
