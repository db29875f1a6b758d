"""Which kind of preview a text is: of files and pipes, nobody says it."""

from __future__ import annotations

import json
from typing import Any

from ..errors import SourceError
from ..preview import Preview
from .digest import is_digest, read_digest
from .events import is_event, read_events
from .plan import is_plan, read_plan
from .states import is_state, read_states

_LONGEST_SHOWN = 60


def read_preview(text: str, source: str, state: object = None) -> Preview:
    """Read the digest of a preview, its event log, or its plan.

    Args:
        text: of the file.
        source: what to call it.
        state: the stack's state before, if there is one at hand: a plan does not have what was before.

    Raises:
        SourceError: it is none of them.
    """
    document = _document(text, source)
    if is_digest(document):
        return read_digest(document, source)
    if is_plan(document):
        return read_plan(document, state, source)
    events = document if isinstance(document, list) else [document]
    if events and any(map(is_event, events)):
        return read_events([event for event in events if isinstance(event, dict)], source)
    if is_state(document):
        raise SourceError(f"{source} is a state: to review it, compare it with another one by --states BEFORE AFTER")
    raise SourceError(_no_preview(source, text))


def read_two_states(before: str, after: str, names: tuple[str, str]) -> Preview:
    """Compare two states. Raises SourceError if one of them is none."""
    documents = [_document(text, name) for text, name in zip((before, after), names, strict=True)]
    for document, name in zip(documents, names, strict=True):
        if not is_state(document):
            raise SourceError(f"{name} is no state: `flink-session stack export` or `pulumi stack export` writes one")
    return read_states(documents[0], documents[1], f"{names[0]} and {names[1]}")


def _document(text: str, source: str) -> Any:
    """Read JSON, or one JSON document a line; lines that are none, as a program's own output, are left out."""
    try:
        return json.loads(text)
    except RecursionError:
        raise SourceError(f"{source} is nested too deeply to be a preview") from None
    except ValueError:
        events = []
        for line in text.splitlines():
            try:
                events.append(json.loads(line))
            except (ValueError, RecursionError):
                continue
        if not any(isinstance(event, dict) for event in events):
            raise SourceError(_no_preview(source, text)) from None
        return events


def _no_preview(source: str, text: str) -> str:
    begin = text.strip()[:_LONGEST_SHOWN]
    what = f"begins with {begin!r}" if begin else "is empty"
    return f"{source} {what}, and is no preview: `pulumi preview --json` or `flink-session preview --json` makes one"
