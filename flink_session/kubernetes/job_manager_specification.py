"""The result of a build: all objects of a cluster, before anything is created."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.kubernetes.manifests import Manifest


@dataclass(frozen=True, slots=True)
class KubernetesJobManagerSpecification:
    """Mirrors ``org.apache.flink.kubernetes.kubeclient.KubernetesJobManagerSpecification``.

    Attributes:
        deployment: the JobManager's Deployment.
        accompanying_resources: Services, ConfigMaps and so on, in the order in which Flink creates them.
    """

    deployment: Manifest
    accompanying_resources: tuple[Manifest, ...]

    @property
    def objects(self) -> tuple[Manifest, ...]:
        """All objects, the Deployment first."""
        return (self.deployment, *self.accompanying_resources)
