"""Which way to a session is taken, by its id or by the outputs of its component."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from flink_session.api_server.kubeconfig import ClusterChoice
from flink_session.client import ClusterClient, Direct, Tls
from flink_session.client.access.kubernetes import Session
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.service_proxy import ServiceProxy
from flink_session.client.access.way import Access
from flink_session.client.choosing import Choosing, of_outputs, of_session
from flink_session.client.errors import UnreachableError
from flink_session.client.outputs import SessionOutputs
from tests.unit.client.test_ways import pod, service

KUBECONFIG = json.dumps(
    {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u", "namespace": "mine"}}],
        "clusters": [{"name": "k", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {}}],
    }
)
CHOICE = ClusterChoice(KUBECONFIG)
DEMO = {"cluster_id": "demo", "namespace": "flink", "rest_endpoint": "http://demo-rest.flink:8081"}


def drive(choosing: Choosing, works: Callable[[Access], bool]) -> tuple[list[Access], tuple[str, ...]]:
    """Give the ways that were asked, and what was tried before the last; there is a session, and some ways work."""
    asked: list[Access] = []
    ask = next(choosing)
    try:
        while True:
            asked.append(ask.access)
            ask.call.close()
            if ask.access.description.startswith("the Kubernetes API server"):
                ask = choosing.send(Session("demo", "flink", service(), (pod("demo-1"),)))
            elif works(ask.access):
                ask = choosing.send(None)
            else:
                ask = choosing.throw(UnreachableError("nobody there"))
    except StopIteration as stop:
        return asked, stop.value


def of(outputs: dict[str, Any], tls: Tls | None = None) -> Choosing:
    return of_outputs(SessionOutputs.of(outputs), CHOICE, tls)


@pytest.mark.parametrize(
    "outputs",
    [DEMO, {"clusterId": "demo", "namespace": "flink", "restEndpoint": DEMO["rest_endpoint"], "urn": "urn:…"}],
)
def test_the_address_that_a_component_gives_is_taken_if_it_answers(outputs: dict[str, Any]) -> None:
    asked, tried = drive(of(outputs, Tls("ca.pem")), lambda _: True)
    assert asked == [Direct(DEMO["rest_endpoint"], Tls("ca.pem"), how="the output rest_endpoint")]
    assert tried == ()


def test_else_a_way_on_kubernetes_is_found() -> None:
    asked, tried = drive(of(DEMO), lambda way: isinstance(way, PortForward))
    assert [type(way).__name__ for way in asked] == ["Direct", "ApiServer", "ServiceProxy", "PortForward"]
    assert tried[0] == "http://demo-rest.flink:8081 (the output rest_endpoint): nobody there"
    assert "services/demo-rest:rest" in tried[1]


def test_without_an_address_a_way_is_found_at_once() -> None:
    (_, proxy), tried = drive(of({"cluster_id": "demo", "namespace": "flink"}), lambda _: True)
    assert isinstance(proxy, ServiceProxy)
    assert tried == ()


@pytest.mark.parametrize("tls", [None, Tls("ca.pem")])
def test_https_stays_https(tls: Tls | None) -> None:
    asked, _ = drive(of({**DEMO, "rest_endpoint": "https://demo"}, tls), lambda way: isinstance(way, PortForward))
    assert isinstance(asked[-1], PortForward)
    assert asked[-1].tls == (tls or Tls())


def test_no_way_is_an_error_with_all_reasons() -> None:
    with pytest.raises(UnreachableError, match=r"rest_endpoint\): nobody(.|\n)*proxy(.|\n)*port-forward"):
        drive(of(DEMO), lambda _: False)
    with pytest.raises(UnreachableError, match="nobody there; no other way is known: the outputs have no namespace"):
        drive(of({**DEMO, "namespace": None}), lambda _: False)


def test_the_namespace_is_that_of_the_context() -> None:
    call = next(of_session("demo", None, CHOICE, None)).call
    request = next(call)
    assert getattr(request, "path", "") == "/api/v1/namespaces/mine/services/demo-rest"


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({"namespace": "flink"}, "no cluster_id, nor rest_endpoint; there are namespace"),
        ({}, "no cluster_id and no namespace, nor rest_endpoint; there are none"),
        ({"cluster": {"clusterId": "demo"}}, r"outputs\['cluster'\] has them: pass that"),
        ({**DEMO, "cluster_id": 7}, "cluster_id is a value of the type int, and should be a text"),
    ],
)
def test_what_is_missing_is_named(outputs: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ClusterClient.from_outputs(outputs)


def test_an_output_that_is_not_known_yet_is_told_so() -> None:
    class Output:
        pass

    with pytest.raises(ValueError, match="namespace is an Output of Pulumi, known only in its `apply`"):
        SessionOutputs.of({**DEMO, "namespace": Output()})
