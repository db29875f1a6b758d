"""Which ways to a session are tried, and in which order."""

from typing import Any

import httpx2
import pytest

from flink_session.api_server.kubeconfig import Endpoint
from flink_session.client.access.direct import Direct, Tls
from flink_session.client.access.kubernetes import Session, find_session, ways
from flink_session.client.access.no_way import NoWayError
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.service_proxy import ServiceProxy, judge
from flink_session.client.errors import NotFoundError, UnreachableError
from flink_session.client.exchange import Response
from tests.unit.client.scripted import Script, ok

ENDPOINT = Endpoint({"auth": "s3cret"}, "https://api:6443", "the kubeconfig /k", "default")


def service(type_: str = "ClusterIP", **more: Any) -> dict[str, Any]:
    port = {"name": "rest", "port": 8081, "nodePort": 30081}
    return {"spec": {"type": type_, "ports": [port]}, "status": {}, **more}


def pod(name: str, ip: str = "10.1.0.1", *, ready: bool = True, port: int = 8081) -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "spec": {"containers": [{"ports": [{"name": "rest", "containerPort": port}]}]},
        "status": {"podIP": ip, "conditions": [{"type": "Ready", "status": str(ready)}]},
    }


def urls(session: Session, *, inside: bool = False, tls: Tls | None = None) -> list[str]:
    return [way.url for way in ways(session, ENDPOINT, inside=inside, tls=tls)]


def test_a_private_session_is_reached_by_the_proxy_then_by_port_forward() -> None:
    session = Session("demo", "ns", service(), (pod("demo-1"),))
    proxy, forward = ways(session, ENDPOINT, inside=False)
    assert proxy.url == "https://api:6443/api/v1/namespaces/ns/services/demo-rest:rest/proxy"
    assert isinstance(forward, PortForward)
    assert (forward.pod, forward.port) == ("demo-1", 8081)


def test_inside_the_cluster_its_name_comes_first() -> None:
    assert urls(Session("demo", "ns", service()), inside=True)[0] == "http://demo-rest.ns:8081"


def test_a_node_port_and_a_load_balancer_are_found_as_flink_finds_them() -> None:
    assert urls(Session("demo", "ns", service("NodePort"), nodes=("1.2.3.4", "5.6.7.8")))[0] == "http://1.2.3.4:30081"
    assert urls(Session("demo", "ns", service("NodePort"), nodes=("fd00::1",)))[0] == "http://[fd00::1]:30081"
    balanced = service("LoadBalancer", status={"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}})
    assert urls(Session("demo", "ns", balanced))[0] == "http://lb.example:8081"
    balanced["status"]["loadBalancer"]["ingress"][0]["ip"] = "9.9.9.9"
    assert urls(Session("demo", "ns", balanced))[0] == "http://9.9.9.9:8081"
    assert "/proxy" in urls(Session("demo", "ns", service("LoadBalancer")))[0]


def test_of_several_job_managers_the_leader_is_addressed() -> None:
    pods = (pod("demo-1", "10.1.0.1"), pod("demo-2", "10.1.0.2", port=8082))
    session = Session("demo", "ns", service(), pods, leader="uuid,http://10.1.0.2:8082")
    proxy, forward = ways(session, ENDPOINT, inside=False)
    assert isinstance(proxy, ServiceProxy)
    assert proxy.target == "pods/demo-2:8082"
    assert isinstance(forward, PortForward)
    assert forward.pod == "demo-2"


LED = {"data": {"org.apache.flink.k8s.leader.restserver": "u,http://10.1.0.2:8081"}}


def found_anew(pods: list[dict[str, Any]], *more: Response) -> ServiceProxy | None:
    """Where the proxy goes after demo-1, of two JobManagers, was left."""
    before = Session("demo", "ns", service(), (pod("demo-1"), pod("demo-2", "10.1.0.2")), "u,http://10.1.0.1:8081")
    (proxy, _) = ways(before, ENDPOINT, inside=False)
    assert isinstance(proxy, ServiceProxy)
    assert proxy.lookup
    found = Script(ok(service()), ok({"items": pods}), *more).run(proxy.lookup.call())
    assert found is None or isinstance(found, ServiceProxy)
    return found


def test_the_leader_is_found_anew_and_nobody_while_there_is_none() -> None:
    leader, other = pod("demo-2", "10.1.0.2"), pod("demo-3", "10.1.0.3")
    for pods in ([other, leader], [leader]):
        found = found_anew(pods, ok(LED))
        assert found
        assert found.target == "pods/demo-2:8081"
    assert found_anew([other, pod("demo-4", "10.1.0.4")], ok(LED)) is None
    assert found_anew([other], ok(LED)) is None
    assert found_anew([other, leader], ok({"metadata": {"annotations": {}}})) is None


def test_where_nobody_says_who_leads_it_may_be_another() -> None:
    for pods in ([pod("demo-1"), pod("demo-3", "10.1.0.3")], [pod("demo-3", "10.1.0.3"), pod("demo-1")]):
        found = found_anew(pods, ok({"kind": "Status", "message": "forbidden"}, 403))
        assert found
        assert found.target == "pods/demo-3:8081"


def test_with_a_certificate_of_ones_own_the_proxy_is_no_way() -> None:
    tls = Tls(certificate_file="c", key_file="k")
    session = Session("demo", "ns", service(), (pod("demo-1"),))
    (only,) = ways(session, ENDPOINT, inside=False, tls=tls)
    assert isinstance(only, PortForward)
    assert only.url.startswith("https://")
    assert "services/https:demo-rest:rest" in urls(session, tls=Tls())[0]


def test_credentials_are_not_shown() -> None:
    session = Session("demo", "ns", service(), (pod("demo-1"),))
    shown = [f"{way!r} {way.description}" for way in ways(session, ENDPOINT, inside=True)]
    shown += [f"{way!r}" for way in [Direct("http://x", headers={"Authorization": "s3cret"})]]
    assert "s3cret" not in "".join(shown)
    assert "hidden" not in Direct("http://me:hidden@flink:8081").description


@pytest.mark.parametrize("url", ["", "flink:8081", "ftp://flink", "http://", "/path"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is no URL of a REST endpoint"):
        Direct(url)


def test_a_session_that_is_not_there_is_told_with_the_nearest() -> None:
    there = {"items": [{"metadata": {"name": "analytics"}}, {"metadata": {"name": "billing"}}]}
    with pytest.raises(NotFoundError, match=r"'analitics' in namespace 'ns'.*there is 'analytics'"):
        Script(ok({}, 404), ok(there)).run(find_session("analitics", "ns"))


def test_what_may_not_be_looked_at_is_told_by_its_right() -> None:
    with pytest.raises(UnreachableError, match="does not let you get services: forbidden"):
        Script(*[ok({"kind": "Status", "message": "forbidden"}, 403)] * 2).run(find_session("demo", "ns"))


@pytest.mark.parametrize(
    ("there", "error", "message"),
    [
        (ok({"items": [{"metadata": {"name": "analytics"}}]}), NotFoundError, "there is 'analytics'"),
        (ok({"items": [{"metadata": {"name": "analitics"}}]}), UnreachableError, "does not let you get services"),
        (ok({"items": []}), UnreachableError, "does not let you get services"),
        (ok({"kind": "Status", "message": "no list"}, 403), UnreachableError, "get services: no get$"),
    ],
)
def test_what_may_not_be_looked_at_may_be_known_not_to_be_there(
    there: Response, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Script(ok({"kind": "Status", "message": "no get"}, 403), there).run(find_session("analitics", "ns"))


def test_the_leader_is_looked_for_only_where_there_are_several() -> None:
    one = Script(ok(service()), ok({"items": [pod("a")]}))
    assert one.run(find_session("demo", "ns")).leader is None
    address = {"data": {"org.apache.flink.k8s.leader.restserver": "u,http://10.1.0.2:8081"}}
    two = Script(ok(service()), ok({"items": [pod("a"), pod("b", "10.1.0.2")]}), ok(address))
    found = two.run(find_session("demo", "ns")).pod
    assert found is not None
    assert found["metadata"]["name"] == "b"


@pytest.mark.parametrize(
    ("status", "body", "message", "sent", "final"),
    [
        (403, {"kind": "Status", "message": "no services/proxy"}, "allows it not: no services/proxy", False, True),
        (401, {"kind": "Status", "message": "Unauthorized"}, "refuses the credentials", False, True),
        (404, {"kind": "Status", "message": 'services "x" not found'}, "no such Service", False, True),
        (503, {"kind": "Status", "message": "no endpoints available"}, "does not reach the JobManager", False, False),
        (503, {"kind": "Status", "message": "error trying to reach service: EOF"}, "does not reach", True, False),
    ],
)
def test_what_the_api_server_says_is_not_taken_for_flinks_word(
    status: int, body: dict[str, Any], message: str, sent: bool, final: bool
) -> None:
    with pytest.raises(NoWayError, match=message) as caught:
        judge(httpx2.Response(status, json=body))
    assert (caught.value.sent, caught.value.final) == (sent, final)


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_what_flink_says_is_left_to_the_client(status: int) -> None:
    judge(httpx2.Response(status, json={"errors": ["not found"]}))
