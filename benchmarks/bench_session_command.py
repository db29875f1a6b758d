"""`flink-session session` beside `kubernetes-session.sh`: from the command's start until the REST endpoint answers.

Both deploy the same small session on the node, in turns. Most of it is the JobManager's own start, in a container of
the same image; what the two clients differ in is how soon the Deployment and what its pod needs are there.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from benchmarks.report import Figure, Report
from tests.support.kube import Kube, eventually, named_kubeconfig
from tests.support.session_objects import COMMAND, SessionCommand

ROUNDS = 3
SECONDS = 300.0
SECTION = "Session, until REST answers"
SMALL = {
    "kubernetes.jobmanager.cpu.amount": "0.5",
    "kubernetes.jobmanager.cpu.limit-factor": "3",
    "jobmanager.memory.process.size": "1g",
    "kubernetes.service-account": "default",
}


@pytest.fixture(scope="module")
def flink_home() -> str:
    home = os.environ.get("FLINK_SESSION_TEST_FLINK_HOME") or os.environ.get("FLINK_HOME")
    if not home or not named_kubeconfig():
        pytest.skip("flink-session session beside kubernetes-session.sh: it takes a node, and Flink's distribution")
    return home


def test_bench_session_command(flink_home: str, report: Report, tmp_path: Path) -> None:
    kubeconfig = named_kubeconfig()
    assert kubeconfig
    kube = Kube(kubeconfig)
    user = SessionCommand(tmp_path, kubeconfig, FLINK_CONF_DIR=f"{flink_home}/conf", FLINK_LOG_DIR=str(tmp_path))
    commands = {
        "kubernetes-session.sh": [f"{flink_home}/bin/kubernetes-session.sh", "-Dkubernetes.cluster-id=timed"],
        "flink-session session": [COMMAND, "session", "timed"],
    }
    deployed: dict[str, list[float]] = {name: [] for name in commands}
    answered: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, words in commands.items():
            first, last = timed(kube, user, words)
            deployed[name].append(first)
            answered[name].append(last)
    for what, seconds in (("the Deployment is there", deployed), ("REST answers", answered)):
        script, ours = (statistics.median(seconds[name]) for name in commands)
        report.add(Figure(SECTION, f"{what}, by kubernetes-session.sh", script, "s"))
        report.add(Figure(SECTION, f"{what}, by flink-session session", ours, "s", script))


def timed(kube: Kube, user: SessionCommand, words: Sequence[str]) -> tuple[float, float]:
    """Deploy a session, and take it away; gives the seconds until its Deployment is there, and until REST answers."""
    with kube.namespace("flink-session-bench") as namespace:
        binding = {
            "metadata": {"name": "default"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}],
        }
        kube.post(f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings", binding)
        options = [f"-D{key}={value}" for key, value in SMALL.items()]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*words, *options, f"-Dkubernetes.namespace={namespace}"],
            env=user.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            eventually(lambda: kube.get(namespace, "deployments", "timed"), seconds=SECONDS, what="the Deployment")
            deployed = time.perf_counter() - started
            eventually(lambda: _answers(kube, namespace), seconds=SECONDS, what="the REST endpoint")
            answered = time.perf_counter() - started
            assert process.wait(SECONDS) == 0
        finally:
            process.kill()
        if user.projects():
            subprocess.run(
                [COMMAND, "session", "stop", "--yes", "-q", "-S", "timed", "-n", namespace],
                env=user.env,
                capture_output=True,
                check=True,
            )
        else:
            kube.delete(namespace, "deployments", "timed")
            eventually(lambda: not kube.list(namespace, "pods"), seconds=SECONDS, what="the pod is gone")
    return deployed, answered


def _answers(kube: Kube, namespace: str) -> bool:
    with suppress(httpx2.HTTPError):
        return bool(kube.rest(namespace, "timed", "/config"))
    return False
