"""A session that nobody needs for a while costs nothing: no JobManager, and so no TaskManagers; all else stays."""

from __future__ import annotations

from dataclasses import replace

from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import with_value_at


def suspend(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Set ``spec.replicas: 0``."""
    del parameters
    return replace(specification, deployment=with_value_at(specification.deployment, ("spec", "replicas"), 0))
