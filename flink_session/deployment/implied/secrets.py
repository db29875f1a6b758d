"""``secrets``: each by its name, as the core has them, and what is wrong with the names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.kubernetes.checks.api_rules import DNS_SUBDOMAIN, ENVIRONMENT_VARIABLE, KEY_OF_DATA
from flink_session.kubernetes.checks.environment import set_by_flink
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.extensions import CHECKSUM_KEY, Secret
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_FIX = "choose another name"


def check_secret_names(secrets: Sequence[Secret], configuration: Configuration, collector: FindingCollector) -> None:
    """Find names that cannot be, or that something else has. No finding has a value in it."""
    collector.add(_findings(secrets, configuration, collector))


def _findings(
    secrets: Sequence[Secret], configuration: Configuration, collector: FindingCollector
) -> Iterator[Finding]:
    references = collector.attempt(configuration.get, Options.KUBERNETES_ENV_SECRET_KEY_REF) or ()
    taken = {item.get("env"): Options.KUBERNETES_ENV_SECRET_KEY_REF.key for item in references}
    for prefix in (MASTER_ENVIRONMENT_PREFIX, TASK_MANAGER_ENVIRONMENT_PREFIX):
        taken |= {name: f"{prefix}.{name}" for name in configuration.with_prefix(prefix)}
    for item in secrets:
        key, rule = f"secrets, {item.name}", KEY_OF_DATA if item.is_file else ENVIRONMENT_VARIABLE
        if rule.broken_by(item.name) or item.name in (CHECKSUM_KEY, ".checksum"):
            yield Finding(key, None, rule.rule, _FIX)
        elif not item.is_file and item.name in set_by_flink(configuration):
            yield Finding(key, None, "must not set a variable that Flink needs", _FIX)
        elif not item.is_file and item.name in taken:
            yield Finding(key, None, f"must not be there beside {taken[item.name]}", "keep one of the two")
        if item.secret is not None and DNS_SUBDOMAIN.broken_by(item.secret):
            yield Finding(f"{key}, secret", None, DNS_SUBDOMAIN.rule, "name an existing Secret")
        if item.secret is not None and KEY_OF_DATA.broken_by(item.key):
            yield Finding(f"{key}, key", None, KEY_OF_DATA.rule, "name a key of that Secret")
