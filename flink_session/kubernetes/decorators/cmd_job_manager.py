"""What the container runs: Flink's script, which computes the JVM's flags inside the pod."""

from __future__ import annotations

from flink_session.kubernetes import constants
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod


class CmdJobManagerDecorator(KubernetesStepDecorator):
    """Mirrors ``CmdJobManagerDecorator``, down to the blank at the end of the command line."""

    __slots__ = ()

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Set command and arguments."""
        script = constants.KUBERNETES_SESSION_SCRIPT + self.parameters.entrypoint_args
        return flink_pod.with_main_container(
            command=[self.parameters.container_entrypoint], args=["bash", "-c", script]
        )
