"""Going through a pod by its model, with the rules for each object and each amount in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flink_session.kubernetes.checks.pod_validation.containers import CONTAINER_RULES
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Key, Path
from flink_session.kubernetes.checks.pod_validation.field_rules import FIELD_RULES
from flink_session.kubernetes.checks.pod_validation.object_rule import ObjectRule
from flink_session.kubernetes.checks.pod_validation.scheduling import SCHEDULING_RULES
from flink_session.kubernetes.checks.pod_validation.security import SECURITY_RULES
from flink_session.kubernetes.checks.pod_validation.unions import check_union
from flink_session.kubernetes.checks.pod_validation.volumes import VOLUME_RULES
from flink_session.kubernetes.checks.quantities import parse_quantity
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.pod_model import pod_model

_OBJECT_RULES: Mapping[str, ObjectRule] = {**CONTAINER_RULES, **SCHEDULING_RULES, **SECURITY_RULES, **VOLUME_RULES}
_QUANTITY = "must be a quantity, such as 500m, 2 or 1.5Gi"


def check_object(type_name: str, item: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    """Find what is wrong in an object of the pod's model and in all that is in it."""
    yield from _fields(type_name, item, path)
    yield from check_union(type_name, item, path)
    if rule := _OBJECT_RULES.get(type_name):
        yield from rule(item, path, pod)
    for name, field_type in pod_model()[type_name].items():
        if name in item:
            yield from _value(field_type, item[name], (*path, name), pod)


def _value(type_name: str, value: Any, path: Path, pod: Manifest) -> Iterator[Fault]:
    if type_name[0] == "[":
        for index, item in enumerate(value):
            yield from _value(type_name[1:], item, (*path, index), pod)
    elif type_name[0] == "{":
        for key, item in value.items():
            yield from _value(type_name[1:], item, (*path, key if type_name == "{quantity" else Key(key)), pod)
    elif type_name == "quantity" and parse_quantity(value or "") is None:
        yield Fault(path, _QUANTITY, value=value)
    elif type_name in pod_model() and value is not None:
        yield from check_object(type_name, value, path, pod)


def _fields(type_name: str, item: Manifest, path: Path) -> Iterator[Fault]:
    for name, rule in FIELD_RULES.get(type_name, {}).items():
        value = item.get(name)
        if value is None or (value == "" and rule.empty_is_absent):
            if rule.required:
                yield Fault((*path, name), "must be set", "set it")
        elif not rule.holds(value):
            yield Fault((*path, name), rule.rule, rule.fix, value, refused=rule.refused)
