"""Pods that a namespace of the Pod Security Standard `restricted` takes, JobManager and TaskManagers alike.

Flink needs no right on its node. Its image runs as user 9999; nothing says so in the pods that Flink makes, so that a
namespace with that standard refuses them, and elsewhere a flaw in a job is worth more to an attacker than it need be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.kubernetes import constants
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.extensions.extension import main_container_index
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest, with_value_at
from flink_session.kubernetes.pod_template import load_pod_template, parse_pod_template

FLINK_USER = 9999
"""Number of the user and of the group of Flink's images."""


def restrict_job_manager(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Restrict the JobManager's main container; what the user's template says of it stays."""
    del parameters
    pod = specification.deployment["spec"]["template"]["spec"]
    index = main_container_index(specification.deployment)
    deployment = specification.deployment
    for path, value in _contexts(pod, pod["containers"][index], index):
        deployment = with_value_at(deployment, ("spec", "template", "spec", *path), value)
    return replace(specification, deployment=deployment)


def restrict_task_managers(
    configuration: Configuration, files: ClientFiles, version: FlinkVersion
) -> tuple[Configuration, ClientFiles]:
    """Restrict the TaskManagers, which the JobManager makes from a template: the user's, or one of ours.

    A template that cannot be read is left as it is; the checks say what is wrong with it.
    """
    path = configuration.get(Options.TASK_MANAGER_POD_TEMPLATE)
    if path is None:
        configuration = configuration.with_value(Options.TASK_MANAGER_POD_TEMPLATE, constants.OWN_POD_TEMPLATE)
        return configuration, replace(files, by_path={**files.by_path, constants.OWN_POD_TEMPLATE: _template_of_ours()})
    content = files.by_path.get(path)
    try:
        load_pod_template(content or b"", version)
        document = parse_pod_template(content or b"")
    except ValueError:
        return configuration, files
    import yaml  # noqa: PLC0415 (its import takes long)

    text = yaml.safe_dump(_restricted(document), sort_keys=False, allow_unicode=True)
    return configuration, replace(files, by_path={**files.by_path, path: text.encode()})


@cache
def _template_of_ours() -> bytes:
    """In JSON, which Flink takes as well: most clusters have this template, and need no parser of YAML for it."""
    document = {"spec": {"containers": [{"name": constants.MAIN_CONTAINER_NAME}]}}
    return json.dumps(_restricted(document), indent=2).encode()


def _restricted(document: Mapping[str, Any]) -> Manifest:
    """Return a template, restricted."""
    spec = dict(document.get("spec") or {})
    containers = [dict(container) for container in spec.get("containers") or []]
    names = [container.get("name") for container in containers]
    if constants.MAIN_CONTAINER_NAME not in names:
        containers.append({"name": constants.MAIN_CONTAINER_NAME})
        names.append(constants.MAIN_CONTAINER_NAME)
    # Of several the last one counts, as in Flink.
    index = len(names) - 1 - names[::-1].index(constants.MAIN_CONTAINER_NAME)
    template: Manifest = {**document, "spec": {**spec, "containers": containers}}
    for path, value in _contexts(template["spec"], containers[index], index):
        template = with_value_at(template, ("spec", *path), value)
    return template


def _contexts(
    pod: Mapping[str, Any], container: Mapping[str, Any], index: int
) -> tuple[tuple[tuple[str | int, ...], Manifest], ...]:
    """Return the security contexts of the pod and of one container, with what nobody has decided filled in.

    What the pod's own context says holds for the container, and is not overridden there. Other containers are their
    author's: they may have to run as somebody else.
    """
    of_pod: Manifest = dict(pod.get("securityContext") or {})
    of_container: Manifest = dict(container.get("securityContext") or {})
    decided = {**of_pod, **of_container}
    wanted: Manifest = {"runAsUser": FLINK_USER, "runAsGroup": FLINK_USER, "seccompProfile": {"type": "RuntimeDefault"}}
    if decided.get("runAsUser", FLINK_USER) != 0:
        wanted["runAsNonRoot"] = True
    if not (of_container.get("privileged") or (of_container.get("capabilities") or {}).get("add")):
        wanted |= {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    restricted = {**of_container, **{key: value for key, value in wanted.items() if key not in decided}}
    # So that the user can write to the volumes that the pod mounts.
    volumes = {"fsGroup": FLINK_USER, "fsGroupChangePolicy": "OnRootMismatch"}
    return (
        (("securityContext",), of_pod if "fsGroup" in of_pod else {**of_pod, **volumes}),
        (("containers", index, "securityContext"), restricted),
    )
