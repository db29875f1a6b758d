"""Reading Flink's JSON into models: strict on the fields that a model has, blind to all others.

So a new version of Flink that says more is read as before, and one that no longer says what we rely on is an error
that names the field, not a None that surprises later.
"""

from __future__ import annotations

import json
import types
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache
from typing import Any, TypeVar, Union, cast, dataclass_transform, get_args, get_origin, get_type_hints

from .errors import UnexpectedAnswerError
from .exchange import Response

M = TypeVar("M", bound="Model")
T = TypeVar("T")


def of(name: str, *, default: Any = MISSING) -> Any:
    """Say what Flink calls a field, as `execution-result.id`; with a default, versions may leave it out."""
    if default is MISSING:
        return field(metadata={"name": name})
    if isinstance(default, (dict, list)):
        return field(metadata={"name": name}, default_factory=lambda: type(default)(default))
    return field(metadata={"name": name}, default=default)


@dataclass_transform(frozen_default=True, field_specifiers=(of,))
class Model:
    """A part of an answer. Subclasses are frozen dataclasses; a field is called as here, or as `of` says, in JSON."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)

    @classmethod
    def from_json(cls: type[M], document: object, where: str = "") -> M:
        """Read an object of JSON. Raises UnexpectedAnswerError, with the path of the field."""
        if not isinstance(document, dict):
            raise _unexpected(where or cls.__name__, "an object", document)
        values = {}
        for item, name, hint in _plan(cls):  # type: ignore[arg-type]
            found = _find(document, name)
            if found is MISSING or (found is None and not _is_optional(hint)):
                if not _has_default(item):
                    raise _unexpected(_path(where, name), "a value", None if found is None else "nothing")
                continue
            values[item.name] = _read(found, hint, _path(where, name))
        return cls(**values)


def read(document: object, hint: type[T], name: str = "") -> T:
    """Read a document, or the field of a name in it, as `list[Job]`. Raises UnexpectedAnswerError, as of a model."""
    found = document
    if name:
        found = _find(document, name) if isinstance(document, dict) else MISSING
        if found is MISSING:
            raise _unexpected(name, "a value", "nothing")
    value: T = _read(found, hint, name)
    return value


def required(value: T | None, name: str) -> T:
    """Give what must be there by now, of a field that may be left out before. Raises UnexpectedAnswerError."""
    if value is None:
        raise _unexpected(name, "a value", "nothing")
    return value


def read_json(response: Response, what: str) -> Any:
    """Parse an answer. Raises UnexpectedAnswerError if it is no JSON, as from a proxy's login page."""
    try:
        return json.loads(response.content)
    except ValueError as error:
        start = response.content[:80].decode(errors="replace")
        raise UnexpectedAnswerError(
            f"{what}: the answer is no JSON but {start!r}; is there a Flink REST endpoint behind this address?"
        ) from error


@cache
def _plan(model: type[Model]) -> tuple[tuple[Field[Any], str, Any], ...]:
    hints = get_type_hints(model)
    return tuple((item, item.metadata.get("name", item.name), hints[item.name]) for item in fields(cast("Any", model)))


def _has_default(item: Field[Any]) -> bool:
    return item.default is not MISSING or item.default_factory is not MISSING


def _find(document: dict[str, Any], name: str) -> Any:
    """Find a field; a name with dots is a path, unless there is a field of that very name."""
    if name in document:
        return document[name]
    first, dot, rest = name.partition(".")
    inner = document.get(first)
    return _find(inner, rest) if dot and isinstance(inner, dict) else MISSING


def _is_optional(hint: Any) -> bool:
    return type(None) in get_args(hint) or hint is Any


def _read(value: Any, hint: Any, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        return None if value is None else _read(value, arguments[0], where)
    if origin in (list, tuple):
        if not isinstance(value, list):
            raise _unexpected(where, "a list", value)
        return origin(_read(item, arguments[0], f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise _unexpected(where, "an object", value)
        return {str(key): _read(item, arguments[1], _path(where, str(key))) for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, Model):
        return hint.from_json(value, where)
    return _scalar(value, hint, where)


def _scalar(value: Any, hint: type, where: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
        raise _unexpected(where, names.get(hint, hint.__name__), value)
    return value


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _unexpected(where: str, wanted: str, found: object) -> UnexpectedAnswerError:
    shown = repr(found)
    shown = shown if len(shown) < 100 else f"{shown[:100]} ..."
    return UnexpectedAnswerError(f"Flink's answer: {where or 'all of it'} should be {wanted}, and is {shown}")
