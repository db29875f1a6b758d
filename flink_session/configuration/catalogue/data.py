"""The recorded file, read once a process and only when somebody asks."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """What Flink declares of an option.

    Attributes:
        key: its key; a template has parts such as ``<name>``.
        type: ``string``, ``boolean``, ``int``, ``long``, ``float``, ``double``, ``memory``, ``duration``, ``map``,
            ``enum A B C`` with its constants, or ``list<...>`` of one of these.
        default: in Flink's own spelling; ``None`` where there is none.
        fallback_keys: other options that stand in for it, in Flink's order.
        deprecated_keys: its former keys, which Flink tries after those.
        deprecated: whether Flink marks the option itself as deprecated.
    """

    key: str
    type: str
    default: str | None
    fallback_keys: tuple[str, ...]
    deprecated_keys: tuple[str, ...]
    deprecated: bool

    @property
    def constants(self) -> tuple[str, ...]:
        """The constants of an enum, or of a list of them; empty for all other types."""
        name = self.type.removeprefix("list<").removesuffix(">")
        return tuple(name.split(" ")[1:]) if name.startswith("enum ") else ()


@dataclass(frozen=True, slots=True)
class Recording:
    """The file as it is: all series together, so that each can say what the others have.

    Attributes:
        series: the series in order, ``1.20`` first.
        prefixes: beginnings of keys under which a user may write anything.
        options: per key its variants: bits of the series that have it, index of the type, then the other attributes.
        types: the types that the variants name by index.
    """

    series: tuple[str, ...]
    prefixes: tuple[str, ...]
    options: dict[str, list[list[Any]]]
    types: list[str]

    def entry(self, key: str, series: str) -> OptionEntry | None:
        """Return the option of that key in that series."""
        bit = 1 << self.series.index(series)
        for mask, type_index, default, fallback, former, deprecated in self.options.get(key, ()):
            if mask & bit:
                type_name = self.types[type_index]
                return OptionEntry(key, type_name, default, tuple(fallback), tuple(former), bool(deprecated))
        return None

    def series_with(self, key: str) -> tuple[str, ...]:
        """Return the series that have an option of that key."""
        mask = 0
        for variant in self.options.get(key, ()):
            mask |= variant[0]
        return tuple(series for bit, series in enumerate(self.series) if mask >> bit & 1)


@cache
def recording() -> Recording:
    """Read the file."""
    packed = files(__package__).joinpath("options.json.gz").read_bytes()
    content = json.loads(gzip.decompress(packed))
    return Recording(tuple(content["versions"]), tuple(content["prefixes"]), content["options"], content["types"])
