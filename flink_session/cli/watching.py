"""What is shown while it changes: a table in place for people, what has changed for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

_CUT, _WRAP = "\x1b[?7l", "\x1b[?7h"
"""Lets the terminal cut lines that are too long, which would else be two; and wrap them again."""


def changes(
    before: Sequence[Item] | None,
    after: Sequence[Item],
    key: Callable[[Item], Hashable],
    matter: Callable[[Item], object],
) -> Iterator[tuple[str, Item]]:
    """Tell what has changed between two looks: `there` (at the first look), `new`, `changed` or `gone`.

    Args:
        before: what there was; None at the first look.
        after: what there is.
        key: tells which one it is.
        matter: gives what of it is worth to be told of when it changes.
    """
    if before is None:
        yield from (("there", item) for item in after)
        return
    known, now = {key(item): item for item in before}, {key(item) for item in after}
    for item in after:
        if key(item) not in known:
            yield "new", item
        elif matter(item) != matter(known[key(item)]):
            yield "changed", item
    yield from (("gone", item) for item in before if key(item) not in now)


class InPlace:
    """Writes lines over those of the time before."""

    def __init__(self) -> None:
        self._written = 0

    def write(self, lines: Sequence[str], height: int) -> None:
        """Write lines, as many as there is room for."""
        room = max(height - 1, 1)
        shown = list(lines) if len(lines) <= room else [*lines[: room - 1], f"... and {len(lines) - room + 1} more"]
        self.clear()
        sys.stdout.write(_CUT + "".join(f"{line}\n" for line in shown) + _WRAP)
        sys.stdout.flush()
        self._written = len(shown)

    def clear(self) -> None:
        """Take away what was written."""
        if self._written:
            sys.stdout.write(f"\x1b[{self._written}A\r\x1b[J")
        self._written = 0
