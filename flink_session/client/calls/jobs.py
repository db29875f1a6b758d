"""Calls about jobs."""

from __future__ import annotations

from .. import endpoints
from ..exchange import Call
from ..models.jobs import JobOverview
from ..refusals import ask


def list_jobs() -> Call[list[JobOverview]]:
    """Give all jobs that the JobManager remembers, ended ones too, as `/jobs/overview` has them."""
    document = yield from ask(endpoints.JOBS_OVERVIEW.request(), "the jobs cannot be listed")
    return [JobOverview.from_json(job) for job in document["jobs"]]
