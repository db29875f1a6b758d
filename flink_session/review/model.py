"""The review as values: what every form of it is written from, and, as JSON, what programs read.

The JSON has a version. Within one version, fields are only added.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION: Final = 1

Severity: TypeAlias = Literal["error", "warning", "info"]


class Impact(Enum):
    """What a change does to a running session; each is worse than those before it."""

    NO_EFFECT = "no-effect"
    SESSION_CREATED = "session-created"
    REST_ACCESS = "rest-access"
    NEW_TASK_MANAGERS = "new-taskmanagers"
    SESSION_RESUMED = "session-resumed"
    JOBS_RECOVER = "jobs-recover"
    JOBS_LOST = "jobs-lost"
    SESSION_SUSPENDED = "session-suspended"
    SESSION_REPLACED = "session-replaced"
    SESSION_DELETED = "session-deleted"

    @property
    def words(self) -> str:
        """The impact as a clause."""
        return _WORDS[self]

    @property
    def rank(self) -> int:
        """How bad it is, from 0."""
        return list(Impact).index(self)


_WORDS = {
    Impact.NO_EFFECT: "no effect on the running session",
    Impact.SESSION_CREATED: "the session is created",
    Impact.REST_ACCESS: "the REST API is reached in another way, jobs go on",
    Impact.NEW_TASK_MANAGERS: "applies to new TaskManagers only",
    Impact.SESSION_RESUMED: "the suspended session is resumed",
    Impact.JOBS_RECOVER: "JobManager restarts, jobs recover (HA)",
    Impact.JOBS_LOST: "JobManager restarts, jobs are lost (no HA)",
    Impact.SESSION_SUSPENDED: "session is suspended, no job runs until it is resumed",
    Impact.SESSION_REPLACED: "session is replaced, all TaskManagers end",
    Impact.SESSION_DELETED: "session is deleted",
}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Verdict(_Value):
    """The worst that happens.

    Attributes:
        impact: its code.
        words: the same for people.
        certain: False if something that decides is not known before `up`.
    """

    impact: Impact
    words: str
    certain: bool = True


class Job(_Value):
    """A running job, and what becomes of it.

    Attributes:
        fate: `untouched`, `recovered` or `lost`.
        checkpoint_age: seconds since its last completed checkpoint; None if it has none.
        checkpoint_size: of that, in bytes.
        words: the same for people.
    """

    name: str
    id: str
    fate: Literal["untouched", "recovered", "lost"]
    checkpoint_age: float | None = None
    checkpoint_size: int | None = None
    words: str


class Cause(_Value):
    """Why something happens: from what the user changed to what follows.

    Attributes:
        impact: of what follows.
        chain: the links, each a clause; the first is what was changed.
    """

    impact: Impact
    chain: tuple[str, ...]


class Option(_Value):
    """An option of Flink whose value in the cluster changes; what may be a secret is masked.

    Attributes:
        before, after: None where it is not set.
        default: Flink's own, None if it has none.
        type: in Flink's words; empty for what Flink does not declare.
        given: whether the user changed it; otherwise it follows from something else.
        effect: what its change does by itself.
        notes: what Flink makes of it that one would not expect.
        link: Flink's page on it.
    """

    key: str
    before: str | None
    after: str | None
    default: str | None
    type: str
    given: bool
    effect: str
    notes: tuple[str, ...] = ()
    link: str = ""


class File(_Value):
    """A file of a ConfigMap that changes, such as a log configuration.

    Attributes:
        lines: of a unified diff, without its heading.
    """

    name: str
    object: str
    lines: tuple[str, ...]


class MemoryPart(_Value):
    """One part of a process's memory, in bytes."""

    name: str
    size: int


class Process(_Value):
    """What one pod of a role takes.

    Attributes:
        cpu: cores that it requests.
        memory: bytes that its container has.
        parts: of that, in the order in which Flink documents them.
    """

    cpu: float
    memory: int
    parts: tuple[MemoryPart, ...]


class Claim(_Value):
    """What the session takes of the cluster; `cost` per hour where prices are given."""

    cpu: float
    memory: int
    task_managers: int
    slots: int
    cost: float | None = None


class Size(_Value):
    """How big a session is.

    Attributes:
        least: with no TaskManager but those that are always kept.
        most: with as many as it may ever have; None where nothing limits them.
    """

    job_manager: Process
    job_managers: int
    task_manager: Process
    slots_per_task_manager: int
    least: Claim
    most: Claim | None


class Field(_Value):
    """A field of an object that changes, by the names of its list items, not by their positions.

    Attributes:
        before, after: None where it is not there; both None of a ConfigMap's files, which are told elsewhere.
    """

    path: str
    before: str | None
    after: str | None


class Object(_Value):
    """A resource, and what is done to it.

    Attributes:
        type: the kind of a Kubernetes object, the type token of others.
        forcing: paths of the fields that need a new object.
        cause: why it is replaced, where it has not changed itself.
    """

    operation: str
    type: str
    name: str
    namespace: str = ""
    fields: tuple[Field, ...] = ()
    forcing: tuple[str, ...] = ()
    cause: str = ""


class Finding(_Value):
    """Something to look at.

    Attributes:
        rule: what found it; stable.
        subject: the option, argument or object.
        fix: what to do; may be empty.
    """

    severity: Severity
    rule: str
    subject: str
    message: str
    fix: str = ""


class Secret(_Value):
    """A secret value that is there before or after; never the value itself.

    Attributes:
        before, after: keyed digests, which differ where the values do; None where there is none, or it is not known.
    """

    object: str
    path: str
    change: Literal["added", "removed", "changed", "same", "unknown"]
    before: str | None = None
    after: str | None = None


class Session(_Value):
    """One session cluster.

    Attributes:
        jobs: that run; None if the cluster was not asked, or did not answer.
        before, after: its size; None where there is none, or it cannot be known.
    """

    name: str
    cluster_id: str
    namespace: str
    verdict: Verdict
    jobs: tuple[Job, ...] | None = None
    causes: tuple[Cause, ...] = ()
    options: tuple[Option, ...] = ()
    files: tuple[File, ...] = ()
    before: Size | None = None
    after: Size | None = None
    objects: tuple[Object, ...] = ()
    findings: tuple[Finding, ...] = ()
    secrets: tuple[Secret, ...] = ()


class Review(_Value):
    """What a change means.

    Attributes:
        source: what it was read from.
        sessions: each session cluster, the one with the worst verdict first.
        others: resources that belong to none.
        findings, secrets: that belong to none.
        gaps: what could not be known; sentences.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    source: str
    verdict: Verdict
    sessions: tuple[Session, ...] = ()
    others: tuple[Object, ...] = ()
    findings: tuple[Finding, ...] = ()
    secrets: tuple[Secret, ...] = ()
    gaps: tuple[str, ...] = ()
