"""The annotation `pulumi.com/waitFor`: when an object is ready, in the words of `kubectl wait`. Pure.

`condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Running`, `jsonpath={.status.address}` (there is
one), or a JSON list of those, all of which have to hold. Of JSONPath there are keys, indices and
`[?(@.key=="value")]`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ...errors import StepError

ANNOTATION = "pulumi.com/waitFor"

_PART = re.compile(
    r"""\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]"""
)
_EXPRESSION = re.compile(
    r"jsonpath=\{(?P<path>[^}]*)\}(?:=(?P<value>.*))?|condition=(?P<type>[^=]+)(?:=(?P<status>.*))?"
)


def expressions(annotation: str) -> list[str]:
    """Give the expressions of an annotation. Raises StepError if one of them is none."""
    try:
        parsed = json.loads(annotation)
    except ValueError:
        parsed = annotation
    found = parsed if isinstance(parsed, list) else [annotation]
    for expression in found or [""]:
        holds(str(expression), {})
    return [str(expression) for expression in found]


def holds(expression: str, live: dict[str, Any]) -> bool:
    """Say whether an object meets an expression. Raises StepError if it is none."""
    match = _EXPRESSION.fullmatch(expression)
    if not match:
        raise StepError(f"{ANNOTATION}: {expression!r} is neither condition=<type> nor jsonpath={{<path>}}=<value>")
    if match["type"]:
        wanted = (match["status"] or "True").lower()
        status = live.get("status") or {}
        return any(
            str(item.get("type")).lower() == match["type"].lower()
            and str(item.get("status")).lower() == wanted
            and _is_of_now(live, item.get("observedGeneration", status.get("observedGeneration")))
            for item in status.get("conditions") or []
        )
    if re.match(r"\.status\b", match["path"]) and not _is_of_now(
        live, (live.get("status") or {}).get("observedGeneration")
    ):
        return False
    found = [value for value in _find([live], match["path"], expression) if value is not None]
    if match["value"] is None:
        return bool(found)
    return any(_text(value) == match["value"] for value in found)


def _is_of_now(live: dict[str, Any], observed: int | None) -> bool:
    """Say whether a status is about the object as it now is, as far as it tells which one it is about."""
    return observed is None or observed >= live.get("metadata", {}).get("generation", 0)


def _find(values: list[Any], path: str, expression: str) -> list[Any]:
    position = 0
    while position < len(path):
        match = _PART.match(path, position)
        if not match:
            raise StepError(f"{ANNOTATION}: the path of {expression!r} is not understood from {path[position:]!r} on")
        key, index, quoted, filtered, wanted = match.groups()
        if filtered is not None:
            items = [item for value in values if isinstance(value, list) for item in value]
            values = [item for item in items if _says(item, f".{filtered}", wanted, expression)]
        elif index is not None:
            values = [value[int(index)] for value in values if isinstance(value, list) and int(index) < len(value)]
        else:
            name = key if key is not None else quoted
            values = [value[name] for value in values if isinstance(value, dict) and name in value]
        position = match.end()
    return values


def _says(item: Any, path: str, wanted: str, expression: str) -> bool:
    return [_text(value) for value in _find([item], path, expression)] == [wanted]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
