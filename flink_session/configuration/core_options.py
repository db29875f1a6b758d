"""Those of Flink's general options that a session deployment reads or writes; the others pass through unread."""

from __future__ import annotations

from flink_session.configuration.duration import Duration
from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.options import (
    ConfigOption,
    boolean,
    double,
    duration,
    integer,
    memory_size,
    to_text,
)


class JobManagerOptions:
    """Mirrors ``org.apache.flink.configuration.JobManagerOptions``."""

    ADDRESS = ConfigOption[str | None]("jobmanager.rpc.address", to_text, None)
    PORT = ConfigOption[int]("jobmanager.rpc.port", integer, 6123)
    BIND_HOST = ConfigOption[str | None]("jobmanager.bind-host", to_text, None)


class TaskManagerOptions:
    """Mirrors ``org.apache.flink.configuration.TaskManagerOptions``."""

    RPC_PORT = ConfigOption[str]("taskmanager.rpc.port", to_text, "0")
    BIND_HOST = ConfigOption[str | None]("taskmanager.bind-host", to_text, None)
    HOST = ConfigOption[str | None]("taskmanager.host", to_text, None)


class ResourceManagerOptions:
    """Mirrors ``org.apache.flink.configuration.ResourceManagerOptions``: how many TaskManagers there may be."""

    MIN_SLOT_NUM = ConfigOption[int]("slotmanager.number-of-slots.min", integer, 0)
    MAX_SLOT_NUM = ConfigOption[int]("slotmanager.number-of-slots.max", integer, (1 << 31) - 1)
    MIN_TOTAL_CPU = ConfigOption[float | None]("slotmanager.min-total-resource.cpu", double, None)
    MIN_TOTAL_MEM = ConfigOption[MemorySize | None]("slotmanager.min-total-resource.memory", memory_size, None)
    MAX_TOTAL_CPU = ConfigOption[float | None]("slotmanager.max-total-resource.cpu", double, None)
    MAX_TOTAL_MEM = ConfigOption[MemorySize | None]("slotmanager.max-total-resource.memory", memory_size, None)
    REDUNDANT_TASK_MANAGER_NUM = ConfigOption[int]("slotmanager.redundant-taskmanager-num", integer, 0)
    TASK_MANAGER_TIMEOUT = ConfigOption[Duration](
        "resourcemanager.taskmanager-timeout",
        duration,
        Duration.parse("30s"),
        deprecated_keys=("slotmanager.taskmanager-timeout",),
    )


class CheckpointingOptions:
    """Mirrors ``org.apache.flink.configuration.CheckpointingOptions``: where state is kept."""

    CHECKPOINTS_DIRECTORY = ConfigOption[str | None](
        "execution.checkpointing.dir",
        to_text,
        None,
        deprecated_keys=("state.checkpoints.dir", "state.backend.fs.checkpointdir"),
    )
    SAVEPOINT_DIRECTORY = ConfigOption[str | None](
        "execution.checkpointing.savepoint-dir",
        to_text,
        None,
        deprecated_keys=("state.savepoints.dir", "savepoints.state.backend.fs.dir"),
    )


class RestOptions:
    """Mirrors ``org.apache.flink.configuration.RestOptions``."""

    PORT = ConfigOption[int]("rest.port", integer, 8081, deprecated_keys=("web.port",))
    BIND_PORT = ConfigOption[str](
        "rest.bind-port",
        to_text,
        "8081",
        fallback_keys=("rest.port",),
        deprecated_keys=("web.port", "jobmanager.web.port"),
    )
    BIND_ADDRESS = ConfigOption[str | None](
        "rest.bind-address", to_text, None, fallback_keys=("web.address",), deprecated_keys=("jobmanager.web.address",)
    )


class WebOptions:
    """Mirrors ``org.apache.flink.configuration.WebOptions``."""

    UPLOAD_DIR = ConfigOption[str | None](
        "web.upload.dir", to_text, None, deprecated_keys=("jobmanager.web.upload.dir",)
    )


class BlobServerOptions:
    """Mirrors ``org.apache.flink.configuration.BlobServerOptions``."""

    PORT = ConfigOption[str]("blob.server.port", to_text, "0")


class HighAvailabilityOptions:
    """Mirrors ``org.apache.flink.configuration.HighAvailabilityOptions``."""

    HA_MODE = ConfigOption[str](
        "high-availability.type", to_text, "NONE", deprecated_keys=("recovery.mode", "high-availability")
    )
    HA_CLUSTER_ID = ConfigOption[str](
        "high-availability.cluster-id",
        to_text,
        "/default",
        deprecated_keys=("high-availability.zookeeper.path.namespace", "recovery.zookeeper.path.namespace"),
    )
    HA_STORAGE_PATH = ConfigOption[str | None](
        "high-availability.storageDir",
        to_text,
        None,
        deprecated_keys=("high-availability.zookeeper.storageDir", "recovery.zookeeper.storageDir"),
    )
    HA_JOB_MANAGER_PORT_RANGE = ConfigOption[str](
        "high-availability.jobmanager.port", to_text, "0", deprecated_keys=("recovery.jobmanager.port",)
    )


class SecurityOptions:
    """Mirrors ``org.apache.flink.configuration.SecurityOptions``."""

    SSL_REST_ENABLED = ConfigOption[bool]("security.ssl.rest.enabled", boolean, False)
    SSL_REST_AUTHENTICATION_ENABLED = ConfigOption[bool]("security.ssl.rest.authentication-enabled", boolean, False)
    KERBEROS_LOGIN_KEYTAB = ConfigOption[str | None](
        "security.kerberos.login.keytab", to_text, None, deprecated_keys=("security.keytab",)
    )
    KERBEROS_LOGIN_PRINCIPAL = ConfigOption[str | None](
        "security.kerberos.login.principal", to_text, None, deprecated_keys=("security.principal",)
    )
    KERBEROS_KRB5_PATH = ConfigOption[str | None]("security.kerberos.krb5-conf.path", to_text, None)
    ZOOKEEPER_SASL_DISABLE = ConfigOption[bool]("zookeeper.sasl.disable", boolean, False)
    KERBEROS_LOGIN_USETICKETCACHE = ConfigOption[bool]("security.kerberos.login.use-ticket-cache", boolean, True)
    KERBEROS_RELOGIN_PERIOD = ConfigOption[Duration](
        "security.kerberos.relogin.period", duration, Duration.parse("1min")
    )


class DeploymentOptions:
    """Mirrors ``DeploymentOptions`` and the internal options that a deployment writes."""

    TARGET = ConfigOption[str | None]("execution.target", to_text, None)
    CONF_DIR = ConfigOption[str | None]("$internal.deployment.config-dir", to_text, None)
    EXECUTION_MODE = ConfigOption[str]("internal.cluster.execution-mode", to_text, "NORMAL")
    USER_ARTIFACTS_BASE_DIR = ConfigOption[str]("user.artifacts.base-dir", to_text, "/opt/flink/artifacts")


MASTER_ENVIRONMENT_PREFIX = "containerized.master.env"
"""``containerized.master.env.<NAME>`` sets a variable of the JobManager's container."""
