"""Flink's options are read as Flink's client reads them; tests/conformance compares what is said with the real one."""

from datetime import datetime
from pathlib import Path

import pytest

from flink_session.cli.flink import where, words
from flink_session.cli.flink.actions import program_of
from flink_session.cli.flink.options import ACTIONS
from flink_session.cli.flink.parsing import ArgumentsError, CommandLine, parse
from flink_session.cli.target import Target
from flink_session.client.models.jobs import Accumulator, JobOverview, JobResult
from tests.support.fake_flink import FakeFlink, FakeJob
from tests.unit.cli.job.conftest import Run, run

__all__ = ["run"]

ONE = "a" * 32


def read(action: str, *typed: str) -> CommandLine:
    return parse(typed, ACTIONS[action], stop_at_argument=action == "run")


@pytest.mark.parametrize(
    "typed",
    [
        ["-p", "4"],
        ["-p4"],
        ["-p=4"],
        ["--parallelism", "4"],
        ["--parallelism=4"],
        ["-parallelism", "4"],
        ["--par", "4"],
    ],
)
def test_a_value_in_each_spelling(typed: list[str]) -> None:
    line = read("run", *typed, "-d", "x.jar", "-p", "9", "-x")
    assert (line.value("p"), line.has("d"), line.arguments) == ("4", True, ["x.jar", "-p", "9", "-x"])


def test_properties() -> None:
    line = read("run", "-Da.b=c=d", "-D", "e=", "-Dflag", "x.jar")
    assert line.properties == {"a.b": "c=d", "e": "", "flag": "true"}


def test_letters_in_one_word_and_arguments_between_options() -> None:
    assert read("list", "-ar").options.keys() == {"a", "r"}
    line = read("savepoint", ONE, "-type", "native", "file:///s", "-detached")
    assert (line.arguments, line.value("type"), line.has("detached")) == ([ONE, "file:///s"], "native", True)
    assert read("cancel", "-s", ONE).value("s") == ONE
    assert read("cancel", "-s").options == {"s": []}


@pytest.mark.parametrize(
    ("action", "typed", "said"),
    [
        ("list", ["--nope"], "Unrecognized option: --nope"),
        ("stop", ["-p"], "Missing argument for option: p"),
        ("run", ["--cla", "x"], "could be: 'class', 'classpath'"),
    ],
)
def test_what_is_no_command_line(action: str, typed: list[str], said: str) -> None:
    with pytest.raises(ArgumentsError, match=said):
        read(action, *typed)


def test_the_program() -> None:
    options = ["-c", "a.B", "-p", "2", "-s", "file:///s", "-n", "-cm", "claim", "-C", "file:///x", "-C", "file:///y"]
    program = program_of(read("run", *options, "-Dkubernetes.cluster-id=c", "-Dpipeline.name=n", "x.jar"), ["y"])
    assert program.body(None) == {
        "entryClass": "a.B",
        "programArgsList": ["y"],
        "parallelism": 2,
        "savepointPath": "file:///s",
        "allowNonRestoredState": True,
        "claimMode": "CLAIM",
        "flinkConfiguration": {"pipeline.name": "n", "pipeline.classpaths": "file:///x;file:///y"},
    }
    for bad in (["-p", "0"], ["-p", "-2"], ["-cm", "mine"]):
        with pytest.raises(ArgumentsError):
            program_of(read("run", *bad, "x.jar"), [])


@pytest.mark.parametrize(
    ("typed", "session"),
    [
        (["-m", "host:81"], "http://host:81"),
        (["-m", "https://host/prefix"], "https://host/prefix"),
        (["-t", "remote", "-Drest.address=host", "-Drest.port=9"], "http://host:9"),
        (["-m", "host:81", "-Dsecurity.ssl.rest.enabled=true"], "https://host:81"),
        (["-t", "kubernetes-session", "-Dkubernetes.cluster-id=c"], "c"),
        (["-Dkubernetes.cluster-id=c", "-Drest.address=host"], "c"),
        ([], "before"),
    ],
)
def test_which_session(typed: list[str], session: str) -> None:
    assert where.session(read("list", *typed), Target("before")).session == session


def test_where_on_kubernetes() -> None:
    typed = ["-Dkubernetes.cluster-id=c", "-Dkubernetes.namespace=n", "-Dkubernetes.context=x"]
    found = where.session(read("list", *typed), Target())
    assert (found.session, found.namespace, found.context) == ("c", "n", "x")


@pytest.mark.parametrize("typed", [["-t", "local"], ["-e", "yarn-session"], ["-m", "yarn-cluster"], ["-m", "host"]])
def test_what_is_no_session(typed: list[str]) -> None:
    with pytest.raises(ArgumentsError):
        where.session(read("list", *typed), Target())


def test_what_is_said() -> None:
    jobs = [JobOverview(ONE, "b", "RUNNING", 2000, -1, 0, {}), JobOverview(ONE, "a", "FAILED", 1000, 2, 0, {})]
    text = "\n".join(words.listed(jobs, running=True, scheduled=True, all_=True))
    started = datetime.fromtimestamp(2).strftime("%d.%m.%Y %H:%M:%S")
    assert f"\n{started} : {ONE} : b (RUNNING)\n" in text
    assert "No scheduled jobs.\n---------------------- Terminated Jobs" in text
    done = words.finished(JobResult(ONE, "SUCCEEDED", 7), [Accumulator("records", "LongCounter", "5")])
    assert done.endswith("Job Runtime: 7 ms\nAccumulator Results: \n- records (java.lang.Long): 5\n")


def test_an_action(run: Run) -> None:
    flink = FakeFlink(FakeJob(ONE))
    ran = run(flink, "flink", "savepoint", ONE)
    assert ran.stdout.splitlines()[:3] == [
        f"Triggering savepoint for job {ONE}.",
        "Waiting for response...",
        "Savepoint completed. Path: file:/savepoint-9",
    ]
    assert run(flink, "flink", "cancel", "-s", "file:///d", ONE).exit_code == 0
    assert flink.bodies[f"/jobs/{ONE}/savepoints"]["cancel-job"] is True


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["run", "-py", "x.py"], "-py is not taken here: a Python program is run by Flink's own client"),
        (["run", "-sae", "x.jar"], "`flink-session session stop` ends it"),
        (["list", "-yid", "x"], "there is no YARN here"),
        (["info", "x.jar"], "`flink-session job submit --dry-run JAR`"),
        (["frob"], '"frob" is not a valid action.'),
        ([], "Please specify an action"),
        (["cancel", "xyz"], 'Cannot parse JobID from "xyz"'),
        (["run", "nowhere.jar"], "JAR file does not exist: nowhere.jar"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_way_out(typed: list[str], said: str, run: Run) -> None:
    ran = run(FakeFlink(), "flink", *typed)
    assert (ran.exit_code, said in ran.stdout) == (1, True), ran.stdout


def test_help_has_what_is_taken(run: Run, tmp_path: Path) -> None:
    text = run(FakeFlink(), "flink", "run", "-h").stdout
    assert "  -p, --parallelism VALUE\n" in text
    assert "those that are not:" in text
