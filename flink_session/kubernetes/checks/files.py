"""Files that Flink's client passes over in silence or misses, and values that its old file cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.core_options import SecurityOptions
from flink_session.configuration.files.flink_conf import load_flink_conf
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import to_text
from flink_session.kubernetes.checks.names import is_official_image
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.decorators.flink_conf_mount import cluster_side_configuration
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_LOG4J = "log4j-console.properties"
_LOGBACK = "logback-console.xml"


def check_files(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find a ``krb5.conf`` that is mounted and not there, missing log files, and values that change on their way."""
    configuration = parameters.configuration
    yield from _log_files(parameters)
    option = SecurityOptions.KERBEROS_KRB5_PATH
    path = configuration.get(option)
    mounted = readable(configuration, Options.KUBERNETES_KERBEROS_MOUNT_DECORATOR_ENABLED)
    if mounted and path and path not in parameters.client_files.by_path:
        yield Finding(option.key, path, "must be a file that can be read, else no pod starts", "correct the path")
    if configuration.standard_yaml:
        return
    for key, value in cluster_side_configuration(configuration).values.items():
        text = to_text(value)
        read = load_flink_conf(f"{key}: {text}").values
        if text and read != {key: text}:
            rule = f"would not be the same when it is read from {configuration.file_name}"
            yield Finding(key, value, rule, "write no # and no line break into it, or use config.yaml")


def _log_files(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find that no log configuration is shipped: the mount hides that of the image, and Log4j then logs errors only."""
    files = parameters.client_files.log_configuration
    image = readable(parameters.configuration, Options.CONTAINER_IMAGE)
    own_image = image is not None and not is_official_image(image)
    if files.get(_LOG4J, "").strip() or (own_image and files.get(_LOGBACK, "").strip()):
        return
    there = " beside logback-console.xml, which Flink's own image does not read" if _LOGBACK in files else ""
    rule = f"must be among the files of the client{there}, or JobManager and TaskManagers log nothing but errors"
    yield Finding(_LOG4J, None, rule, "add the one of conf/ in Flink's distribution, or one of your own", "warning")
