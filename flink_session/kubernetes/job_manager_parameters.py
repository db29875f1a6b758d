"""What the decorators of the JobManager ask, answered from the configuration.

Mirrors ``KubernetesJobManagerParameters``. An answer that Flink would refuse raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import (
    MASTER_ENVIRONMENT_PREFIX,
    BlobServerOptions,
    JobManagerOptions,
    RestOptions,
)
from flink_session.configuration.findings import illegal
from flink_session.configuration.options import ConfigOption, integer, to_text
from flink_session.kubernetes import constants, references
from flink_session.kubernetes.abstract_kubernetes_parameters import AbstractKubernetesParameters
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.kubernetes_config_options import NodePortAddressType, ServiceExposedType
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.parameter import parameter
from flink_session.kubernetes.pod_template import load_pod_template
from flink_session.memory.cluster_specification import ClusterSpecification

_RANGE = re.compile(r"[0-9]\s*[-,]|[-,]\s*[0-9]")
_NO_SIZES = ClusterSpecification(0, 0, 0)


@dataclass(frozen=True)
class KubernetesJobManagerParameters(AbstractKubernetesParameters):
    """The parameters of a JobManager.

    Attributes:
        cluster_specification: sizes from the memory model.
    """

    cluster_specification: ClusterSpecification = _NO_SIZES

    def with_configuration(self, configuration: Configuration) -> KubernetesJobManagerParameters:
        """Return the parameters of a configuration that a decorator has changed."""
        return self if configuration is self.configuration else replace(self, configuration=configuration)

    @parameter
    def selectors(self) -> dict[str, str]:
        """Labels that select the JobManager's pods."""
        return constants.component_labels(self.cluster_id, constants.LABEL_COMPONENT_JOB_MANAGER)

    @parameter
    def labels(self) -> dict[str, str]:
        """Labels of the Deployment and its pods; Flink's own win over the user's."""
        return {**self.configuration.get(Options.JOB_MANAGER_LABELS), **self.selectors}

    @parameter
    def annotations(self) -> dict[str, str]:
        """Annotations of the Deployment and its pods."""
        return self.configuration.get(Options.JOB_MANAGER_ANNOTATIONS)

    @parameter
    def node_selector(self) -> dict[str, str]:
        """Labels of the nodes that may run the JobManager."""
        return self.configuration.get(Options.JOB_MANAGER_NODE_SELECTOR)

    @parameter
    def tolerations(self) -> list[Manifest]:
        """Taints that the JobManager tolerates."""
        return references.tolerations(self.configuration, self._list_of_maps(Options.JOB_MANAGER_TOLERATIONS))

    @parameter
    def owner_references(self) -> list[Manifest]:
        """Owners of the Deployment."""
        return references.owner_references(
            self.configuration, self._list_of_maps(Options.JOB_MANAGER_OWNER_REFERENCE), self.flink_version
        )

    @parameter
    def environments(self) -> dict[str, str]:
        """``containerized.master.env.*``, by name; Flink's own order is that of a Java hash map."""
        variables = self.configuration.with_prefix(MASTER_ENVIRONMENT_PREFIX)
        return {name: to_text(variables[name]) for name in sorted(variables)}

    @parameter
    def entrypoint_args(self) -> str:
        """Text appended to the JobManager's command line."""
        return self.configuration.get(Options.JOB_MANAGER_ENTRYPOINT_ARGS)

    @property
    def job_manager_memory_mb(self) -> int:
        """Memory of the container, in MiB."""
        return self.cluster_specification.master_memory_mb

    @parameter
    def job_manager_cpu(self) -> float:
        """CPU request, in cores."""
        return self.configuration.get(Options.JOB_MANAGER_CPU)

    @parameter
    def job_manager_cpu_limit_factor(self) -> float:
        """CPU limit over CPU request, at least 1."""
        return self._limit_factor(Options.JOB_MANAGER_CPU_LIMIT_FACTOR)

    @parameter
    def job_manager_memory_limit_factor(self) -> float:
        """Memory limit over memory request, at least 1."""
        return self._limit_factor(Options.JOB_MANAGER_MEMORY_LIMIT_FACTOR)

    @parameter
    def rest_port(self) -> int:
        """Port of the REST Service."""
        return self.configuration.get(RestOptions.PORT)

    @parameter
    def rest_bind_port(self) -> int:
        """Port that the REST server listens on."""
        return fixed_port(self.configuration, RestOptions.BIND_PORT)

    @parameter
    def rpc_port(self) -> int:
        """Port of the JobManager's RPC."""
        return self.configuration.get(JobManagerOptions.PORT)

    @parameter
    def blob_server_port(self) -> int:
        """Port of the blob server."""
        port = fixed_port(self.configuration, BlobServerOptions.PORT)
        if port <= 0:
            raise self.configuration.refusal(BlobServerOptions.PORT, "must be greater than 0", "remove it to get 6124")
        return port

    @parameter
    def service_account(self) -> str:
        """ServiceAccount of the JobManager."""
        return self.configuration.get(Options.JOB_MANAGER_SERVICE_ACCOUNT)

    @parameter
    def rest_service_exposed_type(self) -> ServiceExposedType:
        """How the REST Service is reached."""
        return self.configuration.get(Options.REST_SERVICE_EXPOSED_TYPE)

    @parameter
    def rest_service_annotations(self) -> dict[str, str]:
        """Annotations of the REST Service."""
        return self.configuration.get(Options.REST_SERVICE_ANNOTATIONS)

    @parameter
    def rest_service_labels(self) -> dict[str, str]:
        """Labels of the REST Service, from Flink 2.2 on the user's too, which win."""
        return self._service_labels(Options.REST_SERVICE_LABELS)

    @parameter
    def internal_service_annotations(self) -> dict[str, str]:
        """Annotations of the internal Service, which are not looked at where there is none."""
        if not self.internal_service_enabled:
            return {}
        return self.configuration.get(Options.INTERNAL_SERVICE_ANNOTATIONS)

    @parameter
    def internal_service_labels(self) -> dict[str, str]:
        """Labels of the internal Service, from Flink 2.2 on the user's too, which win."""
        if not self.internal_service_enabled:
            return {}
        return self._service_labels(Options.INTERNAL_SERVICE_LABELS)

    @parameter
    def replicas(self) -> int:
        """JobManagers; more than one only with high availability."""
        replicas = self.configuration.get(Options.JOB_MANAGER_REPLICAS)
        if replicas < 1:
            fix = "remove it, or raise it"
            raise self.configuration.refusal(Options.JOB_MANAGER_REPLICAS, "must be at least 1", fix)
        if replicas > 1 and not self.high_availability.is_active:
            rule = "must be 1 without high availability"
            fix = "lower it, or set high-availability.type"
            raise self.configuration.refusal(Options.JOB_MANAGER_REPLICAS, rule, fix)
        return replicas

    @parameter
    def node_port_address_type(self) -> NodePortAddressType:
        """Which address of a node the client would show; it reads this whatever the Service's type is."""
        return self.configuration.get(Options.REST_SERVICE_EXPOSED_NODE_PORT_ADDRESS_TYPE)

    @parameter
    def pod_template(self) -> FlinkPod:
        """The JobManager's pod template, or an empty pod."""
        content = self._content_of(Options.JOB_MANAGER_POD_TEMPLATE)
        if content is None:
            return FlinkPod()
        try:
            return load_pod_template(content, self.flink_version)
        except ValueError as error:
            key = self.configuration.key_of(Options.JOB_MANAGER_POD_TEMPLATE) or Options.JOB_MANAGER_POD_TEMPLATE.key
            path = self.configuration.values[key]
            raise illegal(key, path, f"must be a file with a pod template, but there, {error}", "correct it") from None

    def _service_labels(self, option: ConfigOption[dict[str, str]]) -> dict[str, str]:
        own = self.configuration.get(option) if self.flink_version.is_at_least("2.2") else {}
        return {**self.common_labels, **own}

    def _limit_factor(self, option: ConfigOption[float]) -> float:
        factor = self.configuration.get(option)
        if not factor >= 1:
            raise self.configuration.refusal(option, "must be at least 1", "remove it, or raise it")
        return factor


def fixed_port(configuration: Configuration, option: ConfigOption[str]) -> int:
    """Read a port that must be one number, since Services and containers name it.

    Raises:
        IllegalConfigurationError: it is a range, a list, or no number.
    """
    value = configuration.get(option)
    try:
        return integer(value)
    except ValueError as error:
        from flink_session.configuration.meant import way_out  # noqa: PLC0415 - most values can be read

        key = configuration.key_of(option) or option.key
        # What stands in for it, as rest.port for rest.bind-port, is an integer by itself, and is said to be wrong once.
        rule = "must be one fixed port" if key == option.key else str(error)
        # Where the default is 0, Flink's client chooses a number.
        default = None if option.default == "0" else option.default
        fix = way_out(key, "int", value, default, integer)
        if _RANGE.search(value):
            fix = "write a single number, not a range"
        raise illegal(key, configuration.values[key], rule, fix) from None
