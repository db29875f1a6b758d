"""Jobs that want more slots than the session can ever have."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import Facts, Prices
from ..model import Finding
from ..sessions import SessionView
from .sizes import size


def slots(view: SessionView, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each job that runs now and would not fit."""
    after = size(view.after, Prices())
    if after is None or after.most is None:
        return
    for job in facts.jobs.get((view.namespace, view.cluster_id)) or ():
        if job.parallelism > after.most.slots:
            yield Finding(
                severity="error",
                rule="too-few-slots",
                subject=job.name,
                message=f"the job {job.name} wants {job.parallelism} slots, and the session can have at most "
                f"{after.most.slots}",
                fix="raise max_slots, or lower the job's parallelism",
            )
