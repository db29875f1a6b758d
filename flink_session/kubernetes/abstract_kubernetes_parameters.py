"""What all pods of a cluster have in common, answered from the configuration.

Mirrors ``AbstractKubernetesParameters``. An answer that Flink would refuse raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import DeploymentOptions, SecurityOptions
from flink_session.configuration.duration import Duration
from flink_session.configuration.findings import FindingCollector, IllegalConfigurationError, illegal
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.java_text import is_blank, trim
from flink_session.configuration.options import ConfigOption, duration_before_2_1, map_list_before_2_0
from flink_session.kubernetes import constants
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.parameter import parameter
from flink_session.kubernetes.persistent_volume_claims import claim_findings

MapListOption: TypeAlias = ConfigOption[tuple[dict[str, str], ...]]


@dataclass(frozen=True)
class AbstractKubernetesParameters:
    """The parameters of both roles.

    Attributes:
        configuration: as Flink's client has it when it builds the objects.
        flink_version: decides the default image, and which options there are.
        client_files: what Flink's client reads from its own disk.
    """

    configuration: Configuration
    flink_version: FlinkVersion
    client_files: ClientFiles = field(default_factory=ClientFiles)

    def validate(self) -> FindingCollector:
        """Ask for every parameter, and return what is wrong with them, so that the user hears of all at once."""
        collector = FindingCollector()
        for kind in reversed(type(self).__mro__):
            for name, value in vars(kind).items():
                if isinstance(value, parameter):
                    collector.attempt(getattr, self, name)
        return collector

    @parameter
    def cluster_id(self) -> str:
        """``kubernetes.cluster-id``, at most 45 characters."""
        cluster_id = self.configuration.get(Options.CLUSTER_ID)
        if cluster_id is None or is_blank(cluster_id):
            raise self.configuration.refusal(Options.CLUSTER_ID, "must be set", "give the cluster a name")
        if len(cluster_id) > constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID:
            rule = f"must have at most {constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID} characters"
            raise self.configuration.refusal(Options.CLUSTER_ID, rule, f"shorten it, it has {len(cluster_id)}")
        return cluster_id

    @parameter
    def namespace(self) -> str:
        """``kubernetes.namespace``; Flink looks at it where it makes the internal Service."""
        namespace = self.configuration.get(Options.NAMESPACE)
        return self._not_blank(Options.NAMESPACE, namespace) if self.internal_service_enabled else namespace

    @parameter
    def image(self) -> str:
        """The image, by default that of the version."""
        image = self.configuration.get(Options.CONTAINER_IMAGE)
        return self._not_blank(Options.CONTAINER_IMAGE, self.flink_version.default_image if image is None else image)

    @parameter
    def image_pull_policy(self) -> str:
        """``imagePullPolicy`` in Kubernetes' spelling."""
        return self.configuration.get(Options.CONTAINER_IMAGE_PULL_POLICY).value

    @parameter
    def image_pull_secrets(self) -> list[Manifest]:
        """References to the Secrets with registry credentials."""
        names = self.configuration.get(Options.CONTAINER_IMAGE_PULL_SECRETS)
        return [{"name": trim(name)} for name in names if trim(name)]

    @parameter
    def common_labels(self) -> dict[str, str]:
        """Labels of each object of the cluster."""
        return constants.common_labels(self.cluster_id)

    @parameter
    def environments_from_secrets(self) -> tuple[dict[str, str], ...]:
        """``kubernetes.env.secretKeyRef``: maps of ``env``, ``secret`` and ``key``."""
        return self.configuration.get(self._list_of_maps(Options.KUBERNETES_ENV_SECRET_KEY_REF))

    @parameter
    def secret_names_to_mount_paths(self) -> dict[str, str]:
        """``kubernetes.secrets``, by name; Flink's own order is that of a Java hash map."""
        return dict(sorted(self.configuration.get(Options.KUBERNETES_SECRETS).items()))

    @parameter
    def flink_conf_dir_in_pod(self) -> str:
        """Where the ConfigMap is mounted."""
        return self.configuration.get(Options.FLINK_CONF_DIR)

    @parameter
    def flink_log_dir_in_pod(self) -> str | None:
        """Where Flink logs, if not in its default folder."""
        return self.configuration.get(Options.FLINK_LOG_DIR)

    @parameter
    def container_entrypoint(self) -> str:
        """The image's entry point."""
        return self.configuration.get(Options.KUBERNETES_ENTRY_PATH)

    @parameter
    def user_artifacts_base_dir(self) -> str:
        """Where user artifacts are mounted."""
        return self.configuration.get(DeploymentOptions.USER_ARTIFACTS_BASE_DIR)

    @parameter
    def high_availability(self) -> HighAvailabilityMode:
        """The mode of high availability."""
        return HighAvailabilityMode.of(self.configuration)

    @property
    def internal_service_enabled(self) -> bool:
        """Whether TaskManagers find the JobManager by a Service; under high availability they find the leader."""
        return not self.high_availability.is_active

    @parameter
    def host_network_enabled(self) -> bool:
        """Whether pods are on the network of their node."""
        return self.configuration.get(Options.KUBERNETES_HOSTNETWORK_ENABLED)

    @parameter
    def hadoop_conf_mount_decorator_enabled(self) -> bool:
        """Whether Hadoop's configuration is mounted, where there is one."""
        return self.configuration.get(Options.KUBERNETES_HADOOP_CONF_MOUNT_DECORATOR_ENABLED)

    @parameter
    def existing_hadoop_configuration_config_map(self) -> str | None:
        """The ConfigMap of the user that holds Hadoop's configuration."""
        name = trim(self.configuration.get(Options.HADOOP_CONF_CONFIG_MAP) or "")
        return None if is_blank(name) else name

    @parameter
    def kerberos_mount_decorator_enabled(self) -> bool:
        """Whether keytab and ``krb5.conf`` are mounted, where they are configured."""
        return self.configuration.get(Options.KUBERNETES_KERBEROS_MOUNT_DECORATOR_ENABLED)

    @parameter
    def kerberos_keytab(self) -> str | None:
        """Path of the keytab on the client's disk. Mirrors ``SecurityConfiguration``, which reads more than it uses."""
        if not self.kerberos_mount_decorator_enabled:
            return None
        collector = FindingCollector()
        collector.attempt(self.configuration.get, SecurityOptions.ZOOKEEPER_SASL_DISABLE)
        collector.attempt(self.configuration.get, SecurityOptions.KERBEROS_LOGIN_USETICKETCACHE)
        collector.attempt(self._duration, SecurityOptions.KERBEROS_RELOGIN_PERIOD)
        collector.raise_errors()
        keytab = self.configuration.get(SecurityOptions.KERBEROS_LOGIN_KEYTAB) or ""
        principal = self.configuration.get(SecurityOptions.KERBEROS_LOGIN_PRINCIPAL) or ""
        if is_blank(keytab) and is_blank(principal):
            return None
        if is_blank(keytab):
            raise illegal(SecurityOptions.KERBEROS_LOGIN_KEYTAB.key, None, "must be set beside a principal", "set it")
        if is_blank(principal):
            raise illegal(SecurityOptions.KERBEROS_LOGIN_PRINCIPAL.key, None, "must be set beside a keytab", "set it")
        if keytab not in self.client_files.by_path:
            raise self._no_file(SecurityOptions.KERBEROS_LOGIN_KEYTAB, keytab)
        return keytab

    @parameter
    def kerberos_krb5_path(self) -> str | None:
        """Path of ``krb5.conf`` on the client's disk; the file need not be there."""
        path = self.configuration.get(SecurityOptions.KERBEROS_KRB5_PATH) or ""
        return None if is_blank(path) else path

    @parameter
    def persistent_volume_claims_to_mount_paths(self) -> dict[str, str]:
        """``kubernetes.persistent-volume-claims``, by name; nothing before Flink 2.3."""
        if not self.flink_version.has_persistent_volume_claims:
            return {}
        claims = dict(sorted(self.configuration.get(Options.KUBERNETES_PERSISTENT_VOLUME_CLAIMS).items()))
        findings = tuple(claim_findings(claims))
        if findings:
            raise IllegalConfigurationError(findings)
        return claims

    @parameter
    def persistent_volume_claim_read_only(self) -> bool:
        """Whether all claims are mounted to be read only."""
        if not self.flink_version.has_persistent_volume_claims:
            return False
        return self.configuration.get(Options.KUBERNETES_PERSISTENT_VOLUME_CLAIM_READ_ONLY)

    @parameter
    def task_manager_pod_template(self) -> str | None:
        """Text of the TaskManagers' pod template."""
        return self._file_of(Options.TASK_MANAGER_POD_TEMPLATE)

    @parameter
    def client_io_executor_pool_size(self) -> int:
        """Threads of Flink's Kubernetes client, which nobody needs here; it checks them before it deploys."""
        option = Options.KUBERNETES_CLIENT_IO_EXECUTOR_POOL_SIZE
        size = self.configuration.get(option)
        if size < 0:
            raise self.configuration.refusal(option, "must not be negative", "remove it, or raise it")
        return size

    @parameter
    def transactional_operation_retries(self) -> tuple[int, Duration, Duration]:
        """How often the Kubernetes client of a JobManager tries again, and after how long; at least, and at most."""
        return (
            self.configuration.get(Options.KUBERNETES_TRANSACTIONAL_OPERATION_MAX_RETRIES),
            self._duration(Options.KUBERNETES_TRANSACTIONAL_OPERATION_INITIAL_RETRY_DELAY),
            self._duration(Options.KUBERNETES_TRANSACTIONAL_OPERATION_MAX_RETRY_DELAY),
        )

    def _duration(self, option: ConfigOption[Duration]) -> Duration:
        if self.flink_version.reads_iso_8601:
            return self.configuration.get(option)
        return self.configuration.get(replace(option, parse=duration_before_2_1))

    def _list_of_maps(self, option: MapListOption) -> MapListOption:
        """Return the option as this version of Flink reads it."""
        return option if self.flink_version.is_at_least("2.0") else replace(option, parse=map_list_before_2_0)

    def _file_of(self, option: ConfigOption[str | None]) -> str | None:
        path = self.configuration.get(option)
        return None if self._content_of(option) is None or path is None else self.client_files.text(path)

    def _content_of(self, option: ConfigOption[str | None]) -> bytes | None:
        path = self.configuration.get(option)
        if path is not None and path not in self.client_files.by_path:
            raise self._no_file(option, path)
        return None if path is None else self.client_files.by_path[path]

    def _no_file(self, option: ConfigOption[str | None], path: str) -> IllegalConfigurationError:
        key = self.configuration.key_of(option) or option.key
        return illegal(key, path, "must be a file that can be read", "correct the path")

    def _not_blank(self, option: ConfigOption[str] | ConfigOption[str | None], value: str) -> str:
        if is_blank(value):
            key = self.configuration.key_of(option) or option.key
            raise illegal(key, value, "must not be blank", "remove it to get the default, or give it a value")
        return value
