"""The jobs that run, and what becomes of each."""

from __future__ import annotations

from flink_session.deployment.changes import JobsFate

from ..changes import Judgement
from ..facts import Facts, RunningJob
from ..model import Job
from ..sessions import SessionView
from .amounts import bytes_shown, duration_shown


def jobs(view: SessionView, judgement: Judgement, facts: Facts) -> tuple[Job, ...] | None:
    """Give the running jobs; None if the session was not asked, or did not answer."""
    running = facts.jobs.get((view.namespace, view.cluster_id))
    return None if running is None else tuple(_job(job, judgement.jobs) for job in running)


def _job(job: RunningJob, fate: JobsFate) -> Job:
    words = {
        JobsFate.UNTOUCHED: "goes on",
        JobsFate.LOST: "is lost: it ends, and nobody starts it again",
        JobsFate.RECOVERED: f"recovers from {_checkpoint(job)}",
    }[fate]
    return Job(
        name=job.name,
        id=job.id,
        fate=fate.value,
        checkpoint_age=job.checkpoint_age,
        checkpoint_size=job.checkpoint_size,
        words=words,
    )


def _checkpoint(job: RunningJob) -> str:
    if job.checkpoint_age is None:
        return "its beginning: it has no checkpoint yet"
    size = "" if job.checkpoint_size is None else f", {bytes_shown(job.checkpoint_size)}"
    return f"its checkpoint of {duration_shown(job.checkpoint_age)} ago{size}"
