"""The figures of the HTML form as plain numbers: where the boxes of a chain stand, how wide each part of a bar is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Process, Size
from ..rules.amounts import bytes_shown

CHAIN_WIDTH = 360
"""Units; a phone shows it at its full size."""
_LINE, _PADDING, _GAP = 18, 10, 22
_COLUMNS = 46
_BAR_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Box:
    """A link of a chain: where it stands, and the lines in it with their baselines."""

    y: int
    height: int
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of causes, from the top down."""

    boxes: tuple[Box, ...]
    height: int


def chain(links: Sequence[str]) -> Chain:
    """Place the links of a chain one below the other."""
    boxes, y = [], 1
    for link in links:
        lines = textwrap.wrap(link, _COLUMNS, break_long_words=True) or [""]
        height = len(lines) * _LINE + 2 * _PADDING
        baselines = tuple((y + _PADDING + _LINE * index + 13, line) for index, line in enumerate(lines))
        boxes.append(Box(y, height, baselines))
        y += height + _GAP
    return Chain(tuple(boxes), max(y - _GAP, 0) + 1)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a process's memory in a bar; `number` chooses its colour."""

    name: str
    number: int
    x: float
    width: float
    size: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A process's memory before or after; all bars of a role have one scale."""

    label: str
    total: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """The memory of a role: its bars, and each part's size before and after."""

    name: str
    bars: tuple[Bar, ...]
    legend: tuple[tuple[int, str, str, str], ...]


def roles(before: Size | None, after: Size | None) -> Iterator[Role]:
    """Give what is drawn of both roles; one bar where nothing changes."""
    for name, old, new in (
        ("JobManager", before.job_manager if before else None, after.job_manager if after else None),
        ("TaskManager", before.task_manager if before else None, after.task_manager if after else None),
    ):
        shown = [("now", new)] if old == new else [("before", old), ("after", new)]
        there = [(label, process) for label, process in shown if process is not None]
        if not there:
            continue
        names = list(dict.fromkeys(part.name for _, process in there for part in process.parts))
        scale = max(process.memory for _, process in there) or 1
        bars = tuple(_bar(label, process, names, scale) for label, process in there)
        sizes = [{part.name: bytes_shown(part.size) for part in process.parts} for _, process in there]
        legend = tuple(
            (number, part, sizes[0].get(part, ""), sizes[-1].get(part, "")) for number, part in enumerate(names)
        )
        yield Role(name, bars, legend)


def _bar(label: str, process: Process, names: Sequence[str], scale: int) -> Bar:
    parts, x = [], 0.0
    for part in process.parts:
        width = part.size / scale * _BAR_WIDTH
        parts.append(Part(part.name, names.index(part.name), round(x, 2), round(width, 2), bytes_shown(part.size)))
        x += width
    return Bar(label, bytes_shown(process.memory), tuple(parts))
