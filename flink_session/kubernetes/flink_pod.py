"""A pod, and apart from it the container that runs Flink: decorators change either without searching for the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from flink_session.kubernetes.manifests import Manifest, without_empty


@dataclass(frozen=True, slots=True)
class FlinkPod:
    """Mirrors ``org.apache.flink.kubernetes.kubeclient.FlinkPod``.

    Attributes:
        pod: metadata and spec, without the main container.
        main_container: the container that runs Flink.
    """

    pod: Manifest = field(default_factory=dict)
    main_container: Manifest = field(default_factory=dict)

    def with_pod_spec(self, **fields: object) -> FlinkPod:
        """Return a copy with these fields of the pod's spec; empty ones are left out."""
        spec = without_empty({**self.pod.get("spec", {}), **fields}, *fields)
        return FlinkPod({**self.pod, "spec": spec}, self.main_container)

    def with_main_container(self, **fields: object) -> FlinkPod:
        """Return a copy with these fields of the main container; empty ones are left out."""
        return FlinkPod(self.pod, without_empty({**self.main_container, **fields}, *fields))

    def with_environment(self, variables: list[Manifest]) -> FlinkPod:
        """Return a copy with these variables appended to the main container's."""
        return self.with_main_container(env=[*self.main_container.get("env", []), *variables])

    def with_mounted_volume(self, volume: Manifest, mount_path: str, **fields: object) -> FlinkPod:
        """Return a copy with one more volume, mounted in the main container; ``fields`` are more of the mount's."""
        mount = {"name": volume["name"], "mountPath": mount_path, **fields}
        return self.with_pod_spec(volumes=[*self.pod.get("spec", {}).get("volumes", []), volume]).with_main_container(
            volumeMounts=[*self.main_container.get("volumeMounts", []), mount]
        )

    def to_pod_template(self) -> Manifest:
        """Put the main container back, behind the others as Flink does: the pod template of a Deployment."""
        spec = self.pod.get("spec", {})
        containers = [*spec.get("containers", []), self.main_container]
        template = {"metadata": self.pod.get("metadata"), "spec": {**spec, "containers": containers}}
        return without_empty(template, "metadata")
