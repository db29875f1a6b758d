"""What the objects of a cluster say of it."""

from typing import Any

import pytest

from flink_session.client.errors import DeadlineError, FlinkError, RefusedError, UnexpectedAnswerError, UnreachableError
from flink_session.client.sessions.found import FoundCluster, Maker, found_clusters
from flink_session.client.sessions.known import high_availability, problem_of
from flink_session.client.sessions.listing import list_clusters
from tests.support.cluster_objects import APPLICATION, deployment, job_manager_pod, rest_service
from tests.unit.client.scripted import Script, ok

OPERATORS: dict[str, Any] = {
    "ownerReferences": [{"apiVersion": "flink.apache.org/v1beta1", "kind": "FlinkDeployment", "name": "a"}]
}


def only(item: dict[str, Any], *pods: dict[str, Any]) -> FoundCluster:
    name = item["metadata"]["name"]
    (found,) = found_clusters([item], [rest_service(name)], pods)
    return found


def test_what_a_deployment_says() -> None:
    found = only(deployment("demo", ready=1, replicas=2))
    assert (found.cluster_id, found.namespace, found.ready, found.replicas) == ("demo", "ns", 1, 2)
    assert (found.image_version, found.uid, found.created.hour) == ("2.2.1", "uid-of-demo", 5)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("flink:1.20", "1.20"),
        ("registry:5000/team/flink:v2.0.1-java17", "2.0.1"),
        ("registry:5000/flink", ""),
        ("flink:latest", ""),
        ("flink:2026.11.27.3", ""),
        ("flink@sha256:2.2.1", ""),
        ("flink:2.1.0@sha256:abc", "2.1.0"),
    ],
)
def test_the_version_in_an_images_tag(image: str, version: str) -> None:
    assert only(deployment("demo", image=image)).image_version == version


@pytest.mark.parametrize(
    ("args", "application"),
    [(None, False), (APPLICATION, True), (["standalone-job", "--job-classname", "X"], True), (["jobmanager"], False)],
)
def test_applications_are_told_apart(args: list[str] | None, application: bool) -> None:
    assert only(deployment("demo", args=args)).application is application


@pytest.mark.parametrize(
    ("item", "maker"),
    [
        (deployment("a"), Maker.FLINKS_CLIENT),
        (deployment("a", managers=("flink", "kubectl-edit")), Maker.FLINKS_CLIENT),
        (deployment("a", managers=("pulumi-kubernetes",)), Maker.PULUMI),
        (deployment("a", managers=("flink", "flink-session-0a1b2c3d")), Maker.PULUMI),
        (deployment("a", **OPERATORS), Maker.OPERATOR),
        (deployment("a", type_="flink-standalone-kubernetes", managers=("okhttp",)), Maker.OPERATOR),
        (deployment("a", managers=("helm",)), Maker.OTHER),
        (deployment("a", managers=()), Maker.OTHER),
    ],
)
def test_who_made_it(item: dict[str, Any], maker: Maker) -> None:
    assert only(item).maker is maker


def test_the_manager_is_the_first_who_wrote() -> None:
    assert only(deployment("a", managers=("helm", "kubectl-edit"))).manager == "helm"


def test_one_pod_that_runs_leads_to_it() -> None:
    going = job_manager_pod("a")
    going["metadata"]["deletionTimestamp"] = "now"
    found = only(deployment("a"), job_manager_pod("a", ip=""), going, job_manager_pod("a"), job_manager_pod("b"))
    assert found.session is not None
    assert found.session.pods == (job_manager_pod("a"),)


def test_without_its_service_nothing_leads_to_it_but_one_may_not_see_services() -> None:
    (hidden,) = found_clusters([deployment("a")], None)
    assert hidden.session is not None
    (bare,) = found_clusters([deployment("a")], [rest_service("b")])
    assert bare.session is None
    assert problem_of(bare, []).word == "no service"


def test_the_order_is_that_of_namespace_and_id() -> None:
    found = found_clusters([deployment("b", "x"), deployment("a", "x"), deployment("z", "a")], [])
    assert [(item.namespace, item.cluster_id) for item in found] == [("a", "z"), ("x", "a"), ("x", "b")]


@pytest.mark.parametrize(
    ("errors", "word"),
    [
        (
            [UnreachableError("no connection in time"), UnreachableError("dial tcp: connect: connection refused")],
            "refused",
        ),
        ([DeadlineError("an answer of Flink", 2.0)], "timeout"),
        ([UnreachableError("the API server allows it not: no"), DeadlineError("an answer", 2.0)], "forbidden"),
        ([RefusedError("HTTP status 503: leader election", 503)], "electing"),
        ([UnreachableError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")], "tls"),
        ([UnreachableError("[Errno -2] Name or service not known")], "unknown host"),
        ([UnexpectedAnswerError("the answer is no JSON")], "no flink"),
        ([RefusedError("what: HTTP status 500", 500)], "error"),
    ],
)
def test_a_word_for_what_is_wrong(errors: list[FlinkError], word: str) -> None:
    assert problem_of(only(deployment("a")), errors).word == word


def test_what_does_not_run_yet_is_starting_and_what_is_not_to_run_is_stopped() -> None:
    refused = UnreachableError("connection refused")
    assert problem_of(only(deployment("a", ready=0)), [refused]).word == "starting"
    assert problem_of(only(deployment("a", ready=0, replicas=0)), [refused]).word == "stopped"


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({}, ""),
        ({"high-availability.type": "NONE"}, ""),
        ({"high-availability": "zookeeper"}, "zookeeper"),
        ({"high-availability.type": "KUBERNETES"}, "kubernetes"),
        (
            {"high-availability": "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory"},
            "kubernetes",
        ),
        ({"high-availability.type": "com.example.Factory"}, "com.example.Factory"),
    ],
)
def test_high_availability(configuration: dict[str, str], expected: str) -> None:
    assert high_availability(configuration) == expected


FORBIDDEN = ok({"kind": "Status", "message": "deployments is forbidden"}, 403)


def test_what_may_not_be_listed_is_said_once() -> None:
    script = Script(ok({"items": [deployment("a")]}), FORBIDDEN, FORBIDDEN)
    listing = script.run(list_clusters(""))
    assert [item.cluster_id for item in listing.clusters] == ["a"]
    assert ["list services in all namespaces" in sentence for sentence in listing.missing] == [True, False]
    assert script.requests[1].path == "/api/v1/services"


def test_without_deployments_there_is_nothing() -> None:
    with pytest.raises(UnreachableError, match=r"list deployments in all namespaces: .*-n names one namespace"):
        Script(FORBIDDEN).run(list_clusters(""))
    with pytest.raises(UnreachableError, match=r"list deployments in namespace 'ns': .*has a Role that is enough"):
        Script(FORBIDDEN).run(list_clusters("ns"))


def test_nodes_are_asked_for_only_where_a_port_of_theirs_leads_somewhere() -> None:
    def items(*found: object) -> Any:
        return ok({"items": list(found)})

    node = {"spec": {}, "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.9"}]}}
    exposed = rest_service("a", type="NodePort")
    script = Script(items(deployment("a")), items(exposed), items(), items(node))
    (found,) = script.run(list_clusters("ns")).clusters
    assert found.session is not None
    assert found.session.nodes == ("10.0.0.9",)
    script = Script(items(deployment("a")), items(rest_service("a")), items())
    script.run(list_clusters("ns"))
    assert len(script.requests) == 3
