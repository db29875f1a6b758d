"""A client that uploads a jar and then runs it asks the same JobManager both times, on whatever connections.

An uploaded jar is on the disk of the JobManager that got it, and the rest Service leads each connection to any of them.
"""

from __future__ import annotations

from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions.extension import find_resource, with_resource
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.kubernetes_config_options import ServiceExposedType
from flink_session.kubernetes.manifests import with_value_at


def keeps_clients_at_one(parameters: KubernetesJobManagerParameters) -> bool:
    """Tell whether the rest Service can do it: a headless one leads to nobody, it names all addresses."""
    return parameters.rest_service_exposed_type is not ServiceExposedType.HEADLESS_CLUSTER_IP


def keep_clients_at_one(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Set ``sessionAffinity: ClientIP`` of the rest Service where there are several JobManagers."""
    service = find_resource(specification, "Service", constants.rest_service_name(parameters.cluster_id))
    if service is None or parameters.replicas == 1 or not keeps_clients_at_one(parameters):
        return specification
    return with_resource(specification, with_value_at(service, ("spec", "sessionAffinity"), "ClientIP"))
