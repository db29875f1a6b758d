"""The client of a Flink session cluster: Flink's `ClusterClient`, over its REST API, from wherever the program runs.

docs/client.md tells how to use it. Its errors are drawn in :mod:`flink_session.client.errors`.
"""

from .access.direct import Direct, Tls
from .calls.jars import Program
from .cluster_client import AsyncClusterClient, ClusterClient
from .errors import (
    AlreadySubmittedError,
    AmbiguousError,
    DeadlineError,
    DisabledError,
    FlinkError,
    NotFoundError,
    OperationFailedError,
    RefusedError,
    SubmissionError,
    UnexpectedAnswerError,
    UnreachableError,
)

__all__ = [
    "AlreadySubmittedError",
    "AmbiguousError",
    "AsyncClusterClient",
    "ClusterClient",
    "DeadlineError",
    "Direct",
    "DisabledError",
    "FlinkError",
    "NotFoundError",
    "OperationFailedError",
    "Program",
    "RefusedError",
    "SubmissionError",
    "Tls",
    "UnexpectedAnswerError",
    "UnreachableError",
]
