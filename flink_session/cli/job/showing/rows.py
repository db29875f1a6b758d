"""How jobs look in a table, on a terminal and for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flink_session.cli.output import Cell
from flink_session.client.models.jobs import JobOverview

from ..figures import duration, instant, share, size
from ..knowing.looking import Look
from ..knowing.naming import short

HEADING = (
    *("NAME", "ID", "STATE", "TASKS", "SINCE", "RESTARTS"),
    *("CHECKPOINT", "SIZE", "TOOK", "BACKPRESSURE", "BUSY", "METASPACE"),
)
_COLOURS = {"RUNNING": "green", "FINISHED": "", "CANCELED": "", "FAILED": "red", "FAILING": "red"}
_HIGH = 0.5
_FULL = 0.9


def row(look: Look, *, terminal: bool) -> list[Cell | str]:
    """Give a job's line; scripts get whole ids, and times that they can compare."""
    job = look.job
    last = look.checkpoints.latest_completed if look.checkpoints else None
    age = look.checkpoint_age
    return [
        job.name,
        short(job.id) if terminal else job.id,
        Cell(job.state, _colour(job)),
        Cell(_tasks(job), "yellow" if job.missing and not job.ended else ""),
        duration(look.now - look.since) if terminal else instant(look.since) or "-",
        Cell("-" if look.restarts is None else str(look.restarts), "yellow" if look.restarts else ""),
        Cell("-" if age is None else f"{duration(age)} ago" if terminal else f"{age / 1000:.3f}", _red(look.late)),
        "-" if last is None else size(last.state_size) if terminal else str(last.state_size),
        "-" if last is None else duration(last.duration) if terminal else f"{last.duration / 1000:.3f}",
        Cell(share(look.backpressure), "yellow" if (look.backpressure or 0) >= _HIGH else ""),
        share(look.busy),
        Cell(share(look.metaspace), _red((look.metaspace or 0) >= _FULL)),
    ]


def not_shown(ended: Iterable[JobOverview]) -> str:
    """Say which jobs are left out; empty if none is."""
    counts: dict[str, int] = {}
    for job in ended:
        counts[job.state] = counts.get(job.state, 0) + 1
    if not counts:
        return ""
    listed = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return f"not shown: {listed}; --all shows them"


def warnings(looks: Sequence[Look]) -> list[str]:
    """Say what needs somebody's attention."""
    found = [
        f"{look.job.name}: the last checkpoint is older than three intervals: "
        f"`flink-session job why {short(look.job.id)}`"
        for look in looks
        if look.late
    ]
    metaspace = max((look.metaspace or 0 for look in looks), default=0)
    if metaspace >= _FULL:
        found.append(
            f"a TaskManager's metaspace is {share(metaspace)} full: each submission adds the program's classes anew, "
            "and a full one ends its TaskManager; raise taskmanager.memory.jvm-metaspace.size"
        )
    return found


def _tasks(job: JobOverview) -> str:
    total = job.tasks.get("total", 0)
    up = job.tasks.get("running", 0) + job.tasks.get("finished", 0)
    return f"{up}/{total}"


def _colour(job: JobOverview) -> str:
    if job.state == "RUNNING" and not job.all_running:
        return "yellow"
    return _COLOURS.get(job.state, "yellow")


def _red(wanted: bool) -> str:
    return "red" if wanted else ""
