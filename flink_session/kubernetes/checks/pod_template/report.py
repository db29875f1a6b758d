"""Pod templates that Flink accepts and that then break, and the report of what Flink makes of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flink_session.configuration.catalogue.spelling import nearest_key
from flink_session.configuration.files.encoding import marked_encoding
from flink_session.configuration.findings import Finding, is_sensitive
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.flinks_pod import JOB_MANAGER, TASK_MANAGER, FlinksPod, flinks_pods, merged_pod
from flink_session.kubernetes.checks.pod_template.effects import FieldEffect, field_effects
from flink_session.kubernetes.checks.pod_template.fields import unknown_fields
from flink_session.kubernetes.checks.pod_template.paths import TemplatePaths, main_container_index
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.pod_model import read_pod
from flink_session.kubernetes.pod_template import load_pod_template, parse_pod_template

_DOCUMENT = ("apiVersion", "kind", "metadata", "spec")
_CONTAINERS = ("containers", "initContainers")


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
    """Report on each role's template of the user.

    Nothing is said of one that Flink's client refuses: that is its own finding.
    """
    options = (Options.JOB_MANAGER_POD_TEMPLATE, Options.TASK_MANAGER_POD_TEMPLATE)
    if all(parameters.configuration.get(option) in (None, constants.OWN_POD_TEMPLATE) for option in options):
        return
    for flinks in flinks_pods(parameters):
        key = flinks.configuration.key_of(flinks.template)
        path = None if key is None else str(flinks.configuration.values[key])
        if path == constants.OWN_POD_TEMPLATE:
            continue
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
    pod = read_pod(document)
    effects = tuple(field_effects(pod, template, flinks))
    findings = [
        *_document(document),
        *_main_container(pod),
        *_role(pod, flinks),
        *_refused(pod, template, flinks),
        *_hidden(pod, flinks),
        *_variables(pod),
        *map(_warning, (effect for effect in effects if not effect.expected)),
    ]
    named = (replace(item, key=f"{key}, {item.key}") for item in findings)
    return PodTemplateReport(flinks.role, key, path, effects, tuple(named))


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


def _main_container(pod: Manifest) -> Iterator[Finding]:
    """Find main containers that Flink drops, and such as it does not take for one."""
    main, containers = constants.MAIN_CONTAINER_NAME, pod.get("spec", {}).get("containers", [])
    for index, item in enumerate(containers):
        name = item.get("name")
        if name == main and index != main_container_index(pod):
            rule = f"must be the only {main}, since Flink drops all but the last"
            yield Finding(f"spec.containers[{index}]", None, rule, "make one of them")
        elif name and name != main and nearest_key(name, (main,)):
            rule = f"is {name} and not {main}, but a container beside it"
            yield Finding(f"spec.containers[{index}]", None, rule, f"write {main}")


def _role(pod: Manifest, flinks: FlinksPod) -> Iterator[Finding]:
    """Find what a pod may have, but not one of this role."""
    spec = pod.get("spec", {})
    namespace = pod.get("metadata", {}).get("namespace")
    if flinks.role != JOB_MANAGER:
        if namespace and namespace != flinks.namespace:
            rule = f"must be {flinks.namespace}, since the JobManager watches its TaskManagers there"
            yield Finding("metadata.namespace", namespace, rule, "remove it")
        return
    policy = spec.get("restartPolicy")
    if policy in ("Never", "OnFailure"):
        yield Finding("spec.restartPolicy", policy, "must be Always in a Deployment", "remove it")
    if "activeDeadlineSeconds" in spec:
        yield Finding("spec.activeDeadlineSeconds", None, "must not be there in a Deployment", "remove it")


def _refused(pod: Manifest, template: FlinkPod, flinks: FlinksPod) -> Iterator[Finding]:
    """Find what makes the API server refuse the pod that Flink makes of the template.

    What is wrong with Flink's own part of that pod comes from options, which have checks of their own.
    """
    # A dozen modules of rules, for those who have a template.
    from flink_session.kubernetes.checks.pod_validation import path_text, validate_pod  # noqa: PLC0415

    merged = merged_pod(template, flinks)
    paths = TemplatePaths(pod, merged)
    for fault in validate_pod(merged):
        place, rule, fix = paths.find(fault.path), fault.rule, fault.fix
        if place is None and fault.clash is not None:
            place = paths.find(fault.clash)
            rule = "must not be there, since Flink adds one of its own, and the API server takes no two"
            fix = "remove it, or choose another"
        if place is not None:
            key = path_text(place)
            # What only looks like a secret would be masked: a name is none.
            value = None if is_sensitive(key) else fault.value
            yield Finding(key, value, rule, fix, "error" if fault.refused else "warning")


def _hidden(pod: Manifest, flinks: FlinksPod) -> Iterator[Finding]:
    """Find mounts where Flink mounts something, too, though the API server takes the two paths for different ones."""
    index = main_container_index(pod)
    if index is None:
        return
    flinks_paths = {item["mountPath"] for item in flinks.container["volumeMounts"]}
    for number, item in enumerate(pod["spec"]["containers"][index].get("volumeMounts", [])):
        path = item.get("mountPath") or "/"
        if path not in flinks_paths and (path.rstrip("/") or "/") in {other.rstrip("/") for other in flinks_paths}:
            rule = "must not be there, since Flink mounts something of its own there"
            key = f"spec.containers[{index}].volumeMounts[{number}].mountPath"
            yield Finding(key, path, rule, "remove it, or choose another path")


def _variables(pod: Manifest) -> Iterator[Finding]:
    """Find variables in clear text that are secrets by their names, and such as are there twice."""
    for field in _CONTAINERS:
        for index, container in enumerate(pod.get("spec", {}).get(field, [])):
            variables = container.get("env", [])
            last = {item.get("name"): number for number, item in enumerate(variables)}
            for number, item in enumerate(variables):
                name, value = item.get("name", ""), item.get("value", "")
                key = f"spec.{field}[{index}].env[{number}]"
                if name and last[name] != number:
                    rule = f"sets {name}, which is there twice, and the last one counts"
                    yield Finding(key, None, rule, "keep one", "warning")
                if is_sensitive(name) and value and not value.startswith("$("):
                    rule = f"must not set {name} in clear text, since all who may read Deployments or ConfigMaps see it"
                    yield Finding(key, None, rule, "put it into a Secret, and say valueFrom.secretKeyRef")
