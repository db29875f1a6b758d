"""Deploying a session cluster, as far as it is a decision: which objects, with which configuration.

Mirrors ``KubernetesClusterDescriptor``. Creating the objects is somebody else's work, and so is taking them away:
Flink's own cleanup deletes a Deployment of that name after any failure, whoever made it, and is not copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import (
    BlobServerOptions,
    DeploymentOptions,
    HighAvailabilityOptions,
    JobManagerOptions,
    RestOptions,
    TaskManagerOptions,
)
from flink_session.configuration.findings import FindingCollector
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes import constants
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.decorators.flink_conf_mount import cluster_side_configuration
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.job_manager_factory import build_kubernetes_job_manager_specification
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters, fixed_port
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions
from flink_session.memory.cluster_specification import ClusterSpecification


@dataclass(frozen=True, slots=True)
class SessionDeployment:
    """What deploying a session comes to.

    Attributes:
        specification: the objects, as Flink's client would create them.
        parameters: what they were built from, after all changes that Flink makes to the configuration.
    """

    specification: KubernetesJobManagerSpecification
    parameters: KubernetesJobManagerParameters

    @property
    def effective_configuration(self) -> Configuration:
        """What Flink reads in the cluster: the content of ``config.yaml``."""
        return cluster_side_configuration(self.parameters.configuration)


@dataclass(frozen=True, slots=True)
class KubernetesClusterDescriptor:
    """A cluster to be deployed.

    Attributes:
        configuration: the client's, with ``kubernetes.cluster-id``.
        flink_version: decides the default image.
        client_files: what Flink's client reads from its machine beside the configuration.
    """

    configuration: Configuration
    flink_version: FlinkVersion
    client_files: ClientFiles = field(default_factory=ClientFiles)

    def deploy_session_cluster(self, cluster_specification: ClusterSpecification) -> SessionDeployment:
        """Build all objects of a session cluster.

        Raises:
            IllegalConfigurationError: Flink would refuse the configuration, or would lose a part of it.
        """
        collector = FindingCollector()
        configuration = session_configuration(self.configuration, collector)
        parameters = KubernetesJobManagerParameters(
            configuration, self.flink_version, self.client_files, cluster_specification
        )
        collector.add(parameters.validate().findings)
        collector.raise_errors()
        return SessionDeployment(*build_kubernetes_job_manager_specification(parameters.pod_template, parameters))


def session_configuration(configuration: Configuration, collector: FindingCollector) -> Configuration:
    """Make the changes that ``deployClusterInternal`` makes for a session cluster, in its order.

    A port that the objects name and that is not one fixed number is a finding for ``collector``.
    """
    configuration = configuration.with_values(
        {
            DeploymentOptions.EXECUTION_MODE.key: "NORMAL",
            KubernetesConfigOptions.INTERNAL_ENTRYPOINT_CLASS.key: constants.SESSION_ENTRYPOINT_CLASS,
        }
    )
    ports: list[tuple[ConfigOption[str], int]] = [
        (BlobServerOptions.PORT, constants.BLOB_SERVER_PORT),
        (TaskManagerOptions.RPC_PORT, constants.TASK_MANAGER_RPC_PORT),
        (RestOptions.BIND_PORT, constants.REST_PORT),
    ]
    if HighAvailabilityMode.of(configuration).is_active:
        cluster_id = configuration.get(KubernetesConfigOptions.CLUSTER_ID) or ""
        configuration = configuration.with_value(HighAvailabilityOptions.HA_CLUSTER_ID, cluster_id)
        rpc_port = collector.attempt(configuration.get, JobManagerOptions.PORT)
        ports.append((HighAvailabilityOptions.HA_JOB_MANAGER_PORT_RANGE, rpc_port or 0))
    for option, port in ports:
        if collector.attempt(fixed_port, configuration, option) == 0:
            configuration = configuration.with_value(option, str(port))
    return configuration
