"""A session that Flink's own script has made is taken over while its job runs, and gets our additions one by one.

The tests of this module tell one story in order. What Flink's script and its client make is the real thing.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flink_session.client import ClusterClient, Program
from tests.support.kube import Kube, eventually, session_jar
from tests.support.project import Project

pytestmark = pytest.mark.node

SIZES = {
    "kubernetes.jobmanager.cpu.amount": "0.3",
    "kubernetes.taskmanager.cpu.amount": "0.3",
    "jobmanager.memory.process.size": "1g",
    "taskmanager.memory.process.size": "1g",
    "kubernetes.jobmanager.cpu.limit-factor": "3",
    "kubernetes.taskmanager.cpu.limit-factor": "3",
}
PROGRAM = """
import json, pathlib
from flink_session import FlinkSessionCluster
FlinkSessionCluster("session", json.loads(pathlib.Path("args.json").read_text()))
"""


@pytest.fixture(scope="module")
def flink_home() -> Path:
    home = os.environ.get("FLINK_SESSION_TEST_FLINK_HOME")
    if not home:
        pytest.skip("FLINK_SESSION_TEST_FLINK_HOME names no distribution of Flink")
    return Path(home)


@pytest.fixture(scope="module")
def args(flink_home: Path, namespace: str) -> dict[str, Any]:
    """The arguments that say what the script was told."""
    conf = (flink_home / "conf").iterdir()
    (jar,) = (flink_home / "lib").glob("flink-dist-*.jar")
    return {
        "cluster_id": "legacy",
        "namespace": namespace,
        "flink_version": jar.stem.removeprefix("flink-dist-"),
        "adopt": True,
        "job_manager": {"cpu": 0.3, "memory": "1Gi"},
        "task_manager": {"cpu": 0.3, "memory": "1Gi"},
        "configuration": {key: value for key, value in SIZES.items() if key.endswith("factor")},
        "log_configuration": {
            path.name: path.read_text() for path in conf if path.name.startswith(("log4j", "logback"))
        },
    }


@pytest.fixture(scope="module")
def legacy(
    flink_home: Path, kubeconfig: str, kube: Kube, namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A session of Flink's script, whose account may do what Flink's documentation says; gives the id of its job."""
    binding = {
        "metadata": {"name": "flink"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}],
    }
    kube.create(namespace, "rolebindings", binding)
    options = {"kubernetes.cluster-id": "legacy", "kubernetes.namespace": namespace, **SIZES}
    ran = subprocess.run(
        [str(flink_home / "bin/kubernetes-session.sh"), *(f"-D{key}={value}" for key, value in options.items())],
        env={
            **os.environ,
            "KUBECONFIG": kubeconfig,
            "FLINK_LOG_DIR": str(tmp_path_factory.mktemp("log")),
            "JVM_ARGS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

    def submitted() -> str | None:
        with ClusterClient.for_session("legacy", namespace, kubeconfig=kubeconfig) as client:
            return client.submit(session_jar(), Program("dev.flinksession.EndlessCount"))

    eventually(lambda: _quietly(kube, namespace), seconds=400, what="an answer of the REST API")
    job = submitted()
    assert job
    with ClusterClient.for_session("legacy", namespace, kubeconfig=kubeconfig) as client:
        client.wait_for_running(job)
    return job


def _quietly(kube: Kube, namespace: str) -> bool:
    try:
        return bool(kube.rest(namespace, "legacy", "/overview"))
    except Exception:  # noqa: BLE001 - whatever it is, it does not answer yet
        return False


@pytest.fixture(scope="module")
def adopting(legacy: str, project: Project, args: dict[str, Any], kube: Kube, namespace: str) -> Iterator[Project]:
    (project.folder / "__main__.py").write_text(PROGRAM)
    (project.folder / "stacks" / "Pulumi.dev.yaml").write_text('config: {kubernetes:enableConfigMapMutable: "true"}\n')
    say(project, args)
    yield project
    project.run("destroy", "dev", "--yes", FLINK_SESSION_ALLOW_JOB_LOSS="legacy")


def say(project: Project, args: dict[str, Any]) -> None:
    (project.folder / "args.json").write_text(json.dumps(args))


def versions(kube: Kube, namespace: str) -> dict[str, str]:
    return {
        f"{kind}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
        for kind in ("deployments", "configmaps", "services", "serviceaccounts", "roles", "pods")
        for item in kube.list(namespace, kind)
    }


def running(kube: Kube, namespace: str) -> dict[str, str]:
    jobs = kube.rest(namespace, "legacy", "/jobs/overview")["jobs"]
    return {job["jid"]: job["state"] for job in jobs}


def test_what_differs_is_said_with_what_to_set_and_nothing_is_taken_over(
    adopting: Project, args: dict[str, Any], kube: Kube, namespace: str
) -> None:
    say(adopting, {**args, "task_manager": {"cpu": 0.3, "memory": "2Gi", "slots": 2}, "log_configuration": None})
    ran = adopting.run("preview", "dev")
    said = " ".join(ran.stdout.split())
    assert ran.returncode == 1, ran.stdout
    assert "set task_manager.memory to '1g' to take it over" in said
    assert "set task_manager.slots to 1 to take it over" in said
    assert "log_configuration, log4j-console.properties is not the text" in said
    assert 'the program differs in data["config.yaml"]' in said
    say(adopting, args)


def test_it_is_taken_over_with_its_job_and_without_a_write(
    adopting: Project, legacy: str, kube: Kube, namespace: str
) -> None:
    before = versions(kube, namespace)
    assert "= 4 imported" in adopting.up("dev")
    assert versions(kube, namespace) == before
    again = adopting.run("preview", "dev", "--expect-no-changes", "--diff")
    assert again.returncode == 0, again.stdout
    assert running(kube, namespace) == {legacy: "RUNNING"}


def test_what_restarts_nothing_is_switched_on_under_the_running_job(
    adopting: Project, legacy: str, args: dict[str, Any], kube: Kube, namespace: str
) -> None:
    args["additions"] = {"recreate_strategy": True}
    args["delete_guard"] = True
    say(adopting, args)
    preview = adopting.run("preview", "dev", "--diff").stdout
    assert "+ spec.strategy: {'type': 'Recreate'}" in preview
    adopting.up("dev")
    deployment = kube.get(namespace, "deployments", "legacy") or {}
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert running(kube, namespace) == {legacy: "RUNNING"}
    service = kube.get(namespace, "services", "legacy-rest") or {}
    assert service["metadata"]["ownerReferences"], "who owns it is not ours to change"


def test_the_guard_knows_the_job_that_the_script_was_given(adopting: Project) -> None:
    refused = adopting.run("destroy", "dev", "--yes")
    assert refused.returncode != 0
    assert "has 1 running job: EndlessCount (RUNNING); destroying it would lose them" in " ".join(
        refused.stdout.split()
    )


def test_all_else_is_switched_on_by_a_reviewed_change_and_is_then_a_session_like_any_other(
    adopting: Project, args: dict[str, Any], kube: Kube, namespace: str
) -> None:
    for name in ("adopt", "additions"):
        args.pop(name)
    say(adopting, {**args, "allow_job_loss": True})
    planned = adopting.run("preview", "dev").stdout
    assert "create-replacement" not in planned
    assert "flink-session:index:FlinkSessionCluster session update" in planned
    adopting.up("dev")
    again = adopting.run("preview", "dev", "--expect-no-changes", "--diff")
    assert again.returncode == 0, again.stdout
    pod = (kube.get(namespace, "deployments", "legacy") or {})["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "flink-session-legacy"
    assert "readinessProbe" in pod["containers"][0]
    adopting.destroy("dev")
    left = {name for name in versions(kube, namespace) if "legacy" in name and not name.startswith("pods/")}
    assert left == set()
