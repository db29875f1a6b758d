"""The client on a real node: through each way to a session, with the rights that are documented, and while pods die.

The session cluster of this module is that of docs/client.md.
"""

from __future__ import annotations

import copy
import json
import socket
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_session.api_server.kubeconfig import ClusterChoice, Endpoint, find_endpoint
from flink_session.client import AsyncClusterClient, ClusterClient, FlinkError, Program, errors
from flink_session.client.access.api_server import ApiServer
from flink_session.client.access.direct import Direct
from flink_session.client.access.kubernetes import find_session, ways
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.service_proxy import ServiceProxy
from flink_session.client.access.way import Access
from flink_session.client.http import BlockingHttp
from flink_session.client.runners import Blocking
from tests.node.test_permissions import RBAC, bind, kubeconfig_of
from tests.support.both_clients import MODES, client_of
from tests.support.kube import Kube, eventually, session_jar
from tests.support.project import ROOT, Project
from tests.support.sockets import listening

pytestmark = pytest.mark.node

SESSION = "analytics"
SMALL: dict[str, Any] = {
    "job_manager": {"cpu": 0.1, "memory": "1Gi"},
    "task_manager": {"cpu": 0.1, "memory": "1Gi"},
}
OPTIONS = {
    "kubernetes.jobmanager.cpu.limit-factor": 15,
    "kubernetes.taskmanager.cpu.limit-factor": 15,
    "kubernetes.rest-service.exposed.type": "NodePort",
    "taskmanager.numberOfTaskSlots": 2,
    "resourcemanager.taskmanager-timeout": "10 min",
}
ENDLESS = Program("dev.flinksession.EndlessCount")
BOUNDED = Program("dev.flinksession.BoundedCount", arguments=["1000"])
WAYS = ("node port", "service proxy", "pod proxy", "port-forward")


@pytest.fixture(scope="module")
def session(project: Project, namespace: str, kubeconfig: str) -> str:
    """A session cluster whose Service is a node port."""
    project.configure(SESSION, cluster_id=SESSION, namespace=namespace, configuration=OPTIONS, **SMALL)
    project.up(SESSION)
    (direct, *_) = ways_now(find_endpoint(ClusterChoice(kubeconfig)), namespace).values()
    # The node learns of a port a moment after the API server.
    eventually(lambda: answers(direct), what="the node port")
    return SESSION


def answers(way: Access) -> bool:
    with ClusterClient(way, timeout=2) as client, suppress(FlinkError):
        return bool(client.features())
    return False


@pytest.fixture(scope="module")
def endpoint(kubeconfig: str) -> Endpoint:
    return find_endpoint(ClusterChoice(kubeconfig))


def ways_now(endpoint: Endpoint, namespace: str, cluster_id: str = SESSION) -> dict[str, Access]:
    """The ways to the session, by what they are called here."""
    with closing(BlockingHttp(ApiServer(endpoint))) as http:
        found = Blocking(http.send, 10).run(find_session(cluster_id, namespace))
    direct, proxy, forward = ways(found, endpoint, inside=False)
    assert isinstance(direct, Direct)
    assert isinstance(proxy, ServiceProxy)
    assert isinstance(forward, PortForward)
    pod_proxy = ServiceProxy(endpoint, namespace, f"pods/{forward.pod}:{forward.port}")
    return dict(zip(WAYS, (direct, proxy, pod_proxy, forward), strict=True))


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> type[ClusterClient | AsyncClusterClient]:
    return MODES[request.param]


def test_a_socket_that_listens_would_be_seen() -> None:
    assert listening() == set()
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert listening() == {f"0100007F:{server.getsockname()[1]:04X}"}


@pytest.mark.parametrize("way", WAYS)
def test_jobs_are_run_and_stopped_by_each_way(
    way: str, mode: type[ClusterClient | AsyncClusterClient], session: str, endpoint: Endpoint, namespace: str
) -> None:
    with client_of(mode, ways_now(endpoint, namespace)[way]) as client:
        for jar in client.list_jars():
            client.delete_jar(jar.id)
        sent: list[int] = []
        uploaded = client.upload_jar(session_jar(), progress=lambda done, _: sent.append(done))
        assert sent[-1] == Path(session_jar()).stat().st_size
        assert [jar.id for jar in client.list_jars()] == [uploaded.id]
        bounded = client.run_jar(uploaded.id, BOUNDED)
        assert client.job_result(bounded).status == "SUCCEEDED"
        endless = client.submit(session_jar(), ENDLESS)
        assert client.wait_for_running(endless).all_running
        assert client.stop_with_savepoint(endless, "file:///tmp/savepoints").startswith("file:/tmp/savepoints/")
        assert client.wait_for(endless, ["FINISHED"]).ended
        assert {bounded, endless} <= {job.id for job in client.list_jobs()}
        assert "Rest endpoint listening" in client.log()
        assert listening() == set()


def test_commands_reach_the_session_by_its_id_and_by_its_stack(
    session: str, project: Project, kubeconfig: str, namespace: str
) -> None:
    def job(*words: str) -> Any:
        command = [str(Path(sys.prefix) / "bin" / "flink-session"), "job", words[0], "--json", *words[1:]]
        ran = subprocess.run(command, env=project.env, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    by_id, by_stack = ("-S", SESSION, "-n", namespace), ("-s", SESSION, "-C", str(project.folder))
    submitted = job("submit", *by_stack, "-c", "dev.flinksession.EndlessCount", session_jar())

    def known() -> Any:
        """Flink collects its metrics every ten seconds."""
        (listed,) = [item for item in job("list", *by_id) if item["id"] == submitted["id"]]
        return listed if listed["restarts"] is not None and listed["metaspace"] else None

    listed = eventually(known, what="the job's metrics")
    assert (listed["all_running"], listed["restarts"]) == (True, 0)
    assert 0 < listed["metaspace"] < 1
    stopped = job("stop", *by_id, submitted["id"][:8], "-p", "file:///tmp/savepoints")
    assert stopped["savepoint"].startswith("file:/tmp/savepoints/")
    assert job("show", *by_stack, submitted["id"])["state"] == "FINISHED"


def test_inside_the_cluster_the_services_name_is_resolved(
    session: str, kubeconfig: str, kube: Kube, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = kube.get(namespace, "services", f"{SESSION}-rest")
    assert service
    names, resolve = {f"{SESSION}-rest.{namespace}": service["spec"]["clusterIP"]}, socket.getaddrinfo
    # As the DNS of a cluster does it, in pods of other namespaces as well.
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **kw: resolve(names.get(host, host), *more, **kw))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    with ClusterClient.for_session(SESSION, namespace, kubeconfig=kubeconfig) as client:
        assert client.access.url == f"http://{SESSION}-rest.{namespace}:8081"
        assert client.overview().flink_version.startswith("2.")


def documented_role() -> dict[str, Any]:
    text = (ROOT / "docs" / "client.md").read_text()
    return dict(yaml.safe_load(text.split("```yaml\n", 1)[1].split("```", 1)[0]))


def account(kube: Kube, kubeconfig: str, namespace: str, folder: Path, name: str, *without: str) -> str:
    """The kubeconfig of an account that has the documented rights, but for those on some resources."""
    role = copy.deepcopy(documented_role())
    role["metadata"]["name"] = name
    role["rules"] = [rule for rule in role["rules"] if not set(rule["resources"]) & set(without)]
    kube.post(f"{RBAC}/{namespace}/roles", role)
    found = kubeconfig_of(kube, kubeconfig, namespace, name, folder)
    bind(kube, namespace, name, "Role", name)
    return found


def test_the_documented_rights_are_enough(
    session: str, kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    user = account(kube, kubeconfig, namespace, tmp_path, "user")
    with ClusterClient.for_session(SESSION, kubeconfig=user) as client:
        assert "the API server's proxy of services/analytics-rest:rest" in client.access.description
        job = client.submit(session_jar(), BOUNDED)
        assert client.job_result(job).status == "SUCCEEDED"
    with pytest.raises(errors.NotFoundError, match=r"'analitics' in namespace .*; there is 'analytics'"):
        ClusterClient.for_session("analitics", kubeconfig=user)


def test_without_the_right_to_the_proxy_ports_are_forwarded(
    session: str, kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    user = account(kube, kubeconfig, namespace, tmp_path, "forwarder", "services/proxy", "pods/proxy")
    with ClusterClient.for_session(SESSION, kubeconfig=user) as client:
        assert isinstance(client.access, PortForward)
        assert len(client.tried) == 1
        assert 'cannot get resource "services/proxy"' in client.tried[0]
        assert client.job_result(client.submit(session_jar(), BOUNDED)).status == "SUCCEEDED"


def test_what_right_is_missing_is_named(
    session: str, kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    proxies = ("services/proxy", "pods/proxy", "pods/portforward")
    nothing = account(kube, kubeconfig, namespace, tmp_path, "watcher", *proxies)
    with pytest.raises(errors.UnreachableError, match="no way to it works") as caught:
        ClusterClient.for_session(SESSION, kubeconfig=nothing)
    assert 'cannot get resource "services/proxy"' in str(caught.value)
    assert "get and create on pods/portforward" in str(caught.value)
    nobody = account(kube, kubeconfig, namespace, tmp_path, "nobody", *proxies, "services")
    with pytest.raises(errors.UnreachableError, match='does not let you get services: services "analytics-rest"'):
        ClusterClient.for_session(SESSION, kubeconfig=nobody)


def test_what_is_not_there_is_told(session: str, endpoint: Endpoint, kubeconfig: str, namespace: str) -> None:
    nearest = f"no session cluster 'analytic' in namespace '{namespace}'.*; there is 'analytics'"
    with pytest.raises(errors.NotFoundError, match=nearest):
        ClusterClient.for_session("analytic", namespace, kubeconfig=kubeconfig)
    with pytest.raises(errors.NotFoundError, match="no session cluster 'analytics' in namespace 'default'"):
        ClusterClient.for_session(SESSION, "default", kubeconfig=kubeconfig)
    for way in (PortForward(endpoint, namespace, "no-such"), ServiceProxy(endpoint, namespace, "pods/no-such:8081")):
        with pytest.raises(errors.UnreachableError, match="no such"):
            ClusterClient(way).overview()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A jar that is still being uploaded when the JobManager dies."""
    path = tmp_path / "large.jar"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data", bytes(20_000_000))
    return path


def test_calls_end_in_time_when_the_jobmanager_is_killed(
    session: str, endpoint: Endpoint, kube: Kube, namespace: str, large: Path
) -> None:
    deadline, killed = 20.0, threading.Event()
    takes_time = Program("dev.flinksession.Trouble", arguments=["takes-time", "30000"])

    def slowly(_done: int, _of: int) -> None:
        time.sleep(0 if killed.is_set() else 0.05)

    def wait(client: ClusterClient) -> object:
        return client.wait_for(job, ["FINISHED"])

    def run(client: ClusterClient) -> object:
        return client.run_jar(jar.id, takes_time)

    def upload(client: ClusterClient) -> object:
        return client.upload_jar(large, progress=slowly)

    with ExitStack() as stack, ThreadPoolExecutor(40) as pool:
        clients = {
            (name, kind): stack.enter_context(client_of(MODES[kind], way, timeout=deadline))
            for name, way in ways_now(endpoint, namespace).items()
            for kind in MODES
        }
        first = clients["node port", "blocking"]
        jar = first.upload_jar(session_jar())
        job = first.run_jar(jar.id, ENDLESS)
        began = time.monotonic()
        calls = {
            pool.submit(call, client): (call.__name__, name)
            for name, client in clients.items()
            # One event loop runs one call at a time here.
            for call in ((wait, run, upload) if name[1] == "blocking" else (wait,))
        }
        time.sleep(2)
        (pod,) = kube.list(namespace, "pods", f"app={SESSION},component=jobmanager")
        path = f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}"
        kube.http.delete(path, params={"gracePeriodSeconds": 0}).raise_for_status()
        killed.set()
        for future, what in calls.items():
            error = future.exception(timeout=began + deadline + 1 - time.monotonic())
            assert error is None or isinstance(error, FlinkError), (what, error)
            # A session without high availability has forgotten the job and the jar.
            assert error is not None or what[0] == "upload", what
        for (name, _), client in clients.items():
            if name == "pod proxy":
                with pytest.raises(errors.UnreachableError, match="knows no such Service or pod"):
                    client.list_jobs()
            else:
                assert job not in {item.id for item in client.within(60).list_jobs()}
        assert listening() == set()


def test_of_several_jobmanagers_the_leader_is_addressed_whoever_that_is(
    project: Project, kube: Kube, kubeconfig: str, namespace: str
) -> None:
    options = {
        **OPTIONS,
        "kubernetes.rest-service.exposed.type": "ClusterIP",
        "kubernetes.jobmanager.replicas": 2,
        "high-availability.type": "kubernetes",
        "high-availability.storageDir": "file:///tmp/ha",
    }
    project.configure("several", cluster_id="several", namespace=namespace, configuration=options, **SMALL)
    project.up("several")

    def leader() -> str:
        config_map = kube.get(namespace, "configmaps", "several-cluster-config-map") or {}
        address = (config_map.get("data") or {}).get("org.apache.flink.k8s.leader.restserver", "")
        pods = kube.list(namespace, "pods", "app=several,component=jobmanager")
        leading = [pod["metadata"]["name"] for pod in pods if f"//{pod['status'].get('podIP')}:" in address]
        return leading[0] if len(pods) == 2 and leading else ""

    def recoverable() -> list[str]:
        config_map = kube.get(namespace, "configmaps", "several-cluster-config-map") or {}
        return [key for key in config_map.get("data") or {} if key.startswith(("executionPlan-", "jobGraph-"))]

    first = eventually(leader, what="two JobManagers, and one that leads")
    with ClusterClient.for_session("several", namespace, kubeconfig=kubeconfig) as client:
        for _ in range(2):
            assert isinstance(client.access, ServiceProxy)
            assert client.access.target == f"pods/{first}:8081"
            jar = client.upload_jar(session_jar())
            for _ in range(3):
                assert client.job_result(client.run_jar(jar.id, BOUNDED)).status == "SUCCEEDED"
            # What is stored for the next one lies in the pod alone.
            eventually(lambda: not recoverable(), what="nothing left of the jobs")
            kube.http.delete(f"/api/v1/namespaces/{namespace}/pods/{first}", params={"gracePeriodSeconds": 0})
            # Whichever of the two leads then: the one that stood by, or the one that is new.
            assert client.job_result(client.within(90).submit(session_jar(), BOUNDED)).status == "SUCCEEDED"
            first = eventually(leader, what="two JobManagers again")
