"""`flink-session job list` beside the official `flink list`, by Kubernetes and by URL.

All ask one small session on the node, with a job that runs, in turns. Its Service is a node port, since the official
client reaches no other from outside the cluster.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.bench_session_command import SMALL
from benchmarks.report import Figure, Report
from benchmarks.turns import in_turns
from flink_session.client import ClusterClient, Direct, Program
from tests.support.kube import Kube, named_kubeconfig
from tests.support.session_objects import COMMAND, SessionCommand

ROUNDS = 10
ID = "timed"
SECTION = "Jobs, on the node"
OPTIONS = {
    **SMALL,
    "kubernetes.rest-service.exposed.type": "NodePort",
    "kubernetes.taskmanager.cpu.amount": "0.1",
    "kubernetes.taskmanager.cpu.limit-factor": "15",
    "taskmanager.memory.process.size": "1g",
    "taskmanager.numberOfTaskSlots": "4",
}
BY_KUBERNETES, BY_URL = 0.2, 0.1
"""Shares of the official command's time."""
ENDLESS = Program("dev.flinksession.EndlessCount")


@dataclass(frozen=True, slots=True)
class Session:
    """A session with a job that runs."""

    home: Path
    environment: dict[str, str]
    namespace: str
    url: str
    jar: Path


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    kubeconfig = named_kubeconfig()
    home = os.environ.get("FLINK_SESSION_TEST_FLINK_HOME") or os.environ.get("FLINK_HOME")
    jar = os.environ.get("FLINK_SESSION_TEST_JAR")
    if not (home and kubeconfig and jar):
        pytest.skip("flink-session job beside flink: it takes a node, Flink's distribution, and the jar of dev/job")
    folder, kube = tmp_path_factory.mktemp("jobs"), Kube(kubeconfig)
    user = SessionCommand(folder, kubeconfig, FLINK_CONF_DIR=f"{home}/conf", FLINK_LOG_DIR=str(folder))
    with kube.namespace("flink-session-bench") as namespace:
        where = ("-S", ID, "-n", namespace)
        options = [f"-D{key}={value}" for key, value in OPTIONS.items() if key != "kubernetes.service-account"]
        in_turns([[COMMAND, "session", ID, *options, f"-Dkubernetes.namespace={namespace}"]], 0, folder, user.env)
        try:
            with ClusterClient.for_session(ID, namespace, kubeconfig=kubeconfig) as client:
                client.within(300).wait_for_running(client.submit(jar, ENDLESS))
                assert isinstance(client.access, Direct)
                yield Session(Path(home), user.env, namespace, client.access.url, Path(jar))
        finally:
            in_turns([[COMMAND, "session", "stop", "--yes", "-q", *where]], 0, folder, user.env)


def test_bench_list(session: Session, report: Report, tmp_path: Path) -> None:
    flink = str(session.home / "bin" / "flink")
    by_kubernetes = [f"-Dkubernetes.cluster-id={ID}", f"-Dkubernetes.namespace={session.namespace}"]
    commands = [
        [flink, "list", "-t", "kubernetes-session", *by_kubernetes],
        [COMMAND, "job", "list", "-S", ID, "-n", session.namespace],
        [flink, "list", "-m", session.url.removeprefix("http://")],
        [COMMAND, "job", "list", "-S", session.url],
    ]
    theirs, ours, theirs_by_url, ours_by_url = map(
        statistics.median, in_turns(commands, ROUNDS, tmp_path, session.environment)
    )
    for what, official, measured, most in (
        ("by Kubernetes", theirs, ours, BY_KUBERNETES),
        ("by URL", theirs_by_url, ours_by_url, BY_URL),
    ):
        report.add(Figure(SECTION, f"flink list {what}", official, "s"))
        report.add(Figure(SECTION, f"flink-session job list {what}", measured, "s"))
        report.add(Figure(SECTION, "  as a share of it", measured / official, "", most))
