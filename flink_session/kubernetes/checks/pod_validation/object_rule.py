"""What a rule between the fields of an object is, and the few that the other modules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from flink_session.kubernetes.checks.api_rules import (
    LABEL_VALUE,
    LONGEST_ANNOTATIONS,
    QUALIFIED_NAME_RULE,
    is_qualified_name,
)
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Key, Path
from flink_session.kubernetes.manifests import Manifest

ObjectRule: TypeAlias = Callable[[Manifest, Path, Manifest], Iterator[Fault]]
"""Given an object of some type, its path, and the pod that it is in."""


def check_labels(labels: Mapping[str, str | None], path: Path) -> Iterator[Fault]:
    """Find names and values that no label can have."""
    for name, value in labels.items():
        if not is_qualified_name(name):
            yield Fault((*path, Key(name)), QUALIFIED_NAME_RULE, "correct the name")
        if LABEL_VALUE.broken_by(value or ""):
            yield Fault((*path, Key(name)), LABEL_VALUE.rule, value=value)


def check_annotations(annotations: Mapping[str, str | None], path: Path) -> Iterator[Fault]:
    """Find names that no annotation can have, and too much text."""
    for name in annotations:
        # The API server does not mind capitals in front of the '/' here.
        if not is_qualified_name(name.lower()):
            yield Fault((*path, Key(name)), QUALIFIED_NAME_RULE, "correct the name")
    if sum(len(f"{name}{value or ''}".encode()) for name, value in annotations.items()) > LONGEST_ANNOTATIONS:
        yield Fault(path, "must have at most 256 KiB together", "shorten the annotations")


def repeated(values: Iterable[tuple[Path, object]], rule: str = "must be there once") -> Iterator[Fault]:
    """Find values that were there before; empty ones do not count."""
    first: dict[object, Path] = {}
    for path, value in values:
        if value in first:
            shown = value if isinstance(value, (str, int)) else None
            yield Fault(path, rule, "remove all but one", shown, first[value])
        elif value:
            first[value] = path


def named(items: list[Manifest], path: Path, field: str) -> Iterator[tuple[Path, object]]:
    """Yield a field of each item, with its path."""
    return (((*path, index, field), item.get(field)) for index, item in enumerate(items))
