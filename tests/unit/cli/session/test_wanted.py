"""What `flink-session session` understands of options and of Flink's configuration folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flink_session.cli.session.wanted import Environment, Said, Wanted, wanted
from flink_session.configuration import Configuration, FlinkVersion, IllegalConfigurationError

VERSION = FlinkVersion.parse("2.2")


def ask(*properties: str, environment: Environment | None = None, **said: Any) -> Wanted:
    return wanted(Said(properties=properties, **said), VERSION, environment or Environment())


def faults(found: Wanted) -> list[str]:
    named = found if found.cluster_id else found.named("demo")
    with pytest.raises(IllegalConfigurationError) as caught:
        named.plan(lambda path: Path(path).read_bytes())
    return [str(finding) for finding in caught.value.findings]


def test_options_of_flink_become_arguments_and_the_cluster_is_pinned_apart_from_them() -> None:
    found = ask(
        "kubernetes.cluster-id=demo",
        "kubernetes.namespace=flink",
        "kubernetes.context=kind",
        "kubernetes.config.file=some/config",
        "taskmanager.numberOfTaskSlots=4",
        "execution.target=remote",
        "parallelism.default=2",
        "parallelism.default=3",
        environment=Environment(here=Path("/work")),
    )
    assert (found.cluster_id, found.namespace, found.context) == ("demo", "flink", "kind")
    assert found.kubeconfig == "/work/some/config"
    assert found.arguments == {
        "cluster_id": "demo",
        "namespace": "flink",
        "flink_version": "2.2.1",
        "configuration": {"taskmanager.numberOfTaskSlots": "4", "parallelism.default": "3"},
    }
    assert found.has_options
    assert found.plan(lambda path: Path(path).read_bytes()).cluster_id == "demo"


def test_own_options_say_the_same_and_win_over_the_folder() -> None:
    folder = Environment(Configuration({"kubernetes.cluster-id": "theirs", "kubernetes.namespace": "a"}))
    found = ask(cluster_id="mine", namespace="b", environment=folder)
    assert (found.cluster_id, found.namespace) == ("mine", "b")
    assert not found.findings
    twice = ask("kubernetes.cluster-id=theirs", cluster_id="mine")
    (said,) = faults(twice)
    assert said.startswith("-Dkubernetes.cluster-id is 'theirs', but it must not be given beside CLUSTER_ID")


def test_who_only_says_which_session_has_said_no_options() -> None:
    assert not ask("kubernetes.cluster-id=demo", "execution.attached=true", namespace="a", target="x").has_options
    assert ask("kubernetes.cluster-id=demo", environment=Environment(Configuration())).has_options


@pytest.mark.parametrize(
    ("properties", "attached", "stays"),
    [
        ((), None, False),
        (("execution.attached=true",), None, True),
        (("execution.attached",), None, True),
        (("execution.attached=true",), False, False),
        ((), True, True),
    ],
)
def test_attached_as_in_flink(properties: tuple[str, ...], attached: bool | None, stays: bool) -> None:
    assert ask(*properties, attached=attached).attached is stays


def test_everything_that_is_wrong_is_said_at_once_in_flinks_words() -> None:
    found = ask(
        "kubernetes.cluster-id=My_Id",
        "kubernetes.jobmanager.cpu.amount=two",
        "kubernetes.jobmanager.replcas=2",
        "kubernetes.container.image.ref",
        "=x",
        target="remote",
    )
    said = faults(found)
    assert [text.split(" ")[0] for text in said] == [
        "-Dkubernetes.container.image.ref",
        "-D=x",
        "-t",
        "kubernetes.cluster-id",
        "kubernetes.jobmanager.cpu.amount",
        "kubernetes.jobmanager.replcas",
    ]
    assert "write -Dkubernetes.container.image.ref=VALUE" in said[0]
    assert "write kubernetes.jobmanager.replicas" in said[-1]


def test_a_key_alone_is_a_switch() -> None:
    found = ask("kubernetes.hostnetwork.enabled", "my.own.key", cluster_id="demo")
    assert found.arguments["configuration"] == {"kubernetes.hostnetwork.enabled": "true", "my.own.key": "true"}
    assert not found.findings


def test_a_secret_is_refused_and_not_shown() -> None:
    (said,) = faults(ask("s3.secret-key=hunter2", cluster_id="demo"))
    assert "kubernetes.env.secretKeyRef" in said
    assert "hunter2" not in said


def test_the_folder_comes_along_without_what_the_distribution_says_as_well(tmp_path: Path) -> None:
    template = tmp_path / "pod.yaml"
    template.write_text("spec: {priorityClassName: high}\n")
    base = {"taskmanager.numberOfTaskSlots": 1, "rest.port": 9081, "kubernetes.pod-template-file.default": "pod.yaml"}
    environment = Environment(
        Configuration(base),
        {"log4j-console.properties": "a=b\n", "zoo.cfg": "no"},
        {"core-site.xml": "<configuration/>", "yarn-site.xml": "no"},
        tmp_path,
    )
    found = ask(cluster_id="demo", environment=environment)
    assert found.arguments["configuration"] == {
        "rest.port": 9081,
        "kubernetes.pod-template-file.default": str(template),
    }
    assert found.arguments["log_configuration"] == {"log4j-console.properties": "a=b\n"}
    assert found.arguments["hadoop_configuration"] == {"core-site.xml": "<configuration/>"}
    pod = found.plan(lambda path: Path(path).read_bytes()).deployment["spec"]["template"]["spec"]
    assert pod["priorityClassName"] == "high"


def test_id_and_namespace_can_be_given_later() -> None:
    found = ask()
    assert (found.cluster_id, found.namespace) == ("", "")
    assert found.within("flink").arguments["namespace"] == "flink"
    assert found.named("flink-cluster-1").arguments["cluster_id"] == "flink-cluster-1"
