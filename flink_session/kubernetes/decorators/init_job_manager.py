"""The pod itself: labels, account, image, resources, ports, and the variables of every JobManager."""

from __future__ import annotations

from typing import Any

from flink_session.configuration.java_text import double_text, is_blank
from flink_session.kubernetes import constants
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest, without_empty


class InitJobManagerDecorator(KubernetesStepDecorator):
    """Mirrors ``InitJobManagerDecorator``; what is in the pod already yields to explicit options only."""

    __slots__ = ()

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Fill in metadata, spec and main container."""
        artifacts = {"name": constants.USER_ARTIFACTS_VOLUME, "emptyDir": {}}
        return (
            FlinkPod({**flink_pod.pod, "metadata": self._metadata(flink_pod)}, flink_pod.main_container)
            .with_pod_spec(**self._spec(flink_pod.pod.get("spec", {})))
            .with_main_container(**self._container(flink_pod.main_container))
            .with_environment(self._environment())
            .with_mounted_volume(artifacts, self.parameters.user_artifacts_base_dir)
        )

    def _metadata(self, flink_pod: FlinkPod) -> Manifest:
        metadata = flink_pod.pod.get("metadata", {})
        labels = {**metadata.get("labels", {}), **self.parameters.labels}
        annotations = {**metadata.get("annotations", {}), **self.parameters.annotations}
        return without_empty({**metadata, "labels": labels, "annotations": annotations}, "labels", "annotations")

    def _spec(self, spec: Manifest) -> Manifest:
        account: Any = self.parameters.service_account
        if not self.parameters.configuration.contains(Options.JOB_MANAGER_SERVICE_ACCOUNT):
            account = spec.get("serviceAccount", spec.get("serviceAccountName", account))
        return {
            "serviceAccount": account,
            "serviceAccountName": account,
            "hostNetwork": self.parameters.host_network_enabled,
            "dnsPolicy": self._dns_policy(spec),
            "imagePullSecrets": [*spec.get("imagePullSecrets", []), *self.parameters.image_pull_secrets],
            "nodeSelector": {**spec.get("nodeSelector", {}), **self.parameters.node_selector},
            "tolerations": [*spec.get("tolerations", []), *self.parameters.tolerations],
        }

    def _container(self, container: Manifest) -> Manifest:
        parameters, contains = self.parameters, self.parameters.configuration.contains
        image, policy = container.get("image"), container.get("imagePullPolicy")
        return {
            "name": constants.MAIN_CONTAINER_NAME,
            "image": parameters.image if contains(Options.CONTAINER_IMAGE) or image is None else image,
            "imagePullPolicy": parameters.image_pull_policy
            if contains(Options.CONTAINER_IMAGE_PULL_POLICY) or policy is None
            else policy,
            "resources": self._resources(container.get("resources", {})),
            "ports": [*container.get("ports", []), *self._ports()],
        }

    def _ports(self) -> list[Manifest]:
        """Return Flink's ports; on the host's network it binds others, which nobody knows yet."""
        if self.parameters.host_network_enabled:
            return []
        return [
            {"name": constants.REST_PORT_NAME, "containerPort": self.parameters.rest_port},
            {"name": constants.JOB_MANAGER_RPC_PORT_NAME, "containerPort": self.parameters.rpc_port},
            {"name": constants.BLOB_SERVER_PORT_NAME, "containerPort": self.parameters.blob_server_port},
        ]

    def _dns_policy(self, spec: Manifest) -> str:
        if self.parameters.host_network_enabled:
            return constants.DNS_POLICY_HOST_NETWORK
        policy: str = spec.get("dnsPolicy", "")
        return constants.DNS_POLICY_DEFAULT if is_blank(policy) else policy

    def _resources(self, resources: Manifest) -> Manifest:
        cpu, memory = self.parameters.job_manager_cpu, self.parameters.job_manager_memory_mb
        cpu_limit = cpu * self.parameters.job_manager_cpu_limit_factor
        # Java's cast to int saturates.
        memory_limit = int(min(memory * self.parameters.job_manager_memory_limit_factor, (1 << 31) - 1))
        requests = {"cpu": double_text(cpu), "memory": f"{memory}Mi"}
        limits = {"cpu": double_text(cpu_limit), "memory": f"{memory_limit}Mi"}
        return {
            **resources,
            "requests": {**resources.get("requests", {}), **requests},
            "limits": {**resources.get("limits", {}), **limits},
        }

    def _environment(self) -> list[Manifest]:
        variables: list[Manifest] = [
            {"name": name, "value": value} for name, value in self.parameters.environments.items()
        ]
        pod_ip = {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}
        variables.append({"name": constants.POD_IP_ENVIRONMENT, "valueFrom": pod_ip})
        if self.parameters.flink_log_dir_in_pod is not None:
            variables.append(
                {"name": constants.FLINK_LOG_DIR_ENVIRONMENT, "value": self.parameters.flink_log_dir_in_pod}
            )
        return variables
