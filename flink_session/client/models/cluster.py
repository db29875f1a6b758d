"""The cluster as a whole, and its processes."""

from __future__ import annotations

from ..reading import Model, of


class ClusterOverview(Model):
    """GET /overview."""

    flink_version: str = of("flink-version")
    taskmanagers: int
    slots_total: int = of("slots-total")
    slots_available: int = of("slots-available")
    jobs_running: int = of("jobs-running")
    jobs_finished: int = of("jobs-finished")
    jobs_cancelled: int = of("jobs-cancelled")
    jobs_failed: int = of("jobs-failed")
