"""The seam between a configuration and what deploys it: somebody else's package can add another target."""

from __future__ import annotations

from typing import Protocol

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import DeploymentOptions
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.cluster_descriptor import KubernetesClusterDescriptor, SessionDeployment
from flink_session.kubernetes.constants import SESSION_TARGET
from flink_session.memory.cluster_specification import ClusterSpecification


class ClusterDescriptor(Protocol):
    """What can deploy a session cluster. Mirrors ``org.apache.flink.client.deployment.ClusterDescriptor``."""

    def deploy_session_cluster(self, cluster_specification: ClusterSpecification) -> SessionDeployment:
        """Build all objects of a session cluster."""
        ...


class ClusterClientFactory(Protocol):
    """Mirrors ``org.apache.flink.client.deployment.ClusterClientFactory``."""

    def is_compatible_with(self, configuration: Configuration) -> bool:
        """Tell whether this factory deploys such a configuration."""
        ...

    def get_cluster_specification(
        self, configuration: Configuration, flink_version: FlinkVersion
    ) -> ClusterSpecification:
        """Derive the size of the cluster."""
        ...

    def create_cluster_descriptor(
        self, configuration: Configuration, flink_version: FlinkVersion, client_files: ClientFiles
    ) -> ClusterDescriptor:
        """Make what deploys the configuration."""
        ...


class KubernetesClusterClientFactory:
    """Deploys native Kubernetes sessions. Mirrors Flink's class of this name.

    Flink's factory takes ``kubernetes-application`` too; application clusters are not built here.
    """

    def is_compatible_with(self, configuration: Configuration) -> bool:
        """Tell whether ``execution.target`` is ``kubernetes-session``, in any case."""
        return (configuration.get(DeploymentOptions.TARGET) or "").lower() == SESSION_TARGET

    def get_cluster_specification(
        self, configuration: Configuration, flink_version: FlinkVersion
    ) -> ClusterSpecification:
        """Derive the size of the cluster from the memory model.

        Raises:
            IllegalConfigurationError: the memory of a role cannot be derived.
        """
        return ClusterSpecification.from_configuration(configuration, flink_version)

    def create_cluster_descriptor(
        self, configuration: Configuration, flink_version: FlinkVersion, client_files: ClientFiles
    ) -> KubernetesClusterDescriptor:
        """Make the descriptor. The cluster id must be there: a random one would be another in each preview."""
        return KubernetesClusterDescriptor(configuration, flink_version, client_files)
