"""The client beside the least that does the same: `curl` with a large jar, a bare POST of a submission."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from benchmarks.report import Figure, Report
from flink_session.client import ClusterClient, Program
from flink_session.client.calls.jars import jar_name
from tests.support.kube import Kube, eventually, named_kubeconfig
from tests.support.local_flink import LocalFlink
from tests.support.project import ROOT, Project

MEGABYTE = 1 << 20
SIZE, ROUNDS = 200, 3
"""Megabytes of the jar, and how often it is uploaded by each way, in turns."""
RATIOS = {"direct": 1.5, "service proxy": 2.0, "port-forward": 4.0}
MEMORY, PROGRESS = 64.0, 5.0
SUBMISSIONS, OVERHEAD = 20, 0.02
JOBS, TOGETHER, ACCEPTED = 200, 8, 15.0

_UPLOADS = f"A jar of {SIZE} MB to a session on the node, the fastest of {ROUNDS} in turns"
_SUBMITTED = f"Submissions of a jar that is there, to a session on 127.0.0.1; medians of {SUBMISSIONS} in turns"
_MANY = f"{JOBS} jobs of one jar, {TOGETHER} at a time"
JOB_MANAGER = {"cpu": 0.5, "memory": "1Gi"}

UPLOAD = """
import json, sys, time
from pathlib import Path
from flink_session.client import ClusterClient, Direct
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.service_proxy import ServiceProxy
from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint

way, kubeconfig, namespace, target, jar = sys.argv[1:]
endpoint = find_endpoint(ClusterChoice(kubeconfig))
access = {
    "direct": lambda: Direct(target),
    "service proxy": lambda: ServiceProxy(endpoint, namespace, target),
    "port-forward": lambda: PortForward(endpoint, namespace, target),
}[way]()
calls = 0
def progress(done, of):
    global calls
    calls += 1
with ClusterClient(access) as client:
    client.features()
    began = time.perf_counter()
    uploaded = client.upload_jar(jar, progress=progress)
    seconds = time.perf_counter() - began
    client.delete_jar(uploaded.id)
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
print(json.dumps([seconds, peak, calls / seconds]))
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, dict[str, str]]]:
    """A session on the node: kubeconfig, namespace, and what each way leads to."""
    kubeconfig = named_kubeconfig()
    if not kubeconfig or not shutil.which("curl"):
        pytest.skip("no cluster that runs pods is named by FLINK_SESSION_TEST_KUBECONFIG, or there is no curl")
    kube = Kube(kubeconfig)
    with kube.namespace("flink-session-bench") as namespace:
        project = Project(tmp_path_factory.mktemp("uploads") / "flink-session", kubeconfig)
        options = {
            "kubernetes.jobmanager.cpu.limit-factor": 4,
            "kubernetes.rest-service.exposed.type": "NodePort",
        }
        about = {"cluster_id": "bench", "namespace": namespace, "job_manager": JOB_MANAGER}
        project.configure("bench", configuration=options, **about)
        project.up("bench")
        service = kube.get(namespace, "services", "bench-rest") or {}
        (pod,) = kube.list(namespace, "pods", "app=bench,component=jobmanager")
        url = f"http://{pod['status']['hostIP']}:{service['spec']['ports'][0]['nodePort']}"
        eventually(lambda: _answers(url), what="the node port")
        yield (
            kubeconfig,
            namespace,
            dict(zip(RATIOS, (url, "services/bench-rest:rest", pod["metadata"]["name"]), strict=True)),
        )


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/config", trust_env=False).is_success
    except httpx2.TransportError:
        return False


def test_client_uploads(session: tuple[str, str, dict[str, str]], tmp_path: Path, report: Report) -> None:
    kubeconfig, namespace, targets = session
    jar = tmp_path / "large.jar"
    with jar.open("wb") as file:
        file.truncate(SIZE * MEGABYTE)
    with zipfile.ZipFile(jar, "a") as archive:
        archive.writestr("a", "b")
    bare: list[float] = []
    ours: dict[str, list[list[float]]] = {way: [] for way in RATIOS}
    for _ in range(ROUNDS):
        bare.append(_curl(targets["direct"], jar))
        for way, measured in ours.items():
            command = [sys.executable, "-c", UPLOAD, way, kubeconfig, namespace, targets[way], str(jar)]
            ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
            measured.append(json.loads(ran.stdout))
    report.add(Figure(_UPLOADS, "curl -F, direct", min(bare), "s"))
    for way, aim in RATIOS.items():
        seconds, memory, progress = min(ours[way])
        report.add(Figure(_UPLOADS, f"{way}, with the hash of the file", seconds, "s"))
        report.add(Figure(_UPLOADS, f"{way} / curl", seconds / min(bare), "times", aim))
        report.add(Figure(_UPLOADS, f"{way}, memory of the process", memory, "MiB", MEMORY))
        report.add(Figure(_UPLOADS, f"{way}, calls of `progress` a second", progress, "", PROGRESS, at_least=True))


def _curl(url: str, jar: Path) -> float:
    began = time.perf_counter()
    command = ["curl", "-sS", "--noproxy", "*", "-F", f"jarfile=@{jar}", f"{url}/jars/upload"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds = time.perf_counter() - began
    with ClusterClient(url) as client:
        client.delete_jar(json.loads(said)["filename"].rpartition("/")[2])
    return seconds


@pytest.fixture(scope="module")
def flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a session on this machine."""
    if not os.environ.get("FLINK_HOME") or not os.environ.get("FLINK_SESSION_TEST_JAR"):
        pytest.skip("FLINK_HOME names no distribution of Flink, or FLINK_SESSION_TEST_JAR no jar of dev/job/build")
    flink = LocalFlink(Path(os.environ["FLINK_HOME"]), tmp_path_factory.mktemp("flink") / "session", {})
    try:
        flink.start()
        yield flink.url
    finally:
        flink.stop()


@pytest.fixture(scope="module")
def jar() -> Path:
    return Path(os.environ["FLINK_SESSION_TEST_JAR"])


BOUNDED = Program("dev.flinksession.BoundedCount", arguments=["10"])


def test_client_submissions(flink: str, jar: Path, report: Report) -> None:
    ours: list[float] = []
    bare: list[float] = []
    with ClusterClient(flink) as client, httpx2.Client(base_url=flink, trust_env=False) as http:
        run = f"/jars/{client.upload_jar(jar).id}/run"

        def submit() -> str:
            return client.submit(jar, BOUNDED)

        def post() -> str:
            return str(
                http.post(run, json=BOUNDED.body(uuid.uuid4().hex), timeout=60).raise_for_status().json()["jobid"]
            )

        for number in range(SUBMISSIONS + 3):
            for call, taken in ((submit, ours), (post, bare)):
                began = time.perf_counter()
                job = call()
                # The first ones warm the JVM up.
                if number >= 3:
                    taken.append(time.perf_counter() - began)
                client.job_result(job)
    report.add(Figure(_SUBMITTED, "a bare POST", statistics.median(bare), "s"))
    more = statistics.median(ours) - statistics.median(bare)
    report.add(Figure(_SUBMITTED, "`submit`, beyond it", more, "s", OVERHEAD))


def test_client_many_submissions(flink: str, jar: Path, report: Report) -> None:
    with (
        ClusterClient(flink) as client,
        ThreadPoolExecutor(TOGETHER) as pool,
        httpx2.Client(base_url=flink, trust_env=False) as http,
    ):
        run = f"/jars/{client.upload_jar(jar).id}/run"

        def post(_: int) -> None:
            http.post(run, json=BOUNDED.body(uuid.uuid4().hex), timeout=60).raise_for_status()

        began = time.perf_counter()
        list(pool.map(post, range(JOBS)))
        bare = time.perf_counter() - began
        for old in client.list_jars():
            client.delete_jar(old.id)
        began = time.perf_counter()
        ids = list(pool.map(lambda _: client.submit(jar, BOUNDED), range(JOBS)))
        seconds = time.perf_counter() - began
        uploads = [item.name for item in client.list_jars()].count(jar_name(jar))
        assert set(ids) <= {job.id for job in client.list_jobs()}
    report.add(Figure(_MANY, "bare POSTs, until all are accepted", bare, "s"))
    report.add(Figure(_MANY, "`submit`, until all are accepted", seconds, "s", ACCEPTED))
    report.add(Figure(_MANY, "uploads", uploads, "", 1))
