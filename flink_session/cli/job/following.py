"""`job logs`: of the processes that run a job, without looking up which they are."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator, Sequence

import click

from flink_session.cli.output import printable, talk, write_json
from flink_session.cli.target import Target
from flink_session.client import ClusterClient, FlinkError, NotFoundError, RefusedError
from flink_session.client.models.cluster import LogFile

from .edge import NOT_FOUND, JobError, command_line, on_session
from .knowing.naming import choose

JOBMANAGER = "jobmanager"


@click.command()
@on_session
@click.argument("job")
@click.option("--follow", "-f", is_flag=True, help="Go on with the lines that are written from now on.")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Of each process, the last N lines alone.")
@click.option("--taskmanager", metavar="ID", help="Of this TaskManager alone, by the beginning of its id.")
@click.option("--jobmanager", is_flag=True, help="Of the JobManager, where checkpoints and restarts are told of.")
def logs(
    target: Target,
    as_json: bool,
    job: str,
    follow: bool,
    tail: int | None,
    taskmanager: str | None,
    jobmanager: bool,
) -> None:
    """Print the logs of the TaskManagers that run JOB; they may tell of other jobs as well.

    With several of them, each line begins with the id of its own.
    """
    with target.connect() as client:
        found = choose(job, client.list_jobs())
        chosen: Sequence[str | None] = [None]
        if not jobmanager:
            ids = taskmanagers(client, found.id)
            chosen = [id_ for id_ in ids if id_.startswith(taskmanager)] if taskmanager else ids
            if not chosen:
                known = f"; it has {', '.join(ids)}" if ids else ""
                which = f"TaskManager {taskmanager!r}" if taskmanager else "TaskManager"
                instead = command_line(target, "logs", found.id, "--jobmanager")
                raise JobError(f"{found.name} has no {which} (any more){known}; the JobManager's: {instead}", NOT_FOUND)
        if follow:
            lines = _followed(client, chosen, tail)
        else:
            lines = _read(client, chosen, tail, command_line(target, "logs", found.id, "--jobmanager"))
        for who, line in lines:
            if as_json:
                write_json({"process": who or JOBMANAGER, "line": line}, line=True)
                continue
            prefix = f"{who}: " if len(chosen) > 1 else ""
            click.echo(printable(prefix + line, keep="\t"))
            if follow:
                sys.stdout.flush()


def taskmanagers(client: ClusterClient, job_id: str) -> list[str]:
    """Give the ids of the TaskManagers that have, or had, tasks of a job; none where it has no tasks yet."""
    found: dict[str, None] = {}
    for vertex in client.job(job_id).vertices:
        for item in client.vertex_taskmanagers(job_id, vertex.id):
            # Flink says so of tasks that have none.
            if item.id and item.id != "(unassigned)":
                found[item.id] = None
    return sorted(found)


def _read(
    client: ClusterClient, chosen: Sequence[str | None], tail: int | None, instead: str
) -> Iterator[tuple[str | None, str]]:
    gone = 0
    for who in chosen:
        try:
            text = client.log(newest_log(client, who).name, who)
        except NotFoundError:
            talk(f"{who} is gone, with its log")
            gone += 1
            continue
        lines = text.splitlines()
        yield from ((who, line) for line in (lines if tail is None else lines[len(lines) - min(tail, len(lines)) :]))
    if gone == len(chosen):
        raise JobError(f"none of its TaskManagers is left; the JobManager's log: {instead}", NOT_FOUND)


def _followed(
    client: ClusterClient, chosen: Sequence[str | None], tail: int | None
) -> Iterator[tuple[str | None, str]]:
    """Give lines of all at once, as they come; ends when all processes are gone."""
    lines: queue.Queue[tuple[str | None, str | FlinkError]] = queue.Queue()

    def read(who: str | None) -> None:
        try:
            name = newest_log(client, who).name
            skipped = 0 if tail is None else max(0, len(client.log(name, who).splitlines()) - tail)
            for number, line in enumerate(client.follow_log(name, who)):
                if number >= skipped:
                    lines.put((who, line))
        except FlinkError as error:
            lines.put((who, error))

    for who in chosen:
        threading.Thread(target=read, args=(who,), daemon=True).start()
    left = len(chosen)
    while left:
        who, line = lines.get()
        if isinstance(line, FlinkError):
            left -= 1
            if not left:
                raise line
            talk(f"{who}: {line}")
        else:
            yield who, line


def newest_log(client: ClusterClient, who: str | None) -> LogFile:
    """Give the log of a process: in a folder that several share, the one that is called so. Raises RefusedError."""
    kind = "taskmanager" if who else JOBMANAGER
    files = [item for item in client.list_logs(who) if item.name.endswith(".log")]
    if not files:
        raise RefusedError(f"{who or 'the JobManager'} has no file that ends in .log", 404)
    return max(files, key=lambda item: (kind in item.name, item.modified, item.size))
