"""The review as a comment of a pull request: what decides is open, details are folded, and it fits into a comment.

Names and values come from programs and clusters, so everything is escaped: nothing in them is markup, mentions anybody,
refers to an issue, or closes the fold that it stands in.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from ..model import Finding, Impact, Object, Option, Review, Secret, Session
from . import words
from .memory_bars import bar
from .plain import one_line

LIMIT = 65_000
"""Characters; GitHub takes 65,536, GitLab more."""

_SIGNS = {"good": "🟢", "careful": "🟡", "bad": "🔴"}
_SEVERITIES = {"error": "🔴", "warning": "🟡", "info": "⚪"}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~@:&$^=/])")
_BAR = re.compile(r"(?<!\\)\|")
"""What would end a cell of a table."""
_LONGEST_LINE = 300


def to_markdown(review: Review, limit: int = LIMIT) -> str:
    """Write a review; of what does not fit into `limit` characters, the last details are left out, and it is said."""
    heading = [f"## {_SIGNS[words.level(review.verdict.impact)]} {escaped(_verdict(review))}", ""]
    heading += [f"> {escaped(gap)}" for gap in review.gaps]
    open_parts = ["\n".join(part) for session in review.sessions for part in _session(session)]
    folded = [*(part for session in review.sessions for part in _details(session)), *_others(review)]
    text = "\n".join([*heading, "", *open_parts])
    if len(text) > limit:
        return _cut(text, limit)
    left_out = 0
    for part in folded:
        if len(text) + len(part) + 100 > limit:
            left_out += 1
        else:
            text += f"\n{part}"
    if left_out:
        text += f"\n\n{left_out} sections did not fit into a comment; the HTML form has them.\n"
    return text.rstrip() + "\n"


def _cut(text: str, limit: int) -> str:
    said = "\n\nMore did not fit into a comment; the HTML form has it.\n"
    return text[: limit - len(said)].rpartition("\n")[0] + said


def _verdict(review: Review) -> str:
    sessions = f" ({len(review.sessions)} sessions)" if len(review.sessions) > 1 else ""
    doubt = "" if review.verdict.certain else ", as far as can be known"
    return f"{review.verdict.words}{doubt}{sessions}"


def _session(session: Session) -> Iterator[list[str]]:
    yield [f"### {escaped(words.title(session))}", "", f"**{escaped(session.verdict.words)}**", ""]
    if session.jobs is not None:
        names = [f"- {code(job.name)} {escaped(job.words)}" for job in session.jobs]
        yield ["Running jobs:" if names else "No job runs.", *names, ""]
    elif session.verdict.impact.rank >= Impact.JOBS_RECOVER.rank:
        yield ["The session was not asked for its jobs.", ""]
    if session.causes and session.verdict.impact is not Impact.SESSION_CREATED:
        yield ["Why:", *(f"- {' ⇒ '.join(map(escaped, cause.chain))}" for cause in session.causes), ""]
    yield from _findings(session.findings)
    if session.options and session.before is not None:
        yield _table(("option", "before", "after", "default", "effect"), map(_option, session.options))
    yield from _secrets(session.secrets)


def _secrets(secrets: Sequence[Secret]) -> Iterator[list[str]]:
    if secrets:
        rows = ((code(item.object), code(item.path), escaped(words.secret_words(item))) for item in secrets)
        yield _table(("secret of", "where", ""), rows)


def _findings(findings: Sequence[Finding]) -> Iterator[list[str]]:
    if findings:
        yield ["To look at:", *(_finding(item) for item in findings), ""]


def _finding(finding: Finding) -> str:
    fix = f": {escaped(finding.fix)}" if finding.fix else ""
    return f"- {_SEVERITIES[finding.severity]} {escaped(finding.message)}{fix} ({code(finding.rule)})"


def _option(option: Option) -> tuple[str, ...]:
    name = f"[{code(option.key)}]({option.link})" if option.link else code(option.key)
    values = (code(words.value(item)) for item in (option.before, option.after))
    default = code(option.default) if option.default is not None else ""
    return (name, *values, default, "<br>".join(map(escaped, words.remarks_on(option))))


def _details(session: Session) -> Iterator[str]:
    if session.before or session.after:
        rows = ((escaped(name), escaped(one), escaped(other)) for name, one, other in _sizes(session))
        lines = [*_table(("", "before", "after"), rows), *_bars(session)]
        yield _folded(f"Size of {session.name}", lines)
    for file in session.files:
        yield _folded(f"{file.name} of {file.object}", _fenced(file.lines, "diff"))
    if session.objects:
        yield _folded(f"{len(session.objects)} objects of {session.name}", _objects(session.objects))


def _sizes(session: Session) -> Iterator[tuple[str, str, str]]:
    return words.size_rows(session.before, session.after)


def _bars(session: Session) -> list[str]:
    size = session.after or session.before
    if size is None:
        return []
    lines = [line for name, process in words.memory_parts(size) for line in (name, *bar(process), "")]
    return _fenced(lines[:-1], "")


def _others(review: Review) -> Iterator[str]:
    for part in (*_findings(review.findings), *_secrets(review.secrets)):
        yield "\n".join(part)
    if review.others:
        yield _folded(f"{len(review.others)} other resources", _objects(review.others))


def _objects(objects: Iterable[Object]) -> list[str]:
    lines = []
    for item in objects:
        sign = words.SIGNS.get(item.operation, "?")
        cause = f": {escaped(item.cause)}" if item.cause else ""
        lines.append(f"- {code(sign)} {escaped(words.object_words(item))} {item.operation}{cause}")
        for field in item.fields:
            values = " → ".join(code(words.value(text)) for text in (field.before, field.after))
            told = "" if field.before is field.after is None else f": {values}"
            lines.append(f"  - {code(field.path)}{told}")
    return lines


def _folded(summary: str, lines: Iterable[str]) -> str:
    # What stands between tags is no Markdown.
    heading = f"<details><summary>{html.escape(_one_line(summary))}</summary>"
    return "\n".join([heading, "", *lines, "", "</details>", ""])


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(heading)} |", f"|{'---|' * len(heading)}"]
    cells = ([_BAR.sub(r"\\|", cell) for cell in row] for row in rows)
    return [*lines, *(f"| {' | '.join(row)} |" for row in cells), ""]


def _fenced(lines: Iterable[str], language: str) -> list[str]:
    """Fence lines with more backticks than any of them has."""
    shown = [_one_line(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *shown, fence]


def code(text: str) -> str:
    """Write a text as code, whatever is in it."""
    shown = _one_line(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def escaped(text: str) -> str:
    """Write a text so that nothing in it is markup."""
    return _MARKUP.sub(r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    shown = one_line(text)
    return shown if len(shown) <= _LONGEST_LINE else f"{shown[: _LONGEST_LINE - 1]}…"
