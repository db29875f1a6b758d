"""What a decorator is: one concern of the deployment, which changes the pod, adds objects, or changes an option."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.manifests import Manifest


@dataclass(frozen=True, slots=True)
class KubernetesStepDecorator:
    """Base of all decorators; by itself it changes nothing. Mirrors Flink's interface of this name.

    A decorator knows the parameters and no other decorator.
    """

    parameters: KubernetesJobManagerParameters

    @classmethod
    def is_enabled(cls, parameters: KubernetesJobManagerParameters) -> bool:
        """Tell whether Flink puts this decorator among the others."""
        del parameters
        return True

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Return the pod with this concern added."""
        return flink_pod

    def build_accompanying_kubernetes_resources(self) -> list[Manifest]:
        """Return the further objects that this concern needs."""
        return []

    def decorate_configuration(self) -> Configuration:
        """Return the configuration that the following decorators see.

        Flink's decorators write into the shared configuration while they build their objects.
        """
        return self.parameters.configuration
