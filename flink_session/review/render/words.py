"""Words, signs and figures that all forms share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Claim, Impact, Object, Option, Process, Secret, Session, Size
from ..rules.amounts import bytes_shown

SIGNS = {
    "create": "+",
    "delete": "-",
    "replace": "±",
    "update": "~",
    "read": "?",
    "refresh": "~",
    "import": "=",
    "discard": "-",
}
"""Of operations, as Pulumi's own display has them."""

_GOOD = (Impact.NO_EFFECT, Impact.SESSION_CREATED, Impact.REST_ACCESS, Impact.SESSION_RESUMED)
_CAREFUL = (Impact.NEW_TASK_MANAGERS, Impact.JOBS_RECOVER)


def level(impact: Impact) -> str:
    """Give how alarming an impact is: `good`, `careful` or `bad`."""
    return "good" if impact in _GOOD else "careful" if impact in _CAREFUL else "bad"


def title(session: Session) -> str:
    """Name a session: its Pulumi name, and its id and namespace where they are known."""
    where = " in ".join(filter(None, (session.cluster_id, session.namespace)))
    return f"{session.name} ({where})" if where else session.name


def value(text: str | None) -> str:
    """Write a value that may be absent."""
    return "not set" if text is None else text if text else '""'


def remarks_on(option: Option) -> Iterator[str]:
    """Give what is worth saying of an option, beside its values."""
    yield option.effect
    yield from option.notes


def secret_words(secret: Secret) -> str:
    """Say what becomes of a secret value."""
    digests = "".join(
        f" {item}" for item in ((secret.before or ""), (secret.after and f"→ {secret.after}") or "") if item
    )
    said = "may have changed: the preview does not tell" if secret.change == "unknown" else secret.change
    return f"{said}{digests if secret.change == 'changed' else ''}"


def object_words(item: Object) -> str:
    """Name a resource."""
    where = f" in {item.namespace}" if item.namespace else ""
    return f"{item.type} {item.name}{where}"


def size_rows(before: Size | None, after: Size | None) -> Iterator[tuple[str, str, str]]:
    """Give the figures of a session, each with its name, before and after."""
    names = ("JobManager", "TaskManager", "slots of a TaskManager", "the session takes at least", "and at most")
    yield from zip(names, _figures(before), _figures(after), strict=True)


def _figures(size: Size | None) -> tuple[str, ...]:
    if size is None:
        return ("",) * 5
    most = _claim(size.most) if size.most else "no limit"
    job_manager = _process(size.job_manager, size.job_managers)
    slots = str(size.slots_per_task_manager)
    return job_manager, _process(size.task_manager, 1), slots, _claim(size.least), most


def _process(process: Process, count: int) -> str:
    number = f"{count} times " if count > 1 else ""
    return f"{number}{_cores(process.cpu)}, {bytes_shown(process.memory)}"


def _cores(number: float) -> str:
    return f"{number:g} core" if number == 1 else f"{number:g} cores"


def _claim(claim: Claim) -> str:
    managers = "TaskManager" if claim.task_managers == 1 else "TaskManagers"
    cost = "" if claim.cost is None else f", {claim.cost:.2f} per hour"
    size = f"{_cores(claim.cpu)}, {bytes_shown(claim.memory)}"
    return f"{size} ({claim.task_managers} {managers}, {claim.slots} slots){cost}"


def memory_parts(size: Size) -> Sequence[tuple[str, Process]]:
    """Give the processes of a session whose memory is drawn."""
    return (("JobManager", size.job_manager), ("TaskManager", size.task_manager))
