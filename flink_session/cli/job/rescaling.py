"""`job rescale`: other bounds for the adaptive scheduler, and what it makes of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from flink_session.cli.output import talk, write_json, write_table
from flink_session.cli.target import Target
from flink_session.client import ClusterClient
from flink_session.client.models.jobs import Job, JobOverview, Requirements, Vertex

from .edge import NOT_FOUND, TIMEOUT, USAGE, JobError, command_line, left_by_interrupt, on_session
from .figures import counted
from .knowing.naming import choose
from .showing.progress import ProgressLine

_UP = {"RUNNING", "FINISHED"}
_PATIENCE = 60.0
_BETWEEN = 0.5
_SETTLED = 10.0
"""Seconds without a free slot after which the scheduler is taken to have done what it can."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which the parallelism of a vertex is to be; without a `lower` one that stays, as far as it can."""

    lower: int | None
    upper: int

    @classmethod
    def read(cls, word: str) -> Bounds:
        """Read `4`, or `2:4`. Raises JobError."""
        first, colon, last = word.partition(":")
        if not (first.isdecimal() and (last.isdecimal() or not colon)):
            raise JobError(f"{word!r} is no parallelism: it is written 4, or 2:4 for from 2 to 4", USAGE)
        found = cls(int(first), int(last)) if colon else cls(None, int(first))
        if not 1 <= (found.lower or 1) <= found.upper:
            raise JobError(f"{word!r} is no parallelism: it begins with 1, and the second number is not less", USAGE)
        return found

    def over(self, now: Requirements) -> tuple[int, int]:
        """Give both bounds, from those of now."""
        return (min(now.lower, self.upper) if self.lower is None else self.lower), self.upper


def wanted(
    of_all: Bounds | None, of_some: Mapping[str, Bounds], vertices: Sequence[Vertex], now: Mapping[str, Requirements]
) -> dict[str, tuple[int, int]]:
    """Give the bounds to ask for, by the vertices' ids. Raises JobError."""
    chosen = {vertex.id: of_all for vertex in vertices if of_all}
    for word, bounds in of_some.items():
        found = [item for item in vertices if item.id.startswith(word) or word.lower() in item.name.lower()]
        if len(found) != 1:
            names = "".join(f"\n  {item.id[:8]}  {item.name}" for item in found or vertices)
            raise JobError(
                f"{word!r} names {'several vertices' if found else 'no vertex'}; there are:{names}", NOT_FOUND
            )
        chosen[found[0].id] = bounds
    return {id_: bounds.over(now[id_]) for id_, bounds in chosen.items() if bounds and id_ in now}


@click.command()
@on_session
@click.argument("job")
@click.argument("parallelism", required=False)
@click.option("--vertex", "of_some", multiple=True, metavar="VERTEX=N|MIN:MAX", help="Of this vertex alone.")
@click.option("--detach", "-d", is_flag=True, help="Do not wait until it runs so.")
def rescale(
    target: Target, as_json: bool, job: str, parallelism: str | None, of_some: Sequence[str], detach: bool
) -> None:
    """Give JOB another PARALLELISM: N, at most; or MIN:MAX. It takes the adaptive scheduler.

    VERTEX is a part of a vertex's name, or the beginning of its id; `job show` has both.
    """
    if parallelism is None and not of_some:
        raise JobError("name a PARALLELISM, or one for a --vertex", USAGE)
    of_all = Bounds.read(parallelism) if parallelism is not None else None
    pairs = {}
    for word in of_some:
        vertex, _, bounds = word.rpartition("=")
        pairs[vertex] = Bounds.read(bounds)
    with target.connect() as client:
        found = choose(job, client.list_jobs())
        asked = wanted(of_all, pairs, client.job(found.id).vertices, client.requirements(found.id))
        client.rescale(found.id, asked)
        again = command_line(target, "show", found.id)
        if detach:
            now = client.job(found.id)
        else:
            with left_by_interrupt(lambda: f"{found.name} is rescaled all the same: {again}"):
                now = _follow(client, found, asked, target.timeout or _PATIENCE)
        reached = has(now, asked, all_of_it=True)
    vertices = [
        {"id": item.id, "name": item.name, "parallelism": item.parallelism, "min": low, "max": high}
        for item in now.vertices
        for low, high in [asked.get(item.id, (item.parallelism, item.parallelism))]
    ]
    if as_json:
        write_json({"id": found.id, "name": found.name, "reached": reached, "vertices": vertices})
        return
    if detach:
        talk(f"{found.name} is being rescaled: {again}")
    elif not reached:
        talk(f"{found.name} runs with less than it may: no more slots are free; it takes more as they come")
    write_table(("VERTEX", "PARALLELISM"), [[item.name, str(item.parallelism)] for item in now.vertices])


def has(job: Job, asked: Mapping[str, tuple[int, int]], *, all_of_it: bool) -> bool:
    """Say whether all tasks run, and the vertices are within their bounds, or have `all_of_it`."""
    up = all(state in _UP or not count for item in job.vertices for state, count in item.tasks.items())
    return up and all(
        (low <= vertex.parallelism <= high and (vertex.parallelism == high or not all_of_it))
        for vertex in job.vertices
        for low, high in [asked.get(vertex.id, (1, vertex.parallelism))]
    )


def _follow(client: ClusterClient, job: JobOverview, asked: Mapping[str, tuple[int, int]], patience: float) -> Job:
    """Wait until the job has its upper bounds, or all that there are slots for; give how it is then."""
    begun = settled_at = time.monotonic()
    with ProgressLine() as line:
        while True:
            now, overview = client.job(job.id), client.overview()
            if has(now, asked, all_of_it=True):
                return now
            if overview.slots_available or not has(now, asked, all_of_it=False):
                settled_at = time.monotonic()
            elif time.monotonic() - settled_at > _SETTLED:
                return now
            if time.monotonic() - begun > patience:
                raise JobError(f"{job.name} has not been rescaled within {patience:g} s; it may yet be", TIMEOUT)
            widths = ", ".join(str(item.parallelism) for item in now.vertices)
            free = counted(overview.slots_available, "slot")
            line.say(f"{job.name}: {now.state}, parallelism {widths}; {free} free")
            time.sleep(_BETWEEN)
