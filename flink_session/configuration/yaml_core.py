"""YAML as Flink reads it: version 1.2 with the core schema, where ``yes`` is a word and ``010`` is ten.

Pod templates are read by another parser, in the JSON schema. PyYAML parses the text, with the resolvers of YAML 1.1
replaced; its import takes as long as planning a session cluster, so whoever needs this module imports it when it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import yaml

from flink_session.configuration.yaml_writer import BOOL, FLOAT, INT, NULL
from flink_session.yaml_graph import SafeLoader, check_graph, key_lines

N = TypeVar("N")

_JSON_NULL = r"null|"
_JSON_BOOL = r"true|false"
_JSON_INT = r"-?(?:0|[1-9][0-9]*)"
_JSON_FLOAT = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|-?\.inf|\.nan"

_LONGEST = 3 * 1024 * 1024
"""How many characters a document may have, as in Flink's parser."""
_STAND_INS = {0x85: 0xFDD0, 0x2028: 0xFDD1, 0x2029: 0xFDD2, 0xFEFF: 0xFDD3}
"""What ends a line to PyYAML, as in YAML 1.1, or is dropped at the start of one, and is a letter to Flink.

Unicode keeps those in their place free for internal use.
"""
_STOOD_IN_FOR = {stand_in: char for char, stand_in in _STAND_INS.items()}


class _StrictLoader(SafeLoader):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own protocol

    def construct_document(self, node: yaml.Node) -> Any:
        check_graph(node)
        return super().construct_document(node)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        text = super().construct_scalar(node)
        return text if text.isascii() else text.translate(_STOOD_IN_FOR)


def _construct_int(loader: Any, node: yaml.ScalarNode) -> int:
    text = node.value
    base = {"0o": 8, "0x": 16}.get(text[:2])
    return _number(node, lambda: int(text[2:], base) if base else int(text))


def _construct_float(loader: Any, node: yaml.ScalarNode) -> float:
    text = re.sub(r"\.(?=[inIN])", "", node.value)
    return _number(node, lambda: float(text))


def _construct_unknown(loader: Any, node: yaml.Node) -> None:
    loader.construct_undefined(node)


def _number(node: yaml.ScalarNode, read: Callable[[], N]) -> N:
    try:
        return read()
    except ValueError:
        raise yaml.constructor.ConstructorError(None, None, "a number cannot be read", node.start_mark) from None


_StrictLoader.add_constructor("tag:yaml.org,2002:int", _construct_int)
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _construct_float)
for _name in ("omap", "pairs", "timestamp"):
    # Types of YAML 1.1, which Flink's parser does not know.
    _StrictLoader.add_constructor(f"tag:yaml.org,2002:{_name}", _construct_unknown)


class _CoreLoader(_StrictLoader):
    """The core schema: what Flink reads its own configuration by."""


class _JsonLoader(_StrictLoader):
    """The JSON schema: what the Kubernetes client in Flink reads pod templates by."""


_FIRST = {
    "null": ["~", "n", "N", ""],
    "bool": list("tTfF"),
    "int": list("-+0123456789"),
    "float": list("-+.0123456789"),
}
for _loader, _schema in (
    (_CoreLoader, {"null": NULL, "bool": BOOL, "int": INT, "float": FLOAT}),
    (_JsonLoader, {"null": _JSON_NULL, "bool": _JSON_BOOL, "int": _JSON_INT, "float": _JSON_FLOAT}),
):
    for _tag, _pattern in _schema.items():
        _expression = re.compile(f"(?:{_pattern})$")
        _loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _expression, _FIRST[_tag])


def load(text: str) -> Any:
    """Parse one document of YAML's core schema.

    Raises:
        ValueError: it is not one document of YAML, or a mapping names a key twice.
    """
    with _as_value_errors(text):
        return yaml.load(_with_stand_ins(text), Loader=_CoreLoader)  # noqa: S506 - a safe loader with other resolvers


def load_json_schema(text: str) -> list[Any]:
    """Parse all documents of YAML's JSON schema, where ``0x10`` and ``True`` are words; empty ones are left out.

    Raises:
        ValueError: it is not YAML, or a mapping names a key twice.
    """
    with _as_value_errors(text):
        documents = yaml.load_all(_with_stand_ins(text), Loader=_JsonLoader)
        return [document for document in documents if document is not None]


def lines_of_keys(text: str) -> dict[str, list[int]]:
    """Return the lines in which a document of the core schema names each key, with the keys above it before dots.

    Raises:
        ValueError: as :func:`load`.
    """
    with _as_value_errors(text):
        root = yaml.compose(_with_stand_ins(text), Loader=_CoreLoader)
        check_graph(root)
    return {key.translate(_STOOD_IN_FOR): lines for key, lines in key_lines(root).items()}


def _with_stand_ins(text: str) -> str:
    return text if text.isascii() else text.translate(_STAND_INS)


@contextmanager
def _as_value_errors(text: str) -> Iterator[None]:
    """Turn what the parser raises into a ``ValueError`` that begins with the line."""
    if len(text) > _LONGEST:
        raise ValueError(f"it has more than {_LONGEST} characters")
    try:
        yield
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, text.find(chr(error.character))) + 1
        raise ValueError(f"line {line}: the character U+{error.character:04X} is not allowed") from error
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        problem = error.problem
        if error.context_mark and problem == "second occurrence":
            problem = f"the anchor comes twice, first in line {error.context_mark.line + 1}"
        raise ValueError(f"{where}{problem}") from error
    except (RecursionError, UnicodeEncodeError) as error:
        raise ValueError("it is nested too deeply" if isinstance(error, RecursionError) else str(error)) from error
