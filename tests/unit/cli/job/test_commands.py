"""What the commands print for scripts, and how they end."""

import json
import re
from pathlib import Path

import httpx2
import pytest

from flink_session.cli.job.edge import command_line
from flink_session.cli.target import Target
from flink_session.client import Tls
from tests.support.fake_flink import NOW, TASKMANAGER, FakeFlink, FakeJob, checkpoint, error
from tests.unit.cli.job.conftest import Run
from tests.unit.cli.job.test_causes import ROTTEN

ONE, TWO, THREE = "a" * 32, "b" * 32, "c" * 32
STARTED = "2027-01-15T07:59:00.500Z"
"""Half a second after its age before NOW."""


def test_a_list_for_scripts(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE), FakeJob(TWO, "done", "FINISHED"))
    ran = run(flink, "job", "list")
    assert ran.exit_code == 0
    cells = [ONE, "RUNNING", "2/2", STARTED, "2", "5.000", "2714", "0.040", "2%", "73%", "95%"]
    assert ran.stdout == "\t".join(["count", *cells]) + "\n"
    assert "not shown: 1 FINISHED; --all shows them" in ran.stderr
    assert "metaspace is 95% full" in ran.stderr
    assert "done\t" in run(flink, "job", "list", "--all").stdout


def test_a_list_as_json(run: Run) -> None:
    (found,) = json.loads(
        run(FakeFlink(FakeJob(ONE, completed=checkpoint(3, ago=31_000))), "job", "list", "--json").stdout
    )
    assert found == {
        "id": ONE,
        "name": "count",
        "state": "RUNNING",
        "since": STARTED,
        "started": "2027-01-15T07:59:00.000Z",
        "ended": None,
        "tasks": {"running": 2, "total": 2},
        "all_running": True,
        "restarts": 2,
        "checkpoint": {
            "id": 3,
            "status": "COMPLETED",
            "savepoint": False,
            "triggered": "2027-01-15T07:59:28.960Z",
            "duration": 0.04,
            "size": 2714,
            "path": "file:/chk-3",
            "failure": None,
        },
        "checkpoint_age": 31.0,
        "checkpoint_interval": 10.0,
        "checkpoint_late": True,
        "backpressure": 0.02,
        "busy": 0.73,
        "metaspace": 0.95,
    }


@pytest.mark.parametrize(
    ("job", "late"),
    [
        (FakeJob(ONE, completed=checkpoint(1, ago=29_000)), False),
        (FakeJob(ONE, completed=None, age=60_000), True),
        (FakeJob(ONE, completed=None, age=20_000), False),
        (FakeJob(ONE, completed=None, interval=None), False),
        (FakeJob(ONE, completed=None, state="RESTARTING"), False),
    ],
)
def test_checkpoints_are_late_after_three_intervals(job: FakeJob, late: bool, run: Run) -> None:
    assert json.loads(run(FakeFlink(job), "job", "list", "--json").stdout)[0]["checkpoint_late"] is late


def test_what_flink_does_not_say_is_null(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE))
    for path in ("", "/metrics", "/checkpoints", "/checkpoints/config"):
        flink.refuses[f"/jobs/{ONE}{path}"] = error(404, "gone")
    flink.refuses["/taskmanagers/metrics"] = error(404, "gone")
    (found,) = json.loads(run(flink, "job", "list", "--json").stdout)
    nothing = {key for key, value in found.items() if value is None}
    assert nothing >= {"restarts", "checkpoint", "checkpoint_age", "busy", "backpressure", "metaspace"}


def test_show(run: Run) -> None:
    job = FakeJob(ONE, savepoint=checkpoint(2, ago=9000, savepoint=True))
    found = json.loads(run(FakeFlink(job), "job", "show", "count", "--json").stdout)
    assert found["vertices"][0]["parallelism"] == 2
    assert found["savepoint"]["path"] == "file:/savepoint-2"
    assert found["checkpoints"] == {"completed": 2, "failed": 0, "in_progress": 0}
    assert found["parameters"] == {"team": "data"}
    text = run(FakeFlink(job), "job", "show", "count").stdout
    assert "state         RUNNING for 59s" in text
    assert "checkpoints   every 10s, exactly_once; 2 completed, 0 failed" in text


def test_why_gives_the_root_cause_first(run: Run) -> None:
    entry = {"exceptionName": "x", "stacktrace": ROTTEN, "timestamp": NOW - 3000, "taskName": "Map (1/1)"}
    flink = FakeFlink(FakeJob(ONE, state="RESTARTING", exceptions=[{**entry, "taskManagerId": TASKMANAGER}] * 3))
    text = run(flink, "job", "why", "@last").stdout
    assert re.sub(" +", " ", text).splitlines()[:6] == [
        f"job count ({ONE}) is RESTARTING for 59s",
        "cause NumberFormatException: record 6 is rotten",
        "at dev.flinksession.Trouble$Rotten.map(Trouble.java:51)",
        "task Map",
        f"on {TASKMANAGER}",
        "when 3s ago; 3 times in 0s",
    ]
    found = json.loads(run(flink, "job", "why", "@last", "--json").stdout)
    assert found["causes"][0]["count"] == 3
    assert found["slots"] is None


def test_why_counts_slots_of_a_job_that_waits(run: Run) -> None:
    ran = run(FakeFlink(FakeJob(ONE, tasks={"scheduled": 8}, completed=None, age=100)), "job", "why", "count")
    assert "the job needs 8 slots, the session has 4, 1 of them free" in ran.stdout
    assert "too few free slots" in ran.stdout


def test_why_of_a_job_that_could_not_start(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE, state="FAILED", failure="java.lang.ClassNotFoundException: my.Job"))
    ran = run(flink, "job", "why", "count")
    assert "cause    ClassNotFoundException: my.Job" in ran.stdout
    assert "hint     my.Job is neither in" in ran.stdout


def test_why_of_a_healthy_job(run: Run) -> None:
    assert "nothing ails it" in run(FakeFlink(FakeJob(ONE)), "job", "why", "count").stdout


@pytest.mark.parametrize(("verb", "state"), [("stop", "FINISHED"), ("savepoint", "RUNNING")])
def test_stop_and_savepoint_print_the_path_alone(verb: str, state: str, run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE))
    ran = run(flink, "job", verb, "count", "-p", "s3://b", "--type", "native")
    assert (ran.exit_code, ran.stdout) == (0, "file:/savepoint-9\n")
    assert flink.jobs[ONE].state == state
    (body,) = flink.bodies.values()
    assert body["formatType"] == "NATIVE"
    assert "s3://b" in body.values()


def test_detached_prints_what_wait_takes(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE))
    trigger = run(flink, "job", "savepoint", "count", "--detach").stdout.strip()
    assert re.fullmatch(f"{ONE}/[0-9a-f]{{32}}", trigger)
    assert run(flink, "job", "wait", trigger).stdout == "file:/savepoint-9\n"
    ran = run(flink, "job", "wait", trigger, "--json")
    assert json.loads(ran.stdout) == {"id": ONE, "name": "count", "savepoint": "file:/savepoint-9"}
    assert run(flink, "job", "wait", trigger, "--for", "finished").exit_code == 2


def test_cancel(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE))
    ran = run(flink, "job", "cancel", "count", "--json")
    assert json.loads(ran.stdout) == {"id": ONE, "name": "count", "state": "CANCELED"}
    for verb in ("cancel", "stop", "savepoint"):
        ran = run(flink, "job", verb, "count")
        assert (ran.exit_code, ran.stderr) == (5, f"error: count ({ONE}) has ended already: it is CANCELED\n")


def test_wait(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE), FakeJob(TWO, "bad", "FAILED", failure=ROTTEN))
    assert run(flink, "job", "wait", "count").exit_code == 0
    ran = run(flink, "job", "wait", "count", "--for", "checkpoint", "--json")
    assert json.loads(ran.stdout)["checkpoint"]["path"] == "file:/chk-3"
    ran = run(flink, "job", "wait", "bad", "--for", "finished")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "has ended as FAILED: NumberFormatException: record 6 is rotten" in ran.stderr
    assert "at dev.flinksession" not in ran.stderr
    assert "at dev.flinksession" in run(flink, "job", "wait", "bad", "-v").stderr


def test_time_that_is_up_is_told_with_the_slots(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE, tasks={"scheduled": 8}))
    ran = run(flink, "job", "wait", "count", "--timeout", "0.05")
    assert ran.exit_code == 4
    assert "8 wait, the job is RUNNING: not within 0.05 s; the job needs 8 slots" in ran.stderr


def test_logs(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE))
    flink.log = "one\ntwo\x1b[2J\nthree\n"
    assert run(flink, "job", "logs", "count", "--tail", "2").stdout == "two\N{REPLACEMENT CHARACTER}[2J\nthree\n"
    lines = run(flink, "job", "logs", "count", "--json").stdout.splitlines()
    assert json.loads(lines[0]) == {"process": TASKMANAGER, "line": "one"}
    ran = run(flink, "job", "logs", "count", "--taskmanager", "other")
    assert (ran.exit_code, TASKMANAGER in ran.stderr) == (3, True)


def test_submit(run: Run, jar: Path) -> None:
    flink = FakeFlink()
    words = ["-c", "dev.Count", "-p", "4", "-Dpipeline.name=x", "-D", "flag", str(jar), "--from", "a,b", "-p"]
    ran = run(flink, "job", "submit", *words)
    assert ran.exit_code == 0, ran.stderr
    (job_id,) = flink.jobs
    assert ran.stdout == f"{job_id}\n"
    (body,) = (body for path, body in flink.bodies.items() if path.endswith("/run"))
    assert body == {
        "entryClass": "dev.Count",
        "programArgsList": ["--from", "a,b", "-p"],
        "parallelism": 4,
        "jobId": job_id,
        "flinkConfiguration": {"pipeline.name": "x", "flag": "true"},
    }
    assert "job.jar is uploaded" in ran.stderr
    assert "1. Source: numbers -> Map (2)" in ran.stderr
    ran = run(flink, "job", "submit", "--json", "--detach", str(jar))
    assert "job.jar is there already (sha " in ran.stderr
    found = json.loads(ran.stdout)
    assert (found["jar"], found["from"], found["state"]) == ({"name": "job.jar", "uploaded": False}, None, "RUNNING")
    assert len(flink.jars) == 1


def test_a_dry_run_runs_nothing(run: Run, jar: Path) -> None:
    flink = FakeFlink()
    assert run(flink, "job", "submit", "--dry-run", str(jar)).stdout == "1. Source: numbers -> Map (2)\n"
    assert not [asked for asked in flink.asked if asked.endswith("/run")]


def test_a_jar_in_the_image_is_on_the_class_path(run: Run) -> None:
    flink = FakeFlink()
    ran = run(flink, "job", "submit", "-c", "a.B", "local:///opt/flink/usrlib/job.jar")
    assert ran.exit_code == 0, ran.stderr
    (body,) = (body for path, body in flink.bodies.items() if path.endswith("/run"))
    assert body["flinkConfiguration"] == {"pipeline.classpaths": "file:///opt/flink/usrlib/job.jar"}


def test_from_last_is_what_the_last_job_of_the_name_has_left(run: Run, jar: Path) -> None:
    kept = FakeJob(ONE, state="FAILED", retained=True, savepoint=checkpoint(1, ago=9000, savepoint=True))
    older = FakeJob(TWO, state="FINISHED", age=99_000, savepoint=checkpoint(9, savepoint=True))
    assert _begun_from(run, jar, kept, older) == "file:/chk-3"
    kept.retained = False
    assert _begun_from(run, jar, kept, older) == "file:/savepoint-1"
    kept.savepoint = kept.completed = None
    restored = {"id": 1, "restore_timestamp": 1, "is_savepoint": True, "external_path": "file:/first"}
    kept.restored = restored
    assert _begun_from(run, jar, kept, older) == "file:/first"


def _begun_from(run: Run, jar: Path, *jobs: FakeJob) -> object:
    flink = FakeFlink(*jobs)
    ran = run(flink, "job", "submit", "--from", "last", str(jar))
    assert ran.exit_code == 0, ran.stderr
    return next(body for path, body in flink.bodies.items() if path.endswith("/run"))["savepointPath"]


@pytest.mark.parametrize(
    ("jobs", "status", "said"),
    [
        ([], 3, "remembers no job called 'count' to go on from"),
        ([FakeJob(ONE)], 5, "is still RUNNING: stop it first, with `flink-session job stop aaaaaaaa`"),
        ([FakeJob(ONE, state="FAILED")], 3, "has left neither a savepoint nor a checkpoint"),
        # An older one has a savepoint; what the last one did after it would be lost.
        (
            [FakeJob(ONE, state="FAILED"), FakeJob(TWO, state="FINISHED", age=99_000, savepoint=checkpoint(9))],
            3,
            "has left neither",
        ),
    ],
)
def test_from_last_never_guesses(jobs: list[FakeJob], status: int, said: str, run: Run, jar: Path) -> None:
    flink = FakeFlink(*jobs)
    ran = run(flink, "job", "submit", "--from", "last", str(jar))
    assert (ran.exit_code, said in ran.stderr) == (status, True), ran.stderr
    assert not [asked for asked in flink.asked if asked.endswith("/run")]


def _refused(body: dict[str, object]) -> httpx2.Response:
    trace = (
        f"java.lang.Exception: x\nCaused by: java.lang.ClassNotFoundException: {body['entryClass']}\n\tat a.b(C.java)"
    )
    return error(400, trace)


def test_a_class_that_is_not_there_is_told_with_the_nearest(run: Run, jar: Path) -> None:
    flink = FakeFlink()
    flink.on_run = _refused
    ran = run(flink, "job", "submit", "-c", "dev.Cuont", str(jar))
    assert ran.exit_code == 5
    assert "ClassNotFoundException: dev.Cuont; the jar has dev.Count\n" in ran.stderr
    assert "(-v shows Flink's stack trace)" in ran.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["submit", "nowhere.jar"], 3, "there is no file nowhere.jar"),
        (["submit", "."], 2, ". is no jar: it is a folder"),
        (["submit", __file__], 2, "is no jar: it is no zip archive"),
        (["submit", "-p", "0", "x.jar"], 2, "0 is not in the range"),
        (["submit", "-p", "-3", "x.jar"], 2, "-3 is not in the range"),
        (["submit", "s3://bucket/x.jar"], 2, "fetch it from s3:// first"),
        (["submit", "local:///x.jar"], 2, "name the class to run by --class"),
        (["submit", "-c", "a.B", "local://x.jar"], 2, "is written local:///"),
        (["submit", "-D=x", "x.jar"], 2, "it is -DKEY=VALUE"),
        (["submit", "--of", "x", __file__], 2, "--of goes with --from last"),
        (["rescale", "count", "0"], 2, "'0' is no parallelism"),
        (["rescale", "count", "4:2"], 2, "the second number is not less"),
        (["rescale", "count", "-2"], 2, "No such option"),
        (["rescale", "count"], 2, "name a PARALLELISM"),
        (["show", "cuont"], 3, "there is 'count'"),
        (["wait", "count", "--for", "ever"], 2, "'ever' is not one of"),
    ],
)
def test_bad_input_is_one_sentence_and_a_status(words: list[str], status: int, said: str, run: Run) -> None:
    ran = run(FakeFlink(FakeJob(ONE)), "job", *words)
    assert (ran.exit_code, ran.stdout) == (status, ""), ran.stderr
    assert said in ran.stderr


def test_uploads_that_are_switched_off(run: Run, jar: Path) -> None:
    flink = FakeFlink()
    flink.refuses["/jars"] = error(404, "Not found: /jars")
    flink.refuses["/config"] = httpx2.Response(200, json={"flink-version": "2.2.1", "features": {"web-submit": False}})
    ran = run(flink, "job", "submit", str(jar))
    assert (ran.exit_code, "since web.submit.enable is false" in ran.stderr) == (5, True)


def test_a_command_to_copy_shows_no_header() -> None:
    target = Target("https://f", "ns", stack=None, headers={"Authorization": "secret"}, tls=Tls("my ca.pem"))
    line = command_line(target, "wait", "x")
    assert line == "flink-session job wait x -S https://f -n ns --ca-file 'my ca.pem' -H 'Authorization: ...'"
    assert command_line(Target(stack="dev", cwd=Path("a")), "list") == "flink-session job list -s dev -C a"
