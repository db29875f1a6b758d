"""Flink's native Kubernetes deployment: the objects of a session cluster, as Flink's own client would create them."""

from flink_session.kubernetes.cluster_descriptor import KubernetesClusterDescriptor, SessionDeployment
from flink_session.kubernetes.extensions import Extensions
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_factory import build_kubernetes_job_manager_specification
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions
from flink_session.kubernetes.manifests import Manifest

__all__ = [
    "Extensions",
    "FlinkPod",
    "KubernetesClusterDescriptor",
    "KubernetesConfigOptions",
    "KubernetesJobManagerParameters",
    "KubernetesJobManagerSpecification",
    "Manifest",
    "SessionDeployment",
    "build_kubernetes_job_manager_specification",
]
