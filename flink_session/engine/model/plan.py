"""What a run does, or in a preview would do: its steps and what was said, as plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .diff import Change
from .state import ResourceState


@dataclass(frozen=True, slots=True)
class Step:
    """What is, or would be, done to one resource.

    Attributes:
        operation: same, create, update, replace, delete, read, import or refresh.
        urn: of the resource.
        old, new: the state before, and that after, or the one that is wanted.
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

    @property
    def parent(self) -> str:
        """The URN of the resource's parent; empty if it has none."""
        resource = self.new or self.old
        return resource.parent if resource else ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that was said about a resource, or with no URN about the whole run.

    Attributes:
        subject: what `message` is about, where it is a predicate that others may share.
    """

    severity: str
    message: str
    urn: str = ""
    subject: str = ""

    @property
    def sentence(self) -> str:
        """The whole of it."""
        return f"{self.subject} {self.message}" if self.subject else self.message


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a preview has found, for those who read it instead of showing it.

    Attributes:
        fingerprint: gives a keyed digest of a secret's text, stable from run to run; empty if the stack has no key.
    """

    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    failed: bool
    fingerprint: Callable[[str], str]
