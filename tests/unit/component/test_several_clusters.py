"""Several session clusters in one program: all faults in one preview, secrets by their keys, and no cluster twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes
import pytest

from flink_session import FlinkSessionCluster
from tests.support.recording_monitor import Recording, record


def refused(program: Callable[[], Any], *, preview: bool = True) -> str:
    with pytest.raises(pulumi.RunError) as raised:
        record(lambda: program() and None, preview=preview)
    return str(raised.value)


def run_one(**args: Any) -> Recording:
    def program() -> None:
        cluster("one", **args)

    return record(program)


def cluster(name: str, opts: pulumi.ResourceOptions | None = None, **args: Any) -> FlinkSessionCluster:
    return FlinkSessionCluster(name, {"cluster_id": name, **args}, opts)  # type: ignore[typeddict-item]


def test_a_preview_says_what_is_wrong_with_all_clusters() -> None:
    def program() -> None:
        first = cluster("one", namespce="x", configuration={"rest.port": "abc"})
        cluster("two", task_manager={"slots": 0})
        cluster("three")
        cluster("four", image=first.rest_endpoint, ready_timeout="soon")
        pulumi.export("endpoint", first.rest_endpoint)

    text = refused(program)
    assert text.splitlines()[0] == "one: 2 errors in the configuration:"
    for fault in ("namespce is not an argument", "rest.port is 'abc'", "two: task_manager.slots is 0", "ready_timeout"):
        assert fault in text
    assert "three" not in text


def test_one_faulty_cluster_is_said_without_its_name() -> None:
    assert (
        refused(lambda: cluster("one", namespce="x"))
        == "namespce is not an argument of a session cluster: use 'namespace'."
    )


def test_a_preview_registers_no_child_of_a_faulty_cluster() -> None:
    registered: list[str] = []

    def program() -> None:
        cluster("one", namespce="x")
        transform = pulumi.ResourceOptions(transforms=[lambda args: registered.append(args.name)])
        cluster("two", transform)

    refused(program)
    assert not [name for name in registered if name.startswith("one")]


def test_outside_of_a_preview_the_first_faulty_cluster_ends_the_program() -> None:
    gone_on: list[bool] = []

    def program() -> None:
        cluster("one", namespce="x")
        gone_on.append(True)

    assert "namespce" in refused(program, preview=False)
    assert gone_on == []


def test_warnings_are_said_beside_errors_and_for_outputs_too() -> None:
    warning = {"env.java.opts.all": "-Dx=y"}
    found = run_one(configuration=warning)
    assert any("env.java.opts.all" in text for text in found.warnings)
    later = run_one(image=pulumi.Output.from_input("a:1"), configuration=warning)
    assert [text for text in later.warnings if "env.java.opts.all" in text] == found.warnings
    resolved = {"env.java.opts.all": pulumi.Output.from_input("-Dx=y")}
    assert run_one(configuration=resolved).warnings == found.warnings


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize(
    ("args", "path"),
    [
        (lambda secret: {"configuration": {"s3.path": secret}}, "configuration, s3.path"),
        (lambda secret: {"configuration": {"s3": {"deep": {"er": secret}}}}, "configuration, s3.deep.er"),
        (lambda secret: {"configuration": {"a.list": ["x", secret]}}, "configuration, a.list, item 2"),
        (lambda secret: {"configuration": {"a.list": [{"key": secret}]}}, "configuration, a.list, item 1.key"),
        (lambda secret: {"configuration": secret.apply(lambda text: {"a": text})}, "configuration"),
        (lambda secret: {"image": secret}, "image"),
        (lambda secret: {"job_manager": {"memory": secret}}, "job_manager.memory"),
        (lambda secret: {"taskManager": {"podTemplate": {"spec": {"x": secret}}}}, "task_manager.pod_template, spec.x"),
        (lambda secret: {"image_pull_secrets": ["a", secret]}, "image_pull_secrets, item 2"),
        (
            lambda secret: {"log_configuration": {"log4j-console.properties": secret}},
            "log_configuration, log4j-console.properties",
        ),
    ],
)
def test_a_secret_is_refused_by_its_key(args: Any, path: str, preview: bool) -> None:
    text = refused(lambda: cluster("one", **args(pulumi.Output.secret("hunter2"))), preview=preview)
    assert text.startswith(f"{path} must not be a secret, since it would be readable in the Deployment")
    assert "`secrets`" in text
    assert "hunter2" not in text


def test_all_secrets_and_all_other_faults_come_together_in_a_preview() -> None:
    secret = {"a.b": lambda: pulumi.Output.secret("hunter2")}
    text = refused(
        lambda: cluster(
            "one", namespce="x", configuration={"a.b": secret["a.b"](), "c": secret["a.b"](), "rest.port": "abc"}
        )
    )
    for fault in ("configuration, a.b must", "configuration, c must", "namespce", "rest.port is 'abc'"):
        assert fault in text
    assert "hunter2" not in text


def test_outputs_that_are_no_secrets_are_welcome() -> None:
    later = pulumi.Output.from_input
    found = run_one(image=later("a:1"), configuration={"parallelism.default": later(2)})
    assert "one-jobmanager" in found.requests


PLUGINS = {
    f"containerized.{role}.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar"
    for role in ("master", "taskmanager")
}
TWICE = "cluster_id must not lead to the Deployment demo in the namespace flink, which one makes too"


def two(first: dict[str, Any], second: dict[str, Any], *, preview: bool = True) -> Recording:
    def program() -> None:
        for name, given in (("one", first), ("two", second)):
            args = {key: value() if callable(value) else value for key, value in given.items()}
            opts = args.pop("opts", None)
            FlinkSessionCluster(name, {"cluster_id": "demo", "namespace": "flink", **args}, opts)  # type: ignore[typeddict-item]

    return record(program, preview=preview)


def later(value: str) -> Callable[[], pulumi.Output[str]]:
    return lambda: pulumi.Output.from_input(value)


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"image": later("a:1")}, {}),
        ({}, {"namespace": later("flink")}),
        ({"cluster_id": later("demo")}, {"cluster_id": later("demo")}),
        (
            {
                "configuration": {
                    "high-availability.type": "kubernetes",
                    "high-availability.storageDir": "s3://b/ha",
                    **PLUGINS,
                }
            },
            {},
        ),
    ],
)
def test_a_cluster_that_is_there_twice_is_an_error(
    first: dict[str, Any], second: dict[str, Any], preview: bool
) -> None:
    with pytest.raises(pulumi.RunError, match=TWICE):
        two(first, second, preview=preview)


def test_what_some_clusters_have_belongs_to_one_of_them() -> None:
    """Each object has a name of its cluster's own, so that two clusters share none, and one that is twice is found."""
    several = {"image": "mine/flink:1", "high_availability": {"storage_dir": "hdfs:///ha", "replicas": 2}}
    args = {**several, "secrets": {"A": "correct horse battery staple"}, "metrics": {"pod_monitor": True}}
    with pytest.raises(Exception, match=TWICE):
        two(args, args)
    recording = two(args, {**args, "cluster_id": "other"})
    names = [
        (request.type, recording.inputs(name)["metadata"]["name"])
        for name, request in recording.requests.items()
        if request.type.startswith("kubernetes:")
    ]
    assert {kind.rpartition(":")[2] for kind, _ in names} >= {"Secret", "PodMonitor", "PodDisruptionBudget"}
    assert len(names) == len(set(names))


def test_one_clusters_rest_service_must_not_be_anothers_internal_one() -> None:
    with pytest.raises(pulumi.RunError, match="must not lead to the Service demo-rest in the namespace flink"):
        two({}, {"cluster_id": "demo-rest"})
    # Under high availability there is no internal Service.
    ha = {"high-availability.type": "kubernetes", "high-availability.storageDir": "s3://b/ha", **PLUGINS}
    two({}, {"cluster_id": "demo-rest", "configuration": ha})


def provider(**settings: Any) -> Callable[[], pulumi.ResourceOptions]:
    name = f"p{len(settings)}{''.join(settings.values())}"
    return lambda: pulumi.ResourceOptions(provider=pulumi_kubernetes.Provider(name, **settings))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"cluster_id": "other"}),
        ({}, {"namespace": "other"}),
        ({}, {"opts": provider(context="elsewhere")}),
        ({"opts": provider(context="a")}, {"opts": provider(context="b")}),
        ({"opts": provider(kubeconfig="a")}, {"opts": provider(kubeconfig="b")}),
        ({}, {"opts": provider(render_yaml_to_directory="out")}),
        ({}, {"cluster_id": "demo-jobs"}),
    ],
)
def test_the_same_id_elsewhere_is_another_cluster(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert len(two(first, second).names("flink-session:index:FlinkSessionCluster")) == 2


def with_two_providers(**settings: Any) -> Callable[[], None]:
    def program() -> None:
        for name in ("one", "two"):
            opts = pulumi.ResourceOptions(provider=pulumi_kubernetes.Provider(f"p{name}", **settings))
            cluster(name, opts, cluster_id="demo", namespace="flink")

    return program


def test_two_providers_of_one_api_server_are_no_excuse() -> None:
    assert TWICE in refused(with_two_providers(context="a"), preview=False)
    assert TWICE in refused(with_two_providers(kubeconfig="k", context="a"))


def test_two_providers_that_may_be_of_one_api_server_are_a_warning_in_a_preview() -> None:
    (warning,) = record(with_two_providers(context="a"), preview=True).warnings
    assert warning.startswith(f"two: if both providers reach the same cluster, {TWICE}")


def test_a_provider_is_inherited_from_parents_and_named_in_lists() -> None:
    def program() -> None:
        one, other = (pulumi_kubernetes.Provider(name, context=name) for name in ("a", "b"))
        parent = pulumi.ComponentResource("some:own:Parent", "parent", None, pulumi.ResourceOptions(providers=[one]))
        cluster("first", pulumi.ResourceOptions(parent=parent), cluster_id="demo")
        cluster("second", pulumi.ResourceOptions(providers={"kubernetes": other}), cluster_id="demo")
        cluster("third", pulumi.ResourceOptions(providers=[one]), cluster_id="demo")

    text = refused(program)
    assert "which first makes too" in text
    assert "second" not in text


def test_each_program_starts_anew() -> None:
    for _ in range(2):
        run_one()
