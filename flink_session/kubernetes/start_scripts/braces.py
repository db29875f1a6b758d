"""Brace expansion, bash's first step with each word: ``x={a,b}`` becomes ``x=a x=b``, and JSON comes apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SEQUENCE = re.compile(r"(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?")
_MOST_WORDS = 1000
"""A longer sequence is cut: no value of an option has one, and nobody reads what would come of it."""


def expand_braces(word: str) -> list[str]:
    """Return the words that bash makes of one, with their quotes; the word itself where there is nothing to expand."""
    for start in _unquoted(word, 0, "{"):
        end = _closing(word, start)
        if end is None:
            continue
        inside, tail = word[start + 1 : end], word[end + 1 :]
        if "," in inside:
            parts = [part for piece in _split_at_commas(inside) for part in expand_braces(piece)]
        else:
            parts = _sequence(inside)
            if not parts and not tail:
                return [word]
            parts = parts or [word[start : end + 1]]
        tails = expand_braces(tail)
        return [word[:start] + part + tail for part in parts for tail in tails][:_MOST_WORDS]
    return [word]


def _closing(word: str, start: int) -> int | None:
    """Find the brace that closes the one at ``start``: one behind a comma or two dots, both at the same depth."""
    depth, separators = 0, 0
    for i in _unquoted(word, start + 1, "{},."):
        if word[i] == "{":
            depth += 1
        elif word[i] == "}" and depth:
            depth -= 1
        elif word[i] == "}":
            if separators:
                return i
        elif not depth:
            separators += word[i] == "," or (word.startswith("..", i) and word[i + 2 : i + 3] != "}")
    return None


def _split_at_commas(inside: str) -> list[str]:
    depth, pieces, begin = 0, [], 0
    for i in _unquoted(inside, 0, "{},"):
        if inside[i] == ",":
            if not depth:
                pieces.append(inside[begin:i])
                begin = i + 1
        else:
            depth = max(0, depth + (1 if inside[i] == "{" else -1))
    return [*pieces, inside[begin:]]


def _sequence(inside: str) -> list[str]:
    match = _SEQUENCE.fullmatch(inside)
    if match is None or match[1].lstrip("-").isdigit() != match[2].lstrip("-").isdigit():
        return []
    numbers = match[1].lstrip("-").isdigit()
    first, last = (int(text) if numbers else ord(text) for text in (match[1], match[2]))
    step = abs(int(match[3] or 1)) or 1
    values = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    padded = numbers and any(len(text.lstrip("-")) > 1 and text.lstrip("-")[0] == "0" for text in (match[1], match[2]))
    width = max(len(match[1]), len(match[2])) if padded else 0
    return [f"{value:0{width}d}" if numbers else chr(value) for value in values[:_MOST_WORDS]]


def _unquoted(word: str, start: int, wanted: str) -> Iterator[int]:
    """Yield the places of ``wanted`` characters from ``start`` on that neither quotes nor ``${...}`` protect."""
    i = start
    while i < len(word):
        char = word[i]
        if char == "\\":
            i += 2
            continue
        if char in "'\"`":
            i = _skip(word, i)
        elif word.startswith(("${", "$("), i):
            i = _skip_nested(word, i + 1)
        elif char in wanted:
            yield i
        i += 1


def _skip(word: str, start: int) -> int:
    """Return the place of the quote that closes the one at ``start``."""
    quote, i = word[start], start + 1
    while i < len(word) and word[i] != quote:
        i += 2 if word[i] == "\\" and quote != "'" else 1
    return i


def _skip_nested(word: str, start: int) -> int:
    """Return the place of what closes the brace or parenthesis at ``start``."""
    opening, closing, depth, i = word[start], {"{": "}", "(": ")"}[word[start]], 0, start
    while i < len(word):
        if word[i] == "\\":
            i += 1
        elif word[i] in "'\"":
            i = _skip(word, i)
        elif word[i] == opening:
            depth += 1
        elif word[i] == closing:
            depth -= 1
            if depth == 0:
                return i
        i += 1
    return i
