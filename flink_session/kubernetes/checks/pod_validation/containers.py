"""Containers: their ports, variables, mounts and probes, and what init containers may not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flink_session.configuration.catalogue.spelling import nearest_key
from flink_session.kubernetes.checks.api_rules import QUALIFIED_NAME_RULE, is_qualified_name
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Path, listed
from flink_session.kubernetes.checks.pod_validation.object_rule import ObjectRule, named, repeated
from flink_session.kubernetes.checks.pod_validation.resources import check_resources
from flink_session.kubernetes.checks.quantities import parse_quantity
from flink_session.kubernetes.manifests import Manifest

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_RESTART_POLICIES = ("Always", "Never", "OnFailure")
_OF_VARIABLES = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.host"),
    *("spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
)
_OF_FILES = ("metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid")
_SUBSCRIPTED = re.compile(r"(metadata\.(?:labels|annotations))\['(.*)'\]", re.DOTALL)
_RESOURCE = re.compile(r"(?:requests|limits)\.(?:cpu|memory|ephemeral-storage|hugepages-.*)", re.DOTALL)
_DIVISORS = frozenset(
    (parse_quantity(f"1{unit}"), "i" in unit) for unit in ("", *"kMGTPE", *(f"{unit}i" for unit in "KMGTPE"))
)
_CPU_DIVISORS = frozenset((parse_quantity(text), False) for text in ("1", "1m"))


def _container(container: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    for field, name in (("ports", "name"), ("volumeMounts", "mountPath")):
        yield from repeated(named(container.get(field, []), (*path, field), name))
    for name in ("name", "devicePath"):
        yield from repeated(named(container.get("volumeDevices", []), (*path, "volumeDevices"), name))
    yield from _mounts(container, path, pod)
    if path[1] == "initContainers" and container.get("restartPolicy") != "Always":
        for field in (*_PROBES, "lifecycle"):
            if field in container:
                rule = "must not be there, since the init container is to end"
                yield Fault((*path, field), rule, "remove it, or set restartPolicy: Always beside it")
    yield from _restarts(container, path, pod)
    yield from _probes(container, path)
    yield from check_resources(container.get("resources", {}), (*path, "resources"), pod)


def _mounts(container: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    volumes = {item.get("name"): item for item in pod["spec"].get("volumes", [])}
    mounts, devices = container.get("volumeMounts", []), container.get("volumeDevices", [])
    for field, items in (("volumeMounts", mounts), ("volumeDevices", devices)):
        for index, item in enumerate(items):
            name = item.get("name")
            if name and name not in volumes:
                near = nearest_key(name, filter(None, volumes))
                fix = f"write {near}" if near else "add the volume, or correct the name"
                yield Fault((*path, field, index, "name"), "must name a volume of the pod", fix, name)
    for index, item in enumerate(devices):
        volume = volumes.get(item.get("name"), {})
        if volume and not {"persistentVolumeClaim", "ephemeral"} & volume.keys():
            rule = "must name a volume that is a persistentVolumeClaim or ephemeral"
            yield Fault((*path, "volumeDevices", index, "name"), rule, "use volumeMounts", item["name"])
        for mount in mounts:
            if item.get("name") == mount.get("name") or item.get("devicePath") == mount.get("mountPath"):
                yield Fault((*path, "volumeDevices", index), "must not be in volumeMounts too", "remove one of them")


def _mount(mount: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield Fault((*path, "subPathExpr"), "must not be there beside subPath", "keep one of them")
    propagation = mount.get("mountPropagation", "None")
    if mount.get("recursiveReadOnly") in ("Enabled", "IfPossible"):
        if not mount.get("readOnly"):
            yield Fault((*path, "recursiveReadOnly"), "must come with readOnly: true", "set that too")
        if propagation != "None":
            yield Fault((*path, "recursiveReadOnly"), "must not be there beside mountPropagation", "remove that")
    spec: Any = pod["spec"]
    container = spec[path[1]][path[2]]
    if propagation == "Bidirectional" and not container.get("securityContext", {}).get("privileged"):
        rule = "must not be Bidirectional, since the container is not privileged"
        yield Fault((*path, "mountPropagation"), rule, "use HostToContainer, or none")


def _restarts(container: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    policy = container.get("restartPolicy")
    if policy not in (None, *_RESTART_POLICIES):
        yield Fault((*path, "restartPolicy"), f"must be {listed(_RESTART_POLICIES)}", "choose one of them", policy)
    elif policy is not None and (path[1] == "containers" or policy != "Always"):
        rule = "is refused or dropped before Kubernetes 1.35, but for Always in an init container"
        yield Fault((*path, "restartPolicy"), rule, "remove it, or move the container", policy, refused=False)
    policies = container.get("resizePolicy", [])
    yield from repeated(named(policies, (*path, "resizePolicy"), "resourceName"))
    for index, item in enumerate(policies):
        if pod["spec"].get("restartPolicy") == "Never" and item.get("restartPolicy") == "RestartContainer":
            rule = "must be NotRequired, since the pod's restartPolicy is Never"
            yield Fault((*path, "resizePolicy", index, "restartPolicy"), rule, "correct it", "RestartContainer")


def _probes(container: Manifest, path: Path) -> Iterator[Fault]:
    for field in ("livenessProbe", "startupProbe"):
        threshold = container.get(field, {}).get("successThreshold")
        if threshold is not None and threshold > 1:
            yield Fault((*path, field, "successThreshold"), "must be 1", "remove it", threshold)
    if "terminationGracePeriodSeconds" in container.get("readinessProbe", {}):
        yield Fault((*path, "readinessProbe", "terminationGracePeriodSeconds"), "must not be there", "remove it")


def _sleep(handler: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    grace = pod["spec"].get("terminationGracePeriodSeconds", 30)
    seconds = handler.get("sleep", {}).get("seconds", 0)
    if not 0 <= seconds <= grace:
        rule = f"must be from 0 to the pod's terminationGracePeriodSeconds, {grace}"
        yield Fault((*path, "sleep", "seconds"), rule, "correct it, or raise that", seconds)


def _variable(variable: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    if variable.get("value") and "valueFrom" in variable:
        yield Fault((*path, "valueFrom"), "must not be there beside value", "keep one of them")


def _variable_source(source: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    if "fieldRef" in source:
        yield from _field(source["fieldRef"], (*path, "fieldRef"), _OF_VARIABLES)
    yield from _resource(source.get("resourceFieldRef"), (*path, "resourceFieldRef"))


def _file(file: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    if "fieldRef" in file:
        yield from _field(file["fieldRef"], (*path, "fieldRef"), _OF_FILES)
    resource = file.get("resourceFieldRef")
    if resource is not None and not resource.get("containerName"):
        yield Fault((*path, "resourceFieldRef", "containerName"), "must be set", "name the container")
    yield from _resource(resource, (*path, "resourceFieldRef"))


def _field(selector: Manifest, path: Path, fields: tuple[str, ...]) -> Iterator[Fault]:
    if selector.get("apiVersion") not in (None, "", "v1"):
        yield Fault((*path, "apiVersion"), "must be v1", "remove it", selector["apiVersion"])
    field = selector.get("fieldPath") or ""
    match = _SUBSCRIPTED.fullmatch(field)
    if not field:
        yield Fault((*path, "fieldPath"), "must be set", "set it")
    elif match is None and field not in fields:
        yield Fault((*path, "fieldPath"), f"must be {listed(fields)}, or metadata.labels['a name']", value=field)
    elif match and not is_qualified_name(match[2].lower() if match[1] == "metadata.annotations" else match[2]):
        yield Fault((*path, "fieldPath"), f"has a name in it that {QUALIFIED_NAME_RULE}", value=field)


def _resource(selector: Manifest | None, path: Path) -> Iterator[Fault]:
    if selector is None:
        return
    resource, divisor = selector.get("resource") or "", selector.get("divisor", "0")
    if not resource:
        yield Fault((*path, "resource"), "must be set", "set it")
    elif not _RESOURCE.fullmatch(resource):
        rule = "must be requests or limits, '.', and cpu, memory, ephemeral-storage or hugepages-SIZE"
        yield Fault((*path, "resource"), rule, value=resource)
    elif amount := parse_quantity(divisor):
        of_cpu = resource.endswith(".cpu")
        if (amount, divisor.endswith("i")) not in (_CPU_DIVISORS if of_cpu else _DIVISORS):
            rule = "must be 1m or 1" if of_cpu else "must be 1, 1k, 1M, 1Ki, 1Mi or such"
            yield Fault((*path, "divisor"), rule, value=divisor)


CONTAINER_RULES: Mapping[str, ObjectRule] = {
    "Container": _container,
    "DownwardAPIVolumeFile": _file,
    "EnvVar": _variable,
    "EnvVarSource": _variable_source,
    "LifecycleHandler": _sleep,
    "VolumeMount": _mount,
}
