"""The delete guard: no command ends a session whose jobs it would lose, and each refusal says the way on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.misbehaving import NO_FAULT, Asked, Fault, MisbehavingServer
from tests.support.project import Project

pytestmark = pytest.mark.slow

JOB = {"jid": "a" * 32, "name": "orders", "state": "RUNNING", "start-time": 1, "end-time": -1, "duration": 1}
ENDED = {**JOB, "jid": "b" * 32, "name": "done", "state": "FINISHED"}


class Session:
    """An API server whose proxy leads to a JobManager; `jobs` is what that one runs, or None if it does not answer."""

    def __init__(self) -> None:
        self.api = FakeApi(namespaces=("default", "other"))
        self.jobs: list[dict[str, object]] | None = []

    def fault(self, asked: Asked) -> Fault:
        path = asked.target.partition("?")[0]
        if "/proxy/" not in path:
            return NO_FAULT
        if self.jobs is None:
            message = {"kind": "Status", "message": "no endpoints available", "reason": "ServiceUnavailable"}
            return Fault(answer=(503, {"content-type": "application/json"}, message))
        tasks = dict.fromkeys(("total", "running"), 1)
        jobs = [{**job, "tasks": tasks, "last-modification": 1} for job in self.jobs]
        answers = {
            "config": {"flink-version": "2.2.1", "flink-revision": "x", "features": {"web-submit": True}},
            "jobs/overview": {"jobs": jobs},
        }
        answer = answers[path.partition("/proxy/")[2].removeprefix("v1/")]
        return Fault(answer=(200, {"content-type": "application/json"}, answer))


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def project(session: Session, tmp_path: Path) -> Iterator[Project]:
    with MisbehavingServer(session.api.client, session.fault).running() as server:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(server.kubeconfig())
        project = Project(tmp_path / "checkout", str(kubeconfig))
        project.configure("dev", cluster_id="demo", delete_guard=True)
        project.up("dev")
        yield project


def refused(project: Project, command: str, *more: str, **env: str) -> str:
    """Run a command that must fail, with no stack trace; gives what it says."""
    ran = project.run(command, "dev", *more, **env)
    assert ran.returncode != 0, ran.stdout
    assert "Traceback" not in ran.stdout
    return " ".join(ran.stdout.split())


def test_a_destroy_fails_with_the_names_of_running_jobs_until_they_may_be_lost(
    project: Project, session: Session
) -> None:
    assert "unchanged" in project.run("preview", "dev", "--expect-no-changes").stdout
    session.jobs = [JOB, ENDED]
    before = dict(session.api.objects)
    said = refused(project, "destroy", "--yes")
    assert "session 'demo' in namespace 'default' has 1 running job: orders (RUNNING); destroying it would lose" in said
    # A refusal leaves nothing half done.
    assert project.run("preview", "dev", "--expect-no-changes").returncode == 0
    assert "set allow_job_loss to true, run `up`, and try again" in said
    assert session.api.objects == before

    project.configure("dev", cluster_id="demo", delete_guard=True, allow_job_loss=True)
    project.up("dev")
    project.destroy("dev")
    assert not any("demo" in path for path in session.api.objects if "endpoint" not in path)


def test_a_job_manager_that_cannot_be_asked_leaves_one_way_on(project: Project, session: Session) -> None:
    session.jobs = None
    said = refused(project, "destroy", "--yes")
    assert "whether there are any cannot be found out" in said
    assert "no endpoints available" in said
    assert "set FLINK_SESSION_ALLOW_JOB_LOSS=demo in the environment, and try again" in said
    assert refused(project, "destroy", "--yes", FLINK_SESSION_ALLOW_JOB_LOSS="another")
    destroyed = project.run("destroy", "dev", "--yes", FLINK_SESSION_ALLOW_JOB_LOSS="demo")
    assert destroyed.returncode == 0, destroyed.stdout


def test_a_replacement_or_suspension_fails_in_the_preview_already(project: Project, session: Session) -> None:
    session.jobs = [JOB]
    project.configure("dev", cluster_id="demo", suspended=True, delete_guard=True)
    assert "suspending it without high availability would lose them" in refused(project, "preview")
    project.configure("dev", cluster_id="other", namespace="other", delete_guard=True)
    for words in (("preview",), ("up", "--yes")):
        said = refused(project, *words)
        assert "has 1 running job: orders (RUNNING); replacing it would lose them" in said
    assert not any("/other" in path and "namespaces/other/" in path for path in session.api.objects)
    session.jobs = [ENDED]
    project.up("dev")
    assert "/apis/apps/v1/namespaces/default/deployments/demo" not in session.api.objects


def test_to_take_the_guard_away_is_to_delete_it_and_one_of_nothing_lets_itself_be_deleted(
    project: Project, session: Session
) -> None:
    session.jobs = [JOB]
    project.configure("dev", cluster_id="demo")
    assert "orders" in refused(project, "up", "--yes")
    state = json.dumps(project.checkpoint("dev"))
    assert "dynamic/flink_session:DeleteGuard" in state
    session.api.remove("/apis/apps/v1/namespaces/default/deployments/demo")
    project.destroy("dev")
