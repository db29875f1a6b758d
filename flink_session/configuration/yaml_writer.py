"""YAML as Flink writes it, so that the core schema of version 1.2 reads the same back.

The writer is our own: Flink's configuration is nothing but nested mappings of scalars, and a dozen lines write that
many times faster than a general emitter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

NULL = r"~|null|Null|NULL|"
BOOL = r"true|True|TRUE|false|False|FALSE"
INT = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
"""What a bare word of the core schema is, if it is not text."""
_ENVIRONMENT = r"\$\{\s*\w+(?:\s*:?[-?]\w*)?\s*\}"
_NOT_TEXT = re.compile("|".join(f"(?:{pattern})" for pattern in (INT, FLOAT, BOOL, NULL, _ENVIRONMENT)))

_INDICATORS = frozenset("*&!|>%@`{}[],#'\"")
_FLOW_INDICATORS = frozenset(",?[]{}:")
_PRINTABLE = (
    (" ", "~"),
    ("\u00a0", "\u2027"),
    ("\u202a", "\ud7ff"),
    ("\ue000", "\ufefe"),
    ("\uff00", "\ufffd"),
    ("\U00010000", "\U0010ffff"),
)
"""First and last of what Flink's writer takes for printable; no pattern, which would take milliseconds to compile."""


def dump_block(tree: dict[str, Any]) -> str:
    """Write nested mappings of scalars in block style, indented by two, in the given order."""
    lines: list[str] = []
    _dump_block(tree, "", lines)
    return "".join(lines)


def _dump_block(tree: dict[str, Any], indent: str, lines: list[str]) -> None:
    for key, value in tree.items():
        if isinstance(value, dict):
            lines.append(f"{indent}{_dump_key(key)}:\n")
            _dump_block(value, indent + "  ", lines)
        else:
            lines.append(f"{indent}{_dump_key(key)}: {dump_scalar(value)}\n")


def dump_scalar(value: object) -> str:
    """Write a scalar so that the core schema reads the same type and value back."""
    if isinstance(value, str):
        return _dump_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float):
        return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(repr(value), repr(value))
    return str(value)


def dump_flow(value: object) -> str:
    """Write lists, mappings and scalars on one line, as Flink keeps a list that stood in its ``config.yaml``."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{dump_flow(str(k))}: {dump_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(dump_flow, value)) + "]"
    text = dump_scalar(value)
    if text == value and not _FLOW_INDICATORS.isdisjoint(text):
        return _single_quoted(text)
    return text


def _dump_text(text: str) -> str:
    if not (text.isascii() and text.isprintable()) and not all(map(_is_printable, text)):
        return _double_quoted(text)
    if (
        not text
        or text[0] in _INDICATORS
        or text[0] == " "
        or text[-1] in " :"
        or (text[0] in "-?:" and text[1:2] in ("", " "))
        or ": " in text
        or " #" in text
        or text.startswith(("---", "..."))
        or _is_not_text(text)
    ):
        return _single_quoted(text)
    return text


_dump_key = lru_cache(maxsize=4096)(_dump_text)
"""Keys are few, and the same in each file."""


def _is_not_text(text: str) -> bool:
    """Tell whether the core schema would read the bare word as something else than text."""
    return _NOT_TEXT.fullmatch(text) is not None


def _is_printable(char: str) -> bool:
    return any(first <= char <= last for first, last in _PRINTABLE)


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def _double_quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(c) or (c if _is_printable(c) else _escape(c)) for c in text) + '"'


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
