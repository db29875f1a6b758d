"""What a person sees of a run: a line for each resource and what it waits for, then outputs, counts and duration.

On a terminal the running steps are a live block below the finished ones; elsewhere each event is a plain line.
Everything that is shown goes through one place that masks secrets.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .diff import render_change
from .plan import Diagnostic, Step
from .rendering import render_mapping
from .urn import Urn
from .values import SECRET_MASK, secret_texts

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

_SAID = {
    "create": ("+", "green", "creating", "created"),
    "update": ("~", "yellow", "updating", "updated"),
    "delete": ("-", "red", "deleting", "deleted"),
    "replace": ("+-", "magenta", "replacing", "replaced"),
    "read": (">", "cyan", "reading", "read"),
    "import": ("=", "cyan", "importing", "imported"),
    "same": ("", "dim", "checking", "unchanged"),
}
_SIGNS, _STYLES, _DOING, _DONE = ({name: said[part] for name, said in _SAID.items()} for part in range(4))
_WIDTH = 120
"""Columns where there is no terminal that has a width."""
_SHORTEST_SECRET = 3
_TENTHS_BELOW = 10
_REMINDER = 15.0
"""Seconds after which a wait without news is shown again, where nothing moves by itself."""


@dataclass(slots=True)
class _Running:
    operation: str
    since: float
    message: str = ""
    told: float = 0.0


@dataclass(slots=True)
class Display:
    """Shows one run. In a preview a step that was announced is all there is to show."""

    console: Console
    preview: bool
    show_diff: bool = False
    quiet: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _running: dict[str, _Running] = field(default_factory=dict)
    _secrets: set[str] = field(default_factory=set)
    _live: Live | None = None

    def __enter__(self) -> Display:
        if self.console.is_terminal and not self.quiet:
            from rich.live import Live

            self._live = Live(
                console=self.console, get_renderable=self._render_running, refresh_per_second=5, transient=True
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def hide(self, value: Any) -> None:
        """Keep what is secret in a value out of everything that is shown from now on."""
        self._secrets.update(text for text in secret_texts(value) if len(text) >= _SHORTEST_SECRET)

    @property
    def errors(self) -> list[Diagnostic]:
        """What went wrong."""
        return [item for item in self.diagnostics if item.severity == "error"]

    def started(self, urn: str, operation: str) -> None:
        """A step begins, or in a preview would."""
        self._running[urn] = _Running(operation, time.monotonic())

    def progress(self, urn: str, message: str) -> None:
        """What a running step waits for."""
        running = self._running.get(urn)
        if running is None:
            return
        now = time.monotonic()
        news, running.message = running.message != message, message
        if not self._live and (news or now - running.told >= _REMINDER):
            running.told = now
            self._line(urn, running.operation, f"{_DOING[running.operation]} ({self._elapsed(running)}) {message}")

    def done(self, step: Step) -> None:
        """A step has ended well."""
        running = self._running.pop(step.urn, None)
        if step.operation == "same" or running is None:
            return
        what = step.operation if self.preview else f"{_DONE[step.operation]} ({self._elapsed(running)})"
        self._line(step.urn, step.operation, what + (f", since {step.cause}" if step.cause else ""))
        for change in step.changes if self.show_diff else ():
            needs_new = "  (needs a new object)" if change in step.reasons else ""
            self._print(f"        {render_change(change)}{needs_new}", _STYLES[step.operation])

    def failed(self, urn: str, message: str) -> None:
        """A step, or with no URN the whole run, has failed."""
        running = self._running.pop(urn, None)
        message = self._masked(message)
        self.diagnostics.append(Diagnostic("error", message, urn))
        if running:
            what = (
                f"{running.operation} would fail"
                if self.preview
                else f"{_DOING[running.operation]} failed ({self._elapsed(running)})"
            )
            self._line(urn, running.operation, f"**{what}**")

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
        self._print("Diagnostics:", "bold")
        by_message: dict[str, list[str]] = {}
        for item in self.errors:
            by_message.setdefault(item.message, []).extend([item.urn] if item.urn else [])
        for message, urns in by_message.items():
            for urn in urns:
                self._print(f"  {_label(urn)}:")
            for number, line in enumerate(message.splitlines()):
                self._print(f"    {'error: ' if number == 0 else '  '}{line}", "red" if number == 0 else "")

    def show_outputs(self, outputs: dict[str, Any]) -> None:
        """Show the stack's outputs, secrets masked, and lines no longer than the terminal is wide."""
        if not outputs:
            return
        self._print("Outputs:", "bold")
        width = self.console.width if self.console.is_terminal else _WIDTH
        lines = render_mapping(outputs)
        for line in lines:
            self._print(line if len(line) <= width else line[: width - 1] + "…")
        if any(len(line) > width for line in lines):
            self._print("    (`flink-session output NAME` shows a value whole)", "dim")

    def show_summary(self, counts: Counter[str], seconds: float) -> None:
        """Count what was done, or in a preview would be."""
        changed = {operation: count for operation, count in sorted(counts.items()) if operation != "same" and count}
        self._print("Resources:", "bold")
        for operation, count in changed.items():
            verb = f"to {operation}" if self.preview else _DONE[operation]
            self._print(f"    {_SIGNS[operation]} {count} {verb}", _STYLES[operation])
        if counts["same"]:
            self._print(f"    {counts['same']} unchanged")
        if self.errors:
            self._print(f"    {len(self.errors)} errored", "red")
        if not self.preview:
            self._print(f"\nDuration: {max(1, round(seconds))}s")

    def _line(self, urn: str, operation: str, what: str) -> None:
        self._print(f" {_SIGNS[operation]:>2} {_label(urn)} {what}", _STYLES[operation])

    def _print(self, text: str, style: str = "") -> None:
        from rich.text import Text

        if not self.quiet:
            self.console.print(Text(self._masked(text), style), soft_wrap=True)

    def _render_running(self) -> Text:
        from rich.text import Text

        lines = [
            f" {_SIGNS[step.operation]:>2} {_label(urn)} {_DOING[step.operation]} "
            f"({self._elapsed(step)}) {step.message}"
            for urn, step in self._running.items()
            if step.operation != "same" and not self.preview
        ]
        return Text(self._masked("\n".join(lines)), "cyan", no_wrap=True, overflow="ellipsis")

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, SECRET_MASK)
        return text

    @staticmethod
    def _elapsed(running: _Running) -> str:
        seconds = time.monotonic() - running.since
        return f"{seconds:.1f}s" if seconds < _TENTHS_BELOW else f"{seconds:.0f}s"


def _label(urn: str) -> str:
    parts = Urn.parse(urn)
    return f"{parts.type} {parts.name}"
