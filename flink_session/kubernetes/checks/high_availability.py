"""High availability, and the storage behind it and behind checkpoints."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX, HighAvailabilityOptions
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import ConfigOption, to_text
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.names import is_official_image
from flink_session.kubernetes.checks.reading import explicit, readable
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_STORAGE = (
    HighAvailabilityOptions.HA_STORAGE_PATH,
    ConfigOption[str | None]("execution.checkpointing.dir", to_text, None, deprecated_keys=("state.checkpoints.dir",)),
    ConfigOption[str | None](
        "execution.checkpointing.savepoint-dir", to_text, None, deprecated_keys=("state.savepoints.dir",)
    ),
)
"""What is named as in ``CheckpointingOptions``: the former keys are those of 1.20's documentation."""
_ZOOKEEPER_QUORUM = ConfigOption[str | None](
    "high-availability.zookeeper.quorum", to_text, None, deprecated_keys=("recovery.zookeeper.quorum",)
)
_PLUGINS = {
    "s3": "flink-s3-fs-hadoop",
    "s3a": "flink-s3-fs-hadoop",
    "s3p": "flink-s3-fs-presto",
    "gs": "flink-gs-fs-hadoop",
    "oss": "flink-oss-fs-hadoop",
    "abfs": "flink-azure-fs-hadoop",
    "abfss": "flink-azure-fs-hadoop",
    "wasb": "flink-azure-fs-hadoop",
    "wasbs": "flink-azure-fs-hadoop",
}
"""The plugin that knows each scheme; Flink's own images have them all, but switched off."""
_SWITCH = "ENABLE_BUILT_IN_PLUGINS"
_LOCAL = ("file:", "/")


_MAY_MOUNT_OR_BRING = (Options.JOB_MANAGER_POD_TEMPLATE, Options.KUBERNETES_PERSISTENT_VOLUME_CLAIMS)
"""With one of these, a folder may be on a volume, and a plugin may be there."""


def check_high_availability(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find a mode that nobody knows, high availability without storage, and more than one JobManager."""
    configuration = parameters.configuration
    mode = HighAvailabilityMode.of(configuration)
    key = configuration.key_of(HighAvailabilityOptions.HA_MODE)
    if key is None or not mode.is_active:
        return
    yield from _standby(configuration)
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


def _standby(configuration: Configuration) -> Iterator[Finding]:
    replicas = explicit(configuration, Options.JOB_MANAGER_REPLICAS)
    if replicas and replicas[1] > 1:
        rule = (
            "lets about half of all submissions fail: the rest Service hands each request to any of the JobManagers, an"
            " uploaded jar is on one of them only, and a standby looks for the leader's blob server by a pod's name"
        )
        fix = "remove it to get 1: when the JobManager fails, Kubernetes starts another, which recovers the jobs"
        yield Finding(*replicas, rule, fix, "warning")


def check_storage(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find folders on a disk that goes with the pod, and file systems whose plugin the image has switched off."""
    configuration = parameters.configuration
    if any(map(configuration.contains, _MAY_MOUNT_OR_BRING)):
        return
    image = readable(configuration, Options.CONTAINER_IMAGE)
    for option in _STORAGE:
        folder = explicit(configuration, option)
        if folder is None:
            continue
        key, path = folder
        plugin = _PLUGINS.get(path.partition("://")[0].lower())
        if path.startswith(_LOCAL) and option is HighAvailabilityOptions.HA_STORAGE_PATH:
            rule = "is in the container, so that no other JobManager finds it"
            yield Finding(key, path, rule, "name a folder in durable storage, or mount a volume there", "warning")
        elif plugin and (image is None or is_official_image(image)):
            jar = f"{plugin}-{parameters.flink_version}.jar"
            for prefix in (MASTER_ENVIRONMENT_PREFIX, TASK_MANAGER_ENVIRONMENT_PREFIX):
                switch = f"{prefix}.{_SWITCH}"
                if plugin not in str(configuration.values.get(switch, "")):
                    rule = f"must name {jar}, which knows {path.partition('://')[0]}:// of {key}, in Flink's own image"
                    yield Finding(switch, configuration.values.get(switch), rule, f"set it to {jar}", "warning")
