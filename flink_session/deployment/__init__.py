"""From a configuration to what deploys it, and from a component's arguments to a planned cluster."""

from flink_session.deployment.cluster_client_factory import ClusterClientFactory, KubernetesClusterClientFactory
from flink_session.deployment.service_loader import ClusterClientServiceLoader
from flink_session.deployment.session import (
    Extensions,
    JobManagerResources,
    SessionCluster,
    SessionClusterOptions,
    TaskManagerResources,
    plan_session_cluster,
)

__all__ = [
    "ClusterClientFactory",
    "ClusterClientServiceLoader",
    "Extensions",
    "JobManagerResources",
    "KubernetesClusterClientFactory",
    "SessionCluster",
    "SessionClusterOptions",
    "TaskManagerResources",
    "plan_session_cluster",
]
