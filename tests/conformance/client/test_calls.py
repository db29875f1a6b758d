"""Every call of the client, against a live session, blocking and asynchronous."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from flink_session.client.calls.jars import Program
from flink_session.client.cluster_client import ClusterClient
from flink_session.client.errors import DeadlineError, NotFoundError, RefusedError
from flink_session.client.models.jobs import Job
from tests.conformance.client.conftest import Start
from tests.support.both_clients import client_of
from tests.support.local_flink import SLOTS, LocalFlink

pytestmark = pytest.mark.conformance

ENDLESS = Program("dev.flinksession.EndlessCount")
BOUNDED = Program("dev.flinksession.BoundedCount", arguments=["1000"])
NOBODY = "0" * 32


@contextmanager
def running(client: ClusterClient, jar: Path, program: Program = ENDLESS) -> Iterator[Job]:
    """An endless job, all of whose tasks run."""
    job_id = client.submit(jar, program)
    client.wait_for_running(job_id)
    try:
        yield client.job(job_id)
    finally:
        with suppress(RefusedError):
            client.cancel(job_id)


@pytest.fixture(scope="module")
def job(client: ClusterClient, jar: Path) -> Iterator[Job]:
    """A job that nobody changes."""
    with running(client, jar, Program(ENDLESS.entry_class, parallelism=2)) as job:
        yield job


@pytest.fixture(scope="module")
def savepoints(flink_session: LocalFlink) -> str:
    """Where savepoints go."""
    return f"file://{flink_session.folder}/savepoints"


def eventually(true: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_every_call_of_the_client_is_tried_here() -> None:
    calls = {name for name in vars(ClusterClient.__base__) if not name.startswith("_")}
    assert len(calls) > 40
    assert {name for name in calls if f"test_{name}" not in globals()} == set()


def test_overview(client: ClusterClient, job: Job) -> None:
    overview = client.overview()
    assert (overview.taskmanagers, overview.slots_total) == (1, SLOTS)
    assert overview.slots_available <= SLOTS - 2
    assert overview.jobs_running >= 1


def test_features(client: ClusterClient) -> None:
    features = client.features()
    assert features.submit
    assert features.flink_version == client.overview().flink_version


def test_configuration(client: ClusterClient, flink_session: LocalFlink) -> None:
    assert client.configuration()["rest.port"] == str(flink_session.port)


def test_environment(client: ClusterClient) -> None:
    environment = client.environment()
    assert "-Xmx512m" in environment.options
    assert any("flink-dist" in entry for entry in environment.classpath)


def test_list_taskmanagers(client: ClusterClient) -> None:
    (found,) = client.list_taskmanagers()
    assert found.slots == SLOTS
    assert found.memory
    assert found.cpu_cores == 2.0


def test_taskmanager(client: ClusterClient) -> None:
    (found,) = client.list_taskmanagers()
    assert client.taskmanager(found.id).path == found.path


def test_metrics(client: ClusterClient) -> None:
    name = "Status.JVM.Memory.Heap.Used"
    assert name in {metric.id for metric in client.metrics()}
    (taskmanager,) = client.list_taskmanagers()
    for where in (None, taskmanager.id):
        eventually(lambda: any(int(item.value or 0) for item in client.metrics([name], where)))  # noqa: B023 (at once)


def test_taskmanagers_metrics(client: ClusterClient) -> None:
    name = "Status.JVM.Memory.Metaspace.Used"
    eventually(lambda: name in {metric.id for metric in client.taskmanagers_metrics()})
    (used,) = client.taskmanagers_metrics([name])
    assert used.min
    assert used.min == used.max == used.sum


def test_list_logs(client: ClusterClient) -> None:
    (taskmanager,) = client.list_taskmanagers()
    for where in (None, taskmanager.id):
        assert all(log.size >= 0 for log in client.list_logs(where))
        assert "jobmanager.log" in {log.name for log in client.list_logs(where)}


def test_log(client: ClusterClient) -> None:
    assert "Rest endpoint listening at" in client.log("jobmanager.log")
    (taskmanager,) = client.list_taskmanagers()
    assert "TaskManager" in client.log("taskmanager.log", taskmanager.id)
    assert "INFO" in client.log()


def test_follow_log(client: ClusterClient, jar: Path) -> None:
    with closing(client.follow_log("jobmanager.log")) as lines:  # type: ignore[type-var]
        assert "INFO" in next(lines)
        with running(client, jar, Program(ENDLESS.entry_class, arguments=["that is followed"])):
            pass
        said = itertools.takewhile(lambda line: "CANCELED" not in line or "that is followed" not in line, lines)
        assert any("that is followed" in line for line in said)


def test_thread_dump(client: ClusterClient) -> None:
    (taskmanager,) = client.list_taskmanagers()
    for where in (None, taskmanager.id):
        threads = client.thread_dump(where)
        assert any("flink" in thread.name and thread.stack for thread in threads)


def test_profile(client: ClusterClient) -> None:
    (taskmanager,) = client.list_taskmanagers()
    assert b"<html" in client.profile("ITIMER", 1, taskmanager.id).lower()


def test_list_jobs(client: ClusterClient, job: Job) -> None:
    (found,) = [item for item in client.list_jobs() if item.id == job.id]
    assert (found.name, found.state, found.ended) == ("EndlessCount", "RUNNING", False)
    assert found.tasks["total"] == 4


def test_job(client: ClusterClient, job: Job) -> None:
    assert [vertex.parallelism for vertex in job.vertices] == [2, 2]
    assert client.job(job.id).state == "RUNNING"


def test_job_plan(client: ClusterClient, job: Job) -> None:
    assert {node["id"] for node in client.job_plan(job.id)["nodes"]} == {vertex.id for vertex in job.vertices}


def test_job_exceptions(client: ClusterClient, job: Job, jar: Path) -> None:
    assert client.job_exceptions(job.id) == []
    failing = client.submit(jar, Program("dev.flinksession.Trouble", arguments=["fails"]))
    assert client.job_result(failing).status == "FAILED"
    (latest,) = client.job_exceptions(failing, 1)
    assert "record 6 is rotten" in latest.stack_trace
    assert latest.timestamp > 0


def test_job_configuration(client: ClusterClient, jar: Path) -> None:
    parameters = {"pipeline.global-job-parameters": "team:data"}
    with running(client, jar, Program(ENDLESS.entry_class, configuration=parameters, parallelism=1)) as job:
        found = client.job_configuration(job.id)
    assert (found.parallelism, found.parameters) == (1, {"team": "data"})


def test_job_accumulators(client: ClusterClient, job: Job) -> None:
    def counted() -> bool:
        found = {item.name: int(item.value) for item in client.job_accumulators(job.id)}
        return found.get("records", 0) > 0

    eventually(counted)


def test_job_metrics(client: ClusterClient, job: Job) -> None:
    eventually(lambda: [item.value for item in client.job_metrics(job.id, ["numRestarts"])] == ["0"])
    assert "uptime" in {metric.id for metric in client.job_metrics(job.id)}


def test_vertex_metrics(client: ClusterClient, job: Job) -> None:
    vertex, name = job.vertices[0].id, "busyTimeMsPerSecond"
    eventually(lambda: name in {metric.id for metric in client.vertex_metrics(job.id, vertex)})
    (busy,) = client.vertex_metrics(job.id, vertex, [name])
    assert busy.min is not None
    assert busy.max is not None
    assert 0 <= busy.min <= busy.max <= 1000


def test_backpressure(client: ClusterClient, job: Job) -> None:
    def known() -> bool:
        found = client.backpressure(job.id, job.vertices[0].id)
        return found.level == "ok" and len(found.subtasks) == 2

    eventually(known, 40)


def test_vertex_taskmanagers(client: ClusterClient, job: Job) -> None:
    (known,) = client.list_taskmanagers()
    (found,) = client.vertex_taskmanagers(job.id, job.vertices[0].id)
    assert (found.id, found.status) == (known.id, "RUNNING")
    with pytest.raises(NotFoundError):
        client.vertex_taskmanagers(job.id, NOBODY)


def test_job_result(client: ClusterClient, jar: Path) -> None:
    job_id = client.submit(jar, BOUNDED)
    result = client.job_result(job_id)
    assert (result.id, result.status, result.failure) == (job_id, "SUCCEEDED", None)
    assert result.net_runtime >= 0


def test_cancel(client: ClusterClient, jar: Path) -> None:
    with running(client, jar) as job:
        client.cancel(job.id)
        assert client.wait_for(job.id, ["CANCELED"]).ended
        client.cancel(job.id)


def test_wait_for(client: ClusterClient, jar: Path) -> None:
    job_id = client.submit(jar, BOUNDED)
    assert client.wait_for(job_id, ["FINISHED", "FAILED"]).state == "FINISHED"


def test_wait_for_running(client: ClusterClient, job: Job) -> None:
    found = client.wait_for_running(job.id)
    assert (found.id, found.all_running, found.missing) == (job.id, True, 0)


def test_requirements(adaptive: ClusterClient, jar: Path) -> None:
    with running(adaptive, jar, Program(ENDLESS.entry_class, parallelism=2)) as job:
        found = adaptive.requirements(job.id)
    assert {vertex: (entry.lower, entry.upper) for vertex, entry in found.items()} == {
        vertex.id: (1, 2) for vertex in job.vertices
    }


def test_rescale(adaptive: ClusterClient, jar: Path) -> None:
    with running(adaptive, jar, Program(ENDLESS.entry_class, parallelism=1)) as job:
        first = job.vertices[0].id
        adaptive.rescale(job.id, {first: (1, 2)})
        assert {key: value.upper for key, value in adaptive.requirements(job.id).items()} == {
            vertex.id: 2 if vertex.id == first else 1 for vertex in job.vertices
        }
        eventually(lambda: {item.parallelism for item in adaptive.job(job.id).vertices} == {1, 2}, 40)


def test_checkpoint(client: ClusterClient, job: Job) -> None:
    id_ = client.checkpoint(job.id)
    assert client.checkpoint(job.id, "FULL") > id_


def test_checkpoints(client: ClusterClient, job: Job) -> None:
    id_ = client.checkpoint(job.id)
    eventually(lambda: id_ in client.checkpoints(job.id).known)
    found = client.checkpoints(job.id)
    assert found.latest_completed
    assert found.latest_completed.id == found.history[0].id == id_
    assert (found.latest_completed.path or "").startswith("file:")
    assert found.failed == 0
    assert found.restored is None


def test_checkpoint_details(client: ClusterClient, job: Job) -> None:
    found = client.checkpoint_details(job.id, client.checkpoint(job.id))
    assert (found.status, found.is_savepoint) == ("COMPLETED", False)
    assert {vertex: task.acknowledged_subtasks for vertex, task in found.tasks.items()} == {
        vertex.id: 2 for vertex in job.vertices
    }


def test_checkpoint_configuration(client: ClusterClient, jar: Path) -> None:
    options = {"execution.checkpointing.interval": "1 h"}
    with running(client, jar, Program(ENDLESS.entry_class, configuration=options)) as job:
        found = client.checkpoint_configuration(job.id)
    assert (found.interval, found.mode, found.retained) == (3_600_000, "exactly_once", False)


def test_savepoint(client: ClusterClient, job: Job, savepoints: str) -> None:
    path = client.savepoint(job.id, savepoints)
    assert path.startswith("file:")
    assert (Path(path.removeprefix("file:")) / "_metadata").exists()

    def seen() -> bool:
        latest = client.checkpoints(job.id).latest_savepoint
        return latest is not None and latest.path == path

    eventually(seen)


def test_trigger_savepoint(client: ClusterClient, job: Job, savepoints: str) -> None:
    trigger, folder = f"{time.time_ns():032x}", f"{savepoints}/{job.id}"
    for _ in range(2):
        assert client.trigger_savepoint(job.id, folder, format="NATIVE", trigger_id=trigger) == trigger
    path = Path(client.savepoint_path(job.id, trigger).removeprefix("file:"))
    assert list(path.parent.iterdir()) == [path]


def test_savepoint_path(client: ClusterClient, job: Job, savepoints: str) -> None:
    trigger = client.trigger_savepoint(job.id, savepoints)
    assert client.savepoint_path(job.id, trigger) == client.savepoint_path(job.id, trigger)


def test_wait_for_checkpoint(client: ClusterClient, job: Job, savepoints: str) -> None:
    # Without a time, one that Flink still has in its cache will do.
    assert client.wait_for_checkpoint(job.id).status == "COMPLETED"
    before = client.checkpoint_details(job.id, client.checkpoint(job.id)).triggered
    assert client.wait_for_checkpoint(job.id, since=before).triggered >= before
    path = client.savepoint(job.id, savepoints)
    found = client.wait_for_checkpoint(job.id, savepoint=True, since=before)
    assert (found.path, found.is_savepoint) == (path, True)
    with pytest.raises(DeadlineError, match=f"a savepoint of job {job.id}"):
        client.within(1).wait_for_checkpoint(job.id, savepoint=True, since=found.triggered + 1)


def test_stop_with_savepoint(client: ClusterClient, jar: Path, savepoints: str) -> None:
    with running(client, jar) as job:
        path = client.stop_with_savepoint(job.id, savepoints)
        assert client.wait_for(job.id, ["FINISHED"])
    with running(client, jar, Program(ENDLESS.entry_class, savepoint_path=path, claim_mode="NO_CLAIM")) as job:
        restored = client.checkpoints(job.id).restored
    assert restored
    assert (restored.path, restored.is_savepoint) == (path, True)


def test_trigger_stop(client: ClusterClient, jar: Path, savepoints: str) -> None:
    with running(client, jar) as job:
        trigger = client.trigger_stop(job.id, savepoints, drain=True)
        assert client.savepoint_path(job.id, trigger).startswith("file:")
        assert client.job_result(job.id).status == "SUCCEEDED"


def test_dispose_savepoint(client: ClusterClient, job: Job, savepoints: str) -> None:
    path = client.savepoint(job.id, savepoints)
    client.dispose_savepoint(path)
    assert not Path(path.removeprefix("file:")).exists()


def test_list_jars(client: ClusterClient, jar: Path) -> None:
    uploaded = client.upload_jar(jar)
    (found,) = [item for item in client.list_jars() if item.id == uploaded.id]
    assert [entry.name for entry in found.entries] == ["dev.flinksession.BoundedCount"]
    assert found.uploaded > 0


def test_upload_jar(client: ClusterClient, jar: Path) -> None:
    for old in client.list_jars():
        client.delete_jar(old.id)
    sent: list[tuple[int, int]] = []
    first = client.upload_jar(jar, progress=lambda done, of: sent.append((done, of)))
    assert sent[-1] == (jar.stat().st_size, jar.stat().st_size)
    sent.clear()
    assert client.upload_jar(jar, progress=lambda done, of: sent.append((done, of))).id == first.id
    assert not sent
    assert [item.id for item in client.list_jars()] == [first.id]


def test_plan_jar(client: ClusterClient, jar: Path) -> None:
    plan = client.plan_jar(client.upload_jar(jar).id, Program(ENDLESS.entry_class, parallelism=3))
    assert [node["parallelism"] for node in plan["nodes"]] == [3, 3]


def test_run_jar(client: ClusterClient, jar: Path) -> None:
    chosen = f"{time.time_ns():032x}"
    assert client.run_jar(client.upload_jar(jar).id, BOUNDED, job_id=chosen) == chosen
    assert client.job(chosen).name == "BoundedCount"


def test_submit(client: ClusterClient, jar: Path) -> None:
    assert client.job_result(client.submit(jar, BOUNDED)).status == "SUCCEEDED"


def test_delete_jar(client: ClusterClient, jar: Path) -> None:
    uploaded = client.upload_jar(jar)
    with running(client, jar) as job:
        client.delete_jar(uploaded.id)
        client.delete_jar(uploaded.id)
        assert uploaded.id not in {item.id for item in client.list_jars()}
        assert client.job(job.id).state == "RUNNING"


def test_shut_down(start: Start, mode: type[ClusterClient]) -> None:
    flink = start("jobmanager", **{"web.submit.enable": "false"})
    with client_of(mode, flink.url) as client:
        client.shut_down()
        assert flink.wait("jobmanager", 30) == 0
