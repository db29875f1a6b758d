"""The Pulumi components: the only place that registers resources."""

from flink_session.component.args import (
    AdditionsArgs,
    ExposeArgs,
    FlinkSessionClusterArgs,
    HighAvailabilityArgs,
    JobManagerArgs,
    LoggingArgs,
    MetricsArgs,
    NetworkPolicyArgs,
    TaskManagerArgs,
    TlsArgs,
)
from flink_session.component.flink_session_cluster import FlinkSessionCluster

__all__ = [
    "AdditionsArgs",
    "ExposeArgs",
    "FlinkSessionCluster",
    "FlinkSessionClusterArgs",
    "HighAvailabilityArgs",
    "JobManagerArgs",
    "LoggingArgs",
    "MetricsArgs",
    "NetworkPolicyArgs",
    "TaskManagerArgs",
    "TlsArgs",
]
