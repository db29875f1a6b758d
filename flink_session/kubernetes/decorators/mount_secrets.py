"""Files from Secrets: ``kubernetes.secrets``."""

from __future__ import annotations

from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod


class MountSecretsDecorator(KubernetesStepDecorator):
    """Mirrors ``MountSecretsDecorator``."""

    __slots__ = ()

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Mount each Secret whole, as the folder that the option names."""
        for name, path in self.parameters.secret_names_to_mount_paths.items():
            volume = {"name": f"{name}-volume", "secret": {"secretName": name}}
            flink_pod = flink_pod.with_mounted_volume(volume, path)
        return flink_pod
