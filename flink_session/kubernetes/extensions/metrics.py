"""Metrics for Prometheus, in one switch: a reporter, its port in both roles, and how Prometheus finds the pods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions.access import access_name
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest

METRICS_PORT_NAME = "metrics"
DEFAULT_METRICS_PORT = 9249
"""The default of Flink's ``PrometheusReporterFactory``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What is asked for.

    Attributes:
        port: on which each process answers Prometheus.
        annotations: whether the pods say so by ``prometheus.io/*``; ``None`` for yes where there is no PodMonitor.
        pod_monitor: whether there is a PodMonitor, for the Prometheus operator.
        pod_monitor_labels: labels by which a Prometheus chooses its PodMonitors.
    """

    port: int = DEFAULT_METRICS_PORT
    annotations: bool | None = None
    pod_monitor: bool = False
    pod_monitor_labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def container_port(self) -> Manifest:
        """The port of the main container."""
        return {"name": METRICS_PORT_NAME, "containerPort": self.port}

    def pod_annotations(self) -> dict[str, str]:
        """Return the annotations of the pods, as most configurations of Prometheus look for them."""
        if not (not self.pod_monitor if self.annotations is None else self.annotations):
            return {}
        return {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(self.port),
            "prometheus.io/path": "/metrics",
        }


def add_pod_monitor(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters, metrics: Metrics
) -> KubernetesJobManagerSpecification:
    """Add a PodMonitor for the pods of both roles, if it is asked for."""
    if not metrics.pod_monitor:
        return specification
    monitor = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {
            "name": access_name(parameters.cluster_id),
            "labels": {**metrics.pod_monitor_labels, **parameters.common_labels},
        },
        "spec": {
            "selector": {"matchLabels": dict(parameters.common_labels)},
            "podTargetLabels": [constants.LABEL_APP_KEY, constants.LABEL_COMPONENT_KEY],
            "podMetricsEndpoints": [{"port": METRICS_PORT_NAME, "path": "/metrics"}],
        },
    }
    return replace(specification, accompanying_resources=(*specification.accompanying_resources, monitor))
