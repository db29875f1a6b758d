"""The options of one Flink series: finding the option behind a key, and what is wrong with a key or a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Literal

from flink_session.configuration.catalogue.data import OptionEntry, Recording, recording
from flink_session.configuration.catalogue.names import UnknownNameError, named_option
from flink_session.configuration.catalogue.spelling import (
    hidden_character,
    nearest_key,
    without_hidden_characters,
)
from flink_session.configuration.catalogue.values import check_value
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import string_map

CATALOGUE_SERIES = ("1.20", "2.0", "2.1", "2.2", "2.3")
"""The series that are recorded."""

_WITHOUT_ISO_8601 = ("1.20", "2.0")


@dataclass(frozen=True, slots=True)
class Match:
    """An option, and how a key leads to it.

    Attributes:
        entry: the option.
        by: ``key``, its own key; ``deprecated``, a former one that is no option itself any more; ``template``, a key
            such as ``metrics.reporter.<name>.interval``; ``map``, one item of a map, ``<key>.<name>``. (A fallback key
            is another option's own key, and leads to that one.)
    """

    entry: OptionEntry
    by: Literal["key", "deprecated", "template", "map"]


@dataclass(frozen=True, eq=False)
class OptionCatalogue:
    """The options of one series. Made by :func:`option_catalogue`.

    Attributes:
        series: the series.
        recording: what is recorded of all series.
        entries: the options of this one by their keys; each is made when it is asked for.
    """

    series: str
    recording: Recording
    entries: Mapping[str, OptionEntry]
    _nearest: dict[str, str | None] = field(default_factory=dict)

    @cached_property
    def successors(self) -> dict[str, str]:
        """The option of each former key. Where a key was split in two (web.port), that of the shorter name."""
        former = self.recording.former_keys(self.series)
        by_length = sorted(former, key=lambda item: (len(item[0]), item[0]), reverse=True)
        return {old: key for key, olds in by_length for old in olds if old != key}

    @cached_property
    def _templates(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """The templates, those with more literal parts first: <name>.interval before <name>.<parameter>."""
        names = sorted((key for key in self.entries if "<" in key), key=lambda key: (key.count("<"), -len(key)))
        return tuple((re.compile(_pattern(name)), name) for name in names)

    def lookup(self, key: str) -> Match | None:
        """Return the option that a key sets, or ``None`` where Flink declares none."""
        entry = self.entries.get(key)
        if entry is not None:
            return Match(entry, "key")
        successor = self.successors.get(key)
        if successor is not None:
            return Match(self.entries[successor], "deprecated")
        for pattern, template in self._templates:
            if pattern.fullmatch(key):
                return Match(self.entries[template], "template")
        return self._map_with(key)

    def is_free(self, key: str) -> bool:
        """Tell whether users may write anything there, as in ``containerized.master.env.<NAME>``."""
        return key.startswith(self.recording.prefixes)

    def nearest(self, key: str) -> str | None:
        """Return the key of this series that ``key`` is most likely a misspelling of."""
        if key not in self._nearest:
            names = (name for name in (*self.entries, *self.successors) if "<" not in name and name[0] not in "$_")
            near = nearest_key(key, names)
            self._nearest[key] = self.successors.get(near, near) if near else None
        return self._nearest[key]

    def check(self, key: str, value: object) -> Finding | None:
        """Return what is wrong with an option as a user wrote it.

        Errors are: a value that Flink cannot read; a key that Flink does not know beside one that is spelt almost the
        same; a key of another series that this one has under a new name, or not yet. Warnings are: a deprecated key;
        a key that this series has no more; a key that looks like Flink's but is not, or that is like one of Flink's by
        its words. Flink itself objects only to the value, and only where something reads it.
        """
        hidden = hidden_character(key)
        if hidden is not None:
            clean = without_hidden_characters(key)
            rule = f"has the invisible character {hidden}, so that Flink does not know it"
            return Finding(clean, None, rule, f"write {clean} anew, in a file without a byte order mark")
        match = self.lookup(key)
        if match is None:
            if self.is_free(key):
                return None
            from flink_session.configuration.catalogue.unknown import check_unknown  # noqa: PLC0415 - most are known

            return check_unknown(self, key, value)
        unreadable = None if match.by == "map" else self.check_type(match.entry, key, value)
        if unreadable is not None:
            return unreadable
        unknown = None if match.by == "map" else self._unknown_name(match.entry, key, value)
        if unknown is not None:
            return unknown
        successor = self.successors.get(key)
        if successor is not None:
            return Finding(key, None, f"is the former name of {successor}", f"write {successor}", "warning")
        return None

    def check_type(self, entry: OptionEntry, key: str, value: object) -> Finding | None:
        """Return what is wrong with a value of an option's type, written under a key."""

        def read(value: object) -> object:
            check_value(entry.type, value, iso_8601=self.series not in _WITHOUT_ISO_8601)
            return string_map(value) if entry.type == "map" else value

        try:
            read(value)
        except ValueError as error:
            from flink_session.configuration.meant import way_out  # noqa: PLC0415 - most values can be read

            return Finding(key, value, str(error), way_out(key, entry.type, value, entry.default, read))
        return None

    def _unknown_name(self, entry: OptionEntry, key: str, value: object) -> Finding | None:
        option = named_option(entry.key, self.series)
        try:
            if option is not None:
                option.check(value)
        except UnknownNameError as error:
            return Finding(key, value, str(error), error.fix)
        return None

    def check_all(self, values: Mapping[str, object]) -> Iterator[Finding]:
        """Check each option of a flat configuration."""
        for key, value in values.items():
            finding = self.check(key, value)
            if finding is not None:
                yield finding

    def _map_with(self, key: str) -> Match | None:
        """Find the option of type map that the key is one item of."""
        for name in beginnings(key):
            entry = self.entries.get(name)
            if entry is not None and entry.type == "map":
                return Match(entry, "map")
        return None


def beginnings(key: str) -> Iterator[str]:
    """Yield the keys that a key begins with, the longest first: of ``a.b.c`` these are ``a.b`` and ``a``."""
    end = key.rfind(".")
    while end > 0:
        yield key[:end]
        end = key.rfind(".", 0, end)


@cache
def option_catalogue(series: str) -> OptionCatalogue:
    """Return the catalogue of a series of Flink; quick after the first call.

    Args:
        series: one of :data:`CATALOGUE_SERIES`, such as ``2.2``.

    Raises:
        ValueError: the series is not recorded.
    """
    if series not in CATALOGUE_SERIES:
        raise ValueError(f"no catalogue of Flink {series}: these series are recorded: {', '.join(CATALOGUE_SERIES)}")
    recorded = recording()
    return OptionCatalogue(series, recorded, recorded.entries(series))


def _pattern(template: str) -> str:
    """Turn a template into a regular expression; where it ends with a name, that may be of several parts."""
    parts = re.split(r"(<[^>]*>)", template)
    expressions = [r"[^.]+" if part.startswith("<") else re.escape(part) for part in parts]
    if template.endswith(">"):
        expressions[-2] = ".+"
    return "".join(expressions)
