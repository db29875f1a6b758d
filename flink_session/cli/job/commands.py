"""The group of commands on jobs; each is imported when it is run."""

from __future__ import annotations

import click

from flink_session.cli.lazy import LazyGroup

_HERE = "flink_session.cli.job"


@click.group(
    cls=LazyGroup,
    lazy={
        "list": f"{_HERE}.listing:list_",
        "show": f"{_HERE}.listing:show",
        "why": f"{_HERE}.diagnosis:why",
        "logs": f"{_HERE}.following:logs",
        "submit": f"{_HERE}.submission:submit",
        "stop": f"{_HERE}.ending:stop",
        "cancel": f"{_HERE}.ending:cancel",
        "savepoint": f"{_HERE}.ending:savepoint",
        "rescale": f"{_HERE}.rescaling:rescale",
        "wait": f"{_HERE}.waiting:wait",
    },
)
def job() -> None:
    """Submit jobs to a session, look at them, and end them.

    JOB is a job's name, the beginning of its id (four digits or more), or @last, the one that was started last.

    Exit statuses: 0 done, 1 it failed, 2 wrong usage, 3 not found, 4 time is up, 5 refused, 6 not reached,
    130 interrupted.
    """
