"""Hadoop's configuration: a ConfigMap that exists, or one of the client's own files."""

from __future__ import annotations

from flink_session.kubernetes import constants
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.manifests import Manifest


class HadoopConfMountDecorator(KubernetesStepDecorator):
    """Mirrors ``HadoopConfMountDecorator``; of the client's files it takes ``core-site.xml`` and ``hdfs-site.xml``."""

    __slots__ = ()

    @classmethod
    def is_enabled(cls, parameters: KubernetesJobManagerParameters) -> bool:
        """Tell whether ``kubernetes.decorator.hadoop-conf-mount.enabled`` leaves it in."""
        return parameters.hadoop_conf_mount_decorator_enabled

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Mount the folder, and say where it is."""
        existing, files = self.parameters.existing_hadoop_configuration_config_map, self._files()
        if existing is not None:
            config_map: Manifest = {"name": existing}
        elif files:
            name = constants.hadoop_config_map_name(self.parameters.cluster_id)
            config_map = {"name": name, "items": [{"key": file, "path": file} for file in files]}
        else:
            return flink_pod
        folder = constants.HADOOP_CONF_DIR_IN_POD
        return flink_pod.with_mounted_volume(
            {"name": constants.HADOOP_CONF_VOLUME, "configMap": config_map}, folder
        ).with_environment([{"name": constants.HADOOP_CONF_DIR_ENVIRONMENT, "value": folder}])

    def build_accompanying_kubernetes_resources(self) -> list[Manifest]:
        """Return the ConfigMap of the client's files."""
        files = self._files()
        if self.parameters.existing_hadoop_configuration_config_map is not None or not files:
            return []
        metadata = {
            "name": constants.hadoop_config_map_name(self.parameters.cluster_id),
            "labels": self.parameters.common_labels,
        }
        return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": files}]

    def _files(self) -> dict[str, str]:
        files = self.parameters.client_files.hadoop_configuration
        return {name: files[name] for name in constants.HADOOP_CONFIGURATION_FILES if name in files}
