"""Secrets and ConfigMaps that the pods need and that are not there: they would wait for them without an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..facts import Facts
from ..model import Finding
from ..sessions import Manifest, SessionView


def references(view: SessionView, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each Secret or ConfigMap that is referred to and absent."""
    deployment = view.after.deployment if view.after else None
    namespace = facts.namespaces.get(view.namespace)
    if deployment is None or view.after is None or namespace is None:
        return
    made = {(item["kind"], item["metadata"]["name"]) for item in view.after.objects}
    there = {"Secret": namespace.secrets, "ConfigMap": namespace.config_maps}
    for kind, name in sorted(set(_needed(deployment))):
        known = there[kind]
        if known is not None and name not in known and (kind, name) not in made:
            yield Finding(
                severity="error",
                rule="absent-reference",
                subject=f"{kind} {name}",
                message=f"the pods need the {kind} {name}, and namespace {view.namespace} has none of this name",
                fix="make it before, or correct its name",
            )


def _needed(deployment: Manifest) -> Iterator[tuple[str, str]]:
    pod = _map(_map(_map(deployment.get("spec")).get("template")).get("spec"))
    for volume in _maps(pod.get("volumes")):
        yield from _named("Secret", volume.get("secret"), "secretName")
        yield from _named("ConfigMap", volume.get("configMap"), "name")
        for source in _maps(_map(volume.get("projected")).get("sources")):
            yield from _named("Secret", source.get("secret"), "name")
            yield from _named("ConfigMap", source.get("configMap"), "name")
    for container in (*_maps(pod.get("initContainers")), *_maps(pod.get("containers"))):
        for variable in _maps(container.get("env")):
            source = _map(variable.get("valueFrom"))
            yield from _named("Secret", source.get("secretKeyRef"), "name")
            yield from _named("ConfigMap", source.get("configMapKeyRef"), "name")
        for source in _maps(container.get("envFrom")):
            yield from _named("Secret", source.get("secretRef"), "name")
            yield from _named("ConfigMap", source.get("configMapRef"), "name")


def _named(kind: str, reference: object, field: str) -> Iterator[tuple[str, str]]:
    """Give what a reference names; one that is optional may be absent."""
    found = _map(reference)
    if isinstance(found.get(field), str) and not found.get("optional"):
        yield kind, found[field]


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
