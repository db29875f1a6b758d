"""Where Flink's REST API answers otherwise than one would think: each trap by its name, against a live session."""

from __future__ import annotations

import subprocess
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from flink_session.client import http
from flink_session.client.calls.jars import Program
from flink_session.client.cluster_client import AsyncClusterClient, ClusterClient
from flink_session.client.errors import (
    AlreadySubmittedError,
    DeadlineError,
    DisabledError,
    NotFoundError,
    OperationFailedError,
    RefusedError,
    SubmissionError,
)
from tests.conformance.client.conftest import Start, starter
from tests.conformance.client.test_calls import BOUNDED, ENDLESS, NOBODY, running
from tests.support.both_clients import client_of
from tests.support.local_flink import SLOTS, LocalFlink, free_port

pytestmark = pytest.mark.conformance


def trouble(*arguments: str, **options: str) -> Program:
    return Program("dev.flinksession.Trouble", arguments=arguments, configuration=options)


def new_id() -> str:
    return uuid.uuid4().hex


@pytest.fixture(scope="module")
def savepoint(client: ClusterClient, jar: Path, flink_session: LocalFlink) -> str:
    """What an endless job was stopped with."""
    with running(client, jar) as job:
        return client.stop_with_savepoint(job.id, f"file://{flink_session.folder}/savepoints")


def test_a_400_whose_job_runs(client: ClusterClient, jar: Path) -> None:
    chosen = new_id()
    with pytest.raises(SubmissionError, match=r"it has submitted, and throws; yet its job .* is RUNNING") as caught:
        client.submit(jar, trouble("submits-and-throws"), job_id=chosen)
    assert (caught.value.http_status, caught.value.running) == (400, True)
    assert client.job(chosen).state == "RUNNING"
    client.cancel(chosen)


def test_a_400_that_leaves_the_id_free(client: ClusterClient, jar: Path) -> None:
    chosen = new_id()
    with pytest.raises(SubmissionError, match=r"it throws before it submits anything$") as caught:
        client.submit(jar, trouble("throws"), job_id=chosen)
    assert (caught.value.http_status, caught.value.job_state) == (400, None)
    assert client.submit(jar, BOUNDED, job_id=chosen) == chosen


def test_a_400_that_burns_the_id(client: ClusterClient, jar: Path) -> None:
    chosen, nowhere = new_id(), Program(ENDLESS.entry_class, savepoint_path="file:///nowhere/savepoint-1")
    with pytest.raises(SubmissionError, match=r"Cannot find checkpoint or savepoint .*/nowhere/savepoint-1") as caught:
        client.submit(jar, nowhere, job_id=chosen)
    assert (caught.value.job_state, caught.value.running) == ("FAILED", False)
    with pytest.raises(AlreadySubmittedError, match=f"job {chosen} was submitted"):
        client.submit(jar, ENDLESS, job_id=chosen)


def test_state_that_belongs_to_no_operator(client: ClusterClient, jar: Path, savepoint: str) -> None:
    with pytest.raises(SubmissionError, match="allowNonRestoredState"):
        client.submit(jar, Program(BOUNDED.entry_class, savepoint_path=savepoint))
    dropped = Program(BOUNDED.entry_class, BOUNDED.arguments, savepoint_path=savepoint, allow_non_restored_state=True)
    assert client.job_result(client.submit(jar, dropped)).status == "SUCCEEDED"


def test_an_id_runs_once_however_many_submit_it(flink_session: LocalFlink, jar: Path) -> None:
    chosen = new_id()
    with ClusterClient(flink_session.url) as client, ThreadPoolExecutor(8) as pool:
        client.upload_jar(jar)
        submitted = [pool.submit(client.submit, jar, ENDLESS, job_id=chosen) for _ in range(8)]
        errors = [future.exception() for future in submitted]
        assert [type(error) for error in errors if error] == [AlreadySubmittedError] * 7
        assert [job.id for job in client.list_jobs()].count(chosen) == 1
        client.cancel(chosen)
        with pytest.raises(AlreadySubmittedError):
            client.submit(jar, ENDLESS, job_id=chosen)


def test_500_of_a_jar_that_is_missing(client: ClusterClient) -> None:
    for call in (client.run_jar, client.plan_jar):
        with pytest.raises(NotFoundError, match=r"this JobManager has no jar lost\.jar") as caught:
            call("lost.jar")
        assert caught.value.http_status == 500


def test_400_of_a_jar_that_is_missing(client: ClusterClient, flink_session: LocalFlink) -> None:
    assert httpx2.delete(f"{flink_session.url}/jars/lost.jar").status_code == 400
    client.delete_jar("lost.jar")


def test_404_of_a_jar_that_can_be_none(client: ClusterClient) -> None:
    with pytest.raises(RefusedError, match=r"the jar \.\./x\.jar cannot be run") as caught:
        client.run_jar("../x.jar")
    assert not isinstance(caught.value, DisabledError)


def test_500_of_a_class_that_is_missing(client: ClusterClient, jar: Path) -> None:
    chosen = new_id()
    with pytest.raises(SubmissionError, match=r"ClassNotFoundException: dev\.Nothing$") as caught:
        client.submit(jar, Program("dev.Nothing"), job_id=chosen)
    assert (caught.value.http_status, caught.value.job_state) == (500, None)


def test_500_of_a_taskmanager_that_is_missing(client: ClusterClient) -> None:
    lost: list[Callable[[], object]] = [
        lambda: client.taskmanager("lost"),
        lambda: client.metrics(taskmanager="lost"),
        lambda: client.metrics(["Status.JVM.Threads.Count"], "lost"),
        lambda: client.list_logs("lost"),
        lambda: client.log(taskmanager="lost"),
        lambda: client.thread_dump("lost"),
        lambda: client.profile("ITIMER", 1, "lost"),
    ]
    for call in lost:
        with pytest.raises(NotFoundError, match="there is no TaskManager 'lost'"):
            call()


def test_what_is_asked_of_a_job_that_is_missing(client: ClusterClient) -> None:
    for call in (
        *(client.job, client.job_plan, client.job_exceptions, client.job_configuration, client.job_accumulators),
        *(client.job_metrics, client.job_result, client.requirements, client.checkpoints, client.wait_for_running),
        *(client.checkpoint_configuration, client.cancel, lambda job: client.wait_for(job, ["RUNNING"])),
        *(lambda job: client.vertex_metrics(job, NOBODY), lambda job: client.backpressure(job, NOBODY)),
        *(lambda job: client.checkpoint_details(job, 1), lambda job: client.rescale(job, {})),
    ):
        with pytest.raises(NotFoundError, match=NOBODY):
            call(NOBODY)


def test_200_of_a_vertex_that_is_missing(client: ClusterClient, jar: Path) -> None:
    with running(client, jar) as job:
        for call in (client.vertex_metrics, client.backpressure):
            with pytest.raises(NotFoundError, match=f"has no vertex {NOBODY}"):
                call(job.id, NOBODY)


def test_202_for_a_job_that_is_missing(client: ClusterClient) -> None:
    for trigger in (client.trigger_savepoint, client.trigger_stop):
        id_ = trigger(NOBODY, "file:///tmp/nothing")
        with pytest.raises(NotFoundError, match="there is no such job, or it has ended"):
            client.savepoint_path(NOBODY, id_)
    with pytest.raises(NotFoundError, match="there is no such job, or it has ended"):
        client.checkpoint(NOBODY)


def test_202_for_a_job_that_has_ended(client: ClusterClient, jar: Path) -> None:
    job_id = client.submit(jar, BOUNDED)
    assert client.job_result(job_id).status == "SUCCEEDED"
    with pytest.raises(NotFoundError, match="it has ended"):
        client.stop_with_savepoint(job_id, "file:///tmp/nothing")


def test_a_failure_inside_of_a_200_as_a_savepoints(client: ClusterClient, jar: Path, flink_session: LocalFlink) -> None:
    with running(client, jar) as job:
        trigger = client.trigger_savepoint(job.id, "file:///proc/savepoints")
        with pytest.raises(OperationFailedError, match="Failed to create savepoint directory at file:/proc/savepoints"):
            client.savepoint_path(job.id, trigger)
        raw = httpx2.get(f"{flink_session.url}/jobs/{job.id}/savepoints/{trigger}")
    assert raw.status_code == 200
    assert "failure-cause" in raw.json()["operation"]


def test_a_failure_inside_of_a_200_as_a_checkpoints(
    client: ClusterClient, jar: Path, flink_session: LocalFlink
) -> None:
    trigger, why = new_id(), "failed: UnsupportedOperationException: its state cannot be written"
    with running(client, jar, trouble("fails-snapshots")) as job, pytest.raises(OperationFailedError, match=why):
        client.checkpoint(job.id)
    httpx2.post(f"{flink_session.url}/jobs/{NOBODY}/checkpoints", json={"triggerId": trigger})
    raw = httpx2.get(f"{flink_session.url}/jobs/{NOBODY}/checkpoints/{trigger}")
    assert raw.status_code == 200
    assert raw.json()["operation"]["failureCause"]["class"]


@pytest.fixture(scope="module")
def slow_to_tell(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalFlink]:
    """A session that says for a while what it said before, as it does by default."""
    with starter(home, tmp_path_factory) as start:
        yield start(**{"web.refresh-interval": "5000"})


def test_404_of_a_checkpoint_that_is_too_new(
    slow_to_tell: LocalFlink, mode: type[ClusterClient | AsyncClusterClient], jar: Path
) -> None:
    with client_of(mode, slow_to_tell.url) as client, running(client, jar) as job:
        assert client.checkpoints(job.id).known == {}
        # What it is asked for it keeps by number alone.
        number = 1 if mode is ClusterClient else 2
        made = [client.checkpoint(job.id) for _ in range(number)][-1]
        details = f"{slow_to_tell.url}/jobs/{job.id}/checkpoints/details"
        assert httpx2.get(f"{details}/{made}").status_code == 404
        assert client.checkpoint_details(job.id, made).status == "COMPLETED"
        with pytest.raises(NotFoundError, match=f"has no checkpoint {made + 1}"):
            client.checkpoint_details(job.id, made + 1)


def test_200_of_a_checkpoint_of_another_job(
    slow_to_tell: LocalFlink, mode: type[ClusterClient | AsyncClusterClient], jar: Path
) -> None:
    with client_of(mode, slow_to_tell.url) as client, running(client, jar) as job:
        made = client.checkpoint(job.id)
        assert client.checkpoint_details(job.id, made).id == made
        with running(client, jar) as other:
            found = httpx2.get(f"{slow_to_tell.url}/jobs/{other.id}/checkpoints/details/{made}")
            assert (found.status_code, found.json()["id"]) == (200, made)
            with pytest.raises(NotFoundError, match=f"job {other.id} has no checkpoint {made}"):
                client.checkpoint_details(other.id, made)


def test_no_exceptions_of_a_job_that_has_just_failed(
    slow_to_tell: LocalFlink, mode: type[ClusterClient | AsyncClusterClient], jar: Path
) -> None:
    with client_of(mode, slow_to_tell.url) as client, running(client, jar, trouble("fails-snapshots")) as job:
        assert client.job_exceptions(job.id) == []
        with pytest.raises(OperationFailedError):
            client.checkpoint(job.id)
        assert client.wait_for(job.id, ["FAILED"])
        exceptions = f"{slow_to_tell.url}/jobs/{job.id}/exceptions"
        assert httpx2.get(exceptions).json()["exceptionHistory"]["entries"] == []
        assert client.job_exceptions(job.id)


def test_404_of_a_trigger_that_is_missing(client: ClusterClient) -> None:
    with pytest.raises(NotFoundError, match="forgets them after five minutes"):
        client.savepoint_path(NOBODY, new_id())


def test_400_without_a_directory_for_savepoints(client: ClusterClient, jar: Path) -> None:
    with running(client, jar) as job:
        for call in (client.savepoint, client.stop_with_savepoint):
            with pytest.raises(RefusedError, match=r"Config key .*savepoint.* is not set"):
                call(job.id)


def test_arguments_arrive_as_they_are(client: ClusterClient, jar: Path) -> None:
    arguments = ["a b", "c,d", "--x", "", '"q"', "é", "\\", "$HOME"]
    with running(client, jar, Program(ENDLESS.entry_class, arguments=arguments)) as job:
        assert job.name == "|" + "|".join(arguments) + "|"


def test_409_of_a_job_that_cannot_be_cancelled(client: ClusterClient, jar: Path) -> None:
    job_id = client.submit(jar, BOUNDED)
    client.job_result(job_id)
    with pytest.raises(RefusedError, match="FINISHED") as caught:
        client.cancel(job_id)
    assert caught.value.http_status == 409


def test_a_job_that_is_running_and_none_of_its_tasks(client: ClusterClient, jar: Path) -> None:
    too_many = 2 * SLOTS
    job_id = client.submit(jar, Program(ENDLESS.entry_class, parallelism=too_many))
    assert client.wait_for(job_id, ["RUNNING"]).missing == 2 * too_many
    with pytest.raises(DeadlineError, match=f"all tasks of job .* to run; {2 * too_many} wait, the job is RUNNING"):
        client.within(1).wait_for_running(job_id)
    client.cancel(job_id)


def test_a_job_that_has_failed_is_not_waited_for(client: ClusterClient, jar: Path) -> None:
    for wait in (client.wait_for_running, lambda job: client.wait_for(job, ["FINISHED"])):
        job_id = client.submit(jar, trouble("fails"))
        client.job_result(job_id)
        with pytest.raises(
            OperationFailedError, match="has ended as FAILED: NumberFormatException: record 6 is rotten"
        ):
            wait(job_id)


def test_500_of_a_job_that_is_not_adaptive(client: ClusterClient, jar: Path) -> None:
    with running(client, jar) as job:
        for call in (client.requirements, lambda id_: client.rescale(id_, {})):
            with pytest.raises(DisabledError, match=r"set jobmanager\.scheduler: adaptive"):
                call(job.id)


def test_bounds_that_cannot_be(adaptive: ClusterClient, jar: Path) -> None:
    with running(adaptive, jar) as job:
        first = job.vertices[0].id
        with pytest.raises(RefusedError, match=f"has no vertex {NOBODY}; it has .*{first}"):
            adaptive.rescale(job.id, {NOBODY: (1, 1)})
        with pytest.raises(RefusedError, match="cannot be rescaled"):
            adaptive.rescale(job.id, {first: (1, 100_000)})


def test_a_main_that_takes_longer_than_other_answers(
    client: ClusterClient, jar: Path, flink_session: LocalFlink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "_LONGEST", 0.7)
    begun = flink_session.log("jobmanager").count("Starting program")
    assert client.submit(jar, trouble("takes-time", "1500"))
    assert flink_session.log("jobmanager").count("Starting program") == begun + 1


def test_an_upload_of_what_is_no_jar(client: ClusterClient, tmp_path: Path) -> None:
    before = {jar.id for jar in client.list_jars()}
    text = tmp_path / "text.jar"
    text.write_text("this is no jar")
    for path, why in ((text, "is no jar"), (tmp_path, "there is no file"), (tmp_path / "none.jar", "there is no file")):
        with pytest.raises(RefusedError, match=why):
            client.submit(path)
    assert {jar.id for jar in client.list_jars()} == before


def test_a_jar_without_a_program(client: ClusterClient, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jar"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    with pytest.raises(SubmissionError, match="Main-Class"):
        client.submit(empty)


def test_a_jar_under_any_name(client: ClusterClient, jar: Path, tmp_path: Path) -> None:
    for name in ('with blanks & ümläut\'s "quotes".jar', "no-suffix", "a.zip"):
        copy = tmp_path / name
        copy.write_bytes(jar.read_bytes())
        uploaded = client.upload_jar(copy)
        assert uploaded.id in {item.id for item in client.list_jars()}
        assert client.upload_jar(copy).id == uploaded.id
        assert client.job(client.run_jar(uploaded.id, BOUNDED)).name == "BoundedCount"
        client.delete_jar(uploaded.id)


@pytest.fixture(scope="module")
def closed(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalFlink]:
    """A session that takes no jars, and profiles nothing."""
    with starter(home, tmp_path_factory) as start:
        yield start("jobmanager", **{"web.submit.enable": "false"})


def test_404_where_submission_is_disabled(
    closed: LocalFlink, mode: type[ClusterClient | AsyncClusterClient], jar: Path
) -> None:
    with client_of(mode, closed.url) as client:
        assert not client.features().submit
        for call in (
            client.list_jars,
            lambda: client.upload_jar(jar),
            lambda: client.submit(jar),
            lambda: client.run_jar("a.jar"),
            lambda: client.plan_jar("a.jar"),
            lambda: client.delete_jar("a.jar"),
        ):
            with pytest.raises(DisabledError, match=r"web\.submit\.enable is false"):
                call()


def test_404_where_profiling_is_disabled(closed: LocalFlink, mode: type[ClusterClient | AsyncClusterClient]) -> None:
    with client_of(mode, closed.url) as client, pytest.raises(DisabledError, match=r"set rest\.profiling\.enabled"):
        client.profile()


@contextmanager
def zookeeper(home: Path, folder: Path, port: int) -> Iterator[None]:
    """The ZooKeeper that Flink brings along."""
    settings = {"tickTime": 500, "clientPort": port, "clientPortAddress": "127.0.0.1", "dataDir": folder / "data"}
    settings |= {"admin.enableServer": "false", "maxSessionTimeout": 60_000}
    (folder / "zoo.cfg").write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    main = "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain"
    command = ["java", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-classpath", f"{home}/lib/*", main]
    with (folder / "zookeeper.out").open("wb") as out:
        process = subprocess.Popen([*command, str(folder / "zoo.cfg")], stdout=out, stderr=out, cwd=folder)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_503_while_a_jobmanager_is_elected(start: Start, home: Path, jar: Path, tmp_path: Path) -> None:
    port = free_port()
    options = {
        "high-availability.type": "zookeeper",
        "high-availability.zookeeper.quorum": f"127.0.0.1:{port}",
        "high-availability.zookeeper.client.session-timeout": "12000",
        "high-availability.storageDir": f"file://{tmp_path}/ha",
    }
    with zookeeper(home, tmp_path, port):
        flink = start("jobmanager", **options)
        with closing(ClusterClient(flink.url)) as client:
            uploaded = client.upload_jar(jar)
            job_id = client.run_jar(uploaded.id, ENDLESS)
            flink.kill("jobmanager")
            flink.begin("jobmanager")
            assert "leader election" in first_answer(flink)
            assert [job.id for job in client.within(60).list_jobs()] == [job_id]
            with pytest.raises(NotFoundError, match="this JobManager has no jar"):
                client.run_jar(uploaded.id, ENDLESS, job_id=job_id)
            with pytest.raises(AlreadySubmittedError):
                client.submit(jar, ENDLESS, job_id=job_id)


def first_answer(flink: LocalFlink) -> str:
    while True:
        try:
            return httpx2.get(f"{flink.url}/overview", trust_env=False).text
        except httpx2.TransportError:
            time.sleep(0.1)
