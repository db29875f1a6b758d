"""Whether what keeps an object from becoming ready was so before its wait began: then it proves nothing. Pure.

Controllers and kubelets pause between two tries, for minutes at last. Meanwhile conditions, states of containers and
events go on saying what the last try has met with, which somebody may have put right since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flink_session.api_server.kinds import Manifest

from .problems import Owner, Problem

_SLACK = timedelta(seconds=3)
"""What the write before a wait may have taken, and clocks may differ by: for what comes of that write."""
_KUBELET_PAUSES = 330.0
"""Seconds within which a kubelet tries again, at the latest, to pull an image or to start a container."""
_NO_POD_FOR = 10.0
"""Seconds after which pods that may not be created are not waited for any more."""
_TELLS_BY_CONDITION = ("ReplicaSet", "ReplicationController")
"""Which owners take their word back when a pod could be created; of the others, only events tell."""


@dataclass(frozen=True, slots=True)
class Since:
    """The moment from which on evidence counts, by the API server's clock."""

    moment: datetime

    def counts(self, time: object, slack: timedelta = timedelta(0)) -> bool:
        """Say whether something of this time counts. What has no time is not known to be old."""
        try:
            return not time or _parsed(str(time)) >= self.moment - slack
        except ValueError:
            return True


def told_at(event: Manifest) -> str:
    """Give the time when an event was seen last."""
    times = ((event.get("series") or {}).get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return str(next(filter(None, times), event["metadata"].get("creationTimestamp") or ""))


def of_pod(pod: Manifest, problems: list[Problem], events: list[Manifest], since: Since) -> list[Problem]:
    """Tell those of a pod's problems that are of a try before the wait from those of a try since."""
    if since.counts(pod["metadata"].get("creationTimestamp"), _SLACK):
        return problems
    tried = any(_is_failed_try(event, pod) and since.counts(told_at(event)) for event in events)
    return [
        problem
        if problem.key.endswith("/scheduling") or (since.counts(problem.seen) if problem.seen else tried)
        else replace(
            problem,
            key=f"{problem.key}/before",
            message=f"{problem.message} (that was before this update; the kubelet tries again within minutes)",
            patience=None if problem.patience is None else _KUBELET_PAUSES,
        )
        for problem in problems
    ]


def of_creation(
    owner: Manifest, about: Owner | None, pods: list[Manifest], events: list[Manifest], since: Since, *, touched: bool
) -> list[Problem]:
    """Find what keeps pods from being created at all: a missing service account, a quota, an admission webhook.

    Args:
        owner: what creates the pods, or what tells of that.
        about: whose controller tries again, if that is known.
        pods: those that there are.
        events: of the namespace.
        since: when the wait began.
        touched: whether the controller was made to try again in the meantime.
    """
    condition = _failure(owner)
    failures = [event for event in events if _is_of(event, owner) and event.get("reason") == "FailedCreate"]
    latest = max(failures, key=told_at, default=None)
    by_events = about is not None and about.kind.kind not in _TELLS_BY_CONDITION
    if condition is None and not (by_events and latest and _is_after(latest, pods)):
        return []
    news = [since.counts(condition.get("lastTransitionTime"), _SLACK)] if condition else []
    news += [since.counts(told_at(latest), _SLACK)] if latest else []
    # An event also tells of later tries, which leave the condition as it was.
    text = str((latest or {}).get("message") or (condition or {}).get("message") or "")
    message = text.removeprefix("(combined from similar events): ").removeprefix("Error creating: ")
    no = "no further pod" if pods else "no pod"
    if touched or any(news):
        return [Problem("pods", f"{no} can be created: {message}", _NO_POD_FOR, retried_by=about)]
    return [Problem("pods/before", f"{no} could be created before this update: {message}", retried_by=about)]


def _failure(owner: Manifest) -> Manifest | None:
    conditions: list[Manifest] = (owner.get("status") or {}).get("conditions") or []
    failing = (item for item in conditions if item.get("type") == "ReplicaFailure" and item.get("status") == "True")
    return next(failing, None)


def _is_of(event: Manifest, item: Manifest) -> bool:
    return bool((event.get("involvedObject") or {}).get("uid") == item["metadata"].get("uid"))


def _is_failed_try(event: Manifest, pod: Manifest) -> bool:
    """Say whether an event tells of a try of the kubelet, and not only of its pause."""
    return _is_of(event, pod) and event.get("reason") == "Failed" and "BackOff" not in str(event.get("message"))


def _is_after(event: Manifest, pods: list[Manifest]) -> bool:
    made = [str(pod["metadata"].get("creationTimestamp") or "") for pod in pods]
    return not made or _parsed(told_at(event)) > max(map(_parsed, made))


def _parsed(time: str) -> datetime:
    return datetime.fromisoformat(time) if time else datetime.min.replace(tzinfo=UTC)
