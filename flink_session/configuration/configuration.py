"""Flink's configuration: flat keys, raw values, typed reading; an immutable value, so that each change is visible.

Mirrors ``org.apache.flink.configuration.Configuration``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from flink_session.configuration.findings import Finding, IllegalConfigurationError, Severity, illegal
from flink_session.configuration.options import ConfigOption, RawConfiguration, text_of_default, type_name
from flink_session.configuration.yaml_writer import dump_flow

T = TypeVar("T")

FLINK_CONF_FILENAME = "config.yaml"
LEGACY_FLINK_CONF_FILENAME = "flink-conf.yaml"

_DEEPEST = 100
_ENDLESS = (f"must not hold itself, or be nested more than {_DEEPEST} deep", "write out what it is to hold")


@dataclass(frozen=True, slots=True)
class Configuration:
    """Options as Flink holds them in memory: flat keys with scalars of YAML as values.

    Attributes:
        values: raw values by key.
        standard_yaml: whether lists and maps may be YAML, and the file in the cluster is; not so in Flink 1.20 where
            the client's file was ``flink-conf.yaml``. Mirrors ``GlobalConfiguration.isStandardYaml``.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    standard_yaml: bool = True
    _prefixes: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], *, empty_parts: bool = False) -> Configuration:
        """Take options as people write them: nested or flat or both, lists and maps included.

        Args:
            mapping: the options.
            empty_parts: whether a key may be empty in part, as ``a..b`` is; Flink's files may have such keys.

        Raises:
            IllegalConfigurationError: a key is no text, is empty in part, is given twice, or has no value.
        """
        configuration, findings = cls.of_what_is_right_in(mapping, empty_parts=empty_parts)
        if findings:
            raise IllegalConfigurationError(findings)
        return configuration

    @classmethod
    def of_what_is_right_in(
        cls, mapping: Mapping[str, object], *, empty_parts: bool = False
    ) -> tuple[Configuration, tuple[Finding, ...]]:
        """Take options as :meth:`from_mapping` does, but leave out those that are wrong, and return what is wrong."""
        values: dict[str, Any] = {}
        findings = list(_flatten(mapping, "", values, (id(mapping),)))
        if not empty_parts:
            rule, fix = "must have no empty part", "remove the needless dot"
            findings += [Finding(key, None, rule, fix) for key in values if not all(key.split("."))]
        return cls(values), tuple(findings)

    @property
    def file_name(self) -> str:
        """Name of the file that holds it in the cluster."""
        return FLINK_CONF_FILENAME if self.standard_yaml else LEGACY_FLINK_CONF_FILENAME

    def get(self, option: ConfigOption[T]) -> T:
        """Read an option, or its default.

        Raises:
            IllegalConfigurationError: its value cannot be read as the option's type.
        """
        key = self.key_of(option)
        if key is None:
            return option.default
        value = self._raw(key)
        parse = option.parse if self.standard_yaml else option.parse_without_yaml
        try:
            return parse(value)
        except ValueError as error:
            from flink_session.configuration.meant import way_out  # noqa: PLC0415 - most values can be read

            fix = way_out(key, type_name(option.parse), value, text_of_default(option.default), parse)
            raise illegal(key, value, str(error), fix) from None

    def key_of(self, option: ConfigOption[object]) -> str | None:
        """Return the key that sets ``option`` here, be it the option's own, a fallback or a deprecated one."""
        for key in option.keys:
            if key in self.values or (option.is_map and self._has_prefix(key)):
                return key
        return None

    def contains(self, option: ConfigOption[object]) -> bool:
        """Tell whether ``option`` is set explicitly, by whichever key."""
        return self.key_of(option) is not None

    def finding(self, option: ConfigOption[Any], rule: str, fix: str, severity: Severity = "error") -> Finding:
        """Make a finding on an option, under the key and with the value that the user wrote."""
        key = self.key_of(option)
        if key is None:
            return Finding(option.key, None, rule, fix, severity)
        return Finding(key, self._raw(key), rule, fix, severity)

    def refusal(self, option: ConfigOption[Any], rule: str, fix: str) -> IllegalConfigurationError:
        """Make the error of one finding on an option, to be raised where a single check fails."""
        return IllegalConfigurationError((self.finding(option, rule, fix),))

    def _raw(self, key: str) -> object:
        return self.values[key] if key in self.values else self.with_prefix(key)

    def with_prefix(self, key: str) -> dict[str, Any]:
        """Return the entries ``<key>.<name>`` by their names."""
        prefix = key + "."
        return {name[len(prefix) :]: value for name, value in self.values.items() if name.startswith(prefix)}

    def with_value(self, option: ConfigOption[object] | str, value: object) -> Configuration:
        """Return a copy where ``option`` has this raw value under its own key."""
        key = option if isinstance(option, str) else option.key
        return Configuration({**self.values, key: value}, self.standard_yaml)

    def with_values(self, values: RawConfiguration) -> Configuration:
        """Return a copy overlaid by ``values``."""
        return Configuration({**self.values, **values}, self.standard_yaml)

    def without(self, keys: Iterable[str]) -> Configuration:
        """Return a copy without these keys."""
        dropped = frozenset(keys)
        values = {key: value for key, value in self.values.items() if key not in dropped}
        return Configuration(values, self.standard_yaml)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def _has_prefix(self, key: str) -> bool:
        if not self._prefixes:
            # Found once: each map option asks.
            self._prefixes.update(("",), *map(prefixes, self.values))
        return key in self._prefixes


@lru_cache(maxsize=4096)
def prefixes(key: str) -> tuple[str, ...]:
    """Return what stands before each dot of a key: ``a`` and ``a.b`` of ``a.b.c``."""
    parts = key.split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts)))


def _flatten(
    mapping: Mapping[str, object], prefix: str, values: dict[str, Any], above: tuple[int, ...]
) -> Iterator[Finding]:
    for name, value in mapping.items():
        key = f"{prefix}{name}"
        if not isinstance(name, str):
            yield Finding(key, None, "must be text", "put the key in quotes")
        elif isinstance(value, Mapping):
            if id(value) in above or len(above) > _DEEPEST:
                yield Finding(key, None, *_ENDLESS)
            else:
                yield from _flatten(value, f"{key}.", values, (*above, id(value)))
        elif value is None:
            yield Finding(key, None, "must have a value", "give it one, or remove the key")
        elif key in values:
            yield Finding(key, None, "must be given once", "keep either the nested or the flat spelling")
        elif isinstance(value, (list, tuple)):
            try:
                values[key] = dump_flow(value)
            except RecursionError:
                yield Finding(key, None, *_ENDLESS)
        elif isinstance(value, (str, bool, int, float)):
            values[key] = value
        else:
            yield Finding(key, None, "must be text, a number, true, false, a list or a map", "write its value as text")
