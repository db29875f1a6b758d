"""Apache Flink session clusters on Kubernetes as a Pulumi component.

.. code-block:: python

    from flink_session import FlinkSessionCluster

    cluster = FlinkSessionCluster("demo", {"cluster_id": "demo"})
    pulumi.export("rest_endpoint", cluster.rest_endpoint)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flink_session.component import AdditionsArgs as AdditionsArgs
    from flink_session.component import FlinkSessionCluster as FlinkSessionCluster
    from flink_session.component import FlinkSessionClusterArgs as FlinkSessionClusterArgs
    from flink_session.component import HighAvailabilityArgs as HighAvailabilityArgs
    from flink_session.component import JobManagerArgs as JobManagerArgs
    from flink_session.component import LoggingArgs as LoggingArgs
    from flink_session.component import MetricsArgs as MetricsArgs
    from flink_session.component import TaskManagerArgs as TaskManagerArgs

__all__ = [
    "AdditionsArgs",
    "FlinkSessionCluster",
    "FlinkSessionClusterArgs",
    "HighAvailabilityArgs",
    "JobManagerArgs",
    "LoggingArgs",
    "MetricsArgs",
    "TaskManagerArgs",
]


def __getattr__(name: str) -> Any:
    # Importing Pulumi takes a third of a second, which the command line need not pay.
    if name in __all__:
        return getattr(import_module("flink_session.component"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
