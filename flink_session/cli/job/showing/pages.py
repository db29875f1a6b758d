"""How one job looks where it is shown whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from flink_session.cli.output import printable, table
from flink_session.client.models.checkpoints import Checkpoint, CheckpointConfiguration

from ..figures import duration, instant, share, size
from ..knowing.looking import Look

_LABEL = 14


def page(look: Look, parameters: Mapping[str, str], *, colours: bool) -> list[str]:
    """Give the lines of `job show`."""
    lines = [f"{label:<{_LABEL}}{printable(text)}" for label, text in _facts(look)]
    if colours and look.late:
        lines = [click.style(line, fg="red") if line.startswith("checkpoint ") else line for line in lines]
    if look.detail and look.detail.vertices:
        rows = [
            [vertex.name, vertex.id[:8], vertex.status, str(vertex.parallelism), _states(vertex.tasks)]
            for vertex in look.detail.vertices
        ]
        lines += ["", *table(("VERTEX", "ID", "STATE", "PARALLELISM", "TASKS"), rows, terminal=True)]
    if parameters:
        lines += ["", *table(("PARAMETER", "VALUE"), sorted(parameters.items()), terminal=True)]
    return lines


def _facts(look: Look) -> Iterator[tuple[str, str]]:
    job, found = look.job, look.checkpoints
    yield "name", job.name
    yield "id", job.id
    yield "state", f"{job.state} for {duration(look.now - look.since)}, since {instant(look.since) or '-'}"
    yield "started", instant(job.start_time) or "-"
    if job.missing and not job.ended:
        yield "waiting", f"{job.missing} of {job.tasks.get('total', 0)} tasks"
    if look.restarts is not None:
        yield "restarts", str(look.restarts)
    if look.busy is not None or look.backpressure is not None:
        yield "busy", f"{share(look.busy)}, back pressure {share(look.backpressure)}"
    if look.configuration:
        yield "checkpoints", _policy(look.configuration) + (_counts(look) if found else "")
    if found:
        if found.latest_completed:
            yield "checkpoint", _snapshot(look, found.latest_completed)
        if found.latest_failed:
            failed = found.latest_failed
            yield "failed", f"{duration(look.now - failed.triggered)} ago: {failed.failure or 'Flink says not why'}"
        if found.latest_savepoint:
            yield "savepoint", _snapshot(look, found.latest_savepoint)
        if found.restored:
            yield "restored from", found.restored.path or f"checkpoint {found.restored.id}"


def _policy(configuration: CheckpointConfiguration) -> str:
    if not configuration.periodic:
        return "none by themselves"
    kept = ", the last one kept when it fails" if configuration.retained else ""
    return f"every {duration(configuration.interval)}, {configuration.mode}{kept}"


def _counts(look: Look) -> str:
    found = look.checkpoints
    return f"; {found.completed} completed, {found.failed} failed" if found else ""


def _snapshot(look: Look, checkpoint: Checkpoint) -> str:
    where = f", {checkpoint.path}" if checkpoint.path else ""
    ago = duration(look.now - checkpoint.acknowledged)
    return f"{ago} ago, {size(checkpoint.state_size)} in {duration(checkpoint.duration)}{where}"


def _states(tasks: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state.lower()}" for state, count in tasks.items() if count)
