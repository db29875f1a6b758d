"""White space as Java sees it, which is not as Python does: a no-break space is a letter to ``trim()``.

Flink reads values through Java's own methods, so what counts as blank is decided by theirs.
"""

from __future__ import annotations

_TRIMMED = "".join(map(chr, range(0x21)))
_NO_WHITESPACE = frozenset("\u0085\u00a0\u2007\u202f")


def trim(text: str) -> str:
    """Strip what ``String.trim`` strips: characters up to the space, and no others."""
    return text.strip(_TRIMMED)


def is_whitespace(char: str) -> bool:
    """Tell what ``Character.isWhitespace`` tells: no-break spaces are none."""
    return char.isspace() and char not in _NO_WHITESPACE


def is_blank(text: str) -> bool:
    """Tell whether nothing but white space is there, as ``StringUtils.isNullOrWhitespaceOnly`` does."""
    return all(map(is_whitespace, text))
