"""Each object says which namespace it belongs to; Flink's client says it in the URL only."""

from __future__ import annotations

from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import with_value_at


def add_namespace(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Set ``metadata.namespace`` of all objects."""
    deployment, *resources = (
        with_value_at(item, ("metadata", "namespace"), parameters.namespace) for item in specification.objects
    )
    return KubernetesJobManagerSpecification(deployment, tuple(resources))
