"""The delete guard: two resources that exist in the state alone, and refuse what would end running jobs.

`DeleteGuard` depends on all objects of its session, so an engine deletes it first, with a program or without one, and
its delete asks the JobManager. All objects depend on `ChangeGuard`, so an engine looks at it first, in previews too.

The names of this module and of its classes are in people's states: they must not change.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ResourceProvider, UpdateResult
from pulumi.runtime.rpc import UNKNOWN

from flink_session.providers.running_jobs import SessionAddress, UnknownJobsError, listed, running_jobs

ALLOW_JOB_LOSS = "FLINK_SESSION_ALLOW_JOB_LOSS"
"""The environment variable that opens the guard of one session, whose id is its value: for when no `up` can do it."""

_IDENTITY = ("clusterId", "namespace")


class _Guard(ResourceProvider):
    """What both guards have in common: they record their properties, and nothing else."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Record."""
        return CreateResult(_id_of(props), _recorded(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Record."""
        return UpdateResult(_recorded(news))


class DeleteGuard(_Guard):
    """Refuses to be deleted as long as its session has running jobs."""

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare what is recorded."""
        return DiffResult(changes=_recorded(olds) != _recorded(news))

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Ask the JobManager. Raises RunError if jobs run, or if that cannot be found out."""
        _refuse_if_jobs_run(props, "destroying it", opened=bool(props.get("allowJobLoss")))


class ChangeGuard(_Guard):
    """Refuses another identity of its session, and its suspension, as long as that would lose running jobs."""

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare what is recorded, and ask the JobManager about a change that ends it. Raises RunError, see above."""
        what = _loses_jobs(olds, news)
        if what:
            address = {**news, **{name: olds[name] for name in (*_IDENTITY, "restScheme") if name in olds}}
            _refuse_if_jobs_run(address, what, opened=bool(news.get("allowJobLoss")))
        return DiffResult(changes=_recorded(olds) != _recorded(news))


def _loses_jobs(olds: Mapping[str, Any], news: Mapping[str, Any]) -> str:
    """Say what would end all jobs; nothing if nothing does, or if it is not known yet."""
    if any(news.get(name) not in (UNKNOWN, olds.get(name)) for name in _IDENTITY):
        return "replacing it"
    suspends = news.get("suspended") is True and not olds.get("suspended")
    # With high availability a suspended session's jobs come back.
    return "suspending it without high availability" if suspends and news.get("highAvailability") is False else ""


def _refuse_if_jobs_run(props: Mapping[str, Any], what: str, *, opened: bool) -> None:
    address = SessionAddress.of(props)
    if opened or os.environ.get(ALLOW_JOB_LOSS) == address.cluster_id:
        return
    session = f"session {address.cluster_id!r} in namespace {address.namespace!r}"
    try:
        jobs = running_jobs(address)
    except UnknownJobsError as error:
        reason = str(error)
    else:
        if not jobs:
            return
        raise pulumi.RunError(
            f"{session} has {listed(jobs)}; {what} would lose them. Stop them first; "
            "or set allow_job_loss to true, run `up`, and try again."
        )
    raise pulumi.RunError(
        f"{session} is guarded, and {what} would lose its running jobs; whether there are any cannot be found out: "
        f"{reason}. If they may be lost, set {ALLOW_JOB_LOSS}={address.cluster_id} in the environment, and try again."
    )


def _recorded(props: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in props.items() if not name.startswith("__")}


def _id_of(props: Mapping[str, Any]) -> str:
    return f"{props['namespace']}/{props['clusterId']}"
