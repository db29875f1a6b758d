"""Out of pages of stack traces, why a job fails: the deepest cause, where the user's own code is, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flink_session.client.models.jobs import JobException
from flink_session.client.refusals import deepest_cause

_FRAME = re.compile(r"^\s*at (?:[\w.@-]+/{1,2})*((?:[\w$]+\.)+[\w$<>]+\([^)]*\))")
_OF_OTHERS = (
    *("java.", "javax.", "jdk.", "sun.", "com.sun.", "scala.", "kotlin."),
    *("org.apache.flink.", "org.apache.pekko.", "akka.", "org.apache.kafka.", "org.apache.hadoop."),
)
_SUBTASK = re.compile(r"\s*\(\d+/\d+\).*$")


@dataclass(frozen=True, slots=True)
class Cause:
    """One way in which a job has failed, however often.

    Attributes:
        text: Flink's deepest cause.
        frame: the line of a stack trace in the user's own code that is nearest to it; empty if there is none.
        task: the vertex, without the number of the subtask; empty where the JobManager failed it.
        taskmanager: of the last time; on Kubernetes a pod's name.
        endpoint: the address of that TaskManager.
        first, last: in milliseconds of the epoch.
    """

    text: str
    frame: str
    task: str
    taskmanager: str
    endpoint: str
    first: int
    last: int
    count: int
    stack_trace: str


def causes(exceptions: Iterable[JobException]) -> list[Cause]:
    """Give the ways in which a job has failed, the last first, each once."""
    found: dict[tuple[str, str, str], Cause] = {}
    for item in _single(exceptions):
        text, frame = deepest_cause(item.stack_trace), user_frame(item.stack_trace)
        task = _SUBTASK.sub("", item.task or "")
        known = found.get((text, frame, task))
        latest = known if known and known.last >= item.timestamp else None
        found[text, frame, task] = Cause(
            text,
            frame,
            task,
            latest.taskmanager if latest else item.taskmanager or "",
            latest.endpoint if latest else item.endpoint or "",
            min(item.timestamp, known.first if known else item.timestamp),
            max(item.timestamp, known.last if known else item.timestamp),
            (known.count if known else 0) + 1,
            latest.stack_trace if latest else item.stack_trace,
        )
    return sorted(found.values(), key=lambda cause: cause.last, reverse=True)


def _single(exceptions: Iterable[JobException]) -> Iterator[JobException]:
    """Give all that have failed, each once: what ends a job repeats the exception of a task, and names no task."""
    for item in exceptions:
        same = {deepest_cause(other.stack_trace) for other in item.concurrent}
        if item.task or deepest_cause(item.stack_trace) not in same:
            yield item
        yield from item.concurrent


def user_frame(stack_trace: str) -> str:
    """Give the line in the user's own code that is nearest to the deepest cause; empty if there is none."""
    for part in reversed(re.split(r"^Caused by: ", stack_trace, flags=re.MULTILINE)):
        for line in part.splitlines():
            match = _FRAME.match(line)
            if match and not match[1].startswith(_OF_OTHERS):
                return match[1]
    return ""
