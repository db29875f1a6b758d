"""A preview, whoever made it: what would be done to which resource, in terms that all sources can be brought to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from flink_session.engine.model.signatures import UNKNOWN_TEXT as UNKNOWN
from flink_session.engine.model.urn import STACK_TYPE, Urn
from flink_session.engine.model.values import SECRET_MASK as SECRET

Operation: TypeAlias = Literal["same", "create", "update", "replace", "delete", "read", "import", "refresh", "discard"]
Properties: TypeAlias = Mapping[str, Any]

__all__ = [
    "SECRET",
    "SESSION_TYPE",
    "STACK_TYPE",
    "UNKNOWN",
    "Operation",
    "Preview",
    "Properties",
    "Remark",
    "ResourceChange",
    "in_order",
    "merged",
    "type_and_name",
]

SESSION_TYPE = "flink-session:index:FlinkSessionCluster"


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What would be done to one resource.

    Attributes:
        urn: its URN.
        type: its type token.
        name: its Pulumi name.
        operation: what would be done.
        parent: the URN of its parent; empty if it has none.
        before: its inputs as they were; None if there were none, or the source does not tell.
        after: its inputs as they are to be; None of one that goes, or where the source does not tell.
        found: its outputs as they were: of an object what the cluster had.
        paths: what differs, in Pulumi's notation (`spec.replicas`, `data["config.yaml"]`).
        forcing: those of the paths that need a new resource.
        depends_on: by property, the URNs of the resources that its value comes from.
        secrets: by path, a keyed digest of a secret value before and after, where the source has one.
        cause: why it is replaced, where the source says so itself.
    """

    urn: str
    type: str
    name: str
    operation: Operation
    parent: str = ""
    before: Properties | None = None
    after: Properties | None = None
    found: Properties = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    forcing: tuple[str, ...] = ()
    depends_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    cause: str = ""

    @property
    def kind(self) -> str:
        """The Kubernetes kind; of other resources the last part of the type."""
        return self.type.rpartition(":")[2]

    @property
    def is_kubernetes(self) -> bool:
        """Whether it is an object of Kubernetes."""
        return self.type.startswith("kubernetes:")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the engine, a program or a policy said.

    Attributes:
        severity: `error`, `warning` or `info`.
        message: without colours.
        urn: the resource that it is about; empty for the whole run.
        policy: the policy that said it, as `pack/name`; empty for others.
    """

    severity: str
    message: str
    urn: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do.

    Attributes:
        changes: of all resources that the source tells of, in an order that does not depend on it.
        remarks: what was said.
        source: what it was read from, for people.
        gaps: what the source does not tell; sentences.
    """

    changes: tuple[ResourceChange, ...]
    remarks: tuple[Remark, ...] = ()
    source: str = ""
    gaps: tuple[str, ...] = ()

    def children_of(self, urn: str) -> Iterator[ResourceChange]:
        """Give what stands directly below a resource."""
        return (change for change in self.changes if change.parent == urn)

    def by_urn(self) -> Mapping[str, ResourceChange]:
        """Give all changes by the URN of the resource."""
        return {change.urn: change for change in self.changes}


def type_and_name(urn: str) -> tuple[str, str]:
    """Take type and name out of a URN; a text that is none has neither."""
    try:
        parsed = Urn.parse(urn)
    except ValueError:
        return "", urn
    return parsed.type, parsed.name


def merged(changes: Sequence[ResourceChange]) -> tuple[ResourceChange, ...]:
    """Make one change of the two or three steps that a replacement is listed as, and drop what is said twice."""
    by_urn: dict[str, ResourceChange] = {}
    for change in changes:
        known = by_urn.get(change.urn)
        by_urn[change.urn] = change if known is None else _together(known, change)
    return in_order(by_urn.values())


def in_order(changes: Iterable[ResourceChange]) -> tuple[ResourceChange, ...]:
    """Give changes in an order of their own: engines list them as they come, each time otherwise."""
    return tuple(sorted(changes, key=lambda change: (change.type, change.urn)))


def _together(one: ResourceChange, other: ResourceChange) -> ResourceChange:
    """Two steps of one resource are a replacement, whatever they are called."""
    first = one if one.operation != "delete" else other
    replaced = one.operation == other.operation == "same" or "replace"
    return ResourceChange(
        one.urn,
        one.type,
        one.name,
        "same" if replaced is True else "replace",
        one.parent or other.parent,
        one.before if one.before is not None else other.before,
        first.after if first.after is not None else (other.after or one.after),
        one.found or other.found,
        one.paths or other.paths,
        one.forcing or other.forcing,
        one.depends_on or other.depends_on,
        {**one.secrets, **other.secrets},
        one.cause or other.cause,
    )
