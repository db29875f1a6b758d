"""The ConfigMap with ``config.yaml`` and the log configuration, mounted where Flink looks for them."""

from __future__ import annotations

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import (
    DeploymentOptions,
    JobManagerOptions,
    RestOptions,
    TaskManagerOptions,
)
from flink_session.configuration.files.configuration_file import dump_configuration
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes import constants
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions
from flink_session.kubernetes.manifests import Manifest

CLIENT_SIDE_OPTIONS: tuple[ConfigOption[str | None], ...] = (
    KubernetesConfigOptions.KUBE_CONFIG_FILE,
    DeploymentOptions.CONF_DIR,
    RestOptions.BIND_ADDRESS,
    JobManagerOptions.BIND_HOST,
    TaskManagerOptions.BIND_HOST,
    TaskManagerOptions.HOST,
)
"""What only concerns the client, or a process that shares its machine with nothing."""


def cluster_side_configuration(configuration: Configuration) -> Configuration:
    """Return what Flink reads inside the cluster: without what only concerns the client or a single machine."""
    return configuration.without(filter(None, map(configuration.key_of, CLIENT_SIDE_OPTIONS)))


class FlinkConfMountDecorator(KubernetesStepDecorator):
    """Mirrors ``FlinkConfMountDecorator``. It comes after each decorator that changes an option."""

    __slots__ = ()

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Mount exactly the files that there are; the mount hides what else the image has in the folder."""
        files = [*self._log_files(), self.parameters.configuration.file_name]
        volume = {
            "name": constants.FLINK_CONF_VOLUME,
            "configMap": {
                "name": constants.config_map_name(self.parameters.cluster_id),
                "items": [{"key": name, "path": name} for name in files],
            },
        }
        return flink_pod.with_mounted_volume(volume, self.parameters.flink_conf_dir_in_pod)

    def build_accompanying_kubernetes_resources(self) -> list[Manifest]:
        """Return the ConfigMap."""
        metadata = {
            "name": constants.config_map_name(self.parameters.cluster_id),
            "labels": self.parameters.common_labels,
        }
        data = {
            **self._log_files(),
            self.parameters.configuration.file_name: dump_configuration(
                cluster_side_configuration(self.parameters.configuration)
            ),
        }
        return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}]

    def _log_files(self) -> dict[str, str]:
        files = self.parameters.client_files.log_configuration
        names = constants.log_configuration_files(self.parameters.flink_version)
        return {name: files[name] for name in names if name in files}
