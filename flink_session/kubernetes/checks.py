"""What Flink's client accepts and a running cluster then suffers from: found before anything is created.

These findings are ours, not Flink's; :class:`~flink_session.kubernetes.cluster_descriptor.KubernetesClusterDescriptor`
knows nothing of them and stays as lenient as Flink.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from flink_session.configuration.config_yaml import prefix_collisions
from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import (
    DeploymentOptions,
    HighAvailabilityOptions,
    JobManagerOptions,
    RestOptions,
)
from flink_session.configuration.findings import Finding, FindingCollector, is_sensitive
from flink_session.kubernetes import references
from flink_session.kubernetes.decorators.flink_conf_mount import CLIENT_SIDE_OPTIONS
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.memory.options import TaskManagerMemoryOptions

_CLUSTER_ID = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

_REFERENCES_TO_SECRETS = tuple(
    option.key
    for option in (
        Options.KUBERNETES_SECRETS,
        Options.KUBERNETES_ENV_SECRET_KEY_REF,
        Options.CONTAINER_IMAGE_PULL_SECRETS,
    )
)
_SETTINGS_OF_TOKENS = ("security.delegation.token", "security.kerberos.fetch.delegation-token")


def find_hazards(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find all that Flink's client does not check; what is illegal to Flink already is left to it."""
    configuration = parameters.configuration
    yield from _names(configuration)
    yield from _ports(configuration)
    yield from _cpu(configuration)
    yield from _slots(configuration)
    yield from _conf_dir(configuration)
    yield from _high_availability(configuration)
    yield from _secrets(configuration)
    yield from _client_settings(configuration)
    yield from _lists_of_maps(parameters)
    yield from prefix_collisions(configuration.values)


def find_futile_options(own: Configuration, parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Warn of options that the user set and that Flink's deployment drops or overwrites, or that undo others."""
    dropped = [*CLIENT_SIDE_OPTIONS, DeploymentOptions.EXECUTION_MODE, Options.INTERNAL_ENTRYPOINT_CLASS]
    dropped.append(
        HighAvailabilityOptions.HA_CLUSTER_ID if parameters.high_availability.is_active else JobManagerOptions.ADDRESS
    )
    for key in filter(None, map(own.key_of, dropped)):
        rule = "has no effect, since Flink's Kubernetes deployment decides it"
        yield Finding(key, None, rule, "remove it", "warning")
    flags = "env.java.opts.all"
    if flags in own.values and "--add-opens" not in str(own.values[flags]):
        rule = "replaces the module flags of Flink's distribution, without which some serializers fail"
        yield Finding(flags, None, rule, "use env.java.opts.jobmanager and env.java.opts.taskmanager", "warning")


def _names(configuration: Configuration) -> Iterator[Finding]:
    cluster_id = str(configuration.values.get(Options.CLUSTER_ID.key, ""))
    if cluster_id.strip() and not _CLUSTER_ID.fullmatch(cluster_id):
        rule = "must consist of lower-case letters, digits and '-', start with a letter and not end with '-'"
        yield Finding(Options.CLUSTER_ID.key, cluster_id, rule, "choose such a name, for example my-session")
    namespace = str(configuration.values.get(Options.NAMESPACE.key, "default"))
    if not _DNS_LABEL.fullmatch(namespace):
        rule = "must consist of at most 63 lower-case letters, digits and '-', and start and end with no '-'"
        yield Finding(Options.NAMESPACE.key, namespace, rule, "name an existing namespace")


def _ports(configuration: Configuration) -> Iterator[Finding]:
    for option in (RestOptions.PORT, RestOptions.BIND_PORT, JobManagerOptions.PORT):
        key = configuration.key_of(option)
        text = str(configuration.values[key]) if key else ""
        if key and re.fullmatch(r"[-+]?[0-9]+", text) and not 0 < int(text) <= 65535:
            yield Finding(key, configuration.values[key], "must be from 1 to 65535", "remove it, or choose a port")


def _cpu(configuration: Configuration) -> Iterator[Finding]:
    cores = FindingCollector().attempt(configuration.get, Options.JOB_MANAGER_CPU)
    key = configuration.key_of(Options.JOB_MANAGER_CPU)
    if key is not None and cores is not None and not 0 < cores < float("inf"):
        yield Finding(key, configuration.values[key], "must be greater than 0", "remove it, or give it some cores")


def _slots(configuration: Configuration) -> Iterator[Finding]:
    option = TaskManagerMemoryOptions.NUM_TASK_SLOTS
    slots = FindingCollector().attempt(configuration.get, option)
    if slots is not None and slots < 1 and configuration.contains(TaskManagerMemoryOptions.CPU_CORES):
        yield Finding(option.key, slots, "must be greater than 0", "remove it, or raise it")


def _conf_dir(configuration: Configuration) -> Iterator[Finding]:
    if not configuration.contains(Options.FLINK_CONF_DIR):
        return
    folder = configuration.values[Options.FLINK_CONF_DIR.key]
    for role in ("master", "taskmanager"):
        key = f"containerized.{role}.env.FLINK_CONF_DIR"
        if folder != Options.FLINK_CONF_DIR.default and configuration.values.get(key) != folder:
            rule = f"must be {folder!r} where {Options.FLINK_CONF_DIR.key} is, since Flink's scripts look there"
            yield Finding(key, configuration.values.get(key), rule, f"set it, or remove {Options.FLINK_CONF_DIR.key}")


def _high_availability(configuration: Configuration) -> Iterator[Finding]:
    mode = HighAvailabilityMode.of(configuration)
    key = configuration.key_of(HighAvailabilityOptions.HA_MODE)
    if key is None or not mode.is_active:
        return
    name = str(configuration.values[key])
    if mode is HighAvailabilityMode.FACTORY_CLASS and "." not in name:
        rule = "must be none, kubernetes, zookeeper or the name of a factory class, as in org.example.Factory"
        yield Finding(key, name, rule, "correct it; Flink would take it for a class, and not start")
    elif not configuration.contains(HighAvailabilityOptions.HA_STORAGE_PATH):
        storage = HighAvailabilityOptions.HA_STORAGE_PATH.key
        yield Finding(storage, None, "must be set with high availability", "name a folder in durable storage")


def _secrets(configuration: Configuration) -> Iterator[Finding]:
    for key, value in configuration.values.items():
        if is_sensitive(key) and not _holds_no_secret(key):
            rule = "must not be in the configuration, which everybody who may read ConfigMaps can read"
            fix = (
                "put it into a Kubernetes Secret, and hand that to Flink by kubernetes.env.secretKeyRef or"
                " kubernetes.secrets"
            )
            yield Finding(key, value, rule, fix)


def _holds_no_secret(key: str) -> bool:
    """Tell whether the key looks like a secret only because it speaks of one."""
    return key.startswith(_SETTINGS_OF_TOKENS) or any(
        key == option or key.startswith(option + ".") for option in _REFERENCES_TO_SECRETS
    )


def _client_settings(configuration: Configuration) -> Iterator[Finding]:
    for option in (Options.CONTEXT, Options.KUBE_CONFIG_FILE):
        if configuration.contains(option):
            value = configuration.values[option.key]
            rule = "must not be set here, since it is not Flink that connects to the cluster"
            yield Finding(option.key, value, rule, "set kubernetes:context or kubernetes:kubeconfig for Pulumi")


def _lists_of_maps(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    attempt = FindingCollector().attempt  # a value that cannot be read is Flink's finding, not one of these
    for item in attempt(parameters.configuration.get, Options.JOB_MANAGER_TOLERATIONS) or ():
        yield from _fields(Options.JOB_MANAGER_TOLERATIONS.key, item, references.TOLERATION_FIELDS, ())
    for item in attempt(parameters.configuration.get, Options.JOB_MANAGER_OWNER_REFERENCE) or ():
        needed = ("apiVersion", "kind", "name", "uid")
        yield from _fields(Options.JOB_MANAGER_OWNER_REFERENCE.key, item, references.OWNER_REFERENCE_FIELDS, needed)
    for item in attempt(parameters.configuration.get, Options.KUBERNETES_ENV_SECRET_KEY_REF) or ():
        yield from _fields(Options.KUBERNETES_ENV_SECRET_KEY_REF.key, item, _REFERENCE, _REFERENCE)


_REFERENCE = ("env", "secret", "key")


def _fields(key: str, item: Mapping[str, str], known: Iterable[str], needed: Iterable[str]) -> Iterator[Finding]:
    """Find the fields of a map in a list that Flink would ignore, and those that the API server would miss."""
    names = {name.lower() for name in item if item[name]}
    for name in references.unknown_fields(item, known):
        yield Finding(f"{key}, {name}", None, "is no field that Flink knows", f"use {', '.join(known)}")
    missing = [name for name in needed if name.lower() not in names]
    if missing:
        yield Finding(key, None, f"must say {' and '.join(missing)} in each item", "add what is missing")
