"""What commands on sessions and jobs print: data on standard output, for people and scripts; talk on standard error.

A table is aligned on a terminal, and lines of tab-separated values without a heading elsewhere, as `gh` has it.
Names and messages come from clusters, so nothing in them reaches the terminal as a control sequence.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a table, with how it is to stand out on a terminal: a colour of click's, or empty."""

    text: str
    colour: str = ""


def talk(message: str) -> None:
    """Tell people something that is no data."""
    click.echo(printable(message, keep="\n"), err=True)


def write_json(document: Any, *, line: bool = False) -> None:
    """Print a JSON document; in one `line` where it is one of a stream of events."""
    click.echo(json.dumps(document, indent=None if line else 2, ensure_ascii=False))
    if line:
        sys.stdout.flush()


def write_table(heading: Sequence[str], rows: Iterable[Sequence[Cell | str]]) -> None:
    """Print a table."""
    for line in table(heading, rows, terminal=sys.stdout.isatty(), colours=colours(sys.stdout.isatty())):
        click.echo(line)


def colours(terminal: bool) -> bool:
    """Tell whether colours are wanted. Mirrors https://no-color.org."""
    return terminal and not os.environ.get("NO_COLOR")


def table(
    heading: Sequence[str], rows: Iterable[Sequence[Cell | str]], *, terminal: bool, colours: bool = False
) -> list[str]:
    """Give the lines of a table; without a `terminal`, tab-separated and without the heading."""
    cells = [[item if isinstance(item, Cell) else Cell(item) for item in row] for row in rows]
    lines = [[Cell(printable(item.text), item.colour) for item in row] for row in cells]
    if not terminal:
        return ["\t".join(item.text for item in line) for line in lines]
    lines.insert(0, [Cell(item) for item in heading])
    widths = [max(width(line[column].text) for line in lines) for column in range(len(heading))]
    return [_aligned(line, widths, colours) for line in lines]


def _aligned(line: Sequence[Cell], widths: Sequence[int], colours: bool) -> str:
    parts = []
    for column, cell in enumerate(line):
        last = column == len(line) - 1
        padding = "" if last else " " * (widths[column] - width(cell.text))
        shown = click.style(cell.text, fg=cell.colour) if colours and cell.colour else cell.text
        parts.append(shown + padding)
    return "  ".join(parts).rstrip()


def printable(text: str, *, keep: str = "") -> str:
    """Give a text without what a terminal would obey; `keep` are control characters that may stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        item
        if item in keep or unicodedata.category(item) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else "\N{REPLACEMENT CHARACTER}"
        for item in text
    )


def width(text: str) -> int:
    """Give the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(item) else 2 if unicodedata.east_asian_width(item) in "WF" else 1 for item in text
    )
