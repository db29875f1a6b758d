"""Never two JobManagers of one session: the old one stops before the new one starts.

Flink's client sets no strategy, and the API server's default starts a second JobManager beside the first. Without high
availability both are then behind one Service, and both claim the same TaskManagers.
"""

from __future__ import annotations

from dataclasses import replace

from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import with_value_at


def use_recreate_strategy(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Set ``spec.strategy.type: Recreate``."""
    del parameters
    deployment = with_value_at(specification.deployment, ("spec", "strategy"), {"type": "Recreate"})
    return replace(specification, deployment=deployment)
