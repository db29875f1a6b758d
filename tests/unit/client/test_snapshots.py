"""Waiting for savepoints and checkpoints."""

import pytest

from flink_session.client.calls.snapshots import savepoint_path, wait_for_checkpoint
from flink_session.client.errors import OperationFailedError
from flink_session.client.models.checkpoints import Checkpoint
from tests.support.fake_flink import NOW, FakeJob, checkpoint
from tests.unit.client.scripted import Script, ok

JOB = "ab" * 16
RUNNING = FakeJob(JOB)
ENDED = FakeJob(JOB, state="FINISHED")
BUSY = ok({"errors": ["too busy"]}, 500)
WAITS = ok({"status": {"id": "IN_PROGRESS"}, "operation": None})
DONE = ok({"status": {"id": "COMPLETED"}, "operation": {"location": "file:/s"}})


def test_how_far_a_savepoint_is() -> None:
    seen: list[Checkpoint | None] = []
    going = FakeJob(JOB, savepoint=checkpoint(4, savepoint=True, status="IN_PROGRESS"))
    script = Script(WAITS, BUSY, WAITS, ok(RUNNING.checkpoints()), WAITS, ok(going.checkpoints()), DONE)
    assert script.run(savepoint_path(JOB, "cd" * 16, progress=seen.append)) == "file:/s"
    nothing, found = seen
    assert nothing is None
    assert found
    assert (found.acknowledged_subtasks, found.subtasks) == (3, 4)


def test_nobody_looks_how_far_it_is_for_nothing() -> None:
    script = Script(WAITS, DONE)
    script.run(savepoint_path(JOB, "cd" * 16))
    assert len(script.requests) == 2


def test_a_savepoint_that_was_there_before_is_none_that_is_waited_for() -> None:
    old, new = (FakeJob(JOB, savepoint=checkpoint(4, ago=ago, savepoint=True)) for ago in (50_000, 1000))
    looks = [document for job in (old, new) for document in (ok(job.detail()), ok(job.checkpoints()))]
    script = Script(*looks)
    assert script.run(wait_for_checkpoint(JOB, savepoint=True, since=NOW - 20_000)).triggered == NOW - 1040
    assert len(script.pauses) == 1


def test_what_flink_says_of_a_job_that_has_just_ended_may_be_old() -> None:
    stale, fresh = FakeJob(JOB, state="FINISHED", completed=None), ENDED
    features = ok({"flink-version": "2.2.1", "features": {"web-submit": True}, "refresh-interval": 0})
    script = Script(ok(stale.detail()), ok(stale.checkpoints()), features, ok(fresh.checkpoints()))
    assert script.run(wait_for_checkpoint(JOB)).id == 3
    script = Script(ok(stale.detail()), ok(stale.checkpoints()), features, *[ok(stale.checkpoints())] * 20)
    with pytest.raises(OperationFailedError, match="has ended without a checkpoint"):
        script.run(wait_for_checkpoint(JOB))
