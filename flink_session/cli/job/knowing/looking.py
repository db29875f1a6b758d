"""Looking at jobs: all that a line of `job list` says, which Flink tells in pieces, asked for side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from flink_session.client import ClusterClient, RefusedError
from flink_session.client.models.checkpoints import CheckpointConfiguration, Checkpoints
from flink_session.client.models.jobs import Job, JobOverview

T = TypeVar("T")

_AT_ONCE = 8
"""Requests; each may take a connection of its own."""
_BUSY, _BACKPRESSURED, _RESTARTS = "busyTimeMsPerSecond", "backPressuredTimeMsPerSecond", "numRestarts"
_METASPACE = ("Status.JVM.Memory.Metaspace.Used", "Status.JVM.Memory.Metaspace.Max")


@dataclass(frozen=True, slots=True)
class Look:
    """A job at one moment; None where Flink does not say it (any more, or yet).

    Attributes:
        now: by the JobManager's clock, in milliseconds of the epoch.
        since: when its state began.
        busy, backpressure: shares of the time, of the vertex and subtask where it is greatest.
        metaspace: the share that is used, in the TaskManager of the session where it is greatest.
    """

    job: JobOverview
    now: int
    since: int
    detail: Job | None = None
    restarts: int | None = None
    checkpoints: Checkpoints | None = None
    configuration: CheckpointConfiguration | None = None
    busy: float | None = None
    backpressure: float | None = None
    metaspace: float | None = None

    @property
    def checkpoint_age(self) -> int | None:
        """Milliseconds since the last checkpoint was complete; None where there is none."""
        last = self.checkpoints and self.checkpoints.latest_completed
        return max(0, self.now - last.acknowledged) if last else None

    @property
    def late(self) -> bool:
        """Whether its last checkpoint is older than three intervals, or there has been none for so long."""
        if self.job.state != "RUNNING" or not self.configuration or not self.configuration.periodic:
            return False
        age = self.checkpoint_age
        return (self.now - self.since if age is None else age) > 3 * self.configuration.interval


def look_at(client: ClusterClient, jobs: Sequence[JobOverview], *, now: int) -> list[Look]:
    """Look at jobs, in their order; `now` is this machine's time, for where Flink does not say its own."""
    alive = [job.id for job in jobs if not job.ended]
    if not alive:
        return [_of_overview(job, now) for job in jobs]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        submit = pool.submit
        metaspace = submit(_metaspace, client)
        asked = {
            id_: (
                submit(_or_none, client.job, id_),
                submit(_restarts, client, id_),
                submit(_or_none, client.checkpoints, id_),
                submit(_or_none, client.checkpoint_configuration, id_),
            )
            for id_ in alive
        }
        details = {id_: futures[0].result() for id_, futures in asked.items()}
        shares = {
            id_: [submit(_shares, client, id_, vertex.id) for vertex in detail.vertices]
            for id_, detail in details.items()
            if detail and detail.state == "RUNNING"
        }
        looks = []
        for job in jobs:
            look = _of_overview(job, now)
            if job.id in asked:
                of_vertices = [future.result() for future in shares.get(job.id, ())]
                _, restarts, checkpoints, configuration = asked[job.id]
                look = replace(
                    _with_detail(look, details[job.id]),
                    restarts=restarts.result(),
                    checkpoints=checkpoints.result(),
                    configuration=configuration.result(),
                    busy=_greatest(busy for busy, _ in of_vertices),
                    backpressure=_greatest(share for _, share in of_vertices),
                    metaspace=metaspace.result(),
                )
            looks.append(look)
    return looks


def look_closely(client: ClusterClient, job: JobOverview, *, now: int) -> Look:
    """Look at one job, of one that has ended also at its vertices and checkpoints."""
    (look,) = look_at(client, [job], now=now)
    if not job.ended:
        return look
    detail = _or_none(client.job, job.id)
    return replace(
        _with_detail(look, detail),
        restarts=_restarts(client, job.id),
        checkpoints=_or_none(client.checkpoints, job.id),
        configuration=_or_none(client.checkpoint_configuration, job.id),
    )


def _of_overview(job: JobOverview, now: int) -> Look:
    """See what the overview of all jobs tells; of one that has not ended it has the JobManager's time."""
    if job.ended:
        return Look(job, now, job.end_time)
    return Look(job, job.start_time + job.duration, job.start_time)


def _with_detail(look: Look, detail: Job | None) -> Look:
    if detail is None:
        return look
    # It may be a moment older than the overview, and not know of its state.
    since = detail.timestamps.get(look.job.state) or look.since
    return replace(look, detail=detail, since=since, now=max(look.now, detail.now))


def _or_none(call: Callable[[str], T], id_: str) -> T | None:
    """Ask for what may be gone by now, or was never there."""
    try:
        return call(id_)
    except RefusedError:
        return None


def _restarts(client: ClusterClient, job_id: str) -> int | None:
    try:
        values = [metric.value for metric in client.job_metrics(job_id, [_RESTARTS])]
    except RefusedError:
        return None
    return next((int(value) for value in values if value and value.isdecimal()), None)


def _shares(client: ClusterClient, job_id: str, vertex_id: str) -> tuple[float | None, float | None]:
    try:
        found = {item.id: item.max for item in client.vertex_metrics(job_id, vertex_id, [_BUSY, _BACKPRESSURED])}
    except RefusedError:
        return None, None
    return _of_a_second(found.get(_BUSY)), _of_a_second(found.get(_BACKPRESSURED))


def _of_a_second(value: float | None) -> float | None:
    """Give milliseconds in a second as a share; Flink says NaN of a source that does not measure it."""
    return None if value is None or value != value else min(value / 1000, 1.0)


def _metaspace(client: ClusterClient) -> float | None:
    try:
        found = {item.id: item.max for item in client.taskmanagers_metrics(_METASPACE)}
    except RefusedError:
        return None
    used, limit = (found.get(name) for name in _METASPACE)
    return used / limit if used is not None and limit is not None and limit > 0 else None


def _greatest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
