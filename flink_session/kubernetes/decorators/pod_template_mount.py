"""The TaskManagers' pod template: shipped as a ConfigMap, for the JobManager to start them from."""

from __future__ import annotations

from flink_session.kubernetes import constants
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.manifests import Manifest


class PodTemplateMountDecorator(KubernetesStepDecorator):
    """Mirrors ``PodTemplateMountDecorator``. The text is shipped as it is; the JobManager is the first to read it."""

    __slots__ = ()

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Mount the file."""
        if self.parameters.task_manager_pod_template is None:
            return flink_pod
        name = constants.TASK_MANAGER_POD_TEMPLATE_FILE
        config_map = {
            "name": constants.pod_template_config_map_name(self.parameters.cluster_id),
            "items": [{"key": name, "path": name}],
        }
        volume = {"name": constants.POD_TEMPLATE_VOLUME, "configMap": config_map}
        return flink_pod.with_mounted_volume(volume, constants.POD_TEMPLATE_DIR_IN_POD)

    def build_accompanying_kubernetes_resources(self) -> list[Manifest]:
        """Return the ConfigMap."""
        text = self.parameters.task_manager_pod_template
        if text is None:
            return []
        metadata = {
            "name": constants.pod_template_config_map_name(self.parameters.cluster_id),
            "labels": self.parameters.common_labels,
        }
        data = {constants.TASK_MANAGER_POD_TEMPLATE_FILE: text}
        return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}]
