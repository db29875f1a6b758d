"""How checks read options: what Flink's client refuses already is its finding, not theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector, IllegalConfigurationError
from flink_session.configuration.options import ConfigOption

T = TypeVar("T")


def readable(configuration: Configuration, option: ConfigOption[T]) -> T | None:
    """Return an option's value, or ``None`` where it cannot be read."""
    return FindingCollector().attempt(configuration.get, option)


def explicit(configuration: Configuration, option: ConfigOption[T | None]) -> tuple[str, T] | None:
    """Return the key that the user wrote and its value; ``None`` where there is none, or it cannot be read."""
    key = configuration.key_of(option)
    value = None if key is None else readable(configuration, option)
    return None if key is None or value is None else (key, value)


def unreadable(configuration: Configuration, options: Iterable[ConfigOption[Any]]) -> Iterator[Finding]:
    """Find the values that a JobManager could not read, of options that no client looks at."""
    for option in options:
        try:
            configuration.get(option)
        except IllegalConfigurationError as error:
            yield from error.findings
