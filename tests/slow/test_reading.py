"""What a program reads and does not manage: objects by `.get`, and the outputs of other stacks."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import resource_pb2

from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, program
from tests.support.engine.replay import Replay

pytestmark = pytest.mark.slow


def read(replay: Replay, type_: str, id_: str, **more: Any) -> None:
    message = json_format.ParseDict(
        {"type": type_, "name": "it", "id": id_, **more}, resource_pb2.ReadResourceRequest()
    )
    replay.call("ReadResource", message)


@pytest.fixture
def replay() -> Replay:
    """A cluster that has a ConfigMap and a Secret of somebody else."""
    api = FakeApi()
    theirs = {"apiVersion": "v1", "metadata": {"name": "theirs", "namespace": "default"}}
    api.put("/api/v1/namespaces/default/configmaps/theirs", {**theirs, "kind": "ConfigMap", "data": {"a": "1"}})
    api.put("/api/v1/namespaces/default/secrets/theirs", {**theirs, "kind": "Secret", "data": {"a": "c2VjcmV0"}})
    return Replay(api)


@pytest.mark.parametrize("id_", ["default/theirs", "theirs"])
def test_an_object_is_read_recorded_as_external_and_never_deleted(replay: Replay, id_: str) -> None:
    read(replay, "kubernetes:core/v1:ConfigMap", id_)
    assert replay.deployment.counts == {"read": 1}, replay.text
    assert replay.deployment.changes == 0
    entry = replay.resource("it")
    assert entry["external"] is True
    assert entry["id"] == "default/theirs"
    assert entry["outputs"]["data"] == {"a": "1"}
    assert not replay.destroy().failed
    assert replay.api.writes() == []
    assert "resources" not in replay.checkpoint


@pytest.mark.parametrize("there", [True, False])
def test_what_was_read_is_not_taken_for_the_program_s_own(replay: Replay, there: bool) -> None:
    """Not even if the program from now on wants to make the same object: then it is as if it had not been read."""
    read(replay, "kubernetes:core/v1:ConfigMap", "theirs")
    if not there:
        del replay.api.objects["/api/v1/namespaces/default/configmaps/theirs"]
    wanted = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}, "data": {"a": "1"}}
    request = {"type": "kubernetes:core/v1:ConfigMap", "name": "it", "custom": True, "object": wanted}
    replay.call("RegisterResource", json_format.ParseDict(request, resource_pb2.RegisterResourceRequest()))
    if there:
        assert "already exists and is not part of this stack" in replay.text
        assert replay.api.writes() == []
    else:
        assert replay.deployment.counts == {"create": 1}, replay.text
        assert "external" not in replay.resource("it")


def test_a_read_secret_stays_secret(replay: Replay) -> None:
    read(replay, "kubernetes:core/v1:Secret", "default/theirs")
    assert "c2VjcmV0" not in json.dumps(replay.checkpoint)
    assert "ciphertext" in replay.resource("it")["outputs"]["data"]


def test_what_is_not_there_cannot_be_read(replay: Replay) -> None:
    read(replay, "kubernetes:core/v1:ConfigMap", "default/other")
    assert replay.deployment.failed
    assert "kubernetes:core/v1:ConfigMap 'default/other' does not exist" in replay.text


def test_reading_the_same_again_changes_nothing(replay: Replay) -> None:
    read(replay, "kubernetes:core/v1:ConfigMap", "default/theirs")
    before = copy.deepcopy(replay.checkpoint)
    replay.saved.clear()
    read(replay, "kubernetes:core/v1:ConfigMap", "default/theirs")
    assert replay.saved == []
    assert replay.checkpoint == before


def test_a_stack_reference_has_the_outputs_of_the_other_stack(replay: Replay) -> None:
    read(replay, "pulumi:pulumi:StackReference", "other", properties={"name": "other"})
    entry = replay.resource("it")
    assert entry["outputs"]["name"] == "other"
    assert entry["outputs"]["outputs"]["name of it"] == "other"
    assert entry["outputs"]["secretOutputNames"] == ["password"]
    assert "hidden" not in json.dumps(replay.checkpoint)
    assert "::pulumi:providers:pulumi::default::" in entry["provider"]


def test_a_program_reads_objects_and_stacks(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, "import pulumi\npulumi.export('a', 1)\npulumi.export('b', pulumi.Output.secret('hidden'))\n")
    (folder / "stacks" / "Pulumi.other.yaml").write_text("config: {}\n")  # and so it gets a salt of its own
    assert run("up", "--yes", "--stack", "other").exit_code == 0
    text = """
import pulumi, pulumi_kubernetes as k8s
other = pulumi.StackReference("organization/recording/other")
space = k8s.core.v1.Namespace.get("space", "default")
pulumi.export("a", other.require_output("a"))
pulumi.export("b", other.get_output("b"))
pulumi.export("phase", space.metadata["name"])
"""
    program(folder, text)
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert "hidden" not in up.output
    assert json.loads(run("output", "--json", "--show-secrets").output) == {"a": 1, "b": "hidden", "phase": "default"}
    assert json.loads(run("output", "--json").output)["b"] == "[secret]"
    assert run("preview", "--expect-no-changes").exit_code == 0


def test_a_stack_that_is_not_there_cannot_be_referred_to(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, "import pulumi\npulumi.StackReference('organization/other/dev')\n")
    refused = run("up", "--yes")
    assert refused.exit_code == 1, "the resource has failed"
    assert "there is no stack 'organization/other/dev'" in refused.output
    assert refused.output.count("error:") == 1
