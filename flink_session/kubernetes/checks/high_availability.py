"""High availability: its mode, and what each mode needs."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.core_options import HighAvailabilityOptions
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import ConfigOption, to_text
from flink_session.kubernetes.checks.reading import explicit
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_ZOOKEEPER_QUORUM = ConfigOption[str | None](
    "high-availability.zookeeper.quorum", to_text, None, deprecated_keys=("recovery.zookeeper.quorum",)
)


def check_high_availability(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find a mode that nobody knows, and high availability without storage."""
    configuration = parameters.configuration
    mode = HighAvailabilityMode.of(configuration)
    key = configuration.key_of(HighAvailabilityOptions.HA_MODE)
    if key is None or not mode.is_active:
        return
    name = str(configuration.values[key])
    storage = configuration.key_of(HighAvailabilityOptions.HA_STORAGE_PATH)
    if mode is HighAvailabilityMode.FACTORY_CLASS and "." not in name:
        rule = "must be none, kubernetes, zookeeper or the name of a factory class, as in org.example.Factory"
        yield Finding(key, name, rule, "correct it; Flink would take it for a class, and not start")
    elif storage is None or not str(configuration.values[storage]).strip():
        storage = storage or HighAvailabilityOptions.HA_STORAGE_PATH.key
        yield Finding(storage, None, "must be set with high availability", "name a folder in durable storage")
    if mode is HighAvailabilityMode.ZOOKEEPER and not configuration.contains(_ZOOKEEPER_QUORUM):
        yield Finding(
            _ZOOKEEPER_QUORUM.key, None, "must be set with ZooKeeper", "name its servers, as host:port,host:port"
        )


def check_standby(parameters: KubernetesJobManagerParameters, serves: bool = False) -> Iterator[Finding]:
    """Find JobManagers that stand by, and answer requests that they cannot serve.

    Args:
        parameters: of the JobManager.
        serves: whether our extensions let them serve all that they are asked.
    """
    if serves or not HighAvailabilityMode.of(parameters.configuration).is_active:
        return
    replicas = explicit(parameters.configuration, Options.JOB_MANAGER_REPLICAS)
    if replicas and replicas[1] > 1:
        rule = (
            "lets about half of all submissions fail: the rest Service hands each request to any of the JobManagers, an"
            " uploaded jar is on one of them only, and a standby looks for the leader's blob server by a pod's name"
        )
        fix = "remove it to get 1: when the JobManager fails, Kubernetes starts another, which recovers the jobs"
        yield Finding(*replicas, rule, fix, "warning")
