"""What `--json` prints. docs/jobs.md promises it: fields are added, and never renamed or given another meaning.

Times are texts in UTC, durations seconds, sizes bytes, shares numbers from 0 to 1. What is not known is null.
"""

from __future__ import annotations

from typing import Any

from flink_session.client.models.checkpoints import Checkpoint

from ..figures import instant, seconds
from ..knowing.looking import Look

Document = dict[str, Any]


def job_document(look: Look) -> Document:
    """Give a job, as of `job list`."""
    job, checkpoints, configuration = look.job, look.checkpoints, look.configuration
    last = checkpoints.latest_completed if checkpoints else None
    return {
        "id": job.id,
        "name": job.name,
        "state": job.state,
        "since": instant(look.since),
        "started": instant(job.start_time),
        "ended": instant(job.end_time),
        "tasks": {state: count for state, count in job.tasks.items() if count},
        "all_running": job.all_running,
        "restarts": look.restarts,
        "checkpoint": checkpoint_document(last) if last else None,
        "checkpoint_age": seconds(look.checkpoint_age),
        "checkpoint_interval": seconds(configuration.interval) if configuration and configuration.periodic else None,
        "checkpoint_late": look.late,
        "backpressure": look.backpressure,
        "busy": look.busy,
        "metaspace": look.metaspace,
    }


def show_document(look: Look, parameters: dict[str, str]) -> Document:
    """Give a job, as of `job show`: that of `job list`, and more."""
    found, detail = look.checkpoints, look.detail
    counts = {"completed": found.completed, "failed": found.failed, "in_progress": found.in_progress} if found else None
    restored = found.restored if found else None
    return {
        **job_document(look),
        "vertices": [
            {
                "id": vertex.id,
                "name": vertex.name,
                "state": vertex.status,
                "parallelism": vertex.parallelism,
                "max_parallelism": vertex.max_parallelism,
                "tasks": {state.lower(): count for state, count in vertex.tasks.items() if count},
            }
            for vertex in (detail.vertices if detail else ())
        ],
        "checkpoints": counts,
        "savepoint": checkpoint_document(found.latest_savepoint) if found and found.latest_savepoint else None,
        "failed_checkpoint": checkpoint_document(found.latest_failed) if found and found.latest_failed else None,
        "restored_from": {"path": restored.path, "time": instant(restored.restored)} if restored else None,
        "parameters": parameters,
    }


def checkpoint_document(checkpoint: Checkpoint) -> Document:
    """Give a checkpoint or savepoint."""
    return {
        "id": checkpoint.id,
        "status": checkpoint.status,
        "savepoint": checkpoint.is_savepoint,
        "triggered": instant(checkpoint.triggered),
        "duration": seconds(checkpoint.duration),
        "size": checkpoint.state_size,
        "path": checkpoint.path,
        "failure": checkpoint.failure,
    }
