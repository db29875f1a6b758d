"""How far each resource of a run is: its row, in words, and in the tree of parents and children on a terminal."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..model.diff import Change
from ..model.plan import Step
from ..model.urn import STACK_TYPE, Urn

if TYPE_CHECKING:
    from rich.console import RenderableType

_SAID = {
    "create": ("+", "green", "creating", "created"),
    "update": ("~", "yellow", "updating", "updated"),
    "delete": ("-", "red", "deleting", "deleted"),
    "replace": ("+-", "magenta", "replacing", "replaced"),
    "read": (">", "cyan", "reading", "read"),
    "import": ("=", "cyan", "importing", "imported"),
    "same": ("", "dim", "checking", ""),
}
SIGNS, STYLES, DOING, DONE = ({name: said[part] for name, said in _SAID.items()} for part in range(4))
_TENTHS_BELOW = 10


@dataclass(slots=True)
class Row:
    """One resource's step, as it is seen.

    Attributes:
        step: what is, or in a preview would be, done.
        since: when it began, on the monotonic clock.
        message: what it waits for.
        told: when that was last shown.
        seconds: how long it took; None while it is under way.
        failed: whether it has failed.
        reopened: whether something of it is waited for after it had ended.
    """

    step: Step
    since: float
    message: str = ""
    told: float = 0.0
    seconds: float | None = None
    failed: bool = False
    reopened: bool = False

    def end(self, *, failed: bool = False) -> None:
        """Stop the clock."""
        self.seconds, self.failed, self.message = time.monotonic() - self.since, failed, ""
        self.reopened = False

    @property
    def elapsed(self) -> str:
        """For how long it has run, or did."""
        seconds = time.monotonic() - self.since if self.seconds is None else self.seconds
        return f"{seconds:.1f}s" if seconds < _TENTHS_BELOW else f"{seconds:.0f}s"

    def status(self, *, preview: bool) -> str:
        """Say what is done, or in a preview would be, and for how long."""
        operation = self.step.operation
        if self.failed:
            return f"**{operation} would fail**" if preview else f"**{DOING[operation]} failed ({self.elapsed})**"
        if operation == "same":
            return ""
        said = DOING[operation] if self.seconds is None else DONE[operation]
        return operation if preview else f"{said} ({self.elapsed})"

    def info(self) -> str:
        """Say what changes, and why."""
        cause = f"since {self.step.cause}" if self.step.cause else ""
        return "; ".join(filter(None, (summary(self.step.changes), cause)))


def summary(changes: tuple[Change, ...]) -> str:
    """Name the properties that change, as the CLI does: `[diff: +data-immutable~metadata,spec]`."""
    kinds: dict[str, set[str]] = {}
    for change in changes:
        if change.path:
            whole = len(change.path) == 1
            kinds.setdefault(str(change.path[0]), set()).add(change.kind if whole else "update")
    signs = {"add": "+", "delete": "-", "update": "~"}
    parts = [
        sign + ",".join(sorted(key for key, found in kinds.items() if found == {kind}))
        for kind, sign in signs.items()
        if {kind} in kinds.values()
    ]
    return f"[diff: {''.join(parts)}]" if parts else ""


def tree(
    rows: Mapping[str, Row],
    height: int | None,
    *,
    preview: bool,
    mask: Callable[[str], str] = str,
    notes: Mapping[str, list[str]] = MappingProxyType({}),
) -> RenderableType:
    """Draw the rows that say something, each below its parent, with what `mask` leaves of their texts.

    What a resource waits for has lines of its own, under it; so have `notes`, which are warnings. Where there are more
    rows than `height`, those that are done are left out, and then the last ones.
    """
    from rich.console import Group
    from rich.text import Text

    drawn = list(_branches(rows, _with_parents(rows, {urn for urn, row in rows.items() if _is_shown(row)})))
    if height is not None and len(drawn) + sum(bool(rows[urn].message) for _, urn in drawn) > height:
        busy = {urn for urn, row in rows.items() if _is_shown(row) and (row.seconds is None or row.failed)}
        drawn = list(_branches(rows, _with_parents(rows, busy)))
    cells = [_cells(branch, rows[urn], preview=preview, mask=mask) for branch, urn in drawn]
    heads = ("Type", "Name", "Plan" if preview else "Status", "Info")
    widths = [max(len(head), *(len(row[column]) for row in cells), 0) for column, head in enumerate(heads)]
    titles = "  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True))
    lines: list[RenderableType] = [Text(f"      {titles}".rstrip(), "bold")]
    for (branch, urn), texts in zip(drawn, cells, strict=True):
        row = rows[urn]
        lines.append(_line(row, [text.ljust(width) for text, width in zip(texts, widths, strict=True)]))
        # What comes below the row in the tree goes on beside what is said under it.
        margin = "      " + branch.replace("├─ ", "│  ").replace("└─ ", "   ") + "   "
        if row.message:
            lines.append(_under(margin, mask(row.message), "dim"))
        lines += [_under(margin, f"warning: {note}", "yellow") for note in notes.get(urn, ())]
    return Group(*lines[: None if height is None else height + 1])


def _line(row: Row, texts: list[str]) -> RenderableType:
    from rich.text import Text

    style = STYLES[row.step.operation] if row.step.operation != "same" else ""
    line = Text(f"{SIGNS[row.step.operation]:>4}  ", style, no_wrap=True, overflow="ellipsis")
    line.append(f"{texts[0]}  {texts[1]}  ", "default")
    line.append(f"{texts[2]}  ", "red" if row.failed else style)
    line.append(texts[3], "dim")
    line.rstrip()
    return line


def _under(margin: str, text: str, style: str) -> RenderableType:
    """Write a text under its row, on as many lines as it takes."""
    from rich.table import Table
    from rich.text import Text

    beside = Table.grid()
    beside.add_row(Text(margin, "dim"), Text(text, style))
    return beside


def in_order(rows: Mapping[str, Row]) -> list[str]:
    """Give the URNs as the tree has them: parents first, then by type and name, whichever came first."""
    return [urn for _, urn in _branches(rows, set(rows))]


def _cells(branch: str, row: Row, *, preview: bool, mask: Callable[[str], str]) -> tuple[str, str, str, str]:
    parts = Urn.parse(row.step.urn)
    # `kubernetes:apps/v1:Deployment` is a Deployment to everybody.
    kind = parts.type.rpartition(":")[2]
    return branch + mask(kind), mask(parts.name), row.status(preview=preview), mask(row.info())


def _is_shown(row: Row) -> bool:
    return row.step.operation != "same" or row.failed or Urn.parse(row.step.urn).type == STACK_TYPE


def _with_parents(rows: Mapping[str, Row], urns: set[str]) -> set[str]:
    found = set()
    for urn in urns:
        while urn in rows and urn not in found:
            found.add(urn)
            urn = rows[urn].step.parent  # noqa: PLW2901 (upwards)
    return found


def _by_kind_and_name(urn: str) -> tuple[str, str]:
    parts = Urn.parse(urn)
    return parts.type.rpartition(":")[2], parts.name


def _branches(rows: Mapping[str, Row], shown: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what to draw before each row, and its URN, parents first. Who has no parent here is below the stack."""
    stack = next((urn for urn in rows if urn in shown and Urn.parse(urn).type == STACK_TYPE), "")
    children: dict[str, list[str]] = {}
    for urn in rows:
        if urn in shown and urn != stack:
            parent = rows[urn].step.parent
            children.setdefault(parent if parent in shown else stack, []).append(urn)

    def below(parent: str, margin: str) -> Iterator[tuple[str, str]]:
        listed = sorted(children.get(parent, []), key=_by_kind_and_name)
        for urn in listed:
            last = urn is listed[-1]
            yield margin + ("└─ " if last else "├─ "), urn
            yield from below(urn, margin + ("   " if last else "│  "))

    if stack:
        yield "", stack
    yield from below(stack, "")
