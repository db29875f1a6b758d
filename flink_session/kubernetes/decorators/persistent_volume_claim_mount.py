"""Claims to volumes that exist: ``kubernetes.persistent-volume-claims``, from Flink 2.3 on."""

from __future__ import annotations

from flink_session.configuration.findings import illegal
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.persistent_volume_claims import volume_name


class PersistentVolumeClaimMountDecorator(KubernetesStepDecorator):
    """Mirrors ``PersistentVolumeClaimMountDecorator``."""

    __slots__ = ()

    @classmethod
    def is_enabled(cls, parameters: KubernetesJobManagerParameters) -> bool:
        """Tell whether this version of Flink has it."""
        return parameters.flink_version.has_persistent_volume_claims

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Mount each claim.

        Raises:
            IllegalConfigurationError: the pod has a volume of the name that the claim's would have.
        """
        read_only = self.parameters.persistent_volume_claim_read_only
        existing = {volume.get("name") for volume in flink_pod.pod.get("spec", {}).get("volumes", [])}
        for claim, path in self.parameters.persistent_volume_claims_to_mount_paths.items():
            name = volume_name(claim)
            if name in existing:
                rule = f"must not become the volume {name}, which the pod has already"
                fix = "rename that volume of the pod template, or mount the claim there"
                raise illegal(Options.KUBERNETES_PERSISTENT_VOLUME_CLAIMS.key, claim, rule, fix)
            source = {"claimName": claim, "readOnly": read_only}
            volume = {"name": name, "persistentVolumeClaim": source}
            flink_pod = flink_pod.with_mounted_volume(volume, path, readOnly=read_only)
        return flink_pod
