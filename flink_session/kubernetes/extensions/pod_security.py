"""Pods that a namespace of the Pod Security Standard `restricted` takes, JobManager and TaskManagers alike.

Flink needs no right on its node. Its image runs as user 9999; nothing says so in the pods that Flink makes, so that a
namespace with that standard refuses them, and elsewhere a flaw in a job is worth more to an attacker than it need be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flink_session.kubernetes.extensions.extension import main_container_index
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest, with_value_at

FLINK_USER = 9999
"""Number of the user and of the group of Flink's images."""


def restrict_job_manager(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Restrict the JobManager's main container; what the user's template says of it stays."""
    del parameters
    deployment, path = specification.deployment, ("spec", "template", "spec")
    spec = restrict_pod(deployment["spec"]["template"]["spec"], main_container_index(deployment))
    return replace(specification, deployment=with_value_at(deployment, path, spec))


def restrict_pod(spec: Manifest, index: int) -> Manifest:
    """Restrict a pod's main container, which stands at ``index``; what the user says of it stays."""
    for path, value in _contexts(spec, spec["containers"][index], index):
        spec = with_value_at(spec, path, value)
    return spec


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
