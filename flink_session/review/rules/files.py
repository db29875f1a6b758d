"""The files that processes read, line by line: log configuration, Hadoop's, the TaskManagers' pod template."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from flink_session.configuration.configuration import FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME

from ..model import File
from ..preview import SECRET, ResourceChange
from ..sessions import SessionView

_CONTEXT = 1
"""Lines shown around a change."""


def files(view: SessionView) -> Iterator[File]:
    """Yield the files that change; the configuration of Flink itself is told by its options."""
    for child in view.children:
        if child.kind == "ConfigMap" and child.operation not in ("create", "delete"):
            yield from _of(child)


def _of(child: ResourceChange) -> Iterator[File]:
    before, after = _data(child.before), _data(child.after)
    for name in sorted(before.keys() | after.keys()):
        if name not in (FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME) and before.get(name) != after.get(name):
            old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
            lines = list(difflib.unified_diff(old, new, lineterm="", n=_CONTEXT))[2:]
            yield File(name=name, object=child.name, lines=tuple(_without_numbers(line) for line in lines))


def _data(inputs: object) -> dict[str, str]:
    data = inputs.get("data") if isinstance(inputs, dict) else None
    items = data.items() if isinstance(data, dict) else ()
    return {str(key): value for key, value in items if isinstance(value, str) and value != SECRET}


def _without_numbers(line: str) -> str:
    return "@@" if line.startswith("@@") else line
