"""The TaskManagers' pod template, which the JobManager reads: what we add to TaskManagers must stand in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final, TypeAlias

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.kubernetes import constants
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.extensions.pod_security import restrict_pod
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.pod_template import load_pod_template, parse_pod_template

PodChange: TypeAlias = Callable[[Manifest, int], Manifest]
"""From a pod's spec, and where its main container stands, to another spec."""

_OURS: Final[Manifest] = {"spec": {"containers": [{"name": constants.MAIN_CONTAINER_NAME}]}}


def change_task_managers(
    configuration: Configuration,
    files: ClientFiles,
    version: FlinkVersion,
    changes: tuple[PodChange, ...],
    *,
    apart: bool = False,
) -> tuple[Configuration, ClientFiles]:
    """Change the template of the TaskManagers: the user's, or one of ours.

    A template that cannot be read is left as it is; the checks say what is wrong with it.

    Args:
        configuration: all options.
        files: what the client finds on its disk.
        version: the release.
        changes: what to do to the pod, in this order.
        apart: whether a template that the JobManager has as well stays as it is for that.
    """
    path = configuration.get(Options.TASK_MANAGER_POD_TEMPLATE)
    if path is None:
        configuration = configuration.with_value(Options.TASK_MANAGER_POD_TEMPLATE, constants.OWN_POD_TEMPLATE)
        template = _restricted_template() if changes == (restrict_pod,) else _as_json(_changed(_OURS, changes))
        return configuration, replace(files, by_path={**files.by_path, constants.OWN_POD_TEMPLATE: template})
    content = files.by_path.get(path)
    try:
        load_pod_template(content or b"", version)
        document = parse_pod_template(content or b"")
    except ValueError:
        return configuration, files
    import yaml  # noqa: PLC0415 (its import takes long)

    text = yaml.safe_dump(_changed(document, changes), sort_keys=False, allow_unicode=True)
    if apart and path == configuration.get(Options.JOB_MANAGER_POD_TEMPLATE):
        path = f"{path} of TaskManagers"
        configuration = configuration.with_value(Options.TASK_MANAGER_POD_TEMPLATE, path)
    return configuration, replace(files, by_path={**files.by_path, path: text.encode()})


@cache
def _restricted_template() -> bytes:
    """Return the template that most clusters have."""
    return _as_json(_changed(_OURS, (restrict_pod,)))


def _as_json(document: Manifest) -> bytes:
    """Write a template of ours in JSON, which Flink takes as well: it needs no parser of YAML."""
    return json.dumps(document, indent=2).encode()


def _changed(document: Mapping[str, Any], changes: tuple[PodChange, ...]) -> Manifest:
    """Return a template with all changes, and a main container in it."""
    spec = dict(document.get("spec") or {})
    containers = [dict(container) for container in spec.get("containers") or []]
    names = [container.get("name") for container in containers]
    if constants.MAIN_CONTAINER_NAME not in names:
        containers.append({"name": constants.MAIN_CONTAINER_NAME})
        names.append(constants.MAIN_CONTAINER_NAME)
    # Of several the last one counts, as in Flink.
    index = len(names) - 1 - names[::-1].index(constants.MAIN_CONTAINER_NAME)
    spec["containers"] = containers
    for change in changes:
        spec = change(spec, index)
    return {**document, "spec": spec}
