"""Which resources of a preview make up a session cluster, and what is known of it before and after.

A session is a component of ours with its children; or, of programs that make the objects by themselves, the siblings of
a JobManager Deployment whose ConfigMap has Flink's configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flink_session.configuration import IllegalConfigurationError
from flink_session.configuration.configuration import FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME
from flink_session.configuration.files.config_yaml import load_config_yaml
from flink_session.configuration.files.flink_conf import load_flink_conf
from flink_session.deployment.planning import plan
from flink_session.deployment.session import SessionCluster
from flink_session.deployment.settings import by_field_name

from .preview import SESSION_TYPE, UNKNOWN, Preview, Properties, ResourceChange

Manifest = dict[str, Any]
_REPLACED = ("replace", "delete")


@dataclass(frozen=True)
class Half:
    """A session before or after the change.

    Attributes:
        objects: its manifests; nothing where there is no session.
        args: the component's arguments by the names of their fields, secrets as marks; None if not all are known.
        planned: what they lead to; None if there is no telling.
        is_whole: whether the objects are all that there are.
    """

    objects: tuple[Manifest, ...] = ()
    args: Mapping[str, Any] | None = None
    planned: SessionCluster | None = None
    is_whole: bool = True

    @property
    def deployment(self) -> Manifest | None:
        """The JobManager."""
        return next((item for item in self.objects if item.get("kind") == "Deployment"), None)


@dataclass(frozen=True)
class SessionView:
    """A session cluster in a preview.

    Attributes:
        name: the component's Pulumi name, or the JobManager's.
        component: None where the program makes the objects by itself.
        children: its resources.
        before: None of a session that is to be made.
        after: None of a session that goes.
    """

    name: str
    component: ResourceChange | None
    children: tuple[ResourceChange, ...]
    before: Half | None
    after: Half | None

    @cached_property
    def jobmanager(self) -> ResourceChange | None:
        """What becomes of the JobManager's Deployment; None if the source does not tell."""
        return next((item for item in self.children if item.type.endswith(":Deployment")), None)

    @property
    def cluster_id(self) -> str:
        """Its id; empty if it is not known."""
        return self._identity("name", "cluster_id")

    @property
    def namespace(self) -> str:
        """Its namespace; empty if it is not known."""
        return self._identity("namespace", "namespace")

    def _identity(self, field: str, argument: str) -> str:
        for half in (self.before, self.after):
            metadata = (half.deployment or {}).get("metadata") if half else None
            value = metadata.get(field) if isinstance(metadata, dict) else None
            value = value or (half.args or {}).get(argument) if half else None
            if isinstance(value, str):
                return value
        return ""

    @property
    def urns(self) -> frozenset[str]:
        """All resources of it."""
        own = (self.component.urn,) if self.component else ()
        return frozenset((*own, *(child.urn for child in self.children)))


def find_sessions(preview: Preview) -> Iterator[SessionView]:
    """Give the sessions of a preview."""
    ours = {change.urn for change in preview.changes if change.type == SESSION_TYPE}
    # A digest does not list a component that stays the same, but its children name it.
    ours |= {change.parent for change in preview.changes if f"{SESSION_TYPE}::" in change.parent}
    by_urn = preview.by_urn()
    for urn in sorted(ours):
        children = tuple(_below(preview, urn))
        component = by_urn.get(urn)
        if children or component:
            yield _view(urn.rpartition("::")[2], component, children)
    for parent in dict.fromkeys(change.parent for change in preview.changes if change.is_kubernetes):
        siblings = [change for change in preview.children_of(parent) if change.is_kubernetes]
        makers = [change for change in siblings if change.kind == "Deployment"]
        if not _is_below(parent, ours) and len(makers) == 1 and any(map(_has_configuration, siblings)):
            yield _view(makers[0].name, None, tuple(siblings))


def _below(preview: Preview, urn: str) -> Iterator[ResourceChange]:
    for change in preview.children_of(urn):
        yield change
        yield from _below(preview, change.urn)


def _is_below(urn: str, components: Iterable[str]) -> bool:
    return urn in components or f"{SESSION_TYPE}$" in urn


def _has_configuration(change: ResourceChange) -> bool:
    files = {FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME}
    data = [(half or {}).get("data") for half in (change.before, change.after)]
    return change.kind == "ConfigMap" and any(isinstance(item, dict) and files & item.keys() for item in data)


def _view(name: str, component: ResourceChange | None, children: tuple[ResourceChange, ...]) -> SessionView:
    objects = [child for child in children if child.is_kubernetes]
    before = _half([item.before for item in objects], component.before if component else None)
    after = _half([item.after for item in objects], component.after if component else None)
    made = (
        component.operation == "create"
        if component
        else bool(objects) and all(item.operation == "create" for item in objects)
    )
    gone = (
        component.operation == "delete"
        if component
        else bool(objects) and all(item.operation == "delete" for item in objects)
    )
    return SessionView(name, component, children, None if made else before, None if gone else after)


def _half(listed: Iterable[Properties | None], inputs: Properties | None) -> Half:
    objects = [manifest for manifest in map(_manifest, listed) if manifest is not None]
    args = None if inputs is None else by_field_name(inputs)[0]
    planned = None
    if args is not None and not is_unknown(args):
        try:
            planned = plan(args, no_file)[1]
        except (IllegalConfigurationError, RecursionError):
            planned = None
    else:
        args = None
    if planned is None:
        return Half(tuple(objects), args, None, is_whole=any(item["kind"] == "Deployment" for item in objects))
    known = {_identity(item) for item in objects}
    missing = [item for item in planned.objects() if _identity(item) not in known]
    return Half((*objects, *missing), args, planned)


def no_file(path: str) -> bytes:
    """A review has the texts that the program has read, and reads none itself."""
    raise FileNotFoundError(path)


def _manifest(inputs: Properties | None) -> Manifest | None:
    """Give the inputs of an object as a manifest, if they have what makes one."""
    metadata = (inputs or {}).get("metadata")
    if inputs is None or not isinstance(inputs.get("kind"), str) or not isinstance(metadata, dict):
        return None
    if not isinstance(metadata.get("name"), str):
        return None
    found = {key: value for key, value in inputs.items() if _EXPECTED.get(key, object) in (object, type(value))}
    if inputs["kind"] == "ConfigMap":
        found["data"] = {key: value for key, value in found.get("data", {}).items() if is_readable(key, value)}
    if inputs["kind"] == "Deployment":
        found["spec"] = dict(found.get("spec", {}))
        if not isinstance(found["spec"].get("replicas", 1), (int, float)):
            del found["spec"]["replicas"]
    return found


_EXPECTED = {"metadata": dict, "spec": dict, "data": dict}
"""What an object's parts are; a source may be damaged, or know no value yet."""


def is_readable(file: str, text: object) -> bool:
    """Tell whether a file is text, and if it is Flink's configuration, one that Flink reads."""
    if not isinstance(text, str):
        return False
    read = {FLINK_CONF_FILENAME: load_config_yaml, LEGACY_FLINK_CONF_FILENAME: load_flink_conf}.get(file)
    try:
        if read is not None:
            read(text)
    except (IllegalConfigurationError, RecursionError):
        return False
    return True


def _identity(manifest: Mapping[str, Any]) -> tuple[object, object]:
    return manifest["kind"], manifest["metadata"]["name"]


def is_unknown(value: object) -> bool:
    """Whether something in a value is not known yet."""
    if isinstance(value, Mapping):
        return any(map(is_unknown, value.values()))
    return any(map(is_unknown, value)) if isinstance(value, (list, tuple)) else value == UNKNOWN
