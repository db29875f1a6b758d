"""What Flink keeps saying for a while is waited out where it would be taken for something that is not there."""

from typing import Any

import pytest

from flink_session.client.calls.jobs import job_exceptions
from flink_session.client.calls.snapshots import checkpoint_details
from flink_session.client.errors import NotFoundError
from flink_session.client.exchange import Response
from tests.unit.client.scripted import Script, ok

JOB = "ab" * 16
LIST, DETAILS = f"GET /jobs/{JOB}/checkpoints", f"GET /jobs/{JOB}/checkpoints/details"
CONFIG = ok({"flink-version": "2.2.1", "features": {"web-submit": True}, "refresh-interval": 1000})


def checkpoint(number: int) -> dict[str, Any]:
    times = dict.fromkeys(("trigger_timestamp", "latest_ack_timestamp", "state_size", "end_to_end_duration"), 1)
    subtasks = {"num_subtasks": 1, "num_acknowledged_subtasks": 1}
    return {"id": number, "status": "COMPLETED", "is_savepoint": False, **times, **subtasks}


def checkpoints(*numbers: int) -> Response:
    counts = {"completed": len(numbers), "failed": 0, "in_progress": 0}
    return ok({"counts": counts, "latest": {}, "history": [checkpoint(number) for number in numbers]})


def test_a_new_checkpoint_is_waited_for() -> None:
    script = Script(checkpoints(1), CONFIG, checkpoints(1), checkpoints(2, 1), ok(checkpoint(2)))
    assert script.run(checkpoint_details(JOB, 2)).id == 2
    assert script.asked() == [LIST, "GET /config", LIST, LIST, f"{DETAILS}/2"]


def test_one_that_is_never_made_is_waited_for_no_longer_than_the_cache_lives() -> None:
    script = Script(checkpoints(), CONFIG, *[checkpoints(1)] * 100)
    with pytest.raises(NotFoundError, match=f"job {JOB} has no checkpoint 7"):
        script.run(checkpoint_details(JOB, 7))
    assert 1 < sum(script.pauses) < 1.2


def test_an_old_one_is_not_waited_for() -> None:
    script = Script(checkpoints(12, 11))
    with pytest.raises(NotFoundError):
        script.run(checkpoint_details(JOB, 1))
    assert script.asked() == [LIST]


def jobs(state: str) -> Response:
    times = {"start-time": 1, "end-time": -1, "duration": 1, "last-modification": 1}
    return ok({"jobs": [{"jid": JOB, "name": "count", "state": state, "tasks": {"total": 1}, **times}]})


def exceptions(*stack_traces: str) -> Response:
    entries = [{"exceptionName": "a.B", "stacktrace": text, "timestamp": 1} for text in stack_traces]
    return ok({"exceptionHistory": {"entries": entries, "truncated": False}})


def test_the_exception_of_a_job_that_has_just_failed_is_waited_for() -> None:
    script = Script(exceptions(), jobs("FAILED"), exceptions(), CONFIG, exceptions(), exceptions("a.B: no"))
    assert [found.stack_trace for found in script.run(job_exceptions(JOB))] == ["a.B: no"]


def test_a_job_without_failures_is_not_asked_again() -> None:
    script = Script(exceptions(), jobs("RUNNING"))
    assert script.run(job_exceptions(JOB)) == []
    assert not script.pauses
