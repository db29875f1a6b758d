"""Where two plans of a session differ: which objects, which fields, and what an engine does about it.

An object of one plan is that of the other whose name differs in nothing but the cluster's id, since both have the same
place in the component. What cannot be changed in place follows Pulumi's Kubernetes provider, for the kinds we make.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from flink_session.configuration.configuration import (
    FLINK_CONF_FILENAME,
    LEGACY_FLINK_CONF_FILENAME,
    Configuration,
)
from flink_session.configuration.files.config_yaml import load_config_yaml
from flink_session.configuration.files.flink_conf import load_flink_conf
from flink_session.kubernetes.manifests import Manifest

FieldPath: TypeAlias = tuple[str | int, ...]
Operation: TypeAlias = Literal["create", "update", "replace", "delete"]


class _Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""Stands for a value that is not there."""

HIDDEN: Final = "[secret]"
"""Stands for every value in a Secret."""

_NOT_IN_PLACE: Mapping[str, tuple[FieldPath, ...]] = {
    "ConfigMap": (("data",), ("binaryData",)),
    "Secret": (("type",), ("data",)),
    "Service": (("spec", "clusterIP"),),
    "Deployment": (("spec", "selector"),),
    "RoleBinding": (("roleRef",),),
}
_IDENTITY: tuple[FieldPath, ...] = (("metadata", "name"), ("metadata", "namespace"))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs.

    Attributes:
        path: where it stands, as ``("spec", "replicas")``.
        before: its value; :data:`ABSENT` if there is none, :data:`HIDDEN` in a Secret.
        after: the same of the value to come.
    """

    path: FieldPath
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object that differs.

    Attributes:
        kind: its kind.
        name: its name; of one that is replaced, the name to come.
        role: the name without the cluster's id, as ``*-rest``: the same in each session.
        operation: what an engine does with it.
        fields: what differs; nothing of one that is created or deleted.
        not_in_place: those of the fields that need a new object.
    """

    kind: str
    name: str
    role: str
    operation: Operation
    fields: tuple[FieldChange, ...] = ()
    not_in_place: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Objects:
    """The objects of one session, or of none.

    Attributes:
        manifests: all of them.
    """

    manifests: tuple[Manifest, ...] = ()
    _by_role: dict[tuple[str, str], Manifest] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        own = self.cluster_id
        for item in self.manifests:
            self._by_role[item["kind"], _role(item["metadata"]["name"], own)] = item

    @property
    def deployment(self) -> Manifest | None:
        """The JobManager."""
        return next((item for item in self.manifests if item["kind"] == "Deployment"), None)

    @property
    def cluster_id(self) -> str:
        """The session's name; empty where there is no session."""
        deployment = self.deployment
        return deployment["metadata"]["name"] if deployment else ""

    @cached_property
    def configuration(self) -> Configuration:
        """What Flink reads in the cluster."""
        for item in self.manifests:
            data = item.get("data") or {} if item["kind"] == "ConfigMap" else {}
            if FLINK_CONF_FILENAME in data:
                return load_config_yaml(data[FLINK_CONF_FILENAME])
            if LEGACY_FLINK_CONF_FILENAME in data:
                return load_flink_conf(data[LEGACY_FLINK_CONF_FILENAME])
        return Configuration()

    def by_role(self) -> Mapping[tuple[str, str], Manifest]:
        """Give each object by its kind and its name without the cluster's id."""
        return self._by_role


def _role(name: str, cluster_id: str) -> str:
    if not cluster_id or name == cluster_id:
        return "*"
    if name.startswith(f"{cluster_id}-"):
        return f"*{name.removeprefix(cluster_id)}"
    return f"{name.removesuffix(f'-{cluster_id}')}-*" if name.endswith(f"-{cluster_id}") else name


def compare_objects(before: Objects, after: Objects, mutable: Collection[str] = ()) -> Iterator[ObjectChange]:
    """Yield the objects that differ, in the order of the new plan; those that go stand at the end.

    Args:
        before: as they are.
        after: as they are to be.
        mutable: ``ConfigMap`` or ``Secret``, if the provider changes their data in place
            (``kubernetes:enableConfigMapMutable``).
    """
    old, new = before.by_role(), after.by_role()
    for (kind, role), manifest in new.items():
        name = manifest["metadata"]["name"]
        if (kind, role) not in old:
            yield ObjectChange(kind, name, role, "create")
            continue
        fields = tuple(compare(old[kind, role], manifest, hidden=kind == "Secret"))
        forcing = tuple(item for item in fields if _needs_new_object(kind, item.path, mutable))
        if fields:
            yield ObjectChange(kind, name, role, "replace" if forcing else "update", fields, forcing)
    for kind, role in old.keys() - new.keys():
        yield ObjectChange(kind, old[kind, role]["metadata"]["name"], role, "delete")


def _needs_new_object(kind: str, path: FieldPath, mutable: Collection[str]) -> bool:
    paths = _NOT_IN_PLACE.get(kind, ())
    if kind in mutable:
        paths = tuple(item for item in paths if item == ("type",))
    return any(path[: len(item)] == item for item in (*_IDENTITY, *paths))


def compare(before: Any, after: Any, path: FieldPath = (), *, hidden: bool = False) -> Iterator[FieldChange]:
    """Yield the fields that differ, in the order of their names.

    Items of lists are compared by what Kubernetes knows them by, as their names, not by their place.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from compare(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key), hidden=hidden)
    elif isinstance(before, list) and isinstance(after, list):
        pairs = _by_name(before, after) or enumerate(_zipped(before, after))
        for key, (one, other) in pairs:
            yield from compare(one, other, (*path, key), hidden=hidden)
    elif type(before) is not type(after) or before != after:
        yield FieldChange(path, _shown(before, hidden=hidden), _shown(after, hidden=hidden))


def _shown(value: Any, *, hidden: bool) -> Any:
    return HIDDEN if hidden and value is not ABSENT else value


def _by_name(before: list[Any], after: list[Any]) -> list[tuple[str | int, tuple[Any, Any]]]:
    """Pair items by what Kubernetes knows them by, if all have it, and none twice."""
    for key in _KEYS:
        one, other = _named(before, key), _named(after, key)
        if one is not None and other is not None:
            names = [*one, *(name for name in other if name not in one)]
            return [(name, (one.get(name, ABSENT), other.get(name, ABSENT))) for name in names]
    return []


_KEYS = ("name", "mountPath", "containerPort", "port", "ip", "topologyKey")
"""The merge keys of the lists in the objects that we make."""


def _named(items: Iterable[Any], key: str) -> dict[str | int, Any] | None:
    named: dict[str | int, Any] = {}
    for item in items:
        name = item.get(key) if isinstance(item, dict) else None
        if not isinstance(name, (str, int)) or name in named:
            return None
        named[name] = item
    return named


def _zipped(before: list[Any], after: list[Any]) -> Iterator[tuple[Any, Any]]:
    for index in range(max(len(before), len(after))):
        yield (
            before[index] if index < len(before) else ABSENT,
            after[index] if index < len(after) else ABSENT,
        )
