"""What the decorators of the JobManager ask, answered from the configuration.

Mirrors ``KubernetesJobManagerParameters``. An answer that Flink would refuse raises; :meth:`validate` asks everything
once, so that the user hears of all at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import (
    MASTER_ENVIRONMENT_PREFIX,
    BlobServerOptions,
    DeploymentOptions,
    JobManagerOptions,
    RestOptions,
)
from flink_session.configuration.findings import FindingCollector, illegal
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.java_text import is_blank, trim
from flink_session.configuration.options import ConfigOption, integer, to_text
from flink_session.kubernetes import constants, references
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.kubernetes_config_options import ServiceExposedType
from flink_session.kubernetes.manifests import Manifest
from flink_session.memory.cluster_specification import ClusterSpecification


@dataclass(frozen=True)
class KubernetesJobManagerParameters:
    """The parameters of a JobManager.

    Attributes:
        configuration: as Flink's client has it when it builds the objects.
        cluster_specification: sizes from the memory model.
        flink_version: what the default image is.
        config_files: log configuration by file name; Flink's client reads these from its own disk.
    """

    configuration: Configuration
    cluster_specification: ClusterSpecification
    flink_version: FlinkVersion
    config_files: Mapping[str, str] = field(default_factory=dict)

    def with_configuration(self, configuration: Configuration) -> KubernetesJobManagerParameters:
        """Return the parameters of a configuration that a decorator has changed."""
        return self if configuration is self.configuration else replace(self, configuration=configuration)

    def validate(self) -> FindingCollector:
        """Ask for every parameter, and return what is wrong with them."""
        collector = FindingCollector()
        for name in _VALIDATED:
            collector.attempt(getattr, self, name)
        return collector

    @cached_property
    def cluster_id(self) -> str:
        """``kubernetes.cluster-id``, at most 45 characters."""
        cluster_id = self.configuration.get(Options.CLUSTER_ID)
        if cluster_id is None or is_blank(cluster_id):
            raise illegal(Options.CLUSTER_ID.key, cluster_id, "must be set", "give the cluster a name")
        if len(cluster_id) > constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID:
            rule = f"must have at most {constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID} characters"
            raise illegal(Options.CLUSTER_ID.key, cluster_id, rule, f"shorten it, it has {len(cluster_id)}")
        return cluster_id

    @cached_property
    def namespace(self) -> str:
        """``kubernetes.namespace``; Flink looks at it where it makes the internal Service."""
        namespace = self.configuration.get(Options.NAMESPACE)
        return self._not_blank(Options.NAMESPACE, namespace) if self.internal_service_enabled else namespace

    @cached_property
    def image(self) -> str:
        """The image, by default that of the version."""
        image = self.configuration.get(Options.CONTAINER_IMAGE)
        return self._not_blank(Options.CONTAINER_IMAGE, self.flink_version.default_image if image is None else image)

    @cached_property
    def image_pull_policy(self) -> str:
        """``imagePullPolicy`` in Kubernetes' spelling."""
        return self.configuration.get(Options.CONTAINER_IMAGE_PULL_POLICY).value

    @cached_property
    def image_pull_secrets(self) -> list[Manifest]:
        """References to the Secrets with registry credentials."""
        names = self.configuration.get(Options.CONTAINER_IMAGE_PULL_SECRETS)
        return [{"name": trim(name)} for name in names if trim(name)]

    @cached_property
    def common_labels(self) -> dict[str, str]:
        """Labels of each object of the cluster."""
        return constants.common_labels(self.cluster_id)

    @cached_property
    def selectors(self) -> dict[str, str]:
        """Labels that select the JobManager's pods."""
        return constants.component_labels(self.cluster_id, constants.LABEL_COMPONENT_JOB_MANAGER)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels of the Deployment and its pods; Flink's own win over the user's."""
        return {**self.configuration.get(Options.JOB_MANAGER_LABELS), **self.selectors}

    @cached_property
    def annotations(self) -> dict[str, str]:
        """Annotations of the Deployment and its pods."""
        return self.configuration.get(Options.JOB_MANAGER_ANNOTATIONS)

    @cached_property
    def node_selector(self) -> dict[str, str]:
        """Labels of the nodes that may run the JobManager."""
        return self.configuration.get(Options.JOB_MANAGER_NODE_SELECTOR)

    @cached_property
    def tolerations(self) -> list[Manifest]:
        """Taints that the JobManager tolerates."""
        return references.tolerations(self.configuration, Options.JOB_MANAGER_TOLERATIONS)

    @cached_property
    def owner_references(self) -> list[Manifest]:
        """Owners of the Deployment."""
        return references.owner_references(self.configuration, Options.JOB_MANAGER_OWNER_REFERENCE)

    @cached_property
    def environments(self) -> dict[str, str]:
        """``containerized.master.env.*``, by name; Flink's own order is that of a Java hash map."""
        variables = self.configuration.with_prefix(MASTER_ENVIRONMENT_PREFIX)
        return {name: to_text(variables[name]) for name in sorted(variables)}

    @cached_property
    def environments_from_secrets(self) -> tuple[dict[str, str], ...]:
        """``kubernetes.env.secretKeyRef``: maps of ``env``, ``secret`` and ``key``."""
        return self.configuration.get(Options.KUBERNETES_ENV_SECRET_KEY_REF)

    @cached_property
    def secret_names_to_mount_paths(self) -> dict[str, str]:
        """``kubernetes.secrets``, by name; Flink's own order is that of a Java hash map."""
        return dict(sorted(self.configuration.get(Options.KUBERNETES_SECRETS).items()))

    @cached_property
    def flink_conf_dir_in_pod(self) -> str:
        """Where the ConfigMap is mounted."""
        return self.configuration.get(Options.FLINK_CONF_DIR)

    @cached_property
    def flink_log_dir_in_pod(self) -> str | None:
        """Where Flink logs, if not in its default folder."""
        return self.configuration.get(Options.FLINK_LOG_DIR)

    @cached_property
    def container_entrypoint(self) -> str:
        """The image's entry point."""
        return self.configuration.get(Options.KUBERNETES_ENTRY_PATH)

    @cached_property
    def entrypoint_args(self) -> str:
        """Text appended to the JobManager's command line."""
        return self.configuration.get(Options.JOB_MANAGER_ENTRYPOINT_ARGS)

    @cached_property
    def user_artifacts_base_dir(self) -> str:
        """Where user artifacts are mounted."""
        return self.configuration.get(DeploymentOptions.USER_ARTIFACTS_BASE_DIR)

    @property
    def job_manager_memory_mb(self) -> int:
        """Memory of the container, in MiB."""
        return self.cluster_specification.master_memory_mb

    @cached_property
    def job_manager_cpu(self) -> float:
        """CPU request, in cores."""
        return self.configuration.get(Options.JOB_MANAGER_CPU)

    @cached_property
    def job_manager_cpu_limit_factor(self) -> float:
        """CPU limit over CPU request, at least 1."""
        return self._limit_factor(Options.JOB_MANAGER_CPU_LIMIT_FACTOR)

    @cached_property
    def job_manager_memory_limit_factor(self) -> float:
        """Memory limit over memory request, at least 1."""
        return self._limit_factor(Options.JOB_MANAGER_MEMORY_LIMIT_FACTOR)

    @cached_property
    def rest_port(self) -> int:
        """Port of the REST Service."""
        return self.configuration.get(RestOptions.PORT)

    @cached_property
    def rest_bind_port(self) -> int:
        """Port that the REST server listens on."""
        return fixed_port(self.configuration, RestOptions.BIND_PORT)

    @cached_property
    def rpc_port(self) -> int:
        """Port of the JobManager's RPC."""
        return self.configuration.get(JobManagerOptions.PORT)

    @cached_property
    def blob_server_port(self) -> int:
        """Port of the blob server."""
        port = fixed_port(self.configuration, BlobServerOptions.PORT)
        if port <= 0:
            raise illegal(BlobServerOptions.PORT.key, port, "must be greater than 0", "remove it to get 6124")
        return port

    @cached_property
    def service_account(self) -> str:
        """ServiceAccount of the JobManager."""
        return self.configuration.get(Options.JOB_MANAGER_SERVICE_ACCOUNT)

    @cached_property
    def rest_service_exposed_type(self) -> ServiceExposedType:
        """How the REST Service is reached."""
        return self.configuration.get(Options.REST_SERVICE_EXPOSED_TYPE)

    @cached_property
    def rest_service_annotations(self) -> dict[str, str]:
        """Annotations of the REST Service."""
        return self.configuration.get(Options.REST_SERVICE_ANNOTATIONS)

    @cached_property
    def rest_service_labels(self) -> dict[str, str]:
        """Labels of the REST Service; the user's win."""
        return {**self.common_labels, **self.configuration.get(Options.REST_SERVICE_LABELS)}

    @cached_property
    def internal_service_annotations(self) -> dict[str, str]:
        """Annotations of the internal Service."""
        return self.configuration.get(Options.INTERNAL_SERVICE_ANNOTATIONS)

    @cached_property
    def internal_service_labels(self) -> dict[str, str]:
        """Labels of the internal Service; the user's win."""
        return {**self.common_labels, **self.configuration.get(Options.INTERNAL_SERVICE_LABELS)}

    @cached_property
    def high_availability(self) -> HighAvailabilityMode:
        """The mode of high availability."""
        return HighAvailabilityMode.of(self.configuration)

    @property
    def internal_service_enabled(self) -> bool:
        """Whether TaskManagers find the JobManager by a Service; under high availability they find the leader."""
        return not self.high_availability.is_active

    @cached_property
    def replicas(self) -> int:
        """JobManagers; more than one only with high availability."""
        replicas = self.configuration.get(Options.JOB_MANAGER_REPLICAS)
        if replicas < 1:
            raise illegal(Options.JOB_MANAGER_REPLICAS.key, replicas, "must be at least 1", "remove it, or raise it")
        if replicas > 1 and not self.high_availability.is_active:
            rule = "must be 1 without high availability"
            raise illegal(Options.JOB_MANAGER_REPLICAS.key, replicas, rule, "lower it, or set high-availability.type")
        return replicas

    def _limit_factor(self, option: ConfigOption[float]) -> float:
        factor = self.configuration.get(option)
        if not factor >= 1:
            raise illegal(option.key, factor, "must be at least 1", "remove it, or raise it")
        return factor

    def _not_blank(self, option: ConfigOption[str] | ConfigOption[str | None], value: str) -> str:
        if is_blank(value):
            key = self.configuration.key_of(option) or option.key
            raise illegal(key, value, "must not be blank", "remove it to get the default, or give it a value")
        return value


def fixed_port(configuration: Configuration, option: ConfigOption[str]) -> int:
    """Read a port that must be one number, since Services and containers name it.

    Raises:
        IllegalConfigurationError: it is a range, a list, or no number.
    """
    value = configuration.get(option)
    try:
        return integer(value)
    except ValueError:
        key = configuration.key_of(option) or option.key
        raise illegal(key, value, "must be one fixed port", "write a single number, not a range") from None


_VALIDATED = tuple(
    name for name, value in vars(KubernetesJobManagerParameters).items() if isinstance(value, cached_property)
)
