"""Which known key somebody may have meant.

Two requirements: what is suggested must be so near that nobody doubts it, since a near neighbour makes an unknown key
an error; and a thousand keys must be gone through in a few milliseconds, once for each unknown key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def nearest_key(key: str, known: Iterable[str]) -> str | None:
    """Return the known key that ``key`` is most likely a misspelling of, or ``None`` where none is near.

    Near is: the same but for case and separators, the same words in another order, or some letters wrong: one in short
    keys, up to three in long ones.
    """
    squeezed, words = _squeezed(key), sorted(_words(key))
    limit = 1 if len(squeezed) <= 10 else 2 if len(squeezed) <= 24 else 3
    best: tuple[int, str] | None = None
    for candidate in known:
        if abs(len(candidate) - len(key)) > limit + 4:
            continue
        other = _squeezed(candidate)
        if other == squeezed:
            return candidate
        distance = 1 if sorted(_words(candidate)) == words else edit_distance(squeezed, other, limit)
        if distance <= limit and (best is None or (distance, candidate) < best):
            best = (distance, candidate)
    return best[1] if best else None


def edit_distance(first: str, second: str, limit: int) -> int:
    """Count the letters to insert, remove, replace or swap with their neighbour; ``limit + 1`` if they are more."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    first, second = first[start:], second[start:]
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def hidden_character(key: str) -> str | None:
    """Return the first character of a key that nobody sees, by its code: ``U+FEFF``; ``None`` where there is none."""
    return next((f"U+{ord(char):04X}" for char in key if _is_hidden(char)), None)


def without_hidden_characters(key: str) -> str:
    """Return a key as it looks."""
    return "".join(char for char in key if not _is_hidden(char))


def _is_hidden(char: str) -> bool:
    # Format characters, controls, and all spaces but the one that is seen.
    return not char.isascii() and unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp")


def _squeezed(key: str) -> str:
    return "".join(filter(str.isalnum, key)).lower()


def _words(key: str) -> list[str]:
    return key.lower().replace("-", ".").replace("_", ".").split(".")
