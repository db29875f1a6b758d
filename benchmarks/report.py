"""What was measured beside what is aimed at: one table at the end of a run, and what was left out."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its aim.

    Attributes:
        section: what it belongs to.
        what: what was measured.
        value: the number, in ``unit``.
        aim: what it should be: at most this, or at least; ``None`` for what only explains another figure.
    """

    section: str
    what: str
    value: float
    unit: str
    aim: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the aim is met."""
        if self.aim is None:
            return None
        return self.value >= self.aim if self.at_least else self.value <= self.aim

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The figure as a row of the table."""
        aim = "" if self.aim is None else f"{'at least' if self.at_least else 'at most'} {_number(self.aim)}"
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return self.what, f"{_number(self.value)} {self.unit}", aim, verdict


@dataclass(slots=True)
class Report:
    """Collects the figures of a run."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        """Take a figure."""
        self.figures.append(figure)

    def lines(self, left_out: list[str]) -> list[str]:
        """Return the report."""
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        lines = [f"{os.cpu_count()} processors, load {load}; {platform.system()}, Python {platform.python_version()}"]
        rows = [figure.cells for figure in self.figures]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
        for section, figures in groupby(self.figures, key=lambda figure: figure.section):
            lines += ["", section]
            for what, value, aim, verdict in (figure.cells for figure in figures):
                line = f"  {what:<{widths[0]}}  {value:>{widths[1]}}  {aim:<{widths[2]}}  {verdict}"
                lines.append(line.rstrip())
        verdicts = [figure.met for figure in self.figures if figure.met is not None]
        lines += ["", f"aims met: {verdicts.count(True)} of {len(verdicts)}"]
        return lines + [f"left out: {reason}" for reason in left_out]


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
