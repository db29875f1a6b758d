"""Calls about the cluster as a whole."""

from __future__ import annotations

from .. import endpoints
from ..exchange import Call
from ..models.cluster import ClusterOverview
from ..refusals import ask


def overview() -> Call[ClusterOverview]:
    """Give the cluster's version, TaskManagers, slots and numbers of jobs."""
    return ClusterOverview.from_json((yield from ask(endpoints.CLUSTER_OVERVIEW.request(), "the cluster's overview")))
