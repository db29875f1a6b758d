"""Secrets of a session: each reaches both roles, in a Secret and nowhere else, whatever becomes of the program."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest

from flink_session import FlinkSessionCluster
from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment import SessionCluster
from flink_session.deployment.planning import plan
from flink_session.kubernetes.extensions import published_checksum
from tests.support.recording_monitor import Recording, record

VALUE = "correct horse battery staple"
ANNOTATION = "flink-session/secrets-checksum"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
"""Pulumi's mark of a secret, as the engine gets it."""


def no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def planned(**args: Any) -> SessionCluster:
    return plan({"cluster_id": "demo", **args}, no_file)[1]


def refused(**args: Any) -> str:
    with pytest.raises(IllegalConfigurationError) as raised:
        planned(**args)
    return str(raised.value)


def deploy(*, preview: bool = False, **args: Any) -> Recording:
    def program() -> dict[str, Any]:
        given = {name: value() if callable(value) else value for name, value in args.items()}
        cluster: Any = FlinkSessionCluster("demo", {"cluster_id": "demo", **given})  # type: ignore[typeddict-item]
        return {"configuration": cluster.effective_configuration}

    return record(program, preview=preview)


def containers(cluster: SessionCluster) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Give the pods of both roles, with their main containers."""
    template = json.loads(cluster.further["pod-template"]["data"]["taskmanager-pod-template.yaml"])
    pods = (cluster.deployment["spec"]["template"]["spec"], template["spec"])
    return [(role, pod, pod["containers"][-1]) for role, pod in zip(("jobmanager", "taskmanager"), pods, strict=True)]


SECRETS = {
    "PASSWORD": VALUE,
    "KEY": {"secret": "theirs", "key": "access-key"},
    "keystore.jks": {"base64": base64.b64encode(b"\0\1binary").decode(), "file": True},
    "token": {"secret": "theirs", "file": True},
}


def test_variables_and_files_reach_both_roles() -> None:
    cluster = planned(secrets=SECRETS)
    secret = cluster.further["secrets"]
    assert secret["metadata"]["name"] == "flink-session-demo"
    assert base64.b64decode(secret["data"]["PASSWORD"]).decode() == VALUE
    assert base64.b64decode(secret["data"]["keystore.jks"]) == b"\0\1binary"
    for _, pod, main in containers(cluster):
        references = {
            item["name"]: item["valueFrom"]["secretKeyRef"]
            for item in main["env"]
            if "secretKeyRef" in item.get("valueFrom", ())
        }
        assert references["PASSWORD"] == {"name": "flink-session-demo", "key": "PASSWORD"}
        assert references["KEY"] == {"name": "theirs", "key": "access-key"}
        assert {"name": "flink-session-secrets", "mountPath": "/opt/flink/secrets", "readOnly": True} in main[
            "volumeMounts"
        ]
        (volume,) = (item for item in pod["volumes"] if item["name"] == "flink-session-secrets")
        files = {item["secret"]["name"]: item["secret"]["items"] for item in volume["projected"]["sources"]}
        assert {"key": "keystore.jks", "path": "keystore.jks"} in files["flink-session-demo"]
        assert files["theirs"] == [{"key": "token", "path": "token"}]
    others = [item for item in cluster.objects() if item["kind"] != "Secret"]
    assert VALUE not in str(others)
    assert base64.b64encode(VALUE.encode()).decode() not in str(others)


def test_taskmanagers_end_by_a_changed_value_and_the_jobmanager_is_rolled() -> None:
    first, second = planned(secrets={"A": VALUE}), planned(secrets={"A": VALUE + "!"})
    annotations = [item.deployment["spec"]["template"]["metadata"]["annotations"] for item in (first, second)]
    assert annotations[0][ANNOTATION] != annotations[1][ANNOTATION]
    assert first.further["pod-template"] == second.further["pod-template"]
    probes = {role: main.get("livenessProbe") for role, _, main in containers(first)}
    assert probes["jobmanager"] is None
    assert "flink-session-demo" not in str(probes["taskmanager"])
    assert probes["taskmanager"] is not None
    assert probes["taskmanager"]["exec"]["command"][:2] == ["sh", "-c"]
    checksums = {item.further["secrets"]["data"]["flink-session.checksum"] for item in (first, second)}
    assert len(checksums) == 2
    off = planned(secrets={"A": VALUE}, secrets_restart=False)
    assert "livenessProbe" not in str(containers(off))
    references = planned(secrets={"A": {"secret": "theirs"}})
    assert "secrets" not in references.further
    assert "livenessProbe" not in str(containers(references))


def test_no_checksum_that_is_published_can_be_guessed() -> None:
    """A pin has ten thousand values: whoever may read pods could try them all."""
    assert ANNOTATION not in str(planned(secrets={"PIN": "1234"}).deployment)
    long = {"PIN": b"1234", "KEY": VALUE.encode()}
    checksum = published_checksum(long, "default", "demo")
    assert checksum
    # Nobody learns that two sessions have the same secrets, and no value has a checksum of its own.
    assert checksum != published_checksum(long, "default", "other")
    assert checksum != published_checksum({"PIN": b"1234", "KEY": b"another long value of it"}, "default", "demo")


@pytest.mark.parametrize(
    ("secrets", "text"),
    [
        ({"A B": VALUE}, "secrets, A B must consist of letters"),
        ({"a/b": {"value": VALUE, "file": True}}, "secrets, a/b must consist of at most 253 letters"),
        ({"A": {"value": VALUE, "secret": "b"}}, "secrets, A must have one of value, base64 and secret"),
        ({"A": {}}, "secrets, A must have one of value, base64 and secret"),
        ({"A": {"value": VALUE, "key": "b"}}, "secrets, A must not have a key without secret"),
        ({"A": {"base64": VALUE + "!"}}, "secrets, A must be base64"),
        ({"A": {"secret": "No"}}, "secrets, A, secret must consist of"),
        ({"A": [VALUE]}, "secrets, A must be text, or a map of value"),
        ({"A": {"valu": VALUE}}, "secrets, A must be text, or a map of value"),
        ({"_POD_IP_ADDRESS": VALUE}, "must not set a variable that Flink needs"),
    ],
)
def test_what_is_wrong_with_a_secret_is_said_without_its_value(secrets: dict[str, Any], text: str) -> None:
    said = refused(secrets=secrets)
    assert text in said
    assert VALUE not in said


def test_a_variable_that_is_there_already_is_a_finding() -> None:
    text = refused(secrets={"A": VALUE}, configuration={"containerized.master.env.A": "x"})
    assert "secrets, A must not be there beside containerized.master.env.A" in text
    template = {"spec": {"containers": [{"name": "flink-main-container", "env": [{"name": "A", "value": "x"}]}]}}
    assert "secrets, A must not add A to env" in refused(secrets={"A": VALUE}, pod_template=template)
    probe = {"spec": {"containers": [{"name": "flink-main-container", "livenessProbe": {"tcpSocket": {"port": 1}}}]}}
    assert "set secrets_restart to false" in refused(secrets={"A": VALUE}, task_manager={"pod_template": probe})


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("kind", ["plain", "output", "secret"])
def test_pulumi_sees_a_value_in_one_child_and_as_a_secret(kind: str, preview: bool) -> None:
    def secrets() -> dict[str, Any]:
        if kind == "plain":
            return {"A": VALUE}
        return {"A": (pulumi.Output.from_input if kind == "output" else pulumi.Output.secret)(VALUE)}

    recording = deploy(secrets=secrets, preview=preview)
    assert recording.requests["demo-secrets"].type == "kubernetes:core/v1:Secret"
    encoded = base64.b64encode(VALUE.encode()).decode()
    for name, request in recording.requests.items():
        text = str(request.object)
        if name in ("demo", "demo-secrets"):
            assert "4dabf18193072939515e22adb298388d" in text
        else:
            assert VALUE not in text
            assert encoded not in text
            assert "4dabf18193072939515e22adb298388d" not in text
    deployment = recording.inputs("demo-jobmanager")["spec"]["template"]
    assert deployment["metadata"]["annotations"][ANNOTATION]
    assert VALUE not in str(recording.outputs)
    held = {key for key, found in recording.property_dependencies("demo-jobmanager").items() if found}
    assert held == set()


def test_the_component_rolls_as_the_plan_says() -> None:
    recorded = deploy(secrets=lambda: {"A": pulumi.Output.secret(VALUE)}).inputs("demo-jobmanager")
    cluster = planned(secrets={"A": VALUE})
    template = cluster.deployment["spec"]["template"]
    assert recorded["spec"]["template"]["metadata"] == template["metadata"]


def test_a_value_that_cannot_be_is_refused_by_its_name() -> None:
    for wrong in (5, ""):
        with pytest.raises(Exception, match="secrets, A must"):
            deploy(secrets=lambda wrong=wrong: {"A": pulumi.Output.secret(wrong)})
    with pytest.raises(Exception, match="secrets must be known beforehand"):
        deploy(secrets=lambda: pulumi.Output.from_input({"A": VALUE}))
