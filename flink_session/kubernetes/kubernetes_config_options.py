"""The ``kubernetes.*`` options: those that the client reads, and those that only the JobManager reads later.

A test holds them against what the distribution's own classes declare.
"""

from __future__ import annotations

from enum import Enum

from flink_session.configuration.duration import Duration
from flink_session.configuration.options import (
    ConfigOption,
    boolean,
    double,
    duration,
    integer,
    map_list,
    one_of,
    string_list,
    string_map,
    to_text,
)

_NO_MAP: dict[str, str] = {}


class ImagePullPolicy(Enum):
    """``imagePullPolicy`` of the main container."""

    IF_NOT_PRESENT = "IfNotPresent"
    ALWAYS = "Always"
    NEVER = "Never"


class ServiceExposedType(Enum):
    """How the REST Service is reached."""

    CLUSTER_IP = "ClusterIP"
    NODE_PORT = "NodePort"
    LOAD_BALANCER = "LoadBalancer"
    HEADLESS_CLUSTER_IP = "Headless_ClusterIP"


class NodePortAddressType(Enum):
    """Which address of a node Flink's client would show for a REST Service of type NodePort."""

    INTERNAL_IP = "InternalIP"
    EXTERNAL_IP = "ExternalIP"


def _text(key: str, default: str, *fallback: str) -> ConfigOption[str]:
    return ConfigOption(key, to_text, default, fallback_keys=fallback)


def _text_or_none(key: str) -> ConfigOption[str | None]:
    return ConfigOption[str | None](key, to_text, None)


def _map(key: str) -> ConfigOption[dict[str, str]]:
    return ConfigOption(key, string_map, _NO_MAP)


def _maps(key: str) -> ConfigOption[tuple[dict[str, str], ...]]:
    return ConfigOption[tuple[dict[str, str], ...]](key, map_list, ())


def _switch(key: str, default: bool) -> ConfigOption[bool]:
    return ConfigOption[bool](key, boolean, default)


def _pod_template(role: str) -> ConfigOption[str | None]:
    """Make the option of a role; of the two that stand in for it, the former key of the second comes first."""
    default = "kubernetes.pod-template-file"
    key = f"{default}.{role}"
    return ConfigOption[str | None](key, to_text, None, fallback_keys=(default, f"{default}.default"))


def _delay(key: str, default: str) -> ConfigOption[Duration]:
    return ConfigOption(key, duration, Duration.parse(default))


def _factor(key: str) -> ConfigOption[float]:
    return ConfigOption(key, double, 1.0)


class KubernetesConfigOptions:
    """Mirrors ``org.apache.flink.kubernetes.configuration.KubernetesConfigOptions`` of 2.3, every option of it."""

    CLUSTER_ID = _text_or_none("kubernetes.cluster-id")
    NAMESPACE = _text("kubernetes.namespace", "default")
    CONTEXT = _text_or_none("kubernetes.context")
    KUBE_CONFIG_FILE = _text_or_none("kubernetes.config.file")
    SERVICE_ACCOUNT = _text("kubernetes.service-account", "default")

    CONTAINER_IMAGE = ConfigOption[str | None](
        "kubernetes.container.image.ref", to_text, None, deprecated_keys=("kubernetes.container.image",)
    )
    """The image; its default depends on the version, see ``FlinkVersion.default_image``."""
    CONTAINER_IMAGE_PULL_POLICY = ConfigOption[ImagePullPolicy](
        "kubernetes.container.image.pull-policy", one_of(ImagePullPolicy), ImagePullPolicy.IF_NOT_PRESENT
    )
    CONTAINER_IMAGE_PULL_SECRETS = ConfigOption[tuple[str, ...]](
        "kubernetes.container.image.pull-secrets", string_list, ()
    )
    KUBERNETES_ENTRY_PATH = _text("kubernetes.entry.path", "/docker-entrypoint.sh")
    FLINK_CONF_DIR = _text("kubernetes.flink.conf.dir", "/opt/flink/conf")
    FLINK_LOG_DIR = _text_or_none("kubernetes.flink.log.dir")
    KUBERNETES_SECRETS = _map("kubernetes.secrets")
    KUBERNETES_ENV_SECRET_KEY_REF = _maps("kubernetes.env.secretKeyRef")

    JOB_MANAGER_SERVICE_ACCOUNT = _text("kubernetes.jobmanager.service-account", "default", SERVICE_ACCOUNT.key)
    JOB_MANAGER_CPU = ConfigOption[float](
        "kubernetes.jobmanager.cpu.amount", double, 1.0, deprecated_keys=("kubernetes.jobmanager.cpu",)
    )
    JOB_MANAGER_CPU_LIMIT_FACTOR = _factor("kubernetes.jobmanager.cpu.limit-factor")
    JOB_MANAGER_MEMORY_LIMIT_FACTOR = _factor("kubernetes.jobmanager.memory.limit-factor")
    JOB_MANAGER_LABELS = _map("kubernetes.jobmanager.labels")
    JOB_MANAGER_ANNOTATIONS = _map("kubernetes.jobmanager.annotations")
    JOB_MANAGER_NODE_SELECTOR = _map("kubernetes.jobmanager.node-selector")
    JOB_MANAGER_TOLERATIONS = _maps("kubernetes.jobmanager.tolerations")
    JOB_MANAGER_OWNER_REFERENCE = _maps("kubernetes.jobmanager.owner.reference")
    JOB_MANAGER_REPLICAS = ConfigOption[int]("kubernetes.jobmanager.replicas", integer, 1)
    JOB_MANAGER_ENTRYPOINT_ARGS = _text("kubernetes.jobmanager.entrypoint.args", "")

    TASK_MANAGER_SERVICE_ACCOUNT = _text("kubernetes.taskmanager.service-account", "default", SERVICE_ACCOUNT.key)
    TASK_MANAGER_CPU = ConfigOption[float](
        "kubernetes.taskmanager.cpu.amount", double, -1.0, deprecated_keys=("kubernetes.taskmanager.cpu",)
    )
    TASK_MANAGER_CPU_LIMIT_FACTOR = _factor("kubernetes.taskmanager.cpu.limit-factor")
    TASK_MANAGER_MEMORY_LIMIT_FACTOR = _factor("kubernetes.taskmanager.memory.limit-factor")
    TASK_MANAGER_LABELS = _map("kubernetes.taskmanager.labels")
    TASK_MANAGER_ANNOTATIONS = _map("kubernetes.taskmanager.annotations")
    TASK_MANAGER_NODE_SELECTOR = _map("kubernetes.taskmanager.node-selector")
    TASK_MANAGER_TOLERATIONS = _maps("kubernetes.taskmanager.tolerations")
    TASK_MANAGER_ENTRYPOINT_ARGS = _text("kubernetes.taskmanager.entrypoint.args", "")
    KUBERNETES_NODE_NAME_LABEL = _text("kubernetes.node-name-label", "kubernetes.io/hostname")

    REST_SERVICE_EXPOSED_TYPE = ConfigOption[ServiceExposedType](
        "kubernetes.rest-service.exposed.type", one_of(ServiceExposedType), ServiceExposedType.CLUSTER_IP
    )
    REST_SERVICE_EXPOSED_NODE_PORT_ADDRESS_TYPE = ConfigOption[NodePortAddressType](
        "kubernetes.rest-service.exposed.node-port-address-type",
        one_of(NodePortAddressType),
        NodePortAddressType.INTERNAL_IP,
    )
    REST_SERVICE_ANNOTATIONS = _map("kubernetes.rest-service.annotations")
    REST_SERVICE_LABELS = _map("kubernetes.rest-service.labels")
    INTERNAL_SERVICE_ANNOTATIONS = _map("kubernetes.internal-service.annotations")
    INTERNAL_SERVICE_LABELS = _map("kubernetes.internal-service.labels")

    POD_TEMPLATE = ConfigOption[str | None](
        "kubernetes.pod-template-file.default", to_text, None, deprecated_keys=("kubernetes.pod-template-file",)
    )
    """Nobody reads it by itself: it stands in for the options of the roles."""
    JOB_MANAGER_POD_TEMPLATE = _pod_template("jobmanager")
    TASK_MANAGER_POD_TEMPLATE = _pod_template("taskmanager")
    HADOOP_CONF_CONFIG_MAP = _text_or_none("kubernetes.hadoop.conf.config-map.name")
    KUBERNETES_HADOOP_CONF_MOUNT_DECORATOR_ENABLED = _switch("kubernetes.decorator.hadoop-conf-mount.enabled", True)
    KUBERNETES_KERBEROS_MOUNT_DECORATOR_ENABLED = _switch("kubernetes.decorator.kerberos-mount.enabled", True)
    KUBERNETES_HOSTNETWORK_ENABLED = _switch("kubernetes.hostnetwork.enabled", False)
    KUBERNETES_PERSISTENT_VOLUME_CLAIMS = _map("kubernetes.persistent-volume-claims")
    KUBERNETES_PERSISTENT_VOLUME_CLAIM_READ_ONLY = _switch("kubernetes.persistent-volume-claim-read-only", False)

    KUBERNETES_CLIENT_USER_AGENT = _text("kubernetes.client.user-agent", "flink")
    KUBERNETES_CLIENT_IO_EXECUTOR_POOL_SIZE = ConfigOption[int]("kubernetes.client.io-pool.size", integer, 4)
    KUBERNETES_TRANSACTIONAL_OPERATION_MAX_RETRIES = ConfigOption[int](
        "kubernetes.transactional-operation.max-retries", integer, 15
    )
    KUBERNETES_TRANSACTIONAL_OPERATION_INITIAL_RETRY_DELAY = _delay(
        "kubernetes.transactional-operation.initial-retry-delay", "50ms"
    )
    KUBERNETES_TRANSACTIONAL_OPERATION_MAX_RETRY_DELAY = _delay(
        "kubernetes.transactional-operation.max-retry-delay", "1min"
    )
    LOCAL_UPLOAD_ENABLED = _switch("kubernetes.artifacts.local-upload-enabled", False)
    LOCAL_UPLOAD_OVERWRITE = _switch("kubernetes.artifacts.local-upload-overwrite", False)
    LOCAL_UPLOAD_TARGET = _text_or_none("kubernetes.artifacts.local-upload-target")

    INTERNAL_ENTRYPOINT_CLASS = _text_or_none("kubernetes.internal.jobmanager.entrypoint.class")


class KubernetesHighAvailabilityOptions:
    """Mirrors ``KubernetesHighAvailabilityOptions``: how the JobManagers elect their leader."""

    KUBERNETES_LEASE_DURATION = _delay("high-availability.kubernetes.leader-election.lease-duration", "15s")
    KUBERNETES_RENEW_DEADLINE = _delay("high-availability.kubernetes.leader-election.renew-deadline", "15s")
    KUBERNETES_RETRY_PERIOD = _delay("high-availability.kubernetes.leader-election.retry-period", "5s")
