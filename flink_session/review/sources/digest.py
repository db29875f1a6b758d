"""The digest of `pulumi preview --json`, of the Pulumi CLI or of the embedded engine.

Of what stays the same it lists only the stack, so objects that a change leaves alone are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..preview import Preview, Remark, ResourceChange, merged
from .reading import as_list, as_map, as_text, change_of, operation_of, texts


def is_digest(document: object) -> bool:
    """Whether a document is a digest."""
    return isinstance(document, dict) and isinstance(document.get("steps"), list)


def read_digest(document: Mapping[str, Any], source: str) -> Preview:
    """Read a digest. What is malformed in it is left out, and told as a gap."""
    changes, malformed = [], 0
    for step in as_list(document.get("steps")):
        change = _change(as_map(step))
        if change is None:
            malformed += 1
        else:
            changes.append(change)
    gaps = [f"{malformed} of its steps cannot be read"] if malformed else []
    if document.get("maybeCorrupt"):
        gaps.append("the engine ended before the preview was complete")
    return Preview(merged(changes), tuple(_remarks(document)), source, tuple(gaps))


def _change(step: Mapping[str, Any]) -> ResourceChange | None:
    urn, operation = as_text(step.get("urn")), operation_of(step.get("op"))
    if not urn or operation is None:
        return None
    detailed = as_map(step.get("detailedDiff"))
    paths = [str(path) for path in detailed] or list(texts(step.get("diffReasons")))
    forcing = texts(step.get("replaceReasons")) or [
        str(path) for path, change in detailed.items() if as_text(as_map(change).get("kind")).endswith("-replace")
    ]
    return change_of(urn, operation, step.get("oldState"), step.get("newState"), paths=paths, forcing=forcing)


def _remarks(document: Mapping[str, Any]) -> Iterator[Remark]:
    for item in map(as_map, as_list(document.get("diagnostics"))):
        message = as_text(item.get("prefix")) + as_text(item.get("message"))
        severity = as_text(item.get("severity")).removesuffix("#err")
        if message.strip() and severity != "debug":
            yield Remark(severity or "info", message.strip(), as_text(item.get("urn")))
