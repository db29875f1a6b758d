"""The event log of the Pulumi CLI.

It comes from `--event-log FILE`, or from `preview --json` with PULUMI_ENABLE_STREAMING_JSON_PREVIEW.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..preview import Preview, Remark, ResourceChange, merged
from .reading import as_map, as_text, change_of, operation_of, texts

_COLOURS = re.compile(r"<\{%.*?%\}>")
_KINDS = ("resourcePreEvent", "resOutputsEvent", "diagnosticEvent", "policyEvent", "summaryEvent", "preludeEvent")


def is_event(document: object) -> bool:
    """Whether a document is one event of a log."""
    return isinstance(document, dict) and any(kind in document for kind in _KINDS)


def read_events(events: Iterable[Mapping[str, Any]], source: str) -> Preview:
    """Read an event log. Of each resource, what was decided first counts: later events only tell of its progress."""
    changes: list[ResourceChange] = []
    remarks: list[Remark] = []
    ended = False
    for event in events:
        ended = ended or "summaryEvent" in event
        change = _change(as_map(as_map(event.get("resourcePreEvent")).get("metadata")))
        if change is not None:
            changes.append(change)
        said = as_map(event.get("diagnosticEvent"))
        severity = as_text(said.get("severity")).removesuffix("#err")
        if said and severity != "debug" and not said.get("ephemeral"):
            message = _plain(as_text(said.get("prefix")) + as_text(said.get("message")))
            remarks.append(Remark(severity or "info", message, as_text(said.get("urn"))))
        if policy := as_map(event.get("policyEvent")):
            remarks.append(_of_policy(policy))
    gaps = () if ended else ("the log ends before the preview was complete",)
    return Preview(merged(changes), tuple(item for item in remarks if item.message), source, gaps)


def _change(metadata: Mapping[str, Any]) -> ResourceChange | None:
    urn, operation = as_text(metadata.get("urn")), operation_of(metadata.get("op"))
    if not urn or operation is None:
        return None
    detailed = as_map(metadata.get("detailedDiff"))
    forcing = [path for path, item in detailed.items() if as_text(as_map(item).get("diffKind")).endswith("-replace")]
    paths = [str(path) for path in detailed] or list(texts(metadata.get("diffs")))
    return change_of(
        urn,
        operation,
        metadata.get("old"),
        metadata.get("new"),
        paths=paths,
        forcing=[str(path) for path in forcing] or texts(metadata.get("keys")),
    )


def _of_policy(event: Mapping[str, Any]) -> Remark:
    severity = "error" if as_text(event.get("enforcementLevel")) == "mandatory" else "warning"
    name = f"{as_text(event.get('policyPackName'))}/{as_text(event.get('policyName'))}"
    return Remark(severity, _plain(as_text(event.get("message"))), as_text(event.get("resourceUrn")), name)


def _plain(text: str) -> str:
    return _COLOURS.sub("", text).strip()
