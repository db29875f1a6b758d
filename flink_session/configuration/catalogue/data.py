"""The recorded file, read once a process and only when somebody asks."""

from __future__ import annotations

import gzip
import json
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
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


_FORMER = 4
"""Where a variant has the former keys."""


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

    def entries(self, series: str) -> Mapping[str, OptionEntry]:
        """Return the options of a series by their keys; each is made when it is asked for."""
        return _Entries(dict(self._variants(series)), self.types)

    def former_keys(self, series: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the options of a series that have former keys, with these."""
        return ((key, variant[_FORMER]) for key, variant in self._variants(series) if variant[_FORMER])

    def _variants(self, series: str) -> Iterator[tuple[str, list[Any]]]:
        bit = 1 << self.series.index(series)
        for key, variants in self.options.items():
            for variant in variants:
                if variant[0] & bit:
                    yield key, variant

    def series_with(self, key: str) -> tuple[str, ...]:
        """Return the series that have an option of that key."""
        mask = 0
        for variant in self.options.get(key, ()):
            mask |= variant[0]
        return tuple(series for bit, series in enumerate(self.series) if mask >> bit & 1)


class _Entries(Mapping[str, OptionEntry]):
    """The options of one series, kept as they are recorded: a plan looks up a few of a thousand."""

    def __init__(self, variants: dict[str, list[Any]], types: list[str]) -> None:
        self._variants = variants
        self._types = types

    def __getitem__(self, key: str) -> OptionEntry:
        _, type_index, default, fallback, former, deprecated = self._variants[key]
        return OptionEntry(key, self._types[type_index], default, tuple(fallback), tuple(former), bool(deprecated))

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def __len__(self) -> int:
        return len(self._variants)


@dataclass(frozen=True, slots=True)
class NamesRecording:
    """The other file: what values that are names may be, and the jars of a distribution.

    Attributes:
        series: the series in order.
        options: per key its variants: bits of the series that have it, then words, whether in any case, the
            interface of a class, and Flink's own classes.
        stands_for: per key the words that are the same as a class or another word.
        jars: per folder the names of its jars, with ``{version}``, and the bits of the series.
        schemes: per scheme and series the artifacts in ``opt`` that know it.
    """

    series: tuple[str, ...]
    options: dict[str, list[list[Any]]]
    stands_for: dict[str, dict[str, str]]
    jars: dict[str, dict[str, int]]
    schemes: dict[str, dict[str, list[str]]]

    def option(self, key: str, series: str) -> list[Any] | None:
        """Return words, whether in any case, interface and classes of an option in a series."""
        bit = 1 << self.series.index(series)
        return next((variant[1:] for variant in self.options.get(key, ()) if variant[0] & bit), None)

    def jars_of(self, folder: str, series: str) -> tuple[str, ...]:
        """Return the names of the jars in ``lib``, ``opt`` or ``plugins``."""
        bit = 1 << self.series.index(series)
        return tuple(name for name, mask in self.jars[folder].items() if mask & bit)


@cache
def names_recording() -> NamesRecording:
    """Read what is recorded of names."""
    content = _read("names.json.gz")
    return NamesRecording(
        tuple(content["versions"]), content["options"], content["stands_for"], content["jars"], content["schemes"]
    )


def _read(name: str) -> dict[str, Any]:
    # Not importlib.resources, whose import takes longer than all the rest.
    packed = pkgutil.get_data(__package__, name)
    content: dict[str, Any] = json.loads(gzip.decompress(packed or b""))
    return content


@cache
def recording() -> Recording:
    """Read the file."""
    content = _read("options.json.gz")
    return Recording(tuple(content["versions"]), tuple(content["prefixes"]), content["options"], content["types"])
