"""The arguments of a component as plain values of the right shape, before the core checks their meaning.

Arguments reach a component from three sides: Python callers pass any mapping, other languages pass numbers as floats,
and a stack's configuration passes strings. One pydantic model coerces them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from flink_session.configuration import Configuration, Finding, FindingCollector
from flink_session.configuration.files.encoding import decode_yaml
from flink_session.configuration.findings import illegal
from flink_session.deployment.argument_rules import given_twice
from flink_session.deployment.client_run import files_named_by
from flink_session.deployment.secret_settings import SecretSettings, read_secrets
from flink_session.deployment.session_cluster_options import (
    HighAvailability,
    JobManagerResources,
    Logging,
    SessionClusterOptions,
    TaskManagerResources,
)
from flink_session.kubernetes.extensions import (
    DEFAULT_METRICS_PORT,
    Exposure,
    Extensions,
    Metrics,
    NetworkPolicies,
    Tls,
)


def _no_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("true and false are no numbers")  # noqa: TRY004 - pydantic wants it
    return value


def _number_as_text(value: object) -> object:
    """Let ``flink_version: 2.2`` of a YAML file, and ``1073741824`` bytes of memory, mean what they say."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) >= 1000 else str(value)


Text = Annotated[str, BeforeValidator(_number_as_text)]
Cores = Annotated[float | str | None, BeforeValidator(_no_boolean)]
Count = Annotated[int | None, BeforeValidator(_no_boolean)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobManagerSettings(_Settings):
    """Plain values of :class:`~flink_session.JobManagerArgs`."""

    cpu: Cores = None
    memory: Text | None = None
    pod_template: str | dict[str, Any] | None = None
    node_selector: dict[str, Text] = Field(default_factory=dict)
    tolerations: tuple[dict[str, Any], ...] = ()
    priority_class: str | None = None
    topology_spread: tuple[str, ...] = ()


class TaskManagerSettings(_Settings):
    """Plain values of :class:`~flink_session.TaskManagerArgs`."""

    cpu: Cores = None
    memory: Text | None = None
    slots: Count = None
    min_slots: Count = None
    max_slots: Count = None
    idle_timeout: str | None = None
    pod_template: str | dict[str, Any] | None = None
    node_selector: dict[str, Text] = Field(default_factory=dict)
    tolerations: tuple[dict[str, Any], ...] = ()
    priority_class: str | None = None
    topology_spread: tuple[str, ...] = ()


class MetricsSettings(_Settings):
    """Plain values of :class:`~flink_session.MetricsArgs`."""

    port: Annotated[int, BeforeValidator(_no_boolean)] = DEFAULT_METRICS_PORT
    annotations: bool | None = None
    pod_monitor: bool = False
    pod_monitor_labels: dict[str, Text] = Field(default_factory=dict)


class TlsSettings(_Settings):
    """Plain values of :class:`~flink_session.TlsArgs`."""

    certificate: str | None = None
    client_authentication: bool = False


class ExposeSettings(_Settings):
    """Plain values of :class:`~flink_session.ExposeArgs`."""

    type: Literal["NodePort", "LoadBalancer", "Ingress", "HTTPRoute"] | None = None
    host: str | None = None
    path: str = "/"
    ingress_class: str | None = None
    certificate: str | None = None
    gateway: str | None = None
    annotations: dict[str, Text] = Field(default_factory=dict)
    auth_proxy: bool = False
    unprotected: bool = False


class NetworkPolicySettings(_Settings):
    """Plain values of :class:`~flink_session.NetworkPolicyArgs`."""

    clients: tuple[dict[str, Any], ...] = ()
    scrapers: tuple[dict[str, Any], ...] = ()
    destinations: tuple[dict[str, Any], ...] | None = None
    api_server: tuple[str, ...] = ()


class HighAvailabilitySettings(_Settings):
    """Plain values of :class:`~flink_session.HighAvailabilityArgs`."""

    storage_dir: str | None = None
    replicas: Count = None


class LoggingSettings(_Settings):
    """Plain values of :class:`~flink_session.LoggingArgs`."""

    levels: dict[str, str] = Field(default_factory=dict)


class AdditionsSettings(_Settings):
    """Plain values of :class:`~flink_session.AdditionsArgs`; ``None`` is on, but off where a session is adopted."""

    configuration_checksum: bool | None = None
    readiness_probe: bool | None = None
    startup_probe: bool | None = None
    recreate_strategy: bool | None = None
    access: bool | None = None
    blob_server_address: bool | None = None
    session_affinity: bool | None = None
    shared_uploads: bool | None = None


class FlinkSessionClusterSettings(_Settings):
    """Plain values of :class:`~flink_session.FlinkSessionClusterArgs`, which documents each of them."""

    cluster_id: str
    namespace: str = "default"
    flink_version: Text = "2.2"
    image: str | None = None
    image_pull_policy: str | None = None
    image_pull_secrets: tuple[str, ...] = ()
    service_account: str | None = None
    service_account_annotations: dict[str, Text] = Field(default_factory=dict)
    pod_security: Literal["restricted", "none"] | None = None
    owner_reference_permission: bool = False
    job_manager: JobManagerSettings = JobManagerSettings()
    task_manager: TaskManagerSettings = TaskManagerSettings()
    high_availability: HighAvailabilitySettings | None = None
    ha_data: Literal["keep", "delete"] = "keep"
    suspended: bool = False
    state_storage: str | None = None
    plugins: tuple[str, ...] | None = None
    secrets: dict[str, str | SecretSettings] = Field(default_factory=dict)
    secrets_restart: bool = True
    metrics: MetricsSettings | None = None
    pod_disruption_budget: bool | None = None
    tls: TlsSettings | None = None
    expose: ExposeSettings | None = None
    network_policy: NetworkPolicySettings | None = None
    adopt: bool = False
    additions: AdditionsSettings = AdditionsSettings()
    rest_service_exposed_type: str | None = None
    rest_service_node_address: str | None = None
    configuration: dict[str, Any] = Field(default_factory=dict)
    log_configuration: dict[str, str] | None = None
    logging: LoggingSettings = LoggingSettings()
    pod_template: str | dict[str, Any] | None = None
    hadoop_configuration: dict[str, str] = Field(default_factory=dict)
    delete_guard: bool = False
    allow_job_loss: bool = False
    ready_timeout: Text = Field(default="10m", pattern=r"^[1-9][0-9]*(s|m|h)$")

    @property
    def extensions(self) -> Extensions:
        """What is added to the objects of Flink's client: all that is not off; of an adopted session, what is on."""
        usual = replace(Extensions.none(), namespace=True) if self.adopt else Extensions()
        chosen = {name: value for name, value in self.additions if value is not None}
        pod_security = self.pod_security or ("none" if self.adopt else "restricted")
        return replace(
            usual,
            **chosen,
            pod_security=pod_security == "restricted",
            owner_reference_permission=self.owner_reference_permission,
            service_account_annotations=self.service_account_annotations,
            metrics=None if self.metrics is None else Metrics(**self.metrics.model_dump()),
            tls=None if self.tls is None else Tls(**self.tls.model_dump()),
            exposure=None if self.expose is None else Exposure(**self.expose.model_dump()),
            network_policies=self._network_policies,
            disruption_budget=not self.adopt if self.pod_disruption_budget is None else self.pod_disruption_budget,
        )

    @property
    def _network_policies(self) -> NetworkPolicies | None:
        if self.network_policy is None:
            return None
        metrics_port = None if self.metrics is None else self.metrics.port
        return NetworkPolicies(**self.network_policy.model_dump(), metrics_port=metrics_port)

    def session_cluster_options(
        self, read_file: Callable[[str], bytes]
    ) -> tuple[SessionClusterOptions, tuple[Finding, ...]]:
        """The same values in the core's own type, and what is wrong with files that they name.

        Args:
            read_file: reads a file that an argument or an option names by its path; raises ``OSError``.
        """
        collector = FindingCollector()

        def template(name: str, value: str | dict[str, Any] | None) -> str | dict[str, Any] | None:
            return collector.attempt(_template, name, value, read_file)

        def role(name: str, settings: _Settings) -> dict[str, Any]:
            fields = {field: getattr(settings, field) for field in type(settings).model_fields}
            return {**fields, "pod_template": template(f"{name}.pod_template", fields["pod_template"])}

        options = SessionClusterOptions(
            cluster_id=self.cluster_id,
            namespace=self.namespace,
            flink_version=self.flink_version,
            image=self.image,
            image_pull_policy=self.image_pull_policy,
            image_pull_secrets=self.image_pull_secrets,
            service_account=self.service_account,
            job_manager=JobManagerResources(**role("job_manager", self.job_manager)),
            task_manager=TaskManagerResources(**role("task_manager", self.task_manager)),
            high_availability=_high_availability(self.high_availability),
            ha_data=self.ha_data,
            suspended=self.suspended,
            state_storage=self.state_storage,
            plugins=self.plugins,
            secrets_restart=self.secrets_restart,
            rest_service_exposed_type=self.rest_service_exposed_type,
            configuration=self.configuration,
            log_configuration=self.log_configuration,
            logging=Logging(levels=self.logging.levels),
            pod_template=template("pod_template", self.pod_template),
            hadoop_configuration=self.hadoop_configuration,
            files=_files_named_by(self.configuration, read_file),
            extensions=replace(self.extensions, secrets=read_secrets(self.secrets, collector)),
        )
        return options, collector.errors


def _high_availability(given: HighAvailabilitySettings | None) -> HighAvailability:
    if given is None:
        return HighAvailability()
    return HighAvailability(given=True, storage_dir=given.storage_dir, replicas=given.replicas)


def _template(
    name: str, value: str | dict[str, Any] | None, read_file: Callable[[str], bytes]
) -> str | dict[str, Any] | None:
    """Return a pod template as text or map; text of one line is the path of a file."""
    if not isinstance(value, str) or "\n" in value or value.lstrip().startswith("{"):
        return value
    try:
        return decode_yaml(read_file(value))
    except OSError:
        rule = "must be the path of a file that can be read, text of YAML, or a map"
        raise illegal(name, value, rule, "correct the path") from None
    except ValueError as error:
        raise illegal(name, value, f"must be a file of text in UTF-8 ({error})", "save it as UTF-8") from None


def _files_named_by(configuration: Mapping[str, Any], read_file: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the files that Flink's client would read; what cannot be read is left out, and the core says so."""
    files = dict[str, bytes]()
    for path in files_named_by(Configuration.of_what_is_right_in(configuration)[0]):
        try:
            files[path] = read_file(path)
        except OSError:
            continue
    return files


GROUPS: Mapping[str, type[_Settings]] = {
    "job_manager": JobManagerSettings,
    "task_manager": TaskManagerSettings,
    "high_availability": HighAvailabilitySettings,
    "logging": LoggingSettings,
    "metrics": MetricsSettings,
    "tls": TlsSettings,
    "expose": ExposeSettings,
    "network_policy": NetworkPolicySettings,
    "additions": AdditionsSettings,
}
"""Arguments that hold further ones."""


def by_field_name(args: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The arguments under the names of their fields, without those that are None; and those that are there twice.

    Each may be written in camelCase as well, as Pulumi's other languages and configuration files do.
    """
    return _renamed(args, lambda model: {to_camel(field): field for field in model.model_fields})


def by_property_name(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments under the names of the component's properties: what a preview shows and a policy reads."""
    return _renamed(args, lambda model: {field: to_camel(field) for field in model.model_fields})[0]


def _renamed(
    args: Mapping[str, Any], names: Callable[[type[_Settings]], Mapping[str, str]], within: str = ""
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    known = names(GROUPS.get(within, FlinkSessionClusterSettings))
    renamed: dict[str, Any] = {}
    spelt: dict[str, str] = {}
    findings: list[Finding] = []
    for key, value in ((str(key), value) for key, value in args.items()):
        if value is None:
            continue
        name = known.get(key, key)
        if name in renamed:
            findings.append(given_twice(f"{within}.{name}" if within else name, spelt[name], key))
            continue
        renamed[name], spelt[name] = value, key
        group = next((group for group in GROUPS if not within and key in (group, to_camel(group))), None)
        if group and isinstance(value, Mapping):
            renamed[name], inner = _renamed(value, names, group)
            findings += inner
    return renamed, tuple(findings)
