"""What a person sees of a run: what is done to each resource, then errors, outputs, counts and duration.

On a terminal that is a tree, which moves while the run does; elsewhere each event is a plain line. Everything that is
shown goes through one place that masks secrets.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..model.diff import render_change
from ..model.plan import Diagnostic, Step
from ..model.state import ResourceState
from ..model.urn import Urn
from ..model.values import SECRET_MASK, plain, secret_texts
from .progress import DONE, SIGNS, STYLES, Row, in_order, tree
from .rendering import render_mapping, render_mark, summarized

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

_WIDTH = 120
"""Columns where there is no terminal that has a width."""
_SHORTEST_SECRET = 3
_REMINDER = 15.0
"""Seconds after which a wait without news is shown again, where nothing moves by itself."""
_AROUND_THE_TREE = 4
"""Lines of the terminal that the moving tree leaves free."""


@dataclass(slots=True)
class Display:
    """Shows one run. In a preview a step that was announced is all there is to show.

    Attributes:
        title: what is run; shown before the first thing there is to say, and with the only one where nothing changes.
        unasked: why the cluster could not be asked in a preview; empty if it could.
    """

    console: Console
    preview: bool
    show_diff: bool = False
    quiet: bool = False
    title: str = ""
    unasked: str = field(default="", init=False)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _rows: dict[str, Row] = field(default_factory=dict)
    _secrets: set[str] = field(default_factory=set)
    _notes: dict[str, list[str]] = field(default_factory=dict)
    _live: Live | None = None
    _begun: bool = False

    def __enter__(self) -> Display:
        if self.console.is_terminal and not (self.console.is_dumb_terminal or self.quiet):
            from rich.live import Live

            self._live = Live(console=self.console, get_renderable=self._moving, refresh_per_second=5, transient=True)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()
            self._live = None
            if self._has_news:
                self._begin()
                self.console.print(self._tree(None))
            for row in self._rows.values() if self.show_diff else ():
                if row.step.changes:
                    self._line(row, row.status(preview=self.preview))
                    self._show_changes(row)
        elif self.preview:
            for urn in in_order(self._rows):
                self._show(self._rows[urn])

    def hide(self, value: Any) -> None:
        """Keep what is secret in a value out of everything that is shown from now on."""
        self._secrets.update(text for text in secret_texts(value) if len(text) >= _SHORTEST_SECRET)

    @property
    def errors(self) -> list[Diagnostic]:
        """What went wrong."""
        return [item for item in self.diagnostics if item.severity == "error"]

    def started(self, step: Step) -> None:
        """A step begins, or in a preview would."""
        self._rows[step.urn] = Row(step, time.monotonic())

    def progress(self, urn: str, message: str) -> None:
        """What a running step waits for."""
        row = self._rows.get(urn)
        if row is None or row.seconds is not None:
            return
        now = time.monotonic()
        news, row.message = row.message != message, message
        if not self._live and (news or now - row.told >= _REMINDER):
            row.told = now
            self._line(row, f"{row.status(preview=False)} {message}")

    def waiting(self, state: ResourceState, message: str) -> None:
        """What a delete waits for that no step has been announced for, or whose step has ended: an old copy's."""
        row = self._rows.get(state.urn)
        if row is None:
            self.started(Step("delete", state.urn, old=state))
        elif row.seconds is not None:
            row.seconds, row.reopened = None, True
        self.progress(state.urn, message)

    def settled(self, urn: str) -> None:
        """What a step was taken up again for has ended."""
        row = self._rows.get(urn)
        if row and row.reopened:
            row.end()

    def done(self, step: Step) -> None:
        """A step has ended well."""
        row = self._rows.setdefault(step.urn, Row(step, time.monotonic()))
        row.step = step
        row.end()
        if not (self._live or self.preview):
            self._show(row)

    def _show(self, row: Row) -> None:
        if row.step.operation != "same" or row.failed:
            self._line(row, " ".join(filter(None, (row.status(preview=self.preview), row.info()))))
            self._show_changes(row)
            self._show_notes(row)

    def _show_notes(self, row: Row) -> None:
        for note in self._notes.get(row.step.urn, ()):
            self._print(f"        warning: {note}", "yellow")

    def failed(self, urn: str, message: str, subject: str = "") -> None:
        """A step, or with no URN the whole run, has failed."""
        self.diagnostics.append(Diagnostic("error", self._masked(message), urn, subject))
        row = self._rows.get(urn)
        if row:
            row.end(failed=True)
            if not (self._live or self.preview):
                self._line(row, row.status(preview=self.preview))
                self._show_notes(row)

    def cannot_ask(self, why: str) -> None:
        """The cluster cannot be asked; the run goes by what is recorded."""
        if self.unasked != why:
            self.unasked = why
            self.message(f"{why}\nwithout it, this preview compares with what is recorded", "warning")

    def warned(self, urn: str, text: str) -> None:
        """The API server warns of something about a resource; shown under it, once."""
        notes = self._notes.setdefault(urn, [])
        if (masked := self._masked(text)) not in notes:
            notes.append(masked)
            self.diagnostics.append(Diagnostic("warning", masked, urn))

    def message(self, text: str, severity: str = "info", urn: str = "") -> None:
        """Something the program, or the engine, has to say."""
        self.diagnostics.append(Diagnostic(severity, self._masked(text), urn))
        style = "yellow" if severity == "warning" else ""
        text = (f"{Urn.parse(urn).name}: " if urn else "") + ("warning: " if severity == "warning" else "") + text
        for line in text.rstrip("\n").splitlines():
            self._print(f"    {line}", style)

    def show_errors(self) -> None:
        """Say what went wrong, resource by resource."""
        if not self.errors:
            return
        self._print("\nDiagnostics:", "bold")
        by_message: dict[str, list[Diagnostic]] = {}
        for item in self.errors:
            by_message.setdefault(item.message, []).append(item)
        for message, items in by_message.items():
            several = len(items) > 1
            for item in items:
                if item.urn:
                    self._print(f"  {_label(item.urn)}:" + (f" {item.subject}" if several and item.subject else ""))
            for number, line in enumerate((message if several else items[0].sentence).splitlines()):
                self._print(f"    {'error: ' if number == 0 else '  '}{line}", "red" if number == 0 else "")

    def show_away(self, urns: list[str]) -> None:
        """Say what was deleted to be made anew, and has not been."""
        if urns:
            self._print("\nAway, until the next `up` makes them anew:", "bold")
            for urn in urns:
                self._print(f"    {_label(urn)}", "red")

    def show_outputs(self, outputs: dict[str, Any], before: dict[str, Any], *, whole: bool = False) -> None:
        """Show the outputs that are not as before, secrets masked: large maps counted, lines as long as fits.

        With `whole`, show all of them as they are.
        """
        shown = outputs if whole else summarized({key: value for key, value in outputs.items() if key not in before})
        marks = {
            key: f"{render_mark(before[key])} => {render_mark(outputs[key])}"
            for key in sorted(before.keys() & outputs.keys())
            if plain(before[key]) != plain(outputs[key])
        }
        gone = sorted(before.keys() - outputs.keys())
        if not (shown or marks or gone):
            return
        self._print("\nOutputs:", "bold")
        width = self.console.width if self.console.is_terminal and not whole else _WIDTH
        lines = [*render_mapping(shown), *(f"  ~ {key}: {mark}" for key, mark in marks.items())]
        for line in [*lines, *(f"  - {key}" for key in gone)]:
            self._print(line if whole or len(line) <= width else line[: width - 1] + "…")
        if not whole and (shown != {key: outputs[key] for key in shown} or any(len(line) > width for line in lines)):
            self._print("    (`flink-session output NAME` shows a value whole)", "dim")

    def show_summary(self, counts: Counter[str], seconds: float) -> None:
        """Count what was done, or in a preview would be; in one line where that is nothing."""
        changed = {operation: count for operation, count in sorted(counts.items()) if operation != "same" and count}
        if self.preview and not changed and not self.errors and not self._begun:
            self._begun = True
            self._print(f"{self.title}: no changes, {counts['same']} unchanged", "bold")
            return
        self._print("\nResources:", "bold")
        for operation, count in changed.items():
            verb = f"to {operation}" if self.preview else DONE[operation]
            self._print(f"    {SIGNS[operation]} {count} {verb}", STYLES[operation])
        if counts["same"]:
            self._print(f"    {counts['same']} unchanged")
        if self.errors:
            self._print(f"    {len(self.errors)} errored", "red")
        self._print("" if self.preview else f"\nDuration: {max(1, round(seconds))}s\n")

    @property
    def _has_news(self) -> bool:
        return any(row.step.operation != "same" or row.failed for row in self._rows.values())

    def _show_changes(self, row: Row) -> None:
        style = STYLES[row.step.operation]
        for change in row.step.changes if self.show_diff else ():
            needs_new = "  (needs a new object)" if change in row.step.reasons else ""
            first, *others = render_change(change).splitlines()
            self._print("\n".join((f"        {first}{needs_new}", *(f"        {line}" for line in others))), style)

    def _line(self, row: Row, what: str) -> None:
        operation = row.step.operation
        self._print(f" {SIGNS[operation]:>2} {_label(row.step.urn)} {what}", STYLES[operation])

    def _print(self, text: str, style: str = "") -> None:
        from rich.text import Text

        if not self.quiet:
            self._begin()
            self.console.print(Text(self._masked(text), style), soft_wrap=True)

    def _begin(self) -> None:
        """Show the title, once."""
        if not (self._begun or self.quiet) and self.title:
            self._begun = True
            self.console.print(f"{self.title}:", style="bold")

    def _moving(self) -> RenderableType:
        from rich.console import Group

        title = () if self._begun else (f"{self.title}:",)
        return Group(*title, self._tree(self.console.height - _AROUND_THE_TREE))

    def _tree(self, height: int | None) -> RenderableType:
        return (
            tree(self._rows, height, preview=self.preview, mask=self._masked, notes=self._notes) if self._rows else ""
        )

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, SECRET_MASK)
        return text


def _label(urn: str) -> str:
    parts = Urn.parse(urn)
    return f"{parts.type} {parts.name}"
