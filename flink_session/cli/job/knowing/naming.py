"""Which job is meant: by its name, the beginning of its id, or `@last`, so that nobody copies ids.

A name that several jobs have had is that of the one that runs; where none does any more, of the one that was started
last. Whatever may still be several is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flink_session.client.models.jobs import JobOverview
from flink_session.errors import UserError

LAST = "@last"
SHORTEST_PREFIX = 4
SHOWN_DIGITS = 8
"""Of an id, where people look."""
_ID = 32
_HEXADECIMAL = frozenset("0123456789abcdef")
_MOST = 12
"""Jobs that an error lists."""


class NoJobError(UserError):
    """There is no such job."""

    status = 3


class AmbiguousJobError(UserError):
    """Several jobs may be meant."""

    status = 2


def choose(word: str, jobs: Sequence[JobOverview]) -> JobOverview:
    """Give the job that a word of the user's means.

    Raises:
        NoJobError: there is none; names the most similar one.
        AmbiguousJobError: there are several; lists them.
    """
    newest_first = sorted(jobs, key=lambda job: job.start_time, reverse=True)
    if word == LAST:
        if newest_first:
            return newest_first[0]
        raise NoJobError("the session remembers no job: `flink-session job submit JAR` runs one")
    named = [job for job in newest_first if job.name == word]
    alive = [job for job in named if not job.ended]
    if len(alive) == 1 or (named and not alive):
        return (alive or named)[0]
    if named:
        raise AmbiguousJobError(f"{len(alive)} jobs called {word!r} run: name one by its id{_listed(alive)}")
    by_id = [job for job in newest_first if job.id.startswith(word.lower())] if _is_prefix(word) else []
    if len(by_id) == 1:
        return by_id[0]
    if by_id:
        raise AmbiguousJobError(f"several jobs have an id that begins with {word}{_listed(by_id)}")
    raise NoJobError(_not_found(word, newest_first))


def short(job_id: str) -> str:
    """Give the beginning of an id, as it is shown."""
    return job_id[:SHOWN_DIGITS]


def _is_prefix(word: str) -> bool:
    return SHORTEST_PREFIX <= len(word) <= _ID and set(word.lower()) <= _HEXADECIMAL


def _not_found(word: str, jobs: Sequence[JobOverview]) -> str:
    import difflib  # noqa: PLC0415 (is needed when all is lost)

    if not jobs:
        return f"there is no job {word!r}: the session remembers none (Flink forgets ended ones after an hour)"
    near = difflib.get_close_matches(word.lower(), {job.name.lower() for job in jobs}, 1, 0.5)
    meant = next((job for job in jobs if job.name.lower() in near), None)
    if meant:
        return f"there is no job {word!r}; there is {meant.name!r} ({short(meant.id)}, {meant.state})"
    too_short = len(word) < SHORTEST_PREFIX and set(word.lower()) <= _HEXADECIMAL
    more = f"; the beginning of an id has at least {SHORTEST_PREFIX} digits" if too_short else ""
    return f"there is no job {word!r}{more}; there are{_listed(jobs)}"


def _listed(jobs: Iterable[JobOverview]) -> str:
    lines = [f"\n  {short(job.id)}  {job.state}  {job.name}" for job in jobs]
    more = [f"\n  and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    return ":" + "".join(lines[:_MOST] + more)
