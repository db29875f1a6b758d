"""Pod templates that Flink accepts and that then break, and the report of what Flink makes of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flink_session.configuration.catalogue.spelling import nearest_key
from flink_session.configuration.files.encoding import marked_encoding
from flink_session.configuration.findings import Finding, is_sensitive
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.flinks_pod import JOB_MANAGER, TASK_MANAGER, FlinksPod, flinks_pods
from flink_session.kubernetes.checks.pod_template_effects import MAIN, FieldEffect, field_effects
from flink_session.kubernetes.checks.pod_template_fields import unknown_fields
from flink_session.kubernetes.checks.quantities import check_resources_of
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.pod_template import load_pod_template, parse_pod_template

_DOCUMENT = ("apiVersion", "kind", "metadata", "spec")
_OVERWRITTEN = frozenset(("cpu", "memory"))
_NOT_IN_DEPLOYMENTS = ("activeDeadlineSeconds", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class PodTemplateReport:
    """What is to be said of one role's pod template.

    Attributes:
        role: ``jobmanager`` or ``taskmanager``.
        key: the option that names the file.
        path: the file.
        effects: the fields that do not reach the pod as they are.
        findings: what breaks the pod, or surprises; the unexpected ones among the effects included.
    """

    role: str
    key: str
    path: str
    effects: tuple[FieldEffect, ...]
    findings: tuple[Finding, ...]


def check_pod_templates(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find what is wrong with the templates of both roles."""
    for report in pod_template_reports(parameters):
        yield from report.findings


def pod_template_reports(parameters: KubernetesJobManagerParameters) -> Iterator[PodTemplateReport]:
    """Report on each role's template. Nothing is said of one that Flink's client refuses: that is its own finding."""
    keys = (Options.JOB_MANAGER_POD_TEMPLATE, Options.TASK_MANAGER_POD_TEMPLATE)
    if not any(map(parameters.configuration.contains, keys)):
        return
    for flinks in flinks_pods(parameters):
        key = flinks.configuration.key_of(flinks.template)
        path = None if key is None else str(flinks.configuration.values[key])
        content = None if path is None else parameters.client_files.by_path.get(path)
        if key is not None and path is not None and content is not None:
            yield _report(key, path, content, parameters, flinks)


def _report(
    key: str, path: str, content: bytes, parameters: KubernetesJobManagerParameters, flinks: FlinksPod
) -> PodTemplateReport:
    try:
        _check_encoding(content, flinks)
        document, template = parse_pod_template(content), load_pod_template(content, parameters.flink_version)
    except ValueError as error:
        # The JobManager's own is a finding of Flink's; the TaskManagers' is read later, by the JobManager.
        rule = f"must be a file with a pod template, but there, {error}"
        return PodTemplateReport(flinks.role, key, path, (), (Finding(key, path, rule, "correct it"),))
    effects = tuple(field_effects(template, flinks))
    findings = [
        *_document(document),
        *_containers(document, template),
        *_dns(template, flinks),
        *_role(template, flinks),
        *_collisions(template, flinks),
        *_resources(template),
        *_secrets(template),
        *map(_warning, (effect for effect in effects if not effect.expected)),
    ]
    return PodTemplateReport(
        flinks.role, key, path, effects, tuple(replace(item, key=f"{key}, {item.key}") for item in findings)
    )


def _check_encoding(content: bytes, flinks: FlinksPod) -> None:
    """Of the TaskManagers' template Flink ships the text, and takes it for UTF-8 whatever its byte order mark says."""
    mark = marked_encoding(content)
    if flinks.role == TASK_MANAGER and mark is not None and mark[1] != "UTF-8":
        raise ValueError(f"the text must be UTF-8, and not {mark[1]}")


def _warning(effect: FieldEffect) -> Finding:
    rule = f"is {effect.fate} by {effect.by}" if effect.fate == "overwritten" else f"is {effect.fate}"
    value = effect.value if isinstance(effect.value, (str, bool, int)) else None
    return Finding(effect.path, value, rule, effect.instead, "warning")


def _document(document: Any) -> Iterator[Finding]:
    """Find what is not a pod: Flink takes metadata and spec of any document for a pod's."""
    kind = document.get("kind")
    if kind not in (None, "Pod"):
        yield Finding("kind", kind, "must be Pod, since Flink takes the spec for a pod's", "give the pod itself")
        return
    for name in document:
        if name not in _DOCUMENT:
            yield Finding(str(name), None, "is dropped", "remove it", "warning")
    for path, nearest in unknown_fields(document):
        rule = "is no field that Flink's Kubernetes client knows"
        yield Finding(path, None, rule, f"write {nearest}" if nearest else "remove it", "warning")


def _containers(document: Any, template: FlinkPod) -> Iterator[Finding]:
    written = Counter(item.get("name") for item in (document.get("spec") or {}).get("containers") or [])
    main = constants.MAIN_CONTAINER_NAME
    if written[main] > 1:
        yield Finding(MAIN, None, "must be there once, since Flink drops all but the last", "make one of them")
    for index, item in enumerate(template.pod.get("spec", {}).get("containers", [])):
        name = item.get("name")
        path = f"spec.containers[{name or index}]"
        if name and nearest_key(name, (main,)):
            yield Finding(path, None, f"is not {main}, but a container beside it", f"write {main}")
        elif name and written[name] > 1:
            yield Finding(path, None, "must be there once", "give each container a name of its own")
        for field in ("name", "image"):
            if not item.get(field):
                yield Finding(f"{path}.{field}", None, "must be set, as it is not Flink's own container", "set it")


def _dns(template: FlinkPod, flinks: FlinksPod) -> Iterator[Finding]:
    spec = template.pod.get("spec", {})
    if flinks.spec["hostNetwork"]:
        return  # the policy is Flink's then
    if spec.get("dnsPolicy") == "None" and not spec.get("dnsConfig", {}).get("nameservers"):
        rule = "must come with spec.dnsConfig.nameservers"
        yield Finding("spec.dnsPolicy", "None", rule, "name the servers, or remove it")


def _role(template: FlinkPod, flinks: FlinksPod) -> Iterator[Finding]:
    """Find what a pod may have, but not one of this role."""
    spec = template.pod.get("spec", {})
    namespace = template.pod.get("metadata", {}).get("namespace")
    if flinks.role != JOB_MANAGER:
        if namespace and namespace != flinks.namespace:
            rule = f"must be {flinks.namespace}, since the JobManager watches its TaskManagers there"
            yield Finding("metadata.namespace", namespace, rule, "remove it")
        return
    policy = spec.get("restartPolicy")
    if policy not in (None, "Always"):
        yield Finding("spec.restartPolicy", policy, "must be Always in a Deployment", "remove it")
    for name in _NOT_IN_DEPLOYMENTS:
        if name in spec:
            yield Finding(f"spec.{name}", None, "must not be there in a Deployment", "remove it")


def _collisions(template: FlinkPod, flinks: FlinksPod) -> Iterator[Finding]:
    """Find what the template has twice, or what Flink adds once more: it merges none of these."""
    volumes = template.pod.get("spec", {}).get("volumes", [])
    container = template.main_container
    yield from _twice("spec.volumes", "name", volumes, flinks.spec["volumes"])
    yield from _twice(f"{MAIN}.ports", "name", container.get("ports", []), flinks.container.get("ports", []))
    mounts = [{**item, "mountPath": item.get("mountPath", "").rstrip("/") or "/"} for item in _mounts(container)]
    yield from _twice(f"{MAIN}.volumeMounts", "mountPath", mounts, _mounts(flinks.container))
    for name, count in Counter(item.get("name") for item in container.get("env", [])).items():
        if count > 1:
            yield Finding(f"{MAIN}.env[{name}]", None, "is there twice, and the last one counts", "keep one", "warning")
    known = {item.get("name") for item in (*volumes, *flinks.spec["volumes"])}
    for item in _mounts(container):
        if item.get("name") not in known:
            path = f"{MAIN}.volumeMounts[{item.get('mountPath')}]"
            yield Finding(
                path, item.get("name"), "must name a volume of the pod", "add the volume, or correct the name"
            )


def _secrets(template: FlinkPod) -> Iterator[Finding]:
    """Find variables in clear text that are secrets by their names."""
    others = template.pod.get("spec", {})
    containers = (*others.get("containers", []), *others.get("initContainers", []), template.main_container)
    for container in containers:
        for item in container.get("env", []):
            name, value = item.get("name", ""), item.get("value", "")
            if is_sensitive(name) and value and not value.startswith("$("):
                path = f"spec.containers[{container.get('name')}].env[{name}]"
                rule = "must not be in the template, which everybody who may read Deployments or ConfigMaps can read"
                yield Finding(path, None, rule, "put it into a Secret, and say valueFrom.secretKeyRef")


def _resources(template: FlinkPod) -> Iterator[Finding]:
    yield from check_resources_of(f"{MAIN}.resources", template.main_container.get("resources", {}), _OVERWRITTEN)
    for field in ("containers", "initContainers"):
        for index, item in enumerate(template.pod.get("spec", {}).get(field, [])):
            path = f"spec.{field}[{item.get('name', index)}].resources"
            yield from check_resources_of(path, item.get("resources", {}))


def _mounts(container: Manifest) -> list[Manifest]:
    mounts: list[Manifest] = container.get("volumeMounts", [])
    return mounts


def _twice(path: str, field: str, template: list[Manifest], flinks: list[Manifest]) -> Iterator[Finding]:
    """Find items whose ``field`` is that of another item, the template's or Flink's."""
    added = {item.get(field) for item in flinks}
    for name, count in Counter(item.get(field) for item in template).items():
        if name in added:
            rule = "must not be there, since Flink adds one of its own, and the API server takes no two"
            yield Finding(f"{path}[{name}]", None, rule, "remove it, or choose another name")
        elif name is not None and count > 1:
            yield Finding(f"{path}[{name}]", None, "must be there once", "remove all but one")
