"""``metrics``: the options of a Prometheus reporter, and annotations of the pods."""

from __future__ import annotations

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.options import ConfigOption, to_text
from flink_session.configuration.yaml_writer import dump_flow
from flink_session.kubernetes.extensions import Metrics
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_REPORTER = "prom"
_PREFIX = f"metrics.reporter.{_REPORTER}"
_LIST = "metrics.reporters"
_ANNOTATIONS: tuple[ConfigOption[dict[str, str]], ...] = (
    Options.JOB_MANAGER_ANNOTATIONS,
    Options.TASK_MANAGER_ANNOTATIONS,
)


def metrics_options(
    metrics: Metrics, configuration: Configuration, collector: FindingCollector
) -> dict[str, str | int]:
    """Return the options of the reporter and of the pods' annotations; those of the user stay beside them."""
    if not 1 <= metrics.port <= 65535:
        rule = "must be the number of a port, from 1 to 65535"
        collector.add((Finding("metrics.port", metrics.port, rule, "write it as 9249, or leave it out"),))
    values: dict[str, str | int] = {
        f"{_PREFIX}.factory.class": "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
        f"{_PREFIX}.port": metrics.port,
    }
    for key in values:
        if key in configuration.values:
            rule = "must not be in the configuration beside the argument metrics"
            collector.add((Finding(key, configuration.values[key], rule, f"keep metrics and remove {key}"),))
    listed = configuration.values.get(_LIST)
    if listed is not None:
        names = [name.strip() for name in to_text(listed).split(",") if name.strip()]
        values[_LIST] = ",".join(dict.fromkeys((*names, _REPORTER)))
    if collector.attempt(configuration.get, Options.KUBERNETES_HOSTNETWORK_ENABLED):
        rule = "is one port for all pods, of which only one on a node of that network has it"
        fix = "remove kubernetes.hostnetwork.enabled, or have the pods on nodes of their own"
        collector.add((Finding("metrics.port", metrics.port, rule, fix, "warning"),))
    for option in _ANNOTATIONS:
        values |= _added(configuration, option, metrics.pod_annotations(), collector)
    return values


def _added(
    configuration: Configuration,
    option: ConfigOption[dict[str, str]],
    items: dict[str, str],
    collector: FindingCollector,
) -> dict[str, str | int]:
    """Return options that add items to a map, in the way in which the user writes it: as one value, or one by one."""
    if option.key not in configuration.values:
        present = configuration.with_prefix(option.key)
        return {f"{option.key}.{name}": value for name, value in items.items() if name not in present}
    given = collector.attempt(configuration.get, option)
    return {} if given is None else {option.key: dump_flow({**items, **given})}
