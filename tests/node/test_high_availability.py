"""Two JobManagers on a shared volume: submissions by any connection, a killed leader, levels of loggers, a suspension.

The tests of this module tell one story in order, with a job that knows what each of its counts has to be.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.kube import Kube, eventually, session_jar
from tests.support.project import Project

pytestmark = pytest.mark.node

SESSION = "available"
JOBS = 50
LEADER = "org.apache.flink.k8s.leader.dispatcher"
NEW_LEADER = 180
"""Seconds within which another JobManager leads and has brought the jobs back, on a node that does much else."""


def shared_folder(namespace: str) -> dict[str, Any]:
    """A pod template with a folder of the node, which Flink's user may write to."""
    mount = [{"name": "shared", "mountPath": "/shared"}]
    host_path = {"path": f"/tmp/{namespace}", "type": "DirectoryOrCreate"}
    opened = {
        "name": "open",
        "image": "docker.io/apache/flink:2.2.1-scala_2.12",
        "command": ["chmod", "777", "/shared"],
        "securityContext": {"runAsUser": 0},
        "volumeMounts": mount,
    }
    return {
        "spec": {
            "volumes": [{"name": "shared", "hostPath": host_path}],
            "initContainers": [opened],
            "containers": [{"name": "flink-main-container", "volumeMounts": mount}],
        }
    }


class Available:
    """The session of this module, as its clients see it through the rest Service: a new connection for each request."""

    def __init__(self, project: Project, kube: Kube, namespace: str) -> None:
        self._project, self._kube, self._namespace = project, kube, namespace
        self._args: dict[str, Any] = {
            "cluster_id": SESSION,
            "namespace": namespace,
            "job_manager": {"cpu": 0.1, "memory": "1Gi"},
            "task_manager": {"cpu": 0.1, "memory": "1Gi", "slots": 6, "max_slots": 6, "idle_timeout": "10min"},
            "pod_template": shared_folder(namespace),
            "high_availability": {"storage_dir": "file:///shared/ha", "replicas": 2},
            "ha_data": "delete",
            "rest_service_exposed_type": "NodePort",
            "configuration": {
                "kubernetes.jobmanager.cpu.limit-factor": 15,
                "kubernetes.taskmanager.cpu.limit-factor": 15,
                "execution.checkpointing.dir": "file:///shared/checkpoints",
                # Two JVMs that start at once on two busy cores are not through in Flink's ten seconds.
                "pekko.startup-timeout": "2 min",
            },
        }

    def up(self, **changed: Any) -> str:
        self._args |= changed
        self._project.configure(SESSION, **self._args)
        return self._project.up(SESSION)

    def url(self) -> str:
        (node, *_) = self._kube.http.get("/api/v1/nodes").raise_for_status().json()["items"]
        address = next(item["address"] for item in node["status"]["addresses"] if item["type"] == "InternalIP")
        service = self._kube.get(self._namespace, "services", f"{SESSION}-rest")
        assert service is not None
        assert service["spec"]["sessionAffinity"] == "ClientIP"
        return f"http://{address}:{service['spec']['ports'][0]['nodePort']}"

    def pods(self, role: str = "jobmanager") -> dict[str, dict[str, Any]]:
        pods = self._kube.list(self._namespace, "pods", f"app={SESSION},component={role}")
        return {pod["metadata"]["name"]: pod for pod in pods if not pod["metadata"].get("deletionTimestamp")}

    def restarts(self) -> dict[str, int]:
        """How often each JobManager has been started anew in its pod."""
        return {name: pod["status"]["containerStatuses"][0]["restartCount"] for name, pod in self.pods().items()}

    def leader(self) -> str:
        """The pod of the JobManager that leads."""
        config_map = self._kube.get(self._namespace, "configmaps", f"{SESSION}-cluster-config-map") or {"data": {}}
        address = re.search(r"@([^:/]+):", config_map["data"].get(LEADER, ""))
        pods = {pod["status"].get("podIP"): name for name, pod in self.pods().items()}
        return pods.get(address[1], "") if address else ""

    def kill(self, pod: str) -> None:
        """End a pod at once, as the loss of its node does."""
        url = f"/api/v1/namespaces/{self._namespace}/pods/{pod}"
        self._kube.http.request("DELETE", url, json={"gracePeriodSeconds": 0}).raise_for_status()

    def ask(self, path: str, method: str = "GET", **request: Any) -> tuple[int, Any]:
        """Status and answer; 503 where nobody listens, as Flink itself says while there is no leader."""
        try:
            with httpx2.Client(base_url=self.url(), timeout=20, trust_env=False) as client:
                response = client.request(method, path, **request)
        except httpx2.TransportError as error:
            return 503, {"errors": [str(error)]}
        return response.status_code, response.json() if response.content else {}

    def upload(self) -> str:
        def uploaded() -> str | None:
            jar = Path(session_jar())
            files = {"jarfile": (jar.name, jar.read_bytes(), "application/java-archive")}
            status, answer = self.ask("/jars/upload", "POST", files=files)
            return Path(answer["filename"]).name if status == 200 else None

        return eventually(uploaded, seconds=NEW_LEADER, what="an upload")

    def counts(self, job: str) -> dict[str, int]:
        """What CheckedCount says of itself; nothing while it cannot be asked."""
        status, answer = self.ask(f"/jobs/{job}/accumulators")
        found = answer.get("user-task-accumulators", ()) if status == 200 else ()
        return {item["name"]: int(item["value"]) for item in found if item["value"].lstrip("-").isdigit()}

    def state(self, job: str) -> str:
        status, answer = self.ask(f"/jobs/{job}")
        return str(answer.get("state")) if status == 200 else f"status {status}"


@pytest.fixture(scope="module")
def session(project: Project, kube: Kube, namespace: str) -> Iterator[Available]:
    session = Available(project, kube, namespace)
    said = session.up()
    assert "ha_data is delete" in said
    yield session
    project.run("destroy", SESSION, "--yes")


@pytest.fixture(scope="module")
def job(session: Available) -> str:
    """A CheckedCount that has counted and made a checkpoint."""
    jar = session.upload()
    body = {"entryClass": "dev.flinksession.CheckedCount"}
    status, answer = session.ask(f"/jars/{jar}/run", "POST", json=body)
    assert status == 200, answer
    job = str(answer["jobid"])
    eventually(lambda: session.counts(job).get("last", 0) > 1000, seconds=NEW_LEADER, what="the job's first counts")

    def checkpointed() -> bool:
        status, answer = session.ask(f"/jobs/{job}/checkpoints")
        return status == 200 and answer["counts"]["completed"] > 0

    eventually(checkpointed, what="a checkpoint")
    return job


@pytest.fixture(scope="module")
def louder(session: Available, job: str) -> tuple[float, dict[str, int]]:
    """When levels of loggers were changed, and the JobManagers of that time: it takes until later tests to arrive."""
    del job
    before = session.restarts()
    levels = {"org.apache.flink.runtime.rest": "TRACE", "org.apache.flink.runtime.dispatcher": "DEBUG"}
    session.up(logging={"levels": levels})
    assert session.restarts() == before
    return time.monotonic(), before


def is_back_with_all_it_had(session: Available, job: str, before: dict[str, int]) -> None:
    """Wait until a job has counted on from a checkpoint, in another attempt, and each of its counts is right.

    A count is right if no number was lost before it, and none was counted twice.
    """

    def back() -> dict[str, int] | None:
        counts = session.counts(job)
        if counts.get("first", 0) <= before["first"] or counts.get("last", 0) <= before["last"]:
            return None
        return counts

    counts = eventually(back, seconds=NEW_LEADER, what="the job's counts after its recovery")
    assert session.state(job) == "RUNNING"
    assert counts["wrong"] == 0


@pytest.mark.usefixtures("louder")
def test_no_submission_fails_and_no_count_is_lost_when_the_leader_is_killed(session: Available, job: str) -> None:
    submitted, refusals = dict[int, str](), list[str]()
    before, killed = dict[str, int](), 0.0
    for number in range(JOBS):
        jar = session.upload()
        if number == JOBS // 2:
            leader = eventually(session.leader, what="a leader")
            before = eventually(lambda: session.counts(job), what="the job's counts")
            assert before["wrong"] == 0
            session.kill(leader)
            killed = time.monotonic()

        def run(jar: str = jar) -> str | None:
            body = {"entryClass": "dev.flinksession.BoundedCount", "programArgsList": ["10"], "parallelism": 1}
            status, answer = session.ask(f"/jars/{jar}/run", "POST", json=body)
            if status == 200:
                return str(answer["jobid"])
            refusals.append(str(answer))
            return None

        submitted[number] = eventually(run, seconds=NEW_LEADER, what=f"submission {number}")
        if number == JOBS // 2:
            print(f"submitted {time.monotonic() - killed:.0f} s after the leader was killed")
    said = "\n".join(refusals)
    assert "unresolved" not in said
    assert "does not exist" not in said
    print(f"{len(refusals)} requests had to wait for a leader")
    is_back_with_all_it_had(session, job, before)
    print(f"the job was seen back {time.monotonic() - killed:.0f} s after the leader was killed")
    later = [submitted[number] for number in range(JOBS // 2, JOBS)]
    eventually(lambda: all(session.state(of_job) == "FINISHED" for of_job in later), what="the end of the jobs")


def test_levels_of_loggers_change_without_a_restart(
    session: Available, louder: tuple[float, dict[str, int]], kube: Kube, namespace: str
) -> None:
    changed, before = louder
    (survivor,) = before.keys() & session.restarts().keys()
    log = f"/api/v1/namespaces/{namespace}/pods/{survivor}/log"

    def is_louder() -> bool:
        session.ask("/overview")
        text = kube.http.get(log, params={"container": "flink-main-container", "tailLines": 5000}).text
        return bool(re.search(r" (DEBUG|TRACE) +org\.apache\.flink\.runtime\.(rest|dispatcher)", text))

    eventually(is_louder, seconds=240, what="a line of a lower level")
    print(f"a changed level was seen after at most {time.monotonic() - changed:.0f} s")
    assert session.restarts()[survivor] == before[survivor]


def test_a_suspended_session_comes_back_with_its_jobs(session: Available, job: str) -> None:
    before = eventually(lambda: session.counts(job), what="the job's counts")
    said = session.up(suspended=True)
    assert "jobs go on from their last checkpoint when it is false again" in said
    assert session.pods() == {}
    eventually(lambda: session.ask("/overview")[0] == 503, what="the end of the JobManagers")
    begun = time.monotonic()
    session.up(suspended=False)
    print(f"resumed after {time.monotonic() - begun:.0f} s")
    is_back_with_all_it_had(session, job, before)


def test_nothing_of_it_is_left(session: Available, project: Project, kube: Kube, namespace: str) -> None:
    assert f"configmaps/{SESSION}-cluster-config-map" in kube.names(namespace)
    said = project.destroy(SESSION)
    assert "ConfigMaps of high availability deleted" in said
    assert kube.names(namespace) == set()
