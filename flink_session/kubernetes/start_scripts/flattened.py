"""How a script reads an option: from the lines that ``BashJavaUtils`` prints, by ``grep``, ``cut`` and ``sed``.

``config.sh`` has the configuration printed flat, a line an option, each value as YAML writes it. It sees the first line
of a value only, and takes YAML's quotes for a part of it.
"""

from __future__ import annotations

import re

from flink_session.configuration import yaml_writer
from flink_session.configuration.configuration import Configuration
from flink_session.configuration.java_text import double_text
from flink_session.configuration.options import to_text

_LINE_BREAK = re.compile("[\n\u0085\u2028\u2029]")
_UNPRINTABLE = re.compile("[^\n -~\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_A_BLOCK_NOT = re.compile(" (?:\n|$)")
_ESCAPES = dict(zip('\0\a\b\t\n\v\f\r\x1b"\\\u0085\u00a0\u2028\u2029', '0abtnvfre"\\N_LP', strict=True))
_OPTION_OF_ECHO = re.compile("-[neE]+")


def read_from_config(configuration: Configuration, key: str) -> str:
    """Return what a script takes for the value of ``key``; nothing where it is not set. Mirrors ``readFromConfig``."""
    if key not in configuration.values:
        return ""
    text = flattened(configuration.values[key], standard_yaml=configuration.standard_yaml).strip(" ")
    return "" if _OPTION_OF_ECHO.fullmatch(text) else text


def flattened(value: object, *, standard_yaml: bool = True) -> str:
    """Return a value as it stands behind its key on the line that a script finds.

    Args:
        value: a raw value of a configuration.
        standard_yaml: whether the file is ``config.yaml``; from a ``flink-conf.yaml`` values come as they are.
    """
    if isinstance(value, float):
        return double_text(value)
    if not isinstance(value, str):
        return to_text(value)
    if not standard_yaml:
        return value
    if _UNPRINTABLE.search(value) or (_LINE_BREAK.search(value) and _IN_A_BLOCK_NOT.search(value)):
        return '"' + "".join(map(_escaped, value)) + '"'
    if _LINE_BREAK.search(value):
        return _head_of_block(value)
    return yaml_writer.dump_scalar(value)


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    if not _UNPRINTABLE.match(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _head_of_block(text: str) -> str:
    """Return the first line of a literal block: its sign, and how deep and how open it is."""
    indentation = "2" if text[0] in " \n" else ""
    if text[-1] != "\n":
        return f"|{indentation}-"
    return f"|{indentation}+" if text[-2:] in ("\n", "\n\n") else f"|{indentation}"
