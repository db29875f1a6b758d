"""`job list` and `job show`."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence

import click

from flink_session.cli.output import colours, table, talk, write_json, write_table
from flink_session.cli.target import Target
from flink_session.cli.watching import InPlace
from flink_session.client import ClusterClient, RefusedError
from flink_session.client.models.jobs import JobOverview

from .edge import on_session
from .knowing.looking import Look, look_at, look_closely
from .knowing.naming import choose
from .showing.documents import job_document, show_document
from .showing.pages import page
from .showing.rows import HEADING, not_shown, row, warnings
from .showing.watching import events, follow


@click.command("list")
@on_session
@click.option("--all", "-a", "all_", is_flag=True, help="Show ended jobs, too; Flink remembers them for an hour.")
@click.option("--watch", "-w", is_flag=True, help="Go on: a table in place, or a line for each change.")
def list_(target: Target, as_json: bool, all_: bool, watch: bool) -> None:
    """List jobs: state, restarts, the last checkpoint, and how busy they are."""
    with target.connect() as client:
        if watch:
            _watch(client, as_json=as_json, all_=all_)
            return
        jobs = in_order(client.list_jobs())
        shown = jobs if all_ else [job for job in jobs if not job.ended]
        looks = look_at(client, shown, now=now())
    if as_json:
        write_json([job_document(look) for look in looks])
        return
    terminal = sys.stdout.isatty()
    if looks:
        write_table(HEADING, [row(look, terminal=terminal) for look in looks])
    else:
        talk("no jobs" if all_ or not jobs else "no jobs that run")
    left_out = "" if all_ else not_shown(job for job in jobs if job.ended)
    for line in (left_out, *warnings(looks)):
        if line:
            talk(line)


@click.command()
@on_session
@click.argument("job")
def show(target: Target, as_json: bool, job: str) -> None:
    """Show JOB whole: its vertices, checkpoints, savepoints and parameters."""
    with target.connect() as client:
        look = look_closely(client, choose(job, client.list_jobs()), now=now())
        parameters = _parameters(client, look.job.id)
    if as_json:
        write_json(show_document(look, parameters))
        return
    for line in page(look, parameters, colours=colours(sys.stdout.isatty())):
        click.echo(line)


def in_order(jobs: Sequence[JobOverview]) -> list[JobOverview]:
    """Give jobs that run first, the newest first of each."""
    return sorted(jobs, key=lambda job: (job.ended, -job.start_time, job.id))


def now() -> int:
    """Give this machine's time in milliseconds of the epoch."""
    return int(time.time() * 1000)


def _parameters(client: ClusterClient, job_id: str) -> dict[str, str]:
    try:
        return client.job_configuration(job_id).parameters
    except RefusedError:
        return {}


def _watch(client: ClusterClient, *, as_json: bool, all_: bool) -> None:
    """Follow jobs. One that ends while it is followed is shown as ended."""
    seen: set[str] = set()
    before: list[Look] | None = None
    in_place = InPlace() if sys.stdout.isatty() and not as_json else None

    def look() -> list[Look]:
        jobs = [job for job in in_order(client.list_jobs()) if all_ or not job.ended or job.id in seen]
        seen.update(job.id for job in jobs)
        return look_at(client, jobs, now=now())

    def show(looks: list[Look]) -> None:
        nonlocal before
        if in_place:
            rows = [row(item, terminal=True) for item in looks]
            lines = table(HEADING, rows, terminal=True, colours=colours(True))
            in_place.write(lines + warnings(looks), shutil.get_terminal_size().lines)
            return
        for event in events(before, looks):
            if as_json:
                write_json(event.document(job_document(event.look)), line=True)
            else:
                write_table((), [[event.kind, *row(event.look, terminal=False)]])
                sys.stdout.flush()
        before = looks

    follow(look, show)
