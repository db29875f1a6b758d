"""Variables of the containers: their names, and who else sets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX
from flink_session.configuration.findings import Finding
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.api_rules import DNS_SUBDOMAIN, ENVIRONMENT_VARIABLE, KEY_OF_DATA
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_PREFIXES = (MASTER_ENVIRONMENT_PREFIX, TASK_MANAGER_ENVIRONMENT_PREFIX)


def check_environment(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find variables that are refused or set twice."""
    configuration = parameters.configuration
    from_secrets = _from_secrets(configuration)
    for prefix in _PREFIXES:
        for name in configuration.with_prefix(prefix):
            key = f"{prefix}.{name}"
            if ENVIRONMENT_VARIABLE.broken_by(name):
                yield Finding(key, None, ENVIRONMENT_VARIABLE.rule, "correct the name")
            elif name in from_secrets:
                rule = f"has no effect beside {Options.KUBERNETES_ENV_SECRET_KEY_REF.key}, which sets {name} too"
                yield Finding(key, None, rule, "keep one of them", "warning")
            elif name in set_by_flink(configuration):
                rule = "has no effect, since Flink sets the variable itself"
                yield Finding(key, None, rule, set_by_flink(configuration)[name], "warning")
    yield from _references(configuration)
    yield from _conf_dir(configuration)


def set_by_flink(configuration: Configuration) -> dict[str, str]:
    """Return the variables that Flink sets behind the user's, and what to do instead."""
    variables = {constants.POD_IP_ENVIRONMENT: "remove it"}
    if configuration.contains(Options.FLINK_LOG_DIR):
        variables[constants.FLINK_LOG_DIR_ENVIRONMENT] = f"keep {Options.FLINK_LOG_DIR.key}"
    return variables


def _from_secrets(configuration: Configuration) -> Counter[str]:
    items = readable(configuration, Options.KUBERNETES_ENV_SECRET_KEY_REF) or ()
    return Counter(item["env"] for item in items if item.get("env"))


def _references(configuration: Configuration) -> Iterator[Finding]:
    key = Options.KUBERNETES_ENV_SECRET_KEY_REF.key
    for item in readable(configuration, Options.KUBERNETES_ENV_SECRET_KEY_REF) or ():
        for field, rule, fix in (
            ("env", ENVIRONMENT_VARIABLE, "correct the name"),
            ("secret", DNS_SUBDOMAIN, "name an existing Secret"),
            ("key", KEY_OF_DATA, "name a key of the Secret"),
        ):
            text = item.get(field)
            if text and rule.broken_by(text):
                # Under its own key, the value would be masked: it is a name, and no secret.
                yield Finding(key, None, f"has {field} {text!r}, which {rule.rule}", fix)
    variables = _from_secrets(configuration)
    for name, count in variables.items():
        if count > 1:
            yield Finding(key, None, f"must set {name} once, and not {count} times", "remove all but one")
        if name in set_by_flink(configuration):
            yield Finding(key, None, f"must not set {name}, which Flink needs", "choose another variable")


def _conf_dir(configuration: Configuration) -> Iterator[Finding]:
    if not configuration.contains(Options.FLINK_CONF_DIR):
        return
    folder = configuration.values[Options.FLINK_CONF_DIR.key]
    for prefix in _PREFIXES:
        key = f"{prefix}.FLINK_CONF_DIR"
        if folder != Options.FLINK_CONF_DIR.default and configuration.values.get(key) != folder:
            rule = f"must be {folder!r} where {Options.FLINK_CONF_DIR.key} is, since Flink's scripts look there"
            yield Finding(key, configuration.values.get(key), rule, f"set it, or remove {Options.FLINK_CONF_DIR.key}")
