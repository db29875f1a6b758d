"""Lists of maps in Flink's options that become lists of objects in the API: tolerations and owner references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import illegal
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.options import ConfigOption, integer, to_text
from flink_session.kubernetes.manifests import Manifest

_Fields = Mapping[str, Callable[[object], object]]


def _true_or_else_false(value: object) -> bool:
    """Read a boolean as ``Boolean.parseBoolean`` does, to which each other word is false."""
    return to_text(value).lower() == "true"


TOLERATION_FIELDS: _Fields = {
    "effect": to_text,
    "key": to_text,
    "operator": to_text,
    "tolerationSeconds": integer,
    "value": to_text,
}
OWNER_REFERENCE_FIELDS: _Fields = {
    "apiVersion": to_text,
    "blockOwnerDeletion": _true_or_else_false,
    "controller": _true_or_else_false,
    "kind": to_text,
    "name": to_text,
    "uid": to_text,
}

_OWNER_REFERENCE_DEFAULTS: Manifest = {"apiVersion": "v1", "kind": "OwnerReference"}


def tolerations(configuration: Configuration, option: ConfigOption[tuple[dict[str, str], ...]]) -> list[Manifest]:
    """Read tolerations; Flink ignores the case of field names, and fields that it does not know."""
    return _objects(configuration, option, TOLERATION_FIELDS)


def owner_references(
    configuration: Configuration, option: ConfigOption[tuple[dict[str, str], ...]], version: FlinkVersion
) -> list[Manifest]:
    """Read owner references as Flink does, and as it sends them."""
    objects = _objects(configuration, option, OWNER_REFERENCE_FIELDS)
    return [with_model_defaults(item, version) for item in objects]


def with_model_defaults(owner_reference: Manifest, version: FlinkVersion) -> Manifest:
    """Add what the Kubernetes client inside Flink sends where nothing is said: from Flink 2.2 on, kind and version."""
    return _OWNER_REFERENCE_DEFAULTS | owner_reference if version.is_at_least("2.2") else owner_reference


def unknown_fields(item: Mapping[str, str], fields: Iterable[str]) -> list[str]:
    """Return the fields that Flink would ignore."""
    known = {name.lower() for name in fields}
    return [name for name in item if name.lower() not in known]


def _objects(
    configuration: Configuration, option: ConfigOption[tuple[dict[str, str], ...]], fields: _Fields
) -> list[Manifest]:
    return [dict(_fields(option.key, item, fields)) for item in configuration.get(option)]


def _fields(key: str, item: Mapping[str, str], fields: _Fields) -> Iterator[tuple[str, object]]:
    by_lower_case = {name.lower(): value for name, value in item.items()}
    for name, parse in fields.items():
        if name.lower() in by_lower_case:
            value = by_lower_case[name.lower()]
            try:
                yield name, parse(value)
            except ValueError as error:
                raise illegal(f"{key}, {name}", value, str(error), "correct it") from None
