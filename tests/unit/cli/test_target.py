"""Which session a command is for."""

import json
from pathlib import Path
from typing import Any

import click
import click.testing
import pytest

from flink_session.cli.recorded_sessions import RecordedSession, recorded_sessions
from flink_session.cli.target import BadTargetError, NoSessionError, Target, chosen, target_options
from flink_session.client import Tls

COMPONENT = "urn:pulumi:dev::flink-session::flink-session:index:FlinkSessionCluster::session"
PROVIDER = "urn:pulumi:dev::flink-session::pulumi:providers:kubernetes::k8s"


def state(*ids: str, context: object = "kind-dev", deployed: bool = True) -> dict[str, Any]:
    resources: list[dict[str, Any]] = [
        {"urn": PROVIDER, "id": "p1", "type": "pulumi:providers:kubernetes", "inputs": {"context": context}}
    ]
    for one in ids:
        urn = f"{COMPONENT}-{one}"
        outputs = {"clusterId": one, "namespace": "flink"}
        resources.append({"urn": urn, "type": "flink-session:index:FlinkSessionCluster", "outputs": outputs})
        if deployed:
            deployment = {"urn": f"{urn}-d", "type": "kubernetes:apps/v1:Deployment", "parent": urn}
            resources.append({**deployment, "provider": f"{PROVIDER}::p1"})
    return {"resources": resources}


def project(folder: Path, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: flink-session\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    stacks = folder / ".pulumi" / "stacks" / "flink-session"
    stacks.mkdir(parents=True)
    (stacks / "dev.json").write_text(json.dumps({"version": 3, "checkpoint": {"latest": document}}))
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{folder}")
    monkeypatch.setenv("PULUMI_HOME", str(folder / "home"))
    return folder


def test_sessions_of_a_state() -> None:
    assert recorded_sessions(state("a", "b")) == [
        RecordedSession("session-a", "a", "flink", "kind-dev"),
        RecordedSession("session-b", "b", "flink", "kind-dev"),
    ]
    assert recorded_sessions({}) == []


def test_what_is_not_deployed_is_no_session() -> None:
    assert recorded_sessions(state("a", deployed=False)) == []


def test_a_secret_of_a_provider_is_not_taken_for_a_text() -> None:
    (found,) = recorded_sessions(state("a", context={"4dabf18193072939515e22adb298388d": "1b47", "ciphertext": "v1"}))
    assert found.context == ""


@pytest.mark.parametrize(("wanted", "expected"), [("a", "a"), ("session-b", "b")])
def test_a_stack_with_several_sessions(wanted: str, expected: str) -> None:
    assert chosen(recorded_sessions(state("a", "b")), wanted, "dev").cluster_id == expected


@pytest.mark.parametrize(
    ("ids", "wanted", "said"),
    [
        (["a", "b"], "", r"several session clusters: choose by --session a \| b"),
        (["a", "b"], "c", r"no session cluster 'c': it has a \| b"),
        ([], "", "`flink-session up` deploys it"),
    ],
)
def test_what_cannot_be_chosen_is_said(ids: list[str], wanted: str, said: str) -> None:
    with pytest.raises(NoSessionError, match=said):
        chosen(recorded_sessions(state(*ids)), wanted, "dev")


def test_the_stack_is_asked_before_the_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path, state("a"), monkeypatch)
    named = Target(stack="dev", cwd=folder).resolved()
    assert (named.session, named.namespace, named.context) == ("a", "flink", "kind-dev")
    monkeypatch.setenv("PULUMI_STACK", "dev")
    assert Target(cwd=folder).resolved() == Target("a", "flink", "kind-dev", cwd=folder)
    assert Target(cwd=folder, namespace="other", context="c").resolved() == Target("a", "other", "c", cwd=folder)


def test_a_session_that_is_named_is_not_looked_for_in_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_STACK", "dev")
    target = Target("mine", cwd=project(tmp_path, state("a"), monkeypatch))
    assert target.resolved() == target


def test_a_stack_that_is_not_there_is_an_error_where_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"Pulumi\.yaml"):
        Target(stack="dev", cwd=tmp_path).resolved()


def test_headers_need_a_url() -> None:
    with pytest.raises(NoSessionError, match="--header holds for a URL"):
        Target("mine", headers={"Authorization": "hidden"}).connect()


def invoke(*words: str, **environment: str) -> tuple[click.testing.Result, list[Target]]:
    got: list[Target] = []

    @click.command()
    @click.option("--other")
    @target_options
    def command(target: Target, other: str | None) -> None:
        got.append(target)

    return click.testing.CliRunner().invoke(command, words, env=environment), got


def test_options(tmp_path: Path) -> None:
    pem, headers = tmp_path / "ca.pem", tmp_path / "headers"
    pem.write_text("")
    headers.write_text("A: b\n\nC: d:e\n")
    ran, (target,) = invoke(
        "--other", "x", "-n", "ns", "--ca-file", str(pem), "-H", f"@{headers}", "-H", "F:g", FLINK_SESSION="http://f"
    )
    assert not ran.output
    assert target == Target("http://f", "ns", headers={"A": "b", "C": "d:e", "F": "g"}, tls=Tls(str(pem)))
    assert "d:e" not in repr(target)


def test_a_bad_header_is_not_shown() -> None:
    ran, got = invoke("-H", "hunter2")
    assert (ran.exit_code, got) == (2, [])
    assert "hunter2" not in ran.output


def test_a_url_is_reached_with_its_headers() -> None:
    with Target("https://flink/prefix", headers={"A": "b"}, tls=Tls(verify=False), timeout=1.0).connect() as client:
        assert client.access.description == "https://flink/prefix"


@pytest.mark.parametrize("target", [Target("http://"), Target("https://f", tls=Tls(ca_file=__file__))])
def test_what_is_no_url_and_no_certificate_is_said(target: Target) -> None:
    with pytest.raises(BadTargetError) as caught:
        target.connect()
    assert caught.value.status == 2
