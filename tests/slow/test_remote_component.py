"""The component as programs in other languages reach it: constructed by the provider plugin, over gRPC."""

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tests.support.component_host import OTHER, SECRET, SIGNATURE, UNKNOWN, Host, output, running, secret
from tests.support.schema import FILE, text_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with running() as host:
        yield host


def refused(host: Host, inputs: dict[str, Any], **more: Any) -> str:
    with pytest.raises(grpc.RpcError) as raised:
        host.construct(inputs, **more)
    assert raised.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    said = str(raised.value.details())
    assert "Traceback" not in said
    assert 'File "' not in said
    return said


def of_config(host: Host) -> str:
    return str(host.monitor.inputs("demo-config")["data"]["config.yaml"])


def test_the_plugin_has_the_schema_that_is_checked_in(host: Host) -> None:
    served = json.loads(host.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert text_of(served) == FILE.read_text()
    assert host.stub.GetPluginInfo(empty_pb2.Empty()).version == served["version"]


def test_integers_arrive_as_floats_and_are_integers(host: Host) -> None:
    inputs = {"taskManager": {"slots": 3.0, "cpu": 2.0}, "configuration": {"parallelism.default": 4.0}}
    state = host.construct(inputs)
    assert state["effectiveConfiguration"]["taskmanager.numberOfTaskSlots"] == "3"
    assert state["effectiveConfiguration"]["parallelism.default"] == "4"
    assert "numberOfTaskSlots: 3\n" in of_config(host)
    assert "default: 4\n" in of_config(host)
    assert state["restEndpoint"] == "http://demo-rest.default:8081"
    assert host.monitor.inputs("demo")["taskManager"] == {"slots": 3.0, "cpu": 2.0}


def test_every_kind_of_output_arrives(host: Host) -> None:
    """The SDK's own mapping of arguments loses a group that is an Output, and fails at an integer that is one."""
    inputs = {
        "clusterId": output("demo"),
        "namespace": output("flink"),
        "jobManager": output({"memory": "2Gi", "podTemplate": {"spec": {"containers": []}}}),
        "taskManager": {"slots": output(2.0)},
        "configuration": {"parallelism.default": output(4.0)},
        "imagePullSecrets": [output("registry")],
    }
    state = host.construct(inputs)
    assert "numberOfTaskSlots: 2\n" in of_config(host)
    assert state["effectiveConfiguration"]["jobmanager.memory.process.size"] == "2048m"
    assert state["effectiveConfiguration"]["parallelism.default"] == "4"
    assert host.monitor.inputs("demo-config")["metadata"]["namespace"] == "flink"
    assert state["restEndpoint"] == "http://demo-rest.flink:8081"
    assert OTHER in host.dependencies["restEndpoint"]


def test_in_a_preview_what_is_unknown_stays_unknown_and_what_is_known_is_checked(host: Host) -> None:
    state = host.construct({"namespace": output(), "taskManager": {"slots": output()}}, preview=True)
    assert state["restEndpoint"] == UNKNOWN
    assert host.monitor.inputs("demo-config")["data"] == UNKNOWN
    assert set(host.monitor.requests) == {
        "demo",
        "demo-config",
        "demo-pod-template",
        "demo-internal",
        "demo-jobmanager",
        "demo-rest",
        "demo-service-account",
        "demo-role",
        "demo-role-binding",
    }
    said = refused(host, {"namespace": output(), "taskManager": {"memory": "2048m", "slots": UNKNOWN}}, preview=True)
    assert "task_manager.memory" in said


def test_a_secret_is_refused_by_its_name_and_never_printed(host: Host) -> None:
    inputs = {"configuration": {"s3.secret-key": output("hunter2", secret=True), "parallelism.default": 2.0}}
    with pytest.raises(grpc.RpcError) as raised:
        host.construct(inputs)
    said = str(raised.value.details())
    assert "s3.secret-key" in said
    assert "hunter2" not in said
    assert "hunter2" not in "".join(host.said)
    kept = json.dumps([host.monitor.inputs(name) for name in host.monitor.requests if name != "demo"])
    assert "hunter2" not in kept


def test_a_secret_argument_stays_one_in_the_components_own_inputs(host: Host) -> None:
    with pytest.raises(grpc.RpcError):
        host.construct({"image": secret("private/flink:1")})
    assert host.monitor.inputs("demo")["image"][SIGNATURE] == SECRET


def test_all_that_is_wrong_is_said_at_once_and_without_a_stack_trace(host: Host) -> None:
    inputs = {"replicas": 2.0, "taskManager": {"memory": "2048m", "slotz": 2.0}, "configuration": {"parallelism": 2.0}}
    said = refused(host, inputs)
    for words in ("replicas", "task_manager.memory", "slotz", "parallelism"):
        assert words in said
    assert not host.monitor.requests


def test_options_reach_the_children(host: Host) -> None:
    provider = "urn:pulumi:dev::program::pulumi:providers:kubernetes::mine::some-id"
    host.construct({}, protect=True, providers={"kubernetes": provider}, parent=OTHER, dependencies=[OTHER])
    assert host.monitor.requests["demo"].parent == OTHER
    children = [name for name in host.monitor.requests if name != "demo"]
    for name in children:
        request = host.monitor.requests[name]
        assert (request.protect, request.provider) == (True, provider), name


def test_the_same_cluster_twice_in_a_program_is_an_error_of_the_second(host: Host) -> None:
    program = host.listen()
    host.construct({}, program=program)
    said = refused(host, {}, program=program, name="other")
    assert "which demo makes too" in said
    host.construct({"namespace": "elsewhere"}, program=program, name="third")
    host.construct({}, program=host.listen(), name="other")
