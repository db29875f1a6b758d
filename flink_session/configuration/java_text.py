"""Text as Java sees and writes it, which is not as Python does: a no-break space is a letter to ``trim()``.

Flink reads values through Java's own methods, so they decide what counts as blank, and how a double looks.
"""

from __future__ import annotations

import math
from decimal import Decimal

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


def double_text(value: float) -> str:
    """Write a double as ``Double.toString`` does: ``0.5``, ``1.0E-4``, ``Infinity``."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(float(value))
    mantissa, exponent = f"{Decimal(repr(float(value))).normalize():E}".split("E")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def string_hash(text: str) -> int:
    """Return what ``String.hashCode`` returns, without its sign."""
    value = 0
    for unit in memoryview(text.encode("utf-16-le")).cast("H"):
        value = (31 * value + unit) & 0xFFFFFFFF
    return value
