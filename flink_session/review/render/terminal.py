"""The review on a terminal: the verdict first, then why, then what to look at; details last."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..model import Finding, Impact, Object, Review, Secret, Session
from . import words
from .memory_bars import bar
from .plain import one_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_COLOURS = {"good": "green", "careful": "yellow", "bad": "red"}
_SEVERITIES = {"error": "red", "warning": "yellow", "info": "dim"}


def show(review: Review, console: Console) -> None:
    """Print a review."""
    doubt = "" if review.verdict.certain else ", as far as can be known"
    console.print(_text(f"{review.verdict.words}{doubt}", f"bold {_colour(review.verdict.impact)}"))
    for gap in review.gaps:
        console.print(_text(f"  {gap}", "dim"))
    for session in review.sessions:
        console.print()
        for part in _session(session):
            console.print(part)
    others = _objects("Other resources", review.others)
    for part in (*_findings(review.findings), *_secrets(review.secrets), *others):
        console.print(part)


def _colour(impact: Impact) -> str:
    return _COLOURS[words.level(impact)]


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(one_line(text), style=style)


def _session(session: Session) -> Iterator[RenderableType]:
    yield _text(words.title(session), "bold")
    yield _text(f"  {session.verdict.words}", _colour(session.verdict.impact))
    if session.jobs is not None:
        yield _text("Running jobs" if session.jobs else "No job runs", "bold")
        yield from (_text(f"  {job.name}: {job.words}") for job in session.jobs)
    elif session.verdict.impact.rank >= Impact.JOBS_RECOVER.rank:
        yield _text("The session was not asked for its jobs", "dim")
    if session.causes and session.verdict.impact is not Impact.SESSION_CREATED:
        yield _text("Why", "bold")
        for cause in session.causes:
            for depth, link in enumerate(cause.chain):
                yield _text(f"  {'   ' * (depth - 1)}{'└─ ' if depth else ''}{link}")
    yield from _findings(session.findings)
    if session.options and session.before is not None:
        yield from _options(session)
    for file in session.files:
        yield _text(f"{file.name} of {file.object}", "bold")
        yield from (_text(f"  {line}", _LINES.get(line[:1], "dim")) for line in file.lines)
    yield from _secrets(session.secrets)
    yield from _size(session)
    yield from _objects("Objects", session.objects)


_LINES = {"+": "green", "-": "red"}


def _findings(findings: Iterable[Finding]) -> Iterator[RenderableType]:
    found = list(findings)
    if found:
        yield _text("To look at", "bold")
    for item in found:
        fix = f": {item.fix}" if item.fix else ""
        yield _text(f"  {item.severity}: {item.message}{fix} ({item.rule})", _SEVERITIES[item.severity])


def _secrets(secrets: Iterable[Secret]) -> Iterator[RenderableType]:
    for secret in secrets:
        yield _text(f"Secret {secret.path} of {secret.object}: {words.secret_words(secret)}")


def _options(session: Session) -> Iterator[RenderableType]:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Option", "Before", "After", "Default", "Effect"):
        table.add_column(name, overflow="fold")
    for option in session.options:
        default = "" if option.default is None else option.default
        values = (words.value(option.before), words.value(option.after), default)
        table.add_row(*map(_text, (option.key, *values, "; ".join(words.remarks_on(option)))))
    yield _text("Configuration", "bold")
    yield table


def _size(session: Session) -> Iterator[RenderableType]:
    from rich.table import Table

    size = session.after or session.before
    if size is None:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Size", "Before", "After"):
        table.add_column(name, overflow="fold")
    for row in words.size_rows(session.before, session.after):
        table.add_row(*map(_text, row))
    yield table
    for name, process in words.memory_parts(size):
        yield _text(f"Memory of a {name}", "bold")
        yield from (_text(f"  {line}") for line in bar(process))


def _objects(heading: str, objects: Iterable[Object]) -> Iterator[RenderableType]:
    found = list(objects)
    if found:
        yield _text(heading, "bold")
    for item in found:
        cause = f": {item.cause}" if item.cause else ""
        yield _text(f"  {words.SIGNS.get(item.operation, '?')} {words.object_words(item)} {item.operation}{cause}")
        for field in item.fields:
            told = field.before is field.after is None
            values = "" if told else f": {words.value(field.before)} → {words.value(field.after)}"
            yield _text(f"      {field.path}{values}", "dim")
