"""Whether a job lacks slots, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.client import ClusterClient, RefusedError

from ..figures import counted


@dataclass(frozen=True, slots=True)
class Slots:
    """What a job needs, and what there is."""

    needed: int
    total: int
    free: int

    def sentence(self) -> str:
        """Say it."""
        have = "none" if not self.total else f"{self.total}, {self.free} of them free"
        return f"the job needs {counted(self.needed, 'slot')}, the session has {have}"


def count_slots(client: ClusterClient, job_id: str) -> Slots | None:
    """Count what a job needs, and what there is; None where the job is gone, or has no plan yet."""
    try:
        needed = client.job(job_id).slots
    except RefusedError:
        return None
    overview = client.overview()
    return Slots(needed, overview.slots_total, overview.slots_available) if needed else None
