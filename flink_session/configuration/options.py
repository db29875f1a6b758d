"""Typed options: a key, how Flink reads its value, its default, and the other keys that stand for it.

A type is a function from a raw value (a scalar of YAML, or text) to the value; it raises ``ValueError`` with the rule.
The functions mirror ``ConfigurationUtils``.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Generic, TypeVar

from flink_session.configuration.duration import Duration
from flink_session.configuration.java_text import trim
from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.splitting import split_escaped, split_map
from flink_session.configuration.yaml_writer import dump_flow

T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=Enum)

_INTEGER = re.compile(r"[-+]?\d+")
_DOUBLE = re.compile(r"[-+]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[fFdD]?)")
_HEXADECIMAL = re.compile(r"[-+]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][-+]?[0-9]+[fFdD]?")
_MAX_INT = (1 << 31) - 1
_MAY_BE_YAML: dict[type, re.Pattern[str]] = {list: re.compile(r"\[|-(?:\s|$)"), dict: re.compile(r"[{?]|:(?:\s|$)")}
"""What no YAML of this kind is without: most values are in Flink's shorter syntax, and need no parser to tell."""


def to_text(value: object) -> str:
    """Write a raw value as Flink does where it wants text: ``true``, ``1.0``, flow YAML for lists and maps."""
    return value if isinstance(value, str) else dump_flow(value)


def boolean(value: object) -> bool:
    """``true`` or ``false``, in any case, and nothing else."""
    text = to_text(value).lower()
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def integer(value: object) -> int:
    """A 32-bit integer, in the digits of any script, as Java takes them."""
    text = to_text(value)
    if isinstance(value, bool) or not _INTEGER.fullmatch(text) or not -_MAX_INT - 1 <= int(text) <= _MAX_INT:
        raise ValueError("must be an integer of 32 bits")
    return int(text)


def double(value: object) -> float:
    """A number of double precision, as ``Double.parseDouble`` takes it."""
    text = trim(to_text(value))
    if not isinstance(value, bool) and _DOUBLE.fullmatch(text):
        return float(text.rstrip("fFdD"))
    if isinstance(value, bool) or not _HEXADECIMAL.fullmatch(text):
        raise ValueError("must be a number")
    try:
        return float.fromhex(text.rstrip("fFdD"))
    except OverflowError:
        return -math.inf if text[0] == "-" else math.inf


def single(value: object) -> float:
    """A number of single precision, widened: Flink's 0.1 is 0.10000000149011612."""
    number = double(value)
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def memory_size(value: object) -> MemorySize:
    """A memory size in Flink's own spelling."""
    return MemorySize.parse(to_text(value))


def duration(value: object) -> Duration:
    """A duration in Flink's own spelling."""
    return Duration.parse(to_text(value))


def duration_before_2_1(value: object) -> Duration:
    """A duration as Flink read it before 2.1, when ISO-8601 was not among the spellings."""
    return Duration.parse(to_text(value), iso_8601=False)


def one_of(enum: type[E]) -> Callable[[object], E]:
    """A member of ``enum`` by its value, in any case."""
    by_name = {member.value.upper(): member for member in enum}

    def parse(value: object) -> E:
        member = by_name.get(to_text(value).upper())
        if member is None:
            raise ValueError(f"must be one of {', '.join(m.value for m in enum)}")
        return member

    parse.__name__ = " ".join(("enum", *(member.value for member in enum)))
    return parse


def string_list(value: object) -> tuple[str, ...]:
    """A list of text: YAML, or ``a;b``."""
    items = _yaml(value, list)
    return split_list(value) if items is None or None in items else tuple(map(to_text, items))


def split_list(value: object) -> tuple[str, ...]:
    """A list of text: ``a;b``."""
    return tuple(split_escaped(to_text(value), ";"))


def string_map(value: object) -> dict[str, str]:
    """A map of text to text: YAML, or ``k:v,k2:v2``."""
    items = _yaml(value, dict)
    if items is not None and None not in items.values():
        return {to_text(k): to_text(v) for k, v in items.items()}
    return _split_map(value)


def _split_map(value: object) -> dict[str, str]:
    """A map, as ``k:v,k2:v2`` or already as one."""
    if isinstance(value, Mapping):
        return {to_text(k): to_text(v) for k, v in value.items()}
    return split_map(to_text(value))


def map_list(value: object) -> tuple[dict[str, str], ...]:
    """A list of maps: YAML, or ``a:1,b:2;a:3,b:4``, where each map may be YAML too."""
    return _map_list(value, string_map)


def map_list_before_2_0(value: object) -> tuple[dict[str, str], ...]:
    """A list of maps as Flink 1.20 reads it: in ``a:1,b:2;a:3,b:4``, no map is YAML."""
    return _map_list(value, _split_map)


def _map_list(value: object, read_item: Callable[[object], dict[str, str]]) -> tuple[dict[str, str], ...]:
    items = _yaml(value, list)
    if items is not None and all(isinstance(item, dict) and None not in item.values() for item in items):
        return tuple(string_map(item) for item in items)
    return tuple(read_item(item) for item in split_list(value))


def _split_map_list(value: object) -> tuple[dict[str, str], ...]:
    """A list of maps: ``a:1,b:2;a:3,b:4``."""
    return tuple(map(_split_map, split_list(value)))


def _yaml(value: object, kind: type) -> Any:
    """Return the value if it is of ``kind``, or YAML text of that kind; else ``None``."""
    if isinstance(value, kind):
        return value
    text = to_text(value)
    if not _MAY_BE_YAML[kind].search(text):
        return None
    from flink_session.configuration import yaml_core  # noqa: PLC0415

    try:
        parsed = yaml_core.load(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, kind) else None


_WITHOUT_YAML: dict[Callable[[object], Any], Callable[[object], Any]] = {
    string_list: split_list,
    string_map: _split_map,
    map_list: _split_map_list,
    map_list_before_2_0: _split_map_list,
}


@dataclass(frozen=True)
class ConfigOption(Generic[T_co]):
    """An option of Flink. Mirrors ``org.apache.flink.configuration.ConfigOption``.

    Attributes:
        key: its key.
        parse: its type, one of the functions of this module or ``to_text``.
        default: its value where no key is present.
        fallback_keys: other options that stand in for it, in Flink's order.
        deprecated_keys: its former keys, which Flink tries after those.
    """

    key: str
    parse: Callable[[object], T_co]
    default: T_co
    fallback_keys: tuple[str, ...] = ()
    deprecated_keys: tuple[str, ...] = ()

    @property
    def parse_without_yaml(self) -> Callable[[object], T_co]:
        """How the value is read where YAML has no say: lists and maps have an older spelling of their own."""
        return _WITHOUT_YAML.get(self.parse, self.parse)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """All keys that set this option, the strongest first."""
        return (self.key, *self.fallback_keys, *self.deprecated_keys)

    @cached_property
    def is_map(self) -> bool:
        """Whether ``<key>.<name>: value`` sets an entry of it."""
        return self.parse is string_map


_TYPE_NAMES: dict[Callable[[object], Any], str] = {
    to_text: "string",
    boolean: "boolean",
    integer: "int",
    double: "double",
    single: "float",
    memory_size: "memory",
    duration: "duration",
    duration_before_2_1: "duration",
    string_list: "list<string>",
    string_map: "map",
    map_list: "list<map>",
    map_list_before_2_0: "list<map>",
}


def type_name(parse: Callable[[object], object]) -> str:
    """Return the name that the catalogue has for a type."""
    return _TYPE_NAMES.get(parse) or parse.__name__


def text_of_default(default: object) -> str | None:
    """Write a default in Flink's spelling; ``None`` where there is none, or nothing to write."""
    if isinstance(default, Enum):
        return str(default.value)
    if isinstance(default, (MemorySize, Duration)):
        return default.to_flink()
    return None if default in (None, "", (), {}) else to_text(default)


RawConfiguration = Mapping[str, object]
"""Flat keys and raw values: text, integers, booleans and floats."""
