"""Ports: in the range that there is, no two the same in one pod, and who can reach the one of REST."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import (
    BlobServerOptions,
    HighAvailabilityOptions,
    JobManagerOptions,
    RestOptions,
    SecurityOptions,
    TaskManagerOptions,
)
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import ConfigOption, to_text
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.reading import explicit, readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.kubernetes_config_options import ServiceExposedType

_Port = ConfigOption[int] | ConfigOption[str]

_NEVER_ZERO: tuple[_Port, ...] = (RestOptions.PORT, JobManagerOptions.PORT)
_FIXED_WHERE_ZERO: dict[_Port, int | None] = {
    RestOptions.BIND_PORT: constants.REST_PORT,
    BlobServerOptions.PORT: constants.BLOB_SERVER_PORT,
    TaskManagerOptions.RPC_PORT: constants.TASK_MANAGER_RPC_PORT,
    HighAvailabilityOptions.HA_JOB_MANAGER_PORT_RANGE: None,
}
"""Options that Flink's client gives a fixed port where they say 0, and that port (of the last: the one of RPC)."""
_ONE_NUMBER = re.compile(r"[-+]?[0-9]+")
_KEYSTORES = tuple(
    ConfigOption[str | None](key, to_text, None) for key in ("security.ssl.rest.keystore", "security.ssl.keystore")
)
_PUBLIC = (ServiceExposedType.NODE_PORT, ServiceExposedType.LOAD_BALANCER)


def check_ports(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find ports that no Service can have."""
    configuration = parameters.configuration
    seen = set[str]()
    for option in (*_NEVER_ZERO, *_FIXED_WHERE_ZERO):
        key, number = configuration.key_of(option), _number(configuration, option)
        if key is None or number is None or key in seen:
            continue
        seen.add(key)
        least = 0 if option in _FIXED_WHERE_ZERO else 1
        # What is below zero is Flink's own finding where it is the blob server's.
        if not least <= number <= 65535 and not (option is BlobServerOptions.PORT and number < 0):
            yield configuration.finding(option, "must be from 1 to 65535", "remove it, or choose a port")
    yield from _shared_ports(configuration)
    yield from _certificate(configuration)
    if readable(configuration, Options.KUBERNETES_HOSTNETWORK_ENABLED):
        rule = "lets the JobManager choose its ports and write them into its Services, which an update would set back"
        fix = "leave it out, or see to it that the Services are not updated while the JobManager runs"
        yield configuration.finding(Options.KUBERNETES_HOSTNETWORK_ENABLED, rule, fix, "warning")
    yield from _published(configuration)


def _number(configuration: Configuration, option: _Port) -> int | None:
    """Read a port; one that is no single number is a finding of Flink's."""
    text = str(readable(configuration, option))
    return int(text) if _ONE_NUMBER.fullmatch(text) else None


def _shared_ports(configuration: Configuration) -> Iterator[Finding]:
    """Find ports of the JobManager that are the same: the second to listen fails, and so does the Service."""
    ports: dict[int, str] = {}
    options: tuple[_Port, ...] = (JobManagerOptions.PORT, RestOptions.BIND_PORT, BlobServerOptions.PORT)
    for option in options:
        number = _number(configuration, option) or _FIXED_WHERE_ZERO.get(option)
        key = configuration.key_of(option) or option.key
        if number is None:
            continue
        if number in ports:
            rule = f"must not be {number}, which is the port of {ports[number]} too"
            yield configuration.finding(option, rule, "choose another port for one of them")
        ports.setdefault(number, key)


def _certificate(configuration: Configuration) -> Iterator[Finding]:
    if not readable(configuration, SecurityOptions.SSL_REST_ENABLED) or any(map(configuration.contains, _KEYSTORES)):
        return
    rule = "must be set with security.ssl.rest.enabled, or the JobManager does not start"
    yield Finding(_KEYSTORES[0].key, None, rule, "name the keystore that a Secret is mounted as", "warning")


def _published(configuration: Configuration) -> Iterator[Finding]:
    exposed = explicit(configuration, Options.REST_SERVICE_EXPOSED_TYPE)
    if exposed is None or exposed[1] not in _PUBLIC:
        return
    if readable(configuration, SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED):
        return
    rule = "lets everybody who reaches it run code in the cluster, since REST asks for no certificate"
    fix = "use ClusterIP, restrict who reaches it, or set security.ssl.rest.authentication-enabled"
    yield configuration.finding(Options.REST_SERVICE_EXPOSED_TYPE, rule, fix, "warning")
