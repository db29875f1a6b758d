"""The names, labels and numbers that Flink fixes. Mirrors ``org.apache.flink.kubernetes.utils.Constants``.

A running JobManager looks its own objects up by these names, so none of them is a matter of taste.
"""

from __future__ import annotations

from flink_session.configuration.flink_version import FlinkVersion

LABEL_TYPE_KEY = "type"
LABEL_TYPE_NATIVE_TYPE = "flink-native-kubernetes"
LABEL_APP_KEY = "app"
LABEL_COMPONENT_KEY = "component"
LABEL_COMPONENT_JOB_MANAGER = "jobmanager"
LABEL_COMPONENT_TASK_MANAGER = "taskmanager"

MAIN_CONTAINER_NAME = "flink-main-container"

REST_PORT_NAME = "rest"
JOB_MANAGER_RPC_PORT_NAME = "jobmanager-rpc"
BLOB_SERVER_PORT_NAME = "blobserver"

REST_PORT = 8081
BLOB_SERVER_PORT = 6124
TASK_MANAGER_RPC_PORT = 6122

FLINK_CONF_VOLUME = "flink-config-volume"
HADOOP_CONF_VOLUME = "hadoop-config-volume"
KERBEROS_KEYTAB_VOLUME = "kerberos-keytab-volume"
KERBEROS_KRB5_VOLUME = "kerberos-krb5conf-volume"
POD_TEMPLATE_VOLUME = "pod-template-volume"
USER_ARTIFACTS_VOLUME = "user-artifacts-volume"

POD_IP_ENVIRONMENT = "_POD_IP_ADDRESS"
FLINK_LOG_DIR_ENVIRONMENT = "FLINK_LOG_DIR"
HADOOP_CONF_DIR_ENVIRONMENT = "HADOOP_CONF_DIR"

HADOOP_CONF_DIR_IN_POD = "/opt/hadoop/conf"
KERBEROS_KEYTAB_MOUNT_POINT = "/opt/kerberos/kerberos-keytab"
KRB5_CONF_FILE = "krb5.conf"
POD_TEMPLATE_DIR_IN_POD = "/opt/flink/pod-template"
TASK_MANAGER_POD_TEMPLATE_FILE = "taskmanager-pod-template.yaml"
HADOOP_CONFIGURATION_FILES = ("core-site.xml", "hdfs-site.xml")

DNS_POLICY_DEFAULT = "ClusterFirst"
DNS_POLICY_HOST_NETWORK = "ClusterFirstWithHostNet"

KUBERNETES_SESSION_SCRIPT = "kubernetes-jobmanager.sh kubernetes-session "
SESSION_ENTRYPOINT_CLASS = "org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint"
SESSION_TARGET = "kubernetes-session"

MAXIMUM_CHARACTERS_OF_CLUSTER_ID = 45

_LOG_CONFIGURATION_FILES = (
    "logback.xml",
    "log4j.properties",
    "logback-console.xml",
    "log4j-console.properties",
    "logback-session.xml",
    "log4j-session.properties",
    "log4j-cli.properties",
)


_LOG_CONFIGURATION_FILES_BEFORE_2_1 = ("logback-console.xml", "log4j-console.properties")

OWN_POD_TEMPLATE = "pod_security"
"""What stands for the path of the TaskManagers' pod template where the user has none, and an extension makes one."""


def log_configuration_files(version: FlinkVersion) -> tuple[str, ...]:
    """Names of the files with log configuration that a version's client ships, in the order in which it mounts them."""
    return _LOG_CONFIGURATION_FILES if version.is_at_least("2.1") else _LOG_CONFIGURATION_FILES_BEFORE_2_1


def internal_service_name(cluster_id: str) -> str:
    """Name of the headless Service that TaskManagers reach the JobManager by."""
    return cluster_id


def rest_service_name(cluster_id: str) -> str:
    """Name of the Service of the REST API and the web UI."""
    return f"{cluster_id}-rest"


def config_map_name(cluster_id: str) -> str:
    """Name of the ConfigMap with ``config.yaml`` and the log configuration."""
    return f"flink-config-{cluster_id}"


def hadoop_config_map_name(cluster_id: str) -> str:
    """Name of the ConfigMap with Hadoop's configuration, where Flink makes one."""
    return f"hadoop-config-{cluster_id}"


def kerberos_keytab_secret_name(cluster_id: str) -> str:
    """Name of the Secret with the keytab."""
    return f"kerberos-keytab-{cluster_id}"


def kerberos_krb5_config_map_name(cluster_id: str) -> str:
    """Name of the ConfigMap with ``krb5.conf``."""
    return f"kerberos-krb5conf-{cluster_id}"


def pod_template_config_map_name(cluster_id: str) -> str:
    """Name of the ConfigMap with the TaskManagers' pod template."""
    return f"pod-template-{cluster_id}"


def high_availability_config_map_name(cluster_id: str) -> str:
    """Name of the ConfigMap in which JobManagers elect their leader and keep what jobs there are."""
    return f"{cluster_id}-cluster-config-map"


def common_labels(cluster_id: str) -> dict[str, str]:
    """Labels of each object of the cluster."""
    return {LABEL_TYPE_KEY: LABEL_TYPE_NATIVE_TYPE, LABEL_APP_KEY: cluster_id}


def component_labels(cluster_id: str, component: str) -> dict[str, str]:
    """Labels that select the pods of one role."""
    return {**common_labels(cluster_id), LABEL_COMPONENT_KEY: component}
