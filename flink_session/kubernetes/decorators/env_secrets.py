"""Variables from Secrets: ``kubernetes.env.secretKeyRef``."""

from __future__ import annotations

from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.manifests import without_empty


class EnvSecretsDecorator(KubernetesStepDecorator):
    """Mirrors ``EnvSecretsDecorator``."""

    __slots__ = ()

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Append one variable for each reference."""
        return flink_pod.with_environment(
            [
                without_empty(
                    {
                        "name": reference.get("env"),
                        "valueFrom": {
                            "secretKeyRef": without_empty(
                                {"name": reference.get("secret"), "key": reference.get("key")}
                            )
                        },
                    }
                )
                for reference in self.parameters.environments_from_secrets
            ]
        )
