"""Flink's own syntax for lists and maps in one string, older than its use of YAML: ``a;b`` and ``k:v,k2:v2``.

Mirrors ``StructuredOptionsSplitter``: parts may be quoted with ``'`` or ``"``, and a quote inside is doubled.
"""

from __future__ import annotations

from flink_session.configuration.java_text import is_whitespace, trim


def split_escaped(text: str, delimiter: str) -> list[str]:
    """Split ``text`` at ``delimiter``, honouring quotes that open a part.

    Raises:
        ValueError: a quote is not closed, or something follows a quoted part.
    """
    parts: list[str] = []
    position = 0
    after_delimiter = after_quoted = False
    while position < len(text):
        char = text[position]
        if char == delimiter:
            if after_delimiter:
                parts.append("")
            after_delimiter, after_quoted = True, False
            position += 1
            continue
        if is_whitespace(char):
            position += 1
            continue
        if after_quoted:
            raise ValueError("must have a separator after a quoted part")
        quoted = char in "'\""
        part, position = _quoted(text, position) if quoted else _unquoted(text, position, delimiter)
        parts.append(part)
        after_delimiter, after_quoted = False, quoted
    return parts


def split_map(text: str) -> dict[str, str]:
    """Read ``k:v,k2:v2``.

    Raises:
        ValueError: a part is not exactly one key and one value, or a key comes twice.
    """
    result: dict[str, str] = {}
    for item in split_escaped(text, ","):
        pair = split_escaped(item, ":")
        if len(pair) != 2:
            raise ValueError("must be a map, written as YAML {key: value} or as key:value,key2:value2")
        if pair[0] in result:
            raise ValueError(f"must name the key {pair[0]} once")
        result[pair[0]] = pair[1]
    return result


def _quoted(text: str, start: int) -> tuple[str, int]:
    quote, position = text[start], start + 1
    part: list[str] = []
    while position < len(text):
        if text[position] != quote:
            part.append(text[position])
            position += 1
        elif text[position + 1 : position + 2] == quote:
            part.append(quote)
            position += 2
        else:
            return "".join(part), position + 1
    raise ValueError("must close each quote")


def _unquoted(text: str, start: int, delimiter: str) -> tuple[str, int]:
    end = text.find(delimiter, start)
    end = len(text) if end < 0 else end
    return trim(text[start:end]), end
