"""Any kind of an API server, custom ones included; when it is ready; and the annotations that say otherwise."""

import asyncio
from typing import Any

import httpx2
import pytest

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.kinds import Kind
from flink_session.api_server.kubeconfig import Connection
from flink_session.engine.errors import StepError, UnreadyError, UnsupportedError
from flink_session.engine.kubernetes_provider.annotations import check_annotations, propagation, waits_for_deletion
from flink_session.engine.kubernetes_provider.kinds import find_kind
from flink_session.engine.kubernetes_provider.waits import wait_for
from flink_session.engine.kubernetes_provider.waits.readiness import is_ready
from flink_session.engine.kubernetes_provider.waits.waiting import wait_until_ready
from tests.support.engine.fake_api import FakeApi, Manifest
from tests.support.engine.recorded import both, on
from tests.support.engine.replay import Change, Message, Replay


@pytest.mark.parametrize(
    ("token", "api_version", "kind"),
    [
        ("kubernetes:core/v1:Pod", "v1", "Pod"),
        ("kubernetes:apps/v1:StatefulSet", "apps/v1", "StatefulSet"),
        ("kubernetes:networking.k8s.io/v1:Ingress", "networking.k8s.io/v1", "Ingress"),
        ("kubernetes:flink.apache.org/v1beta1:FlinkDeployment", "flink.apache.org/v1beta1", "FlinkDeployment"),
    ],
)
def test_a_type_names_a_kind(token: str, api_version: str, kind: str) -> None:
    assert find_kind(token) == Kind(api_version, kind)


@pytest.mark.parametrize("token", ["kubernetes:helm.sh/v4:Chart", "kubernetes:yaml:ConfigFile", "random:index:Pet"])
def test_what_is_no_kind_is_refused(token: str) -> None:
    with pytest.raises(UnsupportedError, match=token):
        find_kind(token)


def as_kind(api_version: str, kind: str, **spec: Any) -> Any:
    """Let the recorded program have an object of this kind in place of its Service."""

    def change(request: Message) -> None:
        if request["name"] == "demo-rest":
            group = api_version if "/" in api_version else f"core/{api_version}"
            request |= {"type": f"kubernetes:{group}:{kind}"}
            request["object"] = {
                "apiVersion": api_version,
                "kind": kind,
                "metadata": {"name": "it", "namespace": "default"},
                "spec": spec,
            }

    return change


def annotated(**annotations: str) -> Any:
    values = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    return on("demo-rest", "object.metadata.annotations", values)


PATH = "/apis/example.com/v1/namespaces/default/crons/it"


OTHERS: Message = {
    "group": "others.example.com",
    "names": {"kind": "Other", "plural": "others"},
    "scope": "Namespaced",
    "versions": [{"name": "v1", "served": True}],
}


def test_a_custom_resource_is_created_updated_and_deleted() -> None:
    replay = Replay(FakeApi())
    assert replay.run(as_kind("example.com/v1", "Cron", every="1m"), preview=True).counts == {"create": 6}, replay.text
    assert replay.run(as_kind("example.com/v1", "Cron", every="1m")).counts == {"create": 6}, replay.text
    assert replay.api.requests.count("GET /apis/example.com/v1") == 2, "asked once a run"
    assert replay.api.objects[PATH]["spec"] == {"every": "1m"}
    changed = as_kind("example.com/v1", "Cron", every="2m")
    assert replay.run(changed).counts == {"same": 5, "update": 1}
    assert replay.refresh().counts == {"same": 6}
    assert replay.run(changed, without=("demo-rest",)).counts == {"same": 5, "delete": 1}
    assert PATH not in replay.api.objects


def test_a_kind_that_the_cluster_does_not_have_is_an_error_in_the_preview() -> None:
    replay = Replay(FakeApi())
    assert replay.run(as_kind("example.com/v1", "Other"), preview=True).failed
    assert "no kind Other of example.com/v1" in replay.text
    assert "CustomResourceDefinition" in replay.text


def test_a_kind_that_the_program_defines_is_no_error_in_the_preview() -> None:
    def definition(request: Message) -> None:
        if request["name"] == "demo-secret":
            request |= {"type": "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"}
            request["object"] = {
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": {"name": "others.example.com"},
                "spec": OTHERS,
            }
            request["additionalSecretOutputs"] = []

    replay = Replay(FakeApi())
    program = both(definition, as_kind("others.example.com/v1", "Other"))
    assert replay.run(program, preview=True).counts == {"create": 6}, replay.text


def defining(request: Message) -> None:
    """The first resource is the definition of what the last one is."""
    if request["name"] == "demo-secret":
        request |= {"type": "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"}
        request["object"] = {"metadata": {"name": "others.others.example.com"}, "spec": OTHERS}
        request["additionalSecretOutputs"] = []
    as_kind("others.example.com/v1", "Other", every="1m")(request)


DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/others.others.example.com"
OTHER = "/apis/others.example.com/v1/namespaces/default/others/it"


def defined_by_hand() -> Manifest:
    about = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return {**about, "metadata": {"name": "others.others.example.com"}, "spec": OTHERS}


def every_two(request: Message) -> None:
    if request["name"] == "demo-rest":
        request["object"]["spec"] = {"every": "2m"}


@pytest.fixture
def defined() -> Replay:
    """A stack that is up, with a definition and an object of it, which somebody has deleted by hand."""
    replay = Replay(FakeApi())
    assert replay.run(defining).counts == {"create": 6}, replay.text
    replay.api.remove(DEFINITION)
    assert OTHER not in replay.api.objects
    return replay


@pytest.mark.parametrize("change", [lambda _: None, every_two], ids=["unchanged", "changed"])
@pytest.mark.parametrize("refreshed", [True, False])
def test_a_kind_that_was_deleted_by_hand_is_made_again_with_its_objects(
    defined: Replay, change: Change, refreshed: bool
) -> None:
    if refreshed:
        assert defined.refresh().counts == {"same": 4, "delete": 2}, defined.text
    assert defined.run(both(defining, change), preview=True).counts == {"same": 4, "create": 2}, defined.text
    assert defined.run(both(defining, change)).counts == {"same": 4, "create": 2}, defined.text
    assert defined.api.objects[OTHER]["spec"] == {"every": "2m" if change is every_two else "1m"}
    assert defined.run(both(defining, change)).counts == {"same": 6}


def test_a_kind_that_was_deleted_by_hand_has_nothing_left_to_destroy(defined: Replay) -> None:
    assert not defined.destroy().failed, defined.text
    assert "resources" not in defined.checkpoint


@pytest.mark.parametrize("preview", [True, False])
def test_a_kind_that_the_program_does_not_define_and_that_is_gone_is_an_error_that_says_so(preview: bool) -> None:
    replay = Replay(FakeApi())
    replay.api.put(DEFINITION, defined_by_hand())
    program = as_kind("others.example.com/v1", "Other", every="1m")
    assert not replay.run(program).failed, replay.text
    replay.api.remove(DEFINITION)
    assert replay.run(program, preview=preview).failed
    assert "no kind Other of others.example.com/v1; install what defines it" in replay.text


def test_an_object_that_is_not_asked_for_offline_is_not_taken_for_gone() -> None:
    """There, no kind is known to be served."""
    replay = Replay(FakeApi())
    assert not replay.run(defining).failed, replay.text
    replay.offline = True
    assert replay.run(defining, preview=True).counts == {"same": 6}, replay.text
    assert replay.run(both(defining, every_two), preview=True).counts == {"same": 5, "update": 1}, replay.text


def test_a_definition_is_ready_when_its_kinds_are_served() -> None:
    api = FakeApi()
    live = api.put(DEFINITION, defined_by_hand())
    kind = Kind("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False)
    asked = 0

    def later(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal asked
        if request.url.path != "/apis/others.example.com/v1":
            return None
        asked += 1
        return httpx2.Response(404, json={}) if asked < 3 else None

    api.before = later
    cluster = Cluster(Connection(api.client(), "", "", "default"))
    told: list[str] = []
    assert asyncio.run(wait_until_ready(cluster, kind, live, 5, told.append))
    assert asked == 3
    assert told == ["waiting for the API server to serve it"]
    live["status"] = {"conditions": [{"type": "NamesAccepted", "status": "False", "message": "others is in use"}]}
    with pytest.raises(UnreadyError, match="others is in use"):
        asyncio.run(wait_until_ready(cluster, kind, live, 0.2, told.append))


def test_fields_of_schemas_have_the_names_of_the_api_in_the_cluster_and_the_sdks_in_outputs() -> None:
    """As the Pulumi provider does; what it names so is in `underscoreToDashMap` of its source."""
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/others.example.com"

    def definition(request: Message) -> None:
        if request["name"] == "demo-secret":
            schema = {"properties": [{"x_kubernetes_preserve_unknown_fields": True}], "x_other_field": True}
            request |= {"type": "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"}
            request["object"] = {
                "metadata": {"name": "others.example.com"},
                "spec": {**OTHERS, "schema": schema},
            }
            request["additionalSecretOutputs"] = []

    replay = Replay(FakeApi())
    assert not replay.run(definition).failed, replay.text
    dashed = {"properties": [{"x-kubernetes-preserve-unknown-fields": True}], "x_other_field": True}
    entry = replay.resource("demo-secret")
    assert replay.api.objects[path]["spec"]["schema"] == entry["inputs"]["spec"]["schema"] == dashed
    assert entry["outputs"]["spec"]["schema"]["properties"] == [{"x_kubernetes_preserve_unknown_fields": True}]
    assert replay.run(definition).counts == {"same": 6}


def partitioned(updated: int) -> Manifest:
    """The first of two pods is to stay as it is."""
    spec = {"replicas": 2, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}}
    return {"spec": spec, "status": {"observedGeneration": 1, "updatedReplicas": updated, "readyReplicas": 2}}


@pytest.mark.parametrize(
    ("kind", "live", "ready"),
    [
        ("core/v1:PersistentVolumeClaim", {"status": {"phase": "Pending"}}, False),
        ("core/v1:PersistentVolumeClaim", {"status": {"phase": "Bound"}}, True),
        ("networking.k8s.io/v1:Ingress", {"status": {"loadBalancer": {}}}, False),
        ("networking.k8s.io/v1:Ingress", {"status": {"loadBalancer": {"ingress": [{"ip": "::1"}]}}}, True),
        ("core/v1:Namespace", {"status": {"phase": "Terminating"}}, False),
        ("core/v1:Namespace", {"status": {"phase": "Active"}}, True),
        ("apps/v1:StatefulSet", {"spec": {"replicas": 2}, "status": {"observedGeneration": 1}}, False),
        ("apps/v1:StatefulSet", partitioned(updated=0), False),
        ("apps/v1:StatefulSet", partitioned(updated=1), True),
        (
            "apps/v1:StatefulSet",
            {"spec": {"replicas": 2}, "status": {"observedGeneration": 1, "updatedReplicas": 2, "readyReplicas": 1}},
            False,
        ),
        (
            "apps/v1:StatefulSet",
            {"spec": {"replicas": 2}, "status": {"observedGeneration": 1, "updatedReplicas": 2, "readyReplicas": 2}},
            True,
        ),
        ("core/v1:ConfigMap", {}, True),
    ],
)
def test_readiness(kind: str, live: Manifest, ready: bool) -> None:
    assert is_ready(find_kind(f"kubernetes:{kind}"), {"metadata": {"generation": 1}, **live}) is ready


LIVE: Manifest = {
    "metadata": {"generation": 2},
    "status": {
        "phase": "Running",
        "ready": True,
        "hosts": ["a", "b"],
        "conditions": [
            {"type": "Ready", "status": "True"},
            {"type": "Stalled", "status": "False"},
            {"type": "Old", "status": "True", "observedGeneration": 1},
        ],
    },
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("condition=Ready", True),
        ("condition=ready=true", True),
        ("condition=Stalled", False),
        ("condition=Stalled=False", True),
        ("condition=Old", False),
        ("condition=Other", False),
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath={.status.phase}=Failed", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.address}", False),
        ("jsonpath={.status.ready}=true", True),
        ("jsonpath={.status.hosts[1]}=b", True),
        ("jsonpath={['status'].phase}=Running", True),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', True),
        ('jsonpath={.status.conditions[?(@.type=="Stalled")].status}=True', False),
    ],
)
def test_wait_for(expression: str, expected: bool) -> None:
    assert wait_for.holds(expression, LIVE) is expected


@pytest.mark.parametrize("value", ["Ready", "jsonpath=.a", "jsonpath={..a}", '["condition=a", "b"]', "[]"])
def test_a_malformed_wait_for_is_refused_before_anything_is_written(value: str) -> None:
    replay = Replay(FakeApi())
    assert replay.run(annotated(waitFor=value), preview=True).failed
    assert "pulumi.com/waitFor" in replay.text


def test_wait_for_replaces_the_kinds_own_rule() -> None:
    replay = Replay(FakeApi())
    change = both(
        as_kind("example.com/v1", "Cron"), annotated(waitFor='["jsonpath={.spec.every}=1m"]', timeoutSeconds="0.2")
    )
    assert replay.run(change).failed
    assert "Cron default/it was not ready after 0 s: waiting for jsonpath={.spec.every}=1m" in replay.text
    assert replay.resource("demo-rest")["initErrors"]
    every = both(as_kind("example.com/v1", "Cron", every="1m"), annotated(waitFor="jsonpath={.spec.every}=1m"))
    assert replay.run(every).counts == {"same": 5, "update": 1}, replay.text
    assert "initErrors" not in replay.resource("demo-rest")


def test_annotations_of_deletion() -> None:
    def manifest(**values: str) -> Manifest:
        return {"metadata": {"annotations": {f"pulumi.com/{key}": value for key, value in values.items()}}}

    assert propagation(manifest()) == "Foreground"
    assert propagation(manifest(deletionPropagationPolicy="orphan")) == "Orphan"
    assert propagation(manifest(deletionPropagationPolicy="background")) == "Background"
    assert waits_for_deletion(manifest(), "Deployment")
    assert not waits_for_deletion(manifest(skipAwait="true"), "Deployment")
    assert waits_for_deletion(manifest(skipAwait="true"), "ConfigMap")
    with pytest.raises(StepError, match="'soon', which is not a number of seconds"):
        check_annotations(manifest(timeoutSeconds="soon"))
    with pytest.raises(UnsupportedError, match=r"replaceUnready is not supported.*use the `pulumi` CLI"):
        check_annotations(manifest(replaceUnready="true"))
