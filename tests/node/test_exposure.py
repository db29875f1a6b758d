"""REST with TLS and client certificates on a real node, from a Secret as cert-manager writes it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint
from flink_session.client import ClusterClient, Program, Tls, UnreachableError
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.service_proxy import ServiceProxy
from tests.support.certificates import Authority, Certified
from tests.support.kube import Kube, eventually, session_jar
from tests.support.project import Project

pytestmark = pytest.mark.node

SESSION = "guarded"
SMALL = {"cpu": 0.2, "memory": "1Gi"}
FACTORS = {f"kubernetes.{role}.cpu.limit-factor": 8 for role in ("jobmanager", "taskmanager")}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def mine(authority: Authority) -> Certified:
    return authority.certify("client")


def configure(project: Project, namespace: str, **further: Any) -> None:
    identity = {"cluster_id": SESSION, "namespace": namespace}
    project.configure("dev", **identity, configuration=FACTORS, job_manager=SMALL, task_manager=SMALL, **further)


@pytest.fixture(scope="module")
def session(project: Project, kube: Kube, namespace: str, authority: Authority) -> Iterator[str]:
    kube.label_namespace(namespace, {"pod-security.kubernetes.io/enforce": "restricted"})
    served = authority.certify(f"{SESSION}-rest.{namespace}", "localhost")
    # Two authorities: all of them are to be trusted, and the one that counts is the second.
    other = Authority(served.key.parent, "other").file.read_bytes()
    files = {
        "tls.crt": served.certificate.read_bytes(),
        "tls.key": served.key.read_bytes(),
        "ca.crt": other + authority.file.read_bytes(),
    }
    data = {name: base64.b64encode(content).decode() for name, content in files.items()}
    metadata = {"name": "session-tls"}
    kube.create(namespace, "secrets", {"metadata": metadata, "type": "kubernetes.io/tls", "data": data})
    configure(project, namespace, tls={"certificate": "session-tls", "client_authentication": True})
    project.up("dev")
    yield SESSION
    project.destroy("dev")


def tls(authority: Authority, shown: Certified | None, namespace: str) -> Tls:
    name = f"{SESSION}-rest.{namespace}"
    if shown is None:
        return Tls(str(authority.file), server_name=name)
    return Tls(str(authority.file), str(shown.certificate), str(shown.key), server_name=name)


def way(kube: Kube, kubeconfig: str, namespace: str, trust: Tls) -> PortForward:
    (pod,) = kube.list(namespace, "pods", f"app={SESSION},component=jobmanager")
    return PortForward(find_endpoint(ClusterChoice(kubeconfig)), namespace, pod["metadata"]["name"], 8081, tls=trust)


def test_who_shows_a_certificate_runs_a_job_and_nobody_else_is_let_in(
    kube: Kube, kubeconfig: str, namespace: str, session: str, authority: Authority, mine: Certified, tmp_path: Path
) -> None:
    with ClusterClient(way(kube, kubeconfig, namespace, tls(authority, mine, namespace))) as client:
        job = client.submit(session_jar(), Program("dev.flinksession.BoundedCount", arguments=["1000"]))
        assert client.job_result(job).status == "SUCCEEDED"
    stranger = Authority(tmp_path, "stranger").certify("client")
    for shown in (None, stranger):
        refused = way(kube, kubeconfig, namespace, tls(authority, shown, namespace))
        with ClusterClient(refused, timeout=20) as client, pytest.raises(UnreachableError, match="certificate"):
            client.features()


def test_the_service_speaks_https_by_the_name_that_is_the_endpoint(
    project: Project, kube: Kube, namespace: str, session: str, authority: Authority, mine: Certified
) -> None:
    assert project.outputs("dev")["rest_endpoint"] == f"https://{session}-rest.{namespace}:8081"
    service = kube.get(namespace, "services", f"{session}-rest")
    assert service
    address = f"{service['spec']['clusterIP']}:8081"
    context = Tls(str(authority.file), str(mine.certificate), str(mine.key)).context()
    with httpx2.Client(verify=context) as http:
        # This machine is the node, and has no resolver for the names of Services.
        name = {"sni_hostname": f"{session}-rest.{namespace}"}
        assert "flink-version" in http.get(f"https://{address}/overview", extensions=name, timeout=30).json()
    with pytest.raises(httpx2.HTTPError):
        httpx2.get(f"http://{address}/overview", timeout=30).raise_for_status()


def test_no_password_and_no_key_is_in_the_configuration(kube: Kube, namespace: str, session: str) -> None:
    texts = str(kube.list(namespace, "configmaps"))
    assert "security.ssl.rest" in texts or "keystore.p12" in texts
    assert "password" not in texts
    assert "PRIVATE KEY" not in texts


def test_where_clients_show_nothing_proxy_and_node_port_lead_to_it_too(
    project: Project, kube: Kube, kubeconfig: str, namespace: str, session: str, authority: Authority
) -> None:
    configure(
        project,
        namespace,
        tls={"certificate": "session-tls"},
        expose={"type": "NodePort", "unprotected": True},
        network_policy={"clients": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "destinations": []},
    )
    project.up("dev")
    proxy = ServiceProxy(find_endpoint(ClusterChoice(kubeconfig)), namespace, f"services/https:{session}-rest:rest")
    with ClusterClient(proxy) as client:
        assert client.features()
    service = kube.get(namespace, "services", f"{session}-rest")
    assert service
    with httpx2.Client(verify=Tls(str(authority.file)).context()) as http:
        name = {"sni_hostname": f"{session}-rest.{namespace}"}
        (port,) = (item["nodePort"] for item in service["spec"]["ports"])
        (node,) = kube.http.get("/api/v1/nodes").json()["items"]
        (address,) = (item["address"] for item in node["status"]["addresses"] if item["type"] == "InternalIP")

        def overview() -> Any:
            # The node learns of a port a moment after the API server.
            with suppress(httpx2.ConnectError):
                return http.get(f"https://{address}:{port}/overview", extensions=name, timeout=30).json()

        assert "flink-version" in eventually(overview, what="the node port")
    found = kube.http.get(f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies").json()["items"]
    assert [item["metadata"]["name"] for item in found] == [
        f"flink-session-jobmanager-{session}",
        f"flink-session-taskmanager-{session}",
    ]
