"""The policy pack, started as Pulumi's engine does, and asked about sessions that keep its rules or break them."""

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pulumi
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from flink_session import FlinkSessionCluster
from flink_session.component.kubernetes_object import KubernetesObject
from flink_session.testing import run
from tests.support.project import ROOT

pytestmark = pytest.mark.slow

PYTHON = "FLINK_SESSION_TEST_POLICY_PYTHON"
STORED = {
    "high-availability.type": "kubernetes",
    "high-availability.storageDir": "s3://bucket/ha",
    "execution.checkpointing.dir": "s3://bucket/checkpoints",
    "containerized.master.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar",
    "containerized.taskmanager.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar",
}


@pytest.fixture(scope="module")
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    python = os.environ.get(PYTHON)
    if not python:
        pytest.skip(f"{PYTHON} is not set; `make test` sets it")
    command = [python, "-u", str(ROOT / "policy"), "127.0.0.1:1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT / "policy")
    try:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.wait(20)


def violations(
    pack: analyzer_pb2_grpc.AnalyzerStub, program: Callable[[], object], stack: str = "dev", **config: Any
) -> list[tuple[str, str]]:
    """Ask as the engine does in a preview: of each resource, then of all; gives the policies and what they say."""
    properties = {name: struct_pb2.Struct() for name in config}
    for name, values in config.items():
        properties[name].update(values)
    level = analyzer_pb2.MANDATORY
    configured = {
        name.replace("_", "-"): analyzer_pb2.PolicyConfig(enforcementLevel=level, properties=values)
        for name, values in properties.items()
    }
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=configured))
    found: list[tuple[str, str]] = []
    resources = []
    for resource in run(program, stack_name=stack, project="it").resources:
        request = resource.request
        parent = request.parent.split("::")[2].rpartition("$")[2]
        chain = "" if parent == "pulumi:pulumi:Stack" else f"{parent}$"
        of_all: dict[str, Any] = {"type": request.type, "name": request.name, "properties": request.object}
        urn = f"urn:pulumi:{stack}::it::{chain}{request.type}::{request.name}"
        answer = pack.Analyze(analyzer_pb2.AnalyzeRequest(urn=urn, **of_all))
        found += [(item.policyName, item.message) for item in answer.diagnostics]
        resources.append((urn, request, of_all))
    urns = {request.name: urn for urn, request, _ in resources}
    sent = []
    for urn, request, of_all in resources:
        depends = {
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=[urns[one.rpartition("::")[2]] for one in value.urns])
            for key, value in request.propertyDependencies.items()
        }
        sent.append(analyzer_pb2.AnalyzerResource(urn=urn, propertyDependencies=depends, **of_all))
    answer = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=sent))
    return found + [(item.policyName, item.message) for item in answer.diagnostics]


def session(**args: Any) -> Callable[[], object]:
    return lambda: FlinkSessionCluster("demo", {"cluster_id": "demo", **args})  # type: ignore[typeddict-item]


def test_the_pack_names_itself_and_every_policy(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    info = pack.GetAnalyzerInfo(empty_pb2.Empty())
    assert info.name == "flink-session"
    page = (ROOT / "docs/policies.md").read_text()
    assert all(f"`{policy.name}`" in page for policy in info.policies)
    assert len(info.policies) == 5


@pytest.mark.parametrize(
    ("args", "stack"), [({}, "dev"), ({"configuration": STORED}, "prod"), ({"configuration": STORED}, "eu-prod")]
)
def test_a_plain_session_keeps_every_rule(pack: analyzer_pb2_grpc.AnalyzerStub, args: Any, stack: str) -> None:
    assert violations(pack, session(**args), stack) == []


SIDECAR = {"spec": {"containers": [{"name": "sidecar", "image": "registry:5000/sidecar"}]}}
DIGEST = f"a/b@sha256:{'0' * 64}"


@pytest.mark.parametrize(
    ("policy", "args", "words"),
    [
        ("pinned-images", {"image": "flink:latest"}, "'flink:latest' of the container flink-main-container"),
        (
            "pinned-images",
            {"pod_template": SIDECAR},
            "'registry:5000/sidecar' of the container sidecar has no fixed tag",
        ),
        ("no-public-rest", {"rest_service_exposed_type": "LoadBalancer"}, "of the type LoadBalancer"),
        ("no-public-rest", {"rest_service_exposed_type": "NodePort"}, "of the type NodePort"),
    ],
)
def test_what_breaks_a_rule_is_said(
    pack: analyzer_pb2_grpc.AnalyzerStub, policy: str, args: dict[str, Any], words: str
) -> None:
    found = [message for name, message in violations(pack, session(**args)) if name == policy]
    assert any(words in message for message in found), found


def test_a_digest_may_be_asked_for(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    digest: dict[str, Any] = {"pinned_images": {"digest": True}}
    assert "has no digest" in violations(pack, session(), **digest)[0][1]
    assert violations(pack, session(image=DIGEST, flink_version="2.2.1"), **digest) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({key: None for key in STORED if key.startswith("high")}, "high-availability.type is not set"),
        ({"execution.checkpointing.dir": None}, "execution.checkpointing.dir is not set"),
        (
            {"execution.checkpointing.dir": "file:///data"},
            "execution.checkpointing.dir is file:///data, and file does not",
        ),
        ({"high-availability.storageDir": "file:///data"}, "high-availability.storageDir is file:///data"),
    ],
)
def test_production_keeps_its_state(pack: analyzer_pb2_grpc.AnalyzerStub, changed: dict[str, Any], words: str) -> None:
    configuration = {key: value for key, value in {**STORED, **changed}.items() if value is not None}
    program = session(configuration=configuration)
    (said,) = {message for name, message in violations(pack, program, "prod") if name == "durable-in-production"}
    assert words in said
    assert violations(pack, program, "dev") == []
    if "file" in words:
        accepted = {"durable_in_production": {"schemes": ["s3", "file"]}}
        assert violations(pack, program, "prod", **accepted) == []
    assert violations(pack, program, "live") == []
    config = {"durable_in_production": {"stacks": "^live$"}}
    assert words in violations(pack, program, "live", **config)[0][1]


def child_of_session(api_version: str, kind: str, **fields: Any) -> Callable[[], object]:
    """What the component itself would refuse, as a transform may add it."""

    def program() -> None:
        owner = pulumi.ComponentResource("flink-session:index:FlinkSessionCluster", "demo")
        manifest = {"metadata": {"name": "demo"}, **fields}
        KubernetesObject("child", api_version, kind, manifest.get, tuple(fields), pulumi.ResourceOptions(parent=owner))

    return program


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ({"name": "DB_PASSWORD", "value": "hunter2"}, True),
        ({"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}, False),
        ({"name": "DB_HOST", "value": "db"}, False),
    ],
)
def test_a_secret_in_the_environment_is_found(
    pack: analyzer_pb2_grpc.AnalyzerStub, variable: dict[str, Any], wrong: bool
) -> None:
    container = {"name": "main", "image": "a/b:1", "env": [variable]}
    spec = {"template": {"spec": {"containers": [container]}}}
    found = violations(pack, child_of_session("apps/v1", "Deployment", spec=spec))
    assert bool(found) is wrong
    assert not any("hunter2" in message for _, message in found)


@pytest.mark.parametrize(
    ("api_version", "kind"), [("networking.k8s.io/v1", "Ingress"), ("gateway.networking.k8s.io/v1", "HTTPRoute")]
)
def test_a_route_to_a_session_is_found(pack: analyzer_pb2_grpc.AnalyzerStub, api_version: str, kind: str) -> None:
    (found,) = violations(pack, child_of_session(api_version, kind, spec={}))
    assert found[0] == "no-public-rest"
    assert f"the {kind} makes the REST API reachable from outside the cluster" in found[1]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("s3: {secret-key: hunter2}", True),
        ("security: {ssl: {rest: {keystore-password: hunter2}}}", True),
        ("s3.access.token: hunter2", True),
        ("s3.secret-key: ${S3_SECRET}", False),
        ("kubernetes.secrets: 'credentials:/etc/s3'", False),
        ("security.delegation.tokens.enabled: false", False),
        ("parallelism.default: 2", False),
    ],
)
def test_a_secret_in_the_configuration_is_found(pack: analyzer_pb2_grpc.AnalyzerStub, text: str, wrong: bool) -> None:
    found = [
        message
        for name, message in violations(pack, child_of_session("v1", "ConfigMap", data={"config.yaml": text}))
        if name == "no-clear-text-secrets"
    ]
    assert bool(found) is wrong
    assert not any("hunter2" in message for message in found)


@pytest.mark.parametrize("as_output", [True, False])
def test_an_output_of_a_config_map_in_a_deployment_is_found(
    pack: analyzer_pb2_grpc.AnalyzerStub, as_output: bool
) -> None:
    def program() -> None:
        none = pulumi.ResourceOptions()
        config = KubernetesObject("config", "v1", "ConfigMap", {"metadata": {"name": "c"}}.get, (), none)
        name: Any = config.metadata["name"] if as_output else "c"  # type: ignore[attr-defined]
        manifest: dict[str, Any] = {
            "metadata": {"name": "d"},
            "spec": {"template": {"spec": {"volumes": [{"configMap": {"name": name}}]}}},
        }
        opts = pulumi.ResourceOptions(depends_on=[config])
        KubernetesObject("deployment", "apps/v1", "Deployment", manifest.get, ("spec",), opts)

    found = [message for name, message in violations(pack, program) if name == "no-config-map-output-in-a-deployment"]
    assert bool(found) is as_output
    assert all("holds an Output of the ConfigMap config" in message for message in found)


def test_what_is_no_session_is_left_alone(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    def program() -> None:
        manifest = {"metadata": {"name": "s"}, "spec": {"type": "LoadBalancer"}}
        KubernetesObject("service", "v1", "Service", manifest.get, ("spec",), pulumi.ResourceOptions())

    assert violations(pack, program) == []
