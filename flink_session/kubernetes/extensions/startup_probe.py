"""A JobManager whose REST server never comes up is started anew, where else it would stay for ever and not be ready."""

from __future__ import annotations

from dataclasses import replace

from flink_session.kubernetes.extensions.extension import main_container_index
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import with_value_at

_TIMING = {"periodSeconds": 1, "failureThreshold": 600}
"""Ten minutes: a JVM on a busy node takes two to load Flink, and whoever ends it too early makes it begin again."""


def add_startup_probe(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Probe whether the REST port is open, unless the container has a startup probe; not on the host's network.

    Whether REST answers is another question, which the readiness probe asks from then on: a JobManager that waits for
    a leader answers nothing, and it must not be ended for that.
    """
    index = main_container_index(specification.deployment)
    container = specification.deployment["spec"]["template"]["spec"]["containers"][index]
    if "startupProbe" in container or parameters.host_network_enabled:
        return specification
    probe = {"tcpSocket": {"port": parameters.rest_bind_port}, **_TIMING}
    path = ("spec", "template", "spec", "containers", index, "startupProbe")
    return replace(specification, deployment=with_value_at(specification.deployment, path, probe))
