"""What a review says of restarts and of jobs is what then happens, on a real node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from flink_session.client import ClusterClient, FlinkError, Program
from flink_session.review.model import Impact, Review
from tests.node.test_high_availability import shared_folder
from tests.support.kube import Kube, eventually, session_jar
from tests.support.project import Project

pytestmark = pytest.mark.node

SESSION = "reviewed"
ENDLESS = Program("dev.flinksession.EndlessCount")
BACK = 180
"""Seconds within which a JobManager has its jobs back, on a node that does much else."""


@dataclass(frozen=True)
class Seen:
    """What can be told apart of a session: the objects by their uids, and its jobs."""

    deployment: str
    jobmanager: str
    restarts: int
    taskmanagers: frozenset[str]


class Reviewed:
    """A session with a job, that is reviewed and then changed."""

    def __init__(self, project: Project, kube: Kube, kubeconfig: str, namespace: str) -> None:
        self._project, self._kube, self._kubeconfig, self._namespace = project, kube, kubeconfig, namespace
        self._args: dict[str, Any] = {
            "cluster_id": SESSION,
            "namespace": namespace,
            "job_manager": {"cpu": 0.2, "memory": "1Gi"},
            "task_manager": {"cpu": 0.1, "memory": "1Gi", "slots": 2, "idle_timeout": "10min"},
            "pod_template": shared_folder(namespace),
            "configuration": {
                "kubernetes.jobmanager.cpu.limit-factor": 8,
                "kubernetes.taskmanager.cpu.limit-factor": 15,
                "execution.checkpointing.dir": "file:///shared/checkpoints",
                "execution.checkpointing.interval": "1s",
            },
        }

    def change(self, **args: Any) -> tuple[Review, Seen, Seen]:
        """Review a change, make it, and give what there was before and after."""
        self._args = {key: value for key, value in {**self._args, **args}.items() if value is not None}
        self._project.configure(SESSION, **self._args)
        before = self.seen()
        ran = self._project.run("review", SESSION, "--output", str(self._project.folder / "review.json"))
        assert ran.returncode == 0, ran.stdout
        review = Review.model_validate(json.loads((self._project.folder / "review.json").read_text()))
        self._project.up(SESSION)
        return review, before, self.seen()

    def first(self) -> None:
        self._project.configure(SESSION, **self._args)
        self._project.up(SESSION)

    def seen(self) -> Seen:
        deployment = self._kube.get(self._namespace, "deployments", SESSION) or {"metadata": {"uid": ""}}
        masters = self._pods("jobmanager")
        master: dict[str, Any] = masters[0] if masters else {"metadata": {"uid": ""}, "status": {}}
        statuses = master["status"].get("containerStatuses") or [{"restartCount": 0}]
        workers = frozenset(pod["metadata"]["uid"] for pod in self._pods("taskmanager"))
        return Seen(deployment["metadata"]["uid"], master["metadata"]["uid"], statuses[0]["restartCount"], workers)

    def _pods(self, role: str) -> list[dict[str, Any]]:
        pods = self._kube.list(self._namespace, "pods", f"app={SESSION},component={role}")
        return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]

    def client(self) -> ClusterClient:
        return ClusterClient.for_session(SESSION, self._namespace, kubeconfig=self._kubeconfig)

    def submit(self) -> str:
        with self.client() as client:
            job = client.submit(session_jar(), ENDLESS)
            client.within(BACK).wait_for_running(job)
            eventually(lambda: client.checkpoints(job).latest_completed, what="a checkpoint")
            return job

    def running(self) -> set[str]:
        """The jobs that run; none while nobody answers."""
        try:
            with self.client() as client:
                return {job.id for job in client.list_jobs() if job.state == "RUNNING"}
        except FlinkError:
            return set()


@pytest.fixture(scope="module")
def session(project: Project, kube: Kube, kubeconfig: str, namespace: str) -> Iterator[Reviewed]:
    session = Reviewed(project, kube, kubeconfig, namespace)
    session.first()
    yield session
    project.destroy(SESSION)


def test_what_has_no_effect_leaves_all_as_it_is(session: Reviewed) -> None:
    job = session.submit()
    review, before, after = session.change(logging={"levels": {"org.apache.flink.runtime": "WARN"}})
    assert review.verdict.impact is Impact.NO_EFFECT
    assert before == after
    assert session.running() == {job}


def test_without_high_availability_jobs_are_lost_and_named(session: Reviewed) -> None:
    (job,) = session.running()
    review, before, after = session.change(high_availability={"storage_dir": "file:///shared/ha"})
    assert review.verdict.impact is Impact.JOBS_LOST
    assert [(item.id, item.fate) for item in review.sessions[0].jobs or ()] == [(job, "lost")]
    assert before.deployment == after.deployment
    assert before.jobmanager != after.jobmanager
    assert session.running() == set()


def test_with_it_they_recover(session: Reviewed) -> None:
    job = session.submit()
    review, before, after = session.change(task_manager={"cpu": 0.1, "memory": "1100Mi", "slots": 2})
    assert review.verdict.impact is Impact.JOBS_RECOVER
    (told,) = review.sessions[0].jobs or ()
    assert (told.id, told.fate) == (job, "recovered")
    assert told.checkpoint_age is not None
    assert before.deployment == after.deployment
    assert before.jobmanager != after.jobmanager
    eventually(lambda: session.running() == {job}, what="the job is back", seconds=BACK)


def test_a_suspended_session_has_no_pod(session: Reviewed) -> None:
    review, before, after = session.change(suspended=True)
    assert review.verdict.impact is Impact.SESSION_SUSPENDED
    assert before.deployment == after.deployment
    eventually(lambda: session.seen().jobmanager == "", what="no JobManager")


def test_a_resumed_one_has_its_jobs_back(session: Reviewed) -> None:
    review, before, after = session.change(suspended=None)
    assert review.verdict.impact is Impact.SESSION_RESUMED
    assert before.deployment == after.deployment
    assert after.jobmanager
    eventually(lambda: len(session.running()) == 1, what="the job is back", seconds=BACK)


def test_a_replaced_one_is_another_one(session: Reviewed) -> None:
    review, before, after = session.change(cluster_id="another")
    assert review.verdict.impact is Impact.SESSION_REPLACED
    assert before.deployment
    assert after == Seen("", "", 0, frozenset())
