"""Options of Flink that follow from arguments which stand for more than one: state, plugins, metrics, TLS.

What the user says of such an option himself wins, or is added to; each module has one argument and says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import FindingCollector
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.deployment.arguments import ArgumentValues
from flink_session.deployment.implied.exposure import exposure_options
from flink_session.deployment.implied.metrics import metrics_options
from flink_session.deployment.implied.pods import pod_additions
from flink_session.deployment.implied.state import state_directories
from flink_session.deployment.implied.tls import tls_options
from flink_session.deployment.session_cluster_options import SessionClusterOptions
from flink_session.kubernetes.client_files import ClientFiles

__all__ = ["implied_options", "pod_additions"]


def implied_options(
    options: SessionClusterOptions,
    configuration: Configuration,
    version: FlinkVersion,
    files: ClientFiles,
    collector: FindingCollector,
) -> ArgumentValues:
    """Return the options that follow, and from which arguments.

    Args:
        options: the arguments.
        configuration: all options that are set by somebody.
        version: the release.
        files: what the client finds on its disk: pod templates among them.
        collector: gets what is wrong with these arguments.
    """
    result = ArgumentValues({}, {})
    if options.state_storage is not None:
        _take(result, state_directories(options, configuration, collector), "state_storage", options.state_storage)
    if options.state_storage is not None or options.plugins:
        # It looks into containers, as checks do.
        from flink_session.deployment.implied.plugins import enabled_plugins  # noqa: PLC0415

        enabled = enabled_plugins(options, configuration.with_values(result.values), version, files, collector)
        _take(result, enabled, "plugins" if options.plugins else "state_storage", None)
    metrics = options.extensions.metrics
    if metrics is not None:
        _take(result, metrics_options(metrics, configuration, collector), "metrics", None)
    tls = options.extensions.tls
    if tls is not None:
        _take(result, tls_options(tls, configuration, collector), "tls", None)
    exposure = options.extensions.exposure
    if exposure is not None:
        values = exposure_options(exposure, tls, configuration, collector)
        _take(result, values, "expose", None)
    return result


def _take(result: ArgumentValues, values: Mapping[str, Any], argument: str, given: object) -> None:
    result.values.update(values)
    result.origins.update(dict.fromkeys(values, (argument, given)))
