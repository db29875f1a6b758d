"""Which of a component's arguments are known while the program runs, and which are Outputs still to be resolved."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from flink_session.deployment.argument_rules import GROUPS


def contains_output(value: object) -> bool:
    """Tell whether a value is an Output, or holds one at any depth."""
    if isinstance(value, pulumi.Output):
        return True
    if isinstance(value, Mapping):
        return any(contains_output(item) for item in value.values())
    return isinstance(value, list | tuple) and any(contains_output(item) for item in value)


def whole_numbers(args: Mapping[str, Any], *, plain: bool) -> dict[str, Any]:
    """Make integers of floats that are whole: over Pulumi's wire every number is a float, ports and counts too.

    Args:
        args: the arguments, in either spelling. A version such as ``2.0`` is none of these numbers.
        plain: whether plain values came over the wire as well, and not only what Outputs hold.
    """
    versions = ("flink_version", "flinkVersion")
    return {name: value if name in versions else _whole(value, plain) for name, value in args.items()}


def _whole(value: Any, arrived: bool) -> Any:
    if isinstance(value, pulumi.Output):
        return value.apply(lambda resolved: _whole(resolved, True))
    if isinstance(value, Mapping):
        return {key: _whole(item, arrived) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item, arrived) for item in value]
    return int(value) if arrived and isinstance(value, float) and value.is_integer() else value


def known_part(args: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return what is known of the arguments, and the names of those that are not, or not as a whole.

    Of ``configuration``, the options that are known are kept; an argument within another is named as
    ``job_manager.memory``.
    """
    known: dict[str, Any] = {}
    unknown: set[str] = set()
    for name, value in args.items():
        if not contains_output(value):
            known[name] = value
        elif name in GROUPS and isinstance(value, Mapping):
            known[name] = {field: item for field, item in value.items() if not contains_output(item)}
            unknown |= {f"{name}.{field}" for field in value.keys() - known[name].keys()}
        else:
            unknown.add(name)
            if name == "configuration" and isinstance(value, Mapping):
                known[name] = _plain_options(value)
    return known, unknown


def _plain_options(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options without those that are Outputs, or lists that hold any."""
    plain = {}
    for name, value in configuration.items():
        if not contains_output(value):
            plain[name] = value
        elif isinstance(value, Mapping):
            plain[name] = _plain_options(value)
    return plain


def outputs_in(args: Mapping[str, Any]) -> "Iterator[tuple[str, pulumi.Output[Any]]]":
    """Yield the Outputs among arguments, each by where it stands: ``configuration, s3.secret-key``."""
    for name, value in args.items():
        if name in GROUPS and isinstance(value, Mapping):
            yield from outputs_in({f"{name}.{field}": item for field, item in value.items()})
        else:
            for path, output in _outputs(value, ""):
                yield f"{name}, {path}" if path else name, output


def _outputs(value: object, path: str) -> "Iterator[tuple[str, pulumi.Output[Any]]]":
    if isinstance(value, pulumi.Output):
        yield path, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _outputs(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value, 1):
            yield from _outputs(item, f"{path}, item {index}" if path else f"item {index}")
