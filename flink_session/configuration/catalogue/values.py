"""Whether a value can be read as the type that Flink declares for its option."""

from __future__ import annotations

from collections.abc import Callable

from flink_session.configuration import options

_LEAST_LONG, _MOST_LONG = -(1 << 63), (1 << 63) - 1


def check_value(type_name: str, value: object, *, iso_8601: bool = True) -> None:
    """Check a raw value, as Flink would where it reads the option.

    Args:
        type_name: the type, as the catalogue names it.
        value: the value.
        iso_8601: whether a duration may be in ISO-8601, as from Flink 2.1 on.

    Raises:
        ValueError: Flink could not read it; the message is the rule.
    """
    if type_name.startswith("list<"):
        item_type = type_name.removeprefix("list<").removesuffix(">")
        items: tuple[object, ...] = options.map_list(value) if item_type == "map" else options.string_list(value)
        for item in items:
            if item_type != "map":
                check_value(item_type, item, iso_8601=iso_8601)
    elif type_name.startswith("enum "):
        constants = type_name.split(" ")[1:]
        if options.to_text(value).upper() not in map(str.upper, constants):
            raise ValueError(f"must be one of {', '.join(constants)}")
    elif type_name == "duration" and not iso_8601:
        options.duration_before_2_1(value)
    else:
        _CHECKS[type_name](value)


def _long(value: object) -> int:
    """A 64-bit integer."""
    text = options.to_text(value)
    digits = text[1:] if text[:1] in ("-", "+") else text
    # Java takes the digits of every script, as Python does.
    if isinstance(value, bool) or not digits.isdecimal() or not _LEAST_LONG <= int(text) <= _MOST_LONG:
        raise ValueError("must be an integer of 64 bits")
    return int(text)


_CHECKS: dict[str, Callable[[object], object]] = {
    "string": options.to_text,
    "boolean": options.boolean,
    "int": options.integer,
    "long": _long,
    "float": options.single,
    "double": options.double,
    "memory": options.memory_size,
    "duration": options.duration,
    "map": options.string_map,
}
