"""A job runs once, whatever answer is lost; a jar is known by what is in it."""

import zipfile
from pathlib import Path

import pytest

from flink_session.client.calls.jars import Program, jar_name, run_jar, submit, upload_jar
from flink_session.client.errors import AlreadySubmittedError, AmbiguousError, SubmissionError, UnreachableError
from flink_session.client.exchange import NoAnswer
from tests.unit.client.scripted import Script, ok

JOB = "ab" * 16
LOST = NoAnswer("the connection broke", sent=True)
NO_JOB = ok({"errors": ["FlinkJobNotFoundException"]}, 404)
SEEN = ok(
    {
        "jid": JOB,
        "name": "count",
        "state": "RUNNING",
        "start-time": 1,
        "end-time": -1,
        "duration": 1,
        "now": 2,
        "timestamps": {},
        "vertices": [],
        "plan": {},
    }
)
DUPLICATES = [
    ok({"errors": ["org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job was submitted"]}, 400),
    ok({"errors": ["org.apache.flink.x.DuplicateApplicationSubmissionException: submitted"]}, 400),
]
POST = "POST /jars/a.jar/run"


def test_an_answer_that_is_lost_is_looked_up() -> None:
    script = Script(LOST, SEEN)
    assert script.run(run_jar("a.jar", job_id=JOB)) == JOB
    assert script.asked() == [POST, f"GET /jobs/{JOB}"]


def test_what_was_lost_before_it_arrived_is_sent_again() -> None:
    script = Script(LOST, NO_JOB, ok({"jobid": JOB}))
    assert script.run(run_jar("a.jar", job_id=JOB)) == JOB
    assert script.asked() == [POST, f"GET /jobs/{JOB}", POST]
    first, _, again = script.requests
    assert first == again


@pytest.mark.parametrize("duplicate", DUPLICATES)
def test_a_duplicate_is_our_own_only_where_an_answer_was_lost(duplicate: object) -> None:
    assert Script(LOST, NO_JOB, duplicate).run(run_jar("a.jar", job_id=JOB)) == JOB  # type: ignore[arg-type]
    with pytest.raises(AlreadySubmittedError) as caught:
        Script(duplicate).run(run_jar("a.jar", job_id=JOB))  # type: ignore[arg-type]
    assert caught.value.job_id == JOB


STANDBY_SAYS = """org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.
Caused by: java.io.IOException: Could not connect to BlobServer at address demo-1/<unresolved>:6124
Caused by: java.net.UnknownHostException: demo-1"""
STANDBY = ok({"errors": ["Internal server error.", STANDBY_SAYS]}, 500)
NO_JAR = ok({"errors": ["Internal server error.", "org.x.RestHandlerException: Jar file a.jar does not exist"]}, 500)
UNREACHABLE = ok({"errors": ["x", "a.b.RecipientUnreachableException: Could not send message"]}, 500)


def test_a_job_is_run_by_the_jobmanager_that_leads() -> None:
    script = Script(STANDBY, STANDBY, ok({"jobid": JOB}))
    script.ways = [NoAnswer("no JobManager leads", sent=False), None]
    assert script.run(run_jar("a.jar", job_id=JOB)) == JOB
    assert script.asked() == [POST, "who leads?", "who leads?", POST, "who leads?", POST]


def test_where_none_ever_leads_it_is_said_why() -> None:
    script = Script(*[STANDBY] * 7, NO_JOB)
    with pytest.raises(SubmissionError, match=r"the program failed: UnknownHostException: demo-1$"):
        script.run(run_jar("a.jar", job_id=JOB))
    script = Script(STANDBY)
    script.ways = [NoAnswer("there is no session", sent=False, final=True)]
    with pytest.raises(UnreachableError, match="there is no session"):
        script.run(run_jar("a.jar", job_id=JOB))


def test_the_one_that_leads_may_know_the_job_already() -> None:
    assert Script(UNREACHABLE, DUPLICATES[0]).run(run_jar("a.jar", job_id=JOB)) == JOB
    with pytest.raises(AlreadySubmittedError):
        Script(STANDBY, DUPLICATES[0]).run(run_jar("a.jar", job_id=JOB))


def test_the_one_that_leads_is_given_the_jar(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("a", "b")
    uploaded = ok({"filename": "/tmp/flink-web-1/upload/a.jar"})
    script = Script(ok({"files": []}), uploaded, STANDBY, NO_JAR, uploaded, ok({"jobid": JOB}))
    assert script.run(submit(jar, job_id=JOB)) == JOB
    assert script.asked() == ["GET /jars", "POST /jars/upload", POST, "who leads?", POST, "POST /jars/upload", POST]


def test_what_cannot_be_found_out_is_said_with_the_id() -> None:
    with pytest.raises(AmbiguousError, match=JOB) as caught:
        Script(LOST, *[NoAnswer("refused", sent=False)] * 4).run(run_jar("a.jar", job_id=JOB))
    assert caught.value.job_id == JOB
    with pytest.raises(UnreachableError):
        Script(*[NoAnswer("refused", sent=False)] * 4).run(run_jar("a.jar", job_id=JOB))


def test_only_what_was_said_is_sent() -> None:
    assert Program().body(None) == {"programArgsList": []}
    whole = Program("a.B", ["x,y"], 2, "s3://s", True, "CLAIM", {"a": "b"}).body(JOB)
    assert whole == {
        "entryClass": "a.B",
        "programArgsList": ["x,y"],
        "parallelism": 2,
        "jobId": JOB,
        "savepointPath": "s3://s",
        "allowNonRestoredState": True,
        "claimMode": "CLAIM",
        "flinkConfiguration": {"a": "b"},
    }


def test_a_jar_is_called_by_what_is_in_it(tmp_path: Path) -> None:
    names = []
    for name, content in (("a.jar", b"1"), ("a.jar", b"2"), ('b "ü"/x.jar'.replace("/", ""), b"1"), ("c" * 200, b"1")):
        (tmp_path / name).write_bytes(content)
        names.append(jar_name(tmp_path / name))
    assert len(set(names)) == 4
    assert names[2].startswith("b-x-")
    assert all(name.isascii() and name.endswith(".jar") and len(name) < 130 for name in names)


def test_a_jobmanager_that_dies_in_an_upload_is_waited_for_a_minute(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.jar", "w") as archive:
        archive.writestr("a", "b")
    none = ok({"files": []})
    script = Script(none, LOST, none, ok({"filename": "/tmp/flink-web/1_a.jar"}))
    assert script.run(upload_jar(tmp_path / "a.jar")).id == "1_a.jar"
    assert [deadline.seconds for deadline in script.deadlines] == [None, 60.0, None]
