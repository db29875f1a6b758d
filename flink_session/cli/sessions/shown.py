"""How sessions look in a table, and as JSON. Plain values in and out.

docs/sessions.md promises the JSON: fields are added, and never renamed or given another meaning. What is not known is
null.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flink_session.cli.output import Cell
from flink_session.client.sessions.found import FoundCluster, Maker
from flink_session.client.sessions.known import KnownCluster

from .owners import Owner

HEADING = (
    *("NAMESPACE", "CLUSTER ID", "KIND", "FLINK", "JM", "HA", "TMS", "SLOTS FREE", "JOBS"),
    *("REACHED BY", "WHOSE", "AGE"),
)
_WAITING = "…"
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def row(known: KnownCluster, owner: Owner | None, now: datetime, *, terminal: bool) -> list[Cell | str]:
    """Give a cluster's line; scripts get the time of its creation, which they can compare."""
    cluster, said = known.cluster, known.overview
    unknown = "-" if known.problem or said else _WAITING
    failed = said.jobs_failed if said else 0
    return [
        cluster.namespace,
        cluster.cluster_id,
        _kind(cluster),
        known.flink_version or "-",
        Cell(f"{cluster.ready}/{cluster.replicas}", "" if cluster.ready >= cluster.replicas else "yellow"),
        unknown if known.high_availability is None else known.high_availability or "none",
        str(said.taskmanagers) if said else unknown,
        f"{said.slots_available}/{said.slots_total}" if said else unknown,
        Cell(f"{said.jobs_running}" + (f", {failed} failed" if failed else ""), "yellow" if failed else "")
        if said
        else unknown,
        Cell(f"no: {known.problem.word}", "red") if known.problem else known.via or _WAITING,
        whose(cluster, owner),
        age(cluster.created, now) if terminal else instant(cluster.created),
    ]


def whose(cluster: FoundCluster, owner: Owner | None) -> str:
    """Say who made a cluster."""
    if owner:
        return str(owner)
    if cluster.maker is Maker.FLINKS_CLIENT:
        return "flink run" if cluster.application else "kubernetes-session.sh"
    if cluster.maker is Maker.OPERATOR:
        return "Flink operator"
    return "a stack elsewhere" if cluster.maker is Maker.PULUMI else cluster.manager or "-"


def document(known: KnownCluster, owner: Owner | None) -> dict[str, Any]:
    """Give a cluster as `--json` prints it."""
    cluster, said, problem = known.cluster, known.overview, known.problem
    stack = {"project": owner.project, "stack": owner.stack, "selected": owner.selected} if owner else None
    return {
        "cluster_id": cluster.cluster_id,
        "namespace": cluster.namespace,
        "kind": _kind(cluster),
        "flink_version": known.flink_version or None,
        "flink_version_from": "rest" if said else "image" if cluster.image_version else None,
        "image": cluster.image,
        "job_managers": {"ready": cluster.ready, "replicas": cluster.replicas},
        "high_availability": "none" if known.high_availability == "" else known.high_availability,
        "task_managers": said.taskmanagers if said else None,
        "slots": {"free": said.slots_available, "total": said.slots_total} if said else None,
        "jobs": {
            "running": said.jobs_running,
            "failed": said.jobs_failed,
            "finished": said.jobs_finished,
            "canceled": said.jobs_cancelled,
        }
        if said
        else None,
        "reached_by": {"name": known.via, "description": known.way} if said else None,
        "problem": {"word": problem.word, "message": problem.message} if problem else None,
        "made_by": cluster.maker.value,
        "field_manager": cluster.manager or None,
        "stack": stack,
        "created": instant(cluster.created),
    }


def matter(known: KnownCluster) -> object:
    """Give what of a cluster is worth to be told of when it changes."""
    word = known.problem.word if known.problem else ""
    return known.cluster, known.overview, known.high_availability, known.via, word


def age(since: datetime, now: datetime) -> str:
    """Give how long ago a time is, by its greatest unit: `3d`."""
    seconds = max(int((now - since).total_seconds()), 0)
    return next((f"{seconds // size}{unit}" for unit, size in _UNITS if seconds >= size), "0s")


def instant(time: datetime) -> str:
    """Give a time in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _kind(cluster: FoundCluster) -> str:
    return "application" if cluster.application else "session"
