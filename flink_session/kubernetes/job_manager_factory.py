"""From parameters to objects: the decorators in their order. Mirrors ``KubernetesJobManagerFactory``."""

from __future__ import annotations

from flink_session.kubernetes.decorators import JOB_MANAGER_DECORATORS
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest, without_empty


def build_kubernetes_job_manager_specification(
    pod_template: FlinkPod, parameters: KubernetesJobManagerParameters
) -> tuple[KubernetesJobManagerSpecification, KubernetesJobManagerParameters]:
    """Build all objects.

    Each decorator changes the pod, adds its objects, and hands on the configuration; the last one is in the parameters
    that are returned.

    Raises:
        IllegalConfigurationError: a parameter is illegal, or the configuration cannot be written.
    """
    flink_pod, resources = pod_template, list[Manifest]()
    for decorator_type in JOB_MANAGER_DECORATORS:
        if not decorator_type.is_enabled(parameters):
            continue
        decorator = decorator_type(parameters)
        flink_pod = decorator.decorate_flink_pod(flink_pod)
        resources += decorator.build_accompanying_kubernetes_resources()
        parameters = parameters.with_configuration(decorator.decorate_configuration())
    deployment = _deployment(flink_pod, parameters)
    return KubernetesJobManagerSpecification(deployment, tuple(resources)), parameters


def _deployment(flink_pod: FlinkPod, parameters: KubernetesJobManagerParameters) -> Manifest:
    metadata = {
        "name": parameters.cluster_id,
        "labels": parameters.labels,
        "annotations": parameters.annotations,
        "ownerReferences": parameters.owner_references,
    }
    spec = {
        "replicas": parameters.replicas,
        "selector": {"matchLabels": parameters.selectors},
        "template": flink_pod.to_pod_template(),
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": without_empty(metadata), "spec": spec}
