"""Nodes may be drained, and one JobManager of several goes at a time: so that another one is there to take over."""

from __future__ import annotations

from dataclasses import replace

from flink_session.kubernetes.extensions.access import access_name
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification


def has_disruption_budget(parameters: KubernetesJobManagerParameters) -> bool:
    """Tell whether there is somebody to stand by. For a single JobManager a budget would only block the drain."""
    return parameters.replicas > 1


def add_disruption_budget(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Add a PodDisruptionBudget of the JobManagers, where there are several.

    TaskManagers have none: a job that loses one goes on from its checkpoint, and idle ones go all the time.
    """
    if not has_disruption_budget(parameters):
        return specification
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": access_name(parameters.cluster_id), "labels": dict(parameters.common_labels)},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": dict(parameters.selectors)}},
    }
    return replace(specification, accompanying_resources=(*specification.accompanying_resources, budget))
