"""The class of a change of any option of Flink: found by changing it in a plan; its type says to what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from flink_session.configuration.catalogue import OptionEntry, option_catalogue
from flink_session.configuration.findings import IllegalConfigurationError
from flink_session.configuration.flink_version import DEFAULT_SERIES, FlinkVersion
from flink_session.deployment.changes.inputs import change_of_arguments
from flink_session.deployment.changes.session_change import SessionChange

_VALUES: Mapping[str, tuple[object, ...]] = {
    "boolean": (True, False),
    "int": (1, 2, 9000),
    "long": (1, 2, 10_000_000),
    "float": (0.3, 0.4),
    "double": (0.3, 0.4, 1.5),
    "memory": ("2gb", "64mb", "64kb"),
    "duration": ("7 s", "70 s"),
    "string": ("other", "/other", "1-2"),
    "map": ("a:b",),
    "list<string>": ("a;b",),
    "list<map>": ("a:b",),
}
"""What may be another value, by the option's type."""


def change_of_option(
    key: str, args: Mapping[str, Any], read_file: Callable[[str], bytes], mutable: Collection[str] = ()
) -> SessionChange | None:
    """Say what it would mean to set an option of Flink to another value than it has in a session.

    Args:
        key: an option of the catalogue; a template stands for an option of any name, as ``other``.
        args: the component's arguments, all known.
        read_file: reads a file that an argument or an option names by its path; raises ``OSError``.
        mutable: ``ConfigMap`` or ``Secret``, if the provider changes their data in place.

    Returns:
        The change; ``None`` if no other value is possible in this session, as where an argument says it already.

    Raises:
        KeyError: the catalogue of the session's series has no such option.
    """
    series = FlinkVersion.parse(str(args.get("flink_version", DEFAULT_SERIES))).series
    entry = option_catalogue(series).entries[key]
    given = args.get("configuration") or {}
    name = _with_names(key)
    for value in _other_values(entry):
        if given.get(name) == value:
            continue
        changed = {**args, "configuration": {**given, name: value}}
        try:
            return change_of_arguments(args, changed, read_file, mutable)
        except IllegalConfigurationError:
            continue
    return None


def _other_values(entry: OptionEntry) -> Iterator[object]:
    """Yield values that the option does not have by default."""
    values: tuple[object, ...] = entry.constants or _VALUES.get(entry.type, ())
    for value in values:
        if str(value).lower() != (entry.default or "").lower():
            yield value


def _with_names(key: str) -> str:
    """Put a name into a template."""
    while "<" in key:
        begin, _, rest = key.partition("<")
        key = f"{begin}other{rest.partition('>')[2]}"
    return key
