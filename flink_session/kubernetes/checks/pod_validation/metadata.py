"""Metadata of a pod: what others look it up by, and annotations that the API server reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from flink_session.kubernetes.checks.api_rules import (
    DNS_SUBDOMAIN,
    is_qualified_name,
)
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Key, Path
from flink_session.kubernetes.checks.pod_validation.object_rule import check_annotations, check_labels
from flink_session.kubernetes.manifests import Manifest

_ANNOTATIONS: Path = ("metadata", "annotations")
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_COST = re.compile(r"-[0-9]+|0|[1-9][0-9]*")
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_APP_ARMOR_PROFILE = re.compile(r"(?:runtime/default|unconfined|localhost/.*)?", re.DOTALL)
_SECCOMP = ("seccomp.security.alpha.kubernetes.io/pod", "container.seccomp.security.alpha.kubernetes.io/")
_SECCOMP_PROFILE = re.compile(
    r"runtime/default|docker/default|unconfined|localhost/(?!/)(?!(?:.*/)?\.\.(?:/|$)).*", re.DOTALL
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)", re.ASCII)
_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")


def check_metadata_of(pod: Manifest) -> Iterator[Fault]:
    """Find what the API server refuses in a pod's metadata."""
    metadata = pod.get("metadata", {})
    yield from check_labels(metadata.get("labels", {}), ("metadata", "labels"))
    yield from check_annotations(metadata.get("annotations", {}), _ANNOTATIONS)
    yield from _annotations(metadata.get("annotations", {}), pod)
    for index, name in enumerate(metadata.get("finalizers", [])):
        if not is_qualified_name(name or "") or ("/" not in name and name not in _FINALIZERS):
            rule = "must be a name with a DNS name and '/' in front"
            yield Fault(("metadata", "finalizers", index), rule, "remove it", name)
    if {"orphan", "foregroundDeletion"} <= {*metadata.get("finalizers", [])}:
        yield Fault(("metadata", "finalizers"), "must not be orphan and foregroundDeletion both", "remove them")
    if DNS_SUBDOMAIN.broken_by(metadata.get("generateName", "").rstrip("-") or "a"):
        yield Fault(("metadata", "generateName"), DNS_SUBDOMAIN.rule, "remove it", metadata["generateName"])
    for name in ("creationTimestamp", "deletionTimestamp"):
        if not _is_time(metadata.get(name, "2000-01-01T00:00:00Z")):
            yield Fault(("metadata", name), "must be a time, such as 2000-01-01T00:00:00Z", "remove it", metadata[name])
    version = metadata.get("resourceVersion", "")
    if version.isdecimal() and int(version):
        # A dry run does not tell.
        rule = "must not be there, since the pod is new"
        yield Fault(("metadata", "resourceVersion"), rule, "remove it, as all that the API server sets", version)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _TIME.fullmatch(text) is not None


def _annotations(annotations: dict[str, str | None], pod: Manifest) -> Iterator[Fault]:
    spec = pod.get("spec", {})
    containers = {item.get("name") for item in (*spec.get("containers", []), *spec.get("initContainers", []))}
    for name, text in annotations.items():
        place, value = (*_ANNOTATIONS, Key(name)), text or ""
        if name == _DELETION_COST and not (_COST.fullmatch(value) and -(1 << 31) <= int(value) < 1 << 31):
            yield Fault(place, "must be an integer of 32 bits", value=value)
        elif name.startswith(_APP_ARMOR) and name.removeprefix(_APP_ARMOR) not in containers:
            yield Fault(place, "must name a container of the pod", "correct the name")
        elif name.startswith(_APP_ARMOR) and not _APP_ARMOR_PROFILE.fullmatch(value):
            yield Fault(place, "must be runtime/default, unconfined or localhost/NAME", value=value)
        elif name.startswith(_SECCOMP) and not _SECCOMP_PROFILE.fullmatch(value):
            yield Fault(place, "must be runtime/default, unconfined or localhost/PATH", value=value)
