"""The decorators of Flink's client: each adds one concern to the JobManager, and knows no other."""

from flink_session.kubernetes.decorators.cmd_job_manager import CmdJobManagerDecorator
from flink_session.kubernetes.decorators.env_secrets import EnvSecretsDecorator
from flink_session.kubernetes.decorators.external_service import ExternalServiceDecorator
from flink_session.kubernetes.decorators.flink_conf_mount import FlinkConfMountDecorator
from flink_session.kubernetes.decorators.hadoop_conf_mount import HadoopConfMountDecorator
from flink_session.kubernetes.decorators.init_job_manager import InitJobManagerDecorator
from flink_session.kubernetes.decorators.internal_service import InternalServiceDecorator
from flink_session.kubernetes.decorators.kerberos_mount import KerberosMountDecorator
from flink_session.kubernetes.decorators.mount_secrets import MountSecretsDecorator
from flink_session.kubernetes.decorators.persistent_volume_claim_mount import PersistentVolumeClaimMountDecorator
from flink_session.kubernetes.decorators.pod_template_mount import PodTemplateMountDecorator
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator

JOB_MANAGER_DECORATORS: tuple[type[KubernetesStepDecorator], ...] = (
    InitJobManagerDecorator,
    EnvSecretsDecorator,
    MountSecretsDecorator,
    PersistentVolumeClaimMountDecorator,
    CmdJobManagerDecorator,
    InternalServiceDecorator,
    ExternalServiceDecorator,
    HadoopConfMountDecorator,
    KerberosMountDecorator,
    FlinkConfMountDecorator,
    PodTemplateMountDecorator,
)
"""In Flink's order, which is the order of variables, volumes and objects."""

__all__ = [
    "JOB_MANAGER_DECORATORS",
    "CmdJobManagerDecorator",
    "EnvSecretsDecorator",
    "ExternalServiceDecorator",
    "FlinkConfMountDecorator",
    "HadoopConfMountDecorator",
    "InitJobManagerDecorator",
    "InternalServiceDecorator",
    "KerberosMountDecorator",
    "KubernetesStepDecorator",
    "MountSecretsDecorator",
    "PersistentVolumeClaimMountDecorator",
    "PodTemplateMountDecorator",
]
