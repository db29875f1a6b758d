"""Ready means that the REST API answers, so that whoever waits for the Deployment gets a cluster that takes jobs."""

from __future__ import annotations

from dataclasses import replace

from flink_session.configuration.core_options import SecurityOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions.extension import find_resource, main_container_index, with_resource
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest, with_value_at

_TIMING = {"periodSeconds": 1, "timeoutSeconds": 5, "failureThreshold": 10}


def add_readiness_probe(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Probe ``/overview`` on the port that the server listens on, unless the container has a readiness probe.

    On the host's network there is none: the port is a free one that nobody knows beforehand.

    The internal Service publishes the address of a JobManager that is not ready, too: TaskManagers must find it while
    it starts, and keep finding it when one answer comes late.
    """
    index = main_container_index(specification.deployment)
    container = specification.deployment["spec"]["template"]["spec"]["containers"][index]
    if "readinessProbe" not in container and not parameters.host_network_enabled:
        path = ("spec", "template", "spec", "containers", index, "readinessProbe")
        deployment = with_value_at(specification.deployment, path, {**_action(parameters), **_TIMING})
        specification = replace(specification, deployment=deployment)
    service = find_resource(specification, "Service", constants.internal_service_name(parameters.cluster_id))
    if service is None:
        return specification
    return with_resource(specification, with_value_at(service, ("spec", "publishNotReadyAddresses"), True))


def _action(parameters: KubernetesJobManagerParameters) -> Manifest:
    port = parameters.rest_bind_port
    if not parameters.configuration.get(SecurityOptions.SSL_REST_ENABLED):
        return {"httpGet": {"path": "/overview", "port": port}}
    if parameters.configuration.get(SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED):
        # The kubelet has no client certificate to show.
        return {"tcpSocket": {"port": port}}
    return {"httpGet": {"path": "/overview", "port": port, "scheme": "HTTPS"}}
