"""A story of the client's calls, told once to live sessions and recorded, and to the recording ever after.

Whoever tells it decides how a call is run; what one call gives is what later ones are about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from flink_session.client.calls import cluster, jars, jobs, snapshots
from flink_session.client.calls.jars import Program
from flink_session.client.errors import (
    AlreadySubmittedError,
    DisabledError,
    NotFoundError,
    OperationFailedError,
    RefusedError,
    SubmissionError,
)
from flink_session.client.exchange import Call

T = TypeVar("T")

NOBODY = "0" * 32
ENDLESS, BOUNDED = "dev.flinksession.EndlessCount", "dev.flinksession.BoundedCount"
METRIC = "Status.JVM.Memory.Metaspace.Used"


class Ask(Protocol):
    """Runs a call; with an error, one that is to end so."""

    def __call__(self, name: str, call: Callable[[], Call[T]], error: type[Exception] | None = None) -> T: ...


def trouble(way: str) -> Program:
    return Program("dev.flinksession.Trouble", arguments=[way])


def of_the_usual_session(ask: Ask, jar: Path, folder: str) -> None:
    """All calls, but those for the adaptive scheduler."""
    _of_processes(ask)
    ask("no jars", jars.list_jars)
    jar_id = ask("upload_jar", lambda: jars.upload_jar(jar)).id
    ask("list_jars", jars.list_jars)
    ask("plan_jar", lambda: jars.plan_jar(jar_id, Program(ENDLESS)))
    parameters = {"pipeline.global-job-parameters": "team:data"}
    program = Program(ENDLESS, ["a,b", "c d"], 2, configuration=parameters)
    job_id = ask("run_jar", lambda: jars.run_jar(jar_id, program))
    ask("wait_for_running", lambda: jobs.wait_for_running(job_id))
    _of_a_job(ask, job_id)
    path = _of_snapshots(ask, job_id, f"file://{folder}/savepoints")
    ask("list_jobs", jobs.list_jobs)
    restored = Program(BOUNDED, ["1000"], savepoint_path=path, allow_non_restored_state=True)
    restored_id = ask("run_jar restored", lambda: jars.run_jar(jar_id, restored))
    ask("job_result", lambda: jobs.job_result(restored_id))
    ask("checkpoints restored", lambda: snapshots.checkpoints(restored_id))
    ask("dispose_savepoint", lambda: snapshots.dispose_savepoint(path))
    ask("dispose_savepoint again", lambda: snapshots.dispose_savepoint(path), OperationFailedError)
    _of_failures(ask, jar_id, job_id)
    ask("delete_jar", lambda: jars.delete_jar(jar_id))
    ask("delete_jar again", lambda: jars.delete_jar(jar_id))
    ask("run_jar without a jar", lambda: jars.run_jar(jar_id), NotFoundError)
    ask("shut_down", cluster.shut_down)


def _of_processes(ask: Ask) -> None:
    ask("overview", cluster.overview)
    ask("features", cluster.features)
    ask("configuration", cluster.configuration)
    ask("environment", cluster.environment)
    (found,) = ask("list_taskmanagers", cluster.list_taskmanagers)
    ask("taskmanager", lambda: cluster.taskmanager(found.id))
    ask("taskmanager unknown", lambda: cluster.taskmanager("lost"), NotFoundError)
    ask("taskmanagers_metrics", lambda: cluster.taskmanagers_metrics([METRIC]))
    for who, id_ in (("", None), (" of a TaskManager", found.id)):
        ask(f"metrics names{who}", lambda: cluster.metrics([], id_))  # noqa: B023 (asked at once)
        ask(f"metrics{who}", lambda: cluster.metrics([METRIC], id_))  # noqa: B023
        ask(f"list_logs{who}", lambda: cluster.list_logs(id_))  # noqa: B023
        ask(f"log{who}", lambda: cluster.log("jobmanager.log", id_))  # noqa: B023
        ask(f"thread_dump{who}", lambda: cluster.thread_dump(id_))  # noqa: B023
        ask(f"profile{who}", lambda: cluster.profile("ITIMER", 1, id_))  # noqa: B023


def _of_a_job(ask: Ask, job_id: str) -> None:
    vertices = [vertex.id for vertex in ask("job", lambda: jobs.job(job_id)).vertices]
    ask("job_plan", lambda: jobs.job_plan(job_id))
    ask("job_configuration", lambda: jobs.job_configuration(job_id))
    ask("job_accumulators", lambda: jobs.job_accumulators(job_id))
    ask("job_metrics", lambda: jobs.job_metrics(job_id, ["numRestarts"]))
    ask("vertex_metrics", lambda: jobs.vertex_metrics(job_id, vertices[0], ["busyTimeMsPerSecond"]))
    ask("backpressure", lambda: jobs.backpressure(job_id, vertices[0]))
    ask("vertex_taskmanagers", lambda: jobs.vertex_taskmanagers(job_id, vertices[0]))
    ask("job_exceptions none", lambda: jobs.job_exceptions(job_id))
    ask("requirements refused", lambda: jobs.requirements(job_id), DisabledError)
    for call in (jobs.job, jobs.job_plan, jobs.job_metrics, jobs.job_result, jobs.requirements, snapshots.checkpoints):
        ask(f"{call.__name__} unknown", lambda: call(NOBODY), NotFoundError)  # noqa: B023


def _of_snapshots(ask: Ask, job_id: str, directory: str) -> str:
    first = ask("checkpoint", lambda: snapshots.checkpoint(job_id))
    ask("savepoint", lambda: snapshots.savepoint(job_id, directory))
    ask("wait_for_checkpoint savepoint", lambda: snapshots.wait_for_checkpoint(job_id, savepoint=True))
    ask("savepoint failed", lambda: snapshots.savepoint(job_id, "file:///proc/no"), OperationFailedError)
    ask("savepoint without a directory", lambda: snapshots.savepoint(job_id), RefusedError)
    ask("checkpoints", lambda: snapshots.checkpoints(job_id))
    ask("checkpoint_details", lambda: snapshots.checkpoint_details(job_id, first))
    ask("checkpoint_configuration", lambda: snapshots.checkpoint_configuration(job_id))
    ask("checkpoint unknown", lambda: snapshots.checkpoint(NOBODY), NotFoundError)
    ask("savepoint unknown", lambda: snapshots.savepoint(NOBODY, directory), NotFoundError)
    ask("savepoint_path unknown", lambda: snapshots.savepoint_path(job_id, NOBODY), NotFoundError)
    return ask("stop_with_savepoint", lambda: snapshots.stop_with_savepoint(job_id, directory))


def _of_failures(ask: Ask, jar_id: str, ended: str) -> None:
    def run(way: str) -> Callable[[], Call[str]]:
        return lambda: jars.run_jar(jar_id, trouble(way))

    ask("run_jar throws", run("throws"), SubmissionError)
    ask("run_jar submits and throws", run("submits-and-throws"), SubmissionError)
    nowhere = Program(ENDLESS, savepoint_path="file:///nowhere")
    ask("run_jar cannot restore", lambda: jars.run_jar(jar_id, nowhere), SubmissionError)
    ask("run_jar again", lambda: jars.run_jar(jar_id, Program(ENDLESS), job_id=ended), AlreadySubmittedError)
    ask("run_jar without a class", lambda: jars.run_jar(jar_id, Program("dev.Nothing")), SubmissionError)
    ask("cancel ended", lambda: jobs.cancel(ended), RefusedError)
    failing = ask("run_jar fails", run("fails"))
    ask("job_result failed", lambda: jobs.job_result(failing))
    ask("job_exceptions", lambda: jobs.job_exceptions(failing))
    ask("wait_for failed", lambda: jobs.wait_for(failing, ["FINISHED"]), OperationFailedError)
    breaking = ask("run_jar fails snapshots", run("fails-snapshots"))
    ask("wait_for_running fails snapshots", lambda: jobs.wait_for_running(breaking))
    ask("checkpoint failed", lambda: snapshots.checkpoint(breaking), OperationFailedError)


def of_the_adaptive_session(ask: Ask, jar: Path) -> None:
    """The calls for the adaptive scheduler."""
    jar_id = ask("adaptive upload_jar", lambda: jars.upload_jar(jar)).id
    job_id = ask("adaptive run_jar", lambda: jars.run_jar(jar_id, Program(ENDLESS)))
    ask("adaptive wait_for_running", lambda: jobs.wait_for_running(job_id))
    found = ask("requirements", lambda: jobs.requirements(job_id))
    ask("rescale", lambda: jobs.rescale(job_id, dict.fromkeys(found, (1, 2))))
    ask("cancel", lambda: jobs.cancel(job_id))


@contextmanager
def known_ids() -> Iterator[Callable[[str], None]]:
    """Let calls choose the same ids each time; what is given is told the name of the call that is next."""
    seeds: list[str] = []

    def new_id() -> str:
        seeds.append(seeds.pop() + "'")
        return hashlib.md5(seeds[-1].encode(), usedforsecurity=False).hexdigest()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "new_id", new_id)
        patch.setattr(jars, "new_id", new_id)
        yield seeds.append
