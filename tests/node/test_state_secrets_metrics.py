"""State on a shared volume, secrets in both roles, metrics that are scraped: on a real node, by one session."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.kube import Kube, eventually, session_jar
from tests.support.project import Project

pytestmark = pytest.mark.node

VALUE, OTHER = "correct horse battery staple", "a quite different secret of that kind"

SMALL = {"cpu": 0.3, "memory": "1Gi"}
OPTIONS = {
    "kubernetes.jobmanager.cpu.limit-factor": 6,
    "kubernetes.taskmanager.cpu.limit-factor": 6,
    "execution.checkpointing.interval": "1s",
    # For a node that has much else to do.
    "pekko.startup-timeout": "3min",
    "pekko.ask.timeout": "1min",
}
METRICS = {
    "jobmanager": "flink_jobmanager_numRegisteredTaskManagers",
    "taskmanager": "flink_taskmanager_Status_JVM_CPU_Load",
}


@pytest.fixture(scope="module")
def volume() -> Iterator[Path]:
    """A folder of the node that Flink's user may write to, and both roles mount."""
    folder = Path(f"/tmp/flink-session-state-{os.getpid()}")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def configure(project: Project, namespace: str, volume: Path, value: str) -> None:
    mount = {"name": "state", "mountPath": str(volume)}
    project.configure(
        "dev",
        cluster_id="whole",
        namespace=namespace,
        state_storage=f"file://{volume}",
        secrets={"PASSWORD": value, "key.pem": {"value": value, "file": True}},
        metrics={},
        pod_template={
            "spec": {
                "containers": [{"name": "flink-main-container", "volumeMounts": [mount]}],
                "volumes": [{"name": "state", "hostPath": {"path": str(volume)}}],
            }
        },
        configuration=OPTIONS,
        job_manager=SMALL,
        task_manager={**SMALL, "min_slots": 1, "max_slots": 1},
    )


@pytest.fixture(scope="module")
def session(project: Project, namespace: str, volume: Path) -> Iterator[str]:
    configure(project, namespace, volume, VALUE)
    project.up("dev")
    yield "whole"
    project.destroy("dev")


def pods(kube: Kube, namespace: str, component: str) -> list[dict[str, Any]]:
    return [
        pod
        for pod in kube.list(namespace, "pods", f"app=whole,component={component}")
        if pod["status"]["phase"] == "Running" and "deletionTimestamp" not in pod["metadata"]
    ]


def shell(kube: Kube, namespace: str, pod: str, command: str) -> str:
    """Run a command in a main container."""
    words = ["kubectl", "exec", "-n", namespace, pod, "-c", "flink-main-container", "--", "sh", "-c", command]
    environment = {**os.environ, "KUBECONFIG": os.environ["FLINK_SESSION_TEST_KUBECONFIG"]}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False).stdout


def has(kube: Kube, namespace: str, pod: dict[str, Any], value: str) -> bool:
    found = shell(kube, namespace, pod["metadata"]["name"], 'printf "%s|" "$PASSWORD"; cat /opt/flink/secrets/key.pem')
    return found == f"{value}|{value}"


def test_a_job_keeps_its_state_on_the_volume_and_a_taskmanager_is_there_before_it(
    kube: Kube, namespace: str, session: str, volume: Path
) -> None:
    eventually(lambda: pods(kube, namespace, "taskmanager"), seconds=240, what="the TaskManager of min_slots")
    eventually(lambda: kube.rest(namespace, session, "/overview")["slots-total"] == 1, seconds=400, what="its slot")
    jar = Path(session_jar())
    with jar.open("rb") as content:
        files = {"jarfile": (jar.name, content, "application/java-archive")}
        uploaded = kube.rest(namespace, session, "/jars/upload", "POST", files=files)
    arguments = {"entryClass": "dev.flinksession.EndlessCount"}
    job = kube.rest(namespace, session, f"/jars/{Path(uploaded['filename']).name}/run", "POST", json=arguments)["jobid"]
    folder = volume / namespace / session
    eventually(
        lambda: kube.rest(namespace, session, f"/jobs/{job}")["state"] == "RUNNING", seconds=300, what="a running job"
    )
    eventually(lambda: list(folder.glob(f"checkpoints/{job}/chk-*/_metadata")), seconds=300, what="a checkpoint")
    kube.rest(namespace, session, f"/jobs/{job}/savepoints", "POST", json={"cancel-job": True})
    eventually(lambda: list(folder.glob("savepoints/savepoint-*/_metadata")), seconds=300, what="a savepoint")


def test_flinks_own_command_line_submits_by_the_line_that_is_an_output(
    project: Project, kube: Kube, namespace: str, session: str, tmp_path: Path
) -> None:
    home = os.environ.get("FLINK_SESSION_TEST_FLINK_HOME")
    if home is None:
        pytest.skip("FLINK_SESSION_TEST_FLINK_HOME names no distribution of Flink")
    service = kube.get(namespace, "services", f"{session}-rest")
    assert service
    # This machine is the node, and has no resolver for the names of Services.
    hosts = tmp_path / "hosts"
    hosts.write_text(f"{service['spec']['clusterIP']} {session}-rest.{namespace}\n")
    command = shlex.split(project.outputs("dev")["flink_run_command"])
    assert command[0] == "flink"
    environment = {**project.env, "FLINK_ENV_JAVA_OPTS_CLI": f"-Djdk.net.hosts.file={hosts}"}
    words = [f"{home}/bin/flink", *command[1:], "--detached", session_jar(), "1000"]
    ran = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=300)
    submitted = re.search(r"Job has been submitted with JobID (\w+)", ran.stdout)
    assert submitted, ran.stdout + ran.stderr
    assert kube.rest(namespace, session, f"/jobs/{submitted[1]}")["jid"] == submitted[1]


def test_prometheus_reads_both_roles_where_the_annotations_say(kube: Kube, namespace: str, session: str) -> None:
    for component, metric in METRICS.items():
        (pod,) = pods(kube, namespace, component)
        annotations = pod["metadata"]["annotations"]
        assert annotations["prometheus.io/scrape"] == "true"
        ports = {port["name"]: port["containerPort"] for port in pod["spec"]["containers"][-1]["ports"]}
        assert ports["metrics"] == int(annotations["prometheus.io/port"])
        url = f"http://{pod['status']['podIP']}:{annotations['prometheus.io/port']}{annotations['prometheus.io/path']}"
        assert metric in httpx2.get(url, timeout=20).text


def test_a_changed_secret_reaches_variables_and_files_of_both_roles(
    project: Project, kube: Kube, namespace: str, session: str, volume: Path
) -> None:
    before = {role: pods(kube, namespace, role)[0] for role in ("jobmanager", "taskmanager")}
    assert all(has(kube, namespace, pod, VALUE) for pod in before.values())
    configure(project, namespace, volume, OTHER)
    said = project.up("dev")
    assert OTHER not in said
    (after,) = pods(kube, namespace, "jobmanager")
    assert after["metadata"]["uid"] != before["jobmanager"]["metadata"]["uid"]
    assert has(kube, namespace, after, OTHER)
    begun = time.monotonic()

    def replaced() -> bool:
        return any(has(kube, namespace, pod, OTHER) for pod in pods(kube, namespace, "taskmanager"))

    eventually(replaced, seconds=400, what="a TaskManager with the new value")
    print(f"a TaskManager had the new value {time.monotonic() - begun:.0f} s after the JobManager")
