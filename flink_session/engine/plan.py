"""What a run does, or in a preview would do: its steps and what was said, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from .diff import Change
from .state import ResourceState


@dataclass(frozen=True, slots=True)
class Step:
    """What is, or would be, done to one resource.

    Attributes:
        operation: same, create, update, replace, delete, read, import or refresh.
        urn: of the resource.
        old, new: the state before and after.
        changes: what differs between their inputs.
        reasons: those of the changes that need a new object.
        cause: why a resource is replaced that has not changed itself; a clause.
    """

    operation: str
    urn: str
    old: ResourceState | None = None
    new: ResourceState | None = None
    changes: tuple[Change, ...] = ()
    reasons: tuple[Change, ...] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that was said about a resource, or with no URN about the whole run."""

    severity: str
    message: str
    urn: str = ""
