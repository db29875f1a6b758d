"""What the change of an object, or of a field of one, does to a session that runs. Rules by kind and path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flink_session.configuration.configuration import FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME
from flink_session.deployment.changes.change_class import ChangeClass
from flink_session.deployment.changes.comparison import FieldChange, FieldPath, ObjectChange, Objects, Operation
from flink_session.kubernetes.extensions import CHECKSUM_ANNOTATION, CHECKSUM_KEY

_CHECKSUM: FieldPath = ("spec", "template", "metadata", "annotations", CHECKSUM_ANNOTATION)
_CONFIGURATION_FILES = (FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME)


@dataclass(frozen=True, slots=True)
class Effect:
    """One field, or one whole object, and what its change does.

    Attributes:
        kind: of the object.
        name: of the object.
        operation: what an engine does with the object.
        path: the field; empty for an object as a whole.
        change_class: what it does to the session.
        text: the same as a sentence without its full stop.
        of_files: whether the field is a checksum, so that what stands behind it is in other objects' files.
    """

    kind: str
    name: str
    operation: Operation
    path: FieldPath
    change_class: ChangeClass
    text: str
    of_files: bool = False

    @property
    def place(self) -> tuple[str, str, FieldPath]:
        """The field as a key."""
        return self.kind, self.name, self.path


def effects_of(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """Yield what a changed object does; of a field that does nothing by itself, too."""
    if change.operation in ("create", "delete") or any(_is_identity(item) for item in change.not_in_place):
        yield _whole(change, before, after)
        return
    for item in change.fields:
        change_class, text = _of_field(change, item, before, after)
        yield Effect(change.kind, change.name, change.operation, item.path, change_class, text, item.path == _CHECKSUM)


def _is_identity(item: FieldChange) -> bool:
    return item.path in (("metadata", "name"), ("metadata", "namespace"))


def _whole(change: ObjectChange, before: Objects, after: Objects) -> Effect:
    """Say what comes of an object that is made, goes, or gives way to another one."""
    made = {"create": "is made", "delete": "is deleted", "replace": "gives way to another one"}[change.operation]
    change_class, text = _class_of_whole(change), f"the {change.kind} {made}"
    if change.kind == "Deployment":
        text = {
            ChangeClass.SESSION_CREATED: "the session is created",
            ChangeClass.SESSION_DELETED: "the session is deleted, and all TaskManagers end with it",
            ChangeClass.SESSION_REPLACED: "the session is replaced by another one, and all TaskManagers end",
        }[change_class]
    elif not before.manifests or not after.manifests:
        # What comes or goes with the session is told by its Deployment.
        change_class = ChangeClass.OBJECTS_ONLY if before.manifests else ChangeClass.SESSION_CREATED
    return Effect(change.kind, change.name, change.operation, (), change_class, text)


def _class_of_whole(change: ObjectChange) -> ChangeClass:
    if change.kind == "Deployment":
        return {
            "create": ChangeClass.SESSION_CREATED,
            "delete": ChangeClass.SESSION_DELETED,
        }.get(change.operation, ChangeClass.SESSION_REPLACED)
    if change.kind in _ACCESS_KINDS or (change.kind == "Service" and change.role == "*-rest"):
        return ChangeClass.REST_ACCESS
    return ChangeClass.OBJECTS_ONLY


_ACCESS_KINDS = ("Ingress", "HTTPRoute", "NetworkPolicy")
"""Kinds that decide who reaches the REST API, and where."""


def _of_field(change: ObjectChange, item: FieldChange, before: Objects, after: Objects) -> tuple[ChangeClass, str]:
    if change.kind == "Deployment":
        return _of_deployment(item, before, after)
    if item.path[:1] == ("metadata",) and item.path[1:2] != ("annotations",):
        return ChangeClass.OBJECTS_ONLY, f"the {change.kind} is labelled otherwise"
    if change.kind in ("ConfigMap", "Secret"):
        return _of_file(change, item)
    if change.kind == "Service" and change.role == "*-rest":
        if change.operation == "replace":
            return ChangeClass.REST_ACCESS, "clients lose the REST Service's address for a moment"
        return ChangeClass.REST_ACCESS, "clients find the REST API in another way"
    if change.kind in _ACCESS_KINDS:
        return ChangeClass.REST_ACCESS, f"the {change.kind} lets others reach the REST API, or elsewhere"
    if change.kind in ("Role", "RoleBinding", "ServiceAccount"):
        return ChangeClass.OBJECTS_ONLY, "the JobManager has other rights from now on"
    return ChangeClass.OBJECTS_ONLY, f"the {change.kind} changes, and no process of Flink reads it"


def _of_deployment(item: FieldChange, before: Objects, after: Objects) -> tuple[ChangeClass, str]:
    was, will_be = _replicas(before), _replicas(after)
    if item.path[:2] == ("spec", "selector"):
        return ChangeClass.SESSION_REPLACED, "the Deployment is replaced, and all TaskManagers end with it"
    if item.path == ("spec", "replicas"):
        if will_be == 0:
            return ChangeClass.SESSION_SUSPENDED, "the JobManager stops, and TaskManagers follow"
        if was == 0:
            return ChangeClass.SESSION_RESUMED, "the JobManager starts"
        if will_be < was:
            return ChangeClass.JOB_MANAGER_RESTARTS, "a JobManager stops, which may be the one that leads"
        return ChangeClass.OBJECTS_ONLY, "a JobManager to stand by starts"
    if item.path[:2] != ("spec", "template"):
        return ChangeClass.OBJECTS_ONLY, "the Deployment changes, and its pods do not"
    if was == 0 or will_be == 0:
        return ChangeClass.OBJECTS_ONLY, "the JobManager has it when the session is resumed"
    what = "the checksum of its files" if item.path == _CHECKSUM else "its pod template"
    return ChangeClass.JOB_MANAGER_RESTARTS, f"the JobManager restarts, since {what} changes"


def _replicas(objects: Objects) -> int:
    deployment = objects.deployment
    return int(deployment["spec"].get("replicas", 1)) if deployment else 0


def _of_file(change: ObjectChange, item: FieldChange) -> tuple[ChangeClass, str]:
    """Say who reads a file, and when."""
    file = str(item.path[-1])
    if item.path[:1] != ("data",):
        return ChangeClass.OBJECTS_ONLY, f"the {change.kind} changes, and no process of Flink reads it"
    if file == CHECKSUM_KEY:
        # The component publishes a keyed checksum of the values in the pod template, unless they are too short.
        return ChangeClass.JOB_MANAGER_RESTARTS, "the JobManager restarts, since the checksum of its secrets changes"
    if change.role == "pod-template-*":
        return ChangeClass.CONFIG_MAP_ONLY, "the JobManager reads the TaskManagers' pod template at its next start"
    if file.startswith(("log4j", "logback")):
        if _is_watched(item.before):
            return ChangeClass.CONFIG_MAP_ONLY, f"running processes read {file} again by themselves"
        return ChangeClass.CONFIG_MAP_ONLY, f"processes read {file} at their next start"
    if file in _CONFIGURATION_FILES:
        text = f"TaskManagers to come read the new {file}, the JobManager at its next start"
        return ChangeClass.NEW_TASK_MANAGERS, text
    return ChangeClass.NEW_TASK_MANAGERS, f"TaskManagers to come have another {file}, the JobManager at its next start"


def _is_watched(text: object) -> bool:
    """Tell whether a process looks at its log configuration again: Log4j's monitorInterval, Logback's scan."""
    lines = text.splitlines() if isinstance(text, str) else []
    squeezed = [line.replace(" ", "") for line in lines if not line.lstrip().startswith("#")]
    return any(
        (line.startswith("monitorInterval=") and line != "monitorInterval=0") or 'scan="true"' in line
        for line in squeezed
    )


def worst(effects: Iterable[Effect]) -> ChangeClass:
    """Give the worst class among effects."""
    return max((effect.change_class for effect in effects), default=ChangeClass.NOTHING)
