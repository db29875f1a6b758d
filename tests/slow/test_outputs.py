"""Any argument, and any value in one, may be an Output: the cluster is the same, and so is what is wrong with it."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN

from flink_session import FlinkSessionCluster
from flink_session.component.planned import _ALWAYS_PLAIN, _CLIENTS, _PLAIN_MAPS
from flink_session.deployment.settings import FlinkSessionClusterSettings
from tests.support.recording_monitor import Recording, record

pytestmark = pytest.mark.slow


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give every place among arguments where an Output may stand."""
    if path:
        yield path
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def must_be_plain(path: tuple[Any, ...]) -> bool:
    return path[0] in _ALWAYS_PLAIN or path in {*((name,) for name in _PLAIN_MAPS), _CLIENTS}


RIGHT: dict[str, Any] = {
    "cluster_id": "demo",
    "namespace": "flink",
    "flink_version": "2.2.1",
    "image": "registry.example.org/flink:2.2.1",
    "image_pull_policy": "Always",
    "image_pull_secrets": ["registry"],
    "service_account": "theirs",
    "job_manager": {
        "cpu": 0.5,
        "memory": "2Gi",
        "pod_template": {"spec": {"containers": [{"name": "sidecar", "image": "sidecar:1"}]}},
        "node_selector": {"disk": "ssd"},
        "tolerations": [{"key": "flink", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
    },
    "task_manager": {
        "cpu": 2,
        "memory": "4Gi",
        "slots": 2,
        "min_slots": 2,
        "max_slots": 20,
        "idle_timeout": "90s",
        "pod_template": {"metadata": {"labels": {"team": "fraud"}}},
        "node_selector": {"disk": "ssd"},
        "tolerations": [{"key": "flink", "operator": "Exists"}],
    },
    "rest_service_exposed_type": "NodePort",
    "rest_service_node_address": "192.0.2.1",
    "configuration": {
        "parallelism.default": 4,
        "execution": {"checkpointing": {"interval": "1min"}},
        "rest.port": 8082,
        "metrics.scope.jm": "session",
        "cluster.evenly-spread-out-slots": True,
        "taskmanager.memory.managed.fraction": 0.25,
    },
    "log_configuration": {"log4j-console.properties": "rootLogger.level = WARN\n"},
    "hadoop_configuration": {"core-site.xml": "<configuration/>"},
}
FURTHER: dict[str, Any] = {
    "cluster_id": "demo",
    "service_account_annotations": {"example.org/identity": "flink"},
    "job_manager": {"priority_class": "high", "topology_spread": ["zone"]},
    "task_manager": {"priority_class": "high", "topology_spread": ["zone"]},
    "high_availability": {"storage_dir": "s3://bucket/ha", "replicas": 2},
    "pod_disruption_budget": False,
    "suspended": False,
    "state_storage": "s3://bucket/flink",
    "plugins": ["s3-fs-hadoop"],
    "metrics": {"port": 9250, "annotations": True, "pod_monitor_labels": {"team": "fraud"}},
    "expose": {"type": "HTTPRoute", "host": "flink.example.org", "gateway": "public"},
    "network_policy": {"clients": [{"podSelector": {}}]},
    "tls": {"certificate": "session-tls", "client_authentication": True},
    "logging": {"levels": {"org.apache.flink": "DEBUG"}},
}
"""The same cluster cannot have all arguments at once."""
PLACES = [(args, path) for args in (RIGHT, FURTHER) for path in paths(args) if not must_be_plain(path)]
WRONG: dict[str, Any] = {
    "cluster_id": "Demo",
    "namespace": "flink_",
    "flink_version": "1.1",
    "image": " ",
    "image_pull_policy": "Sometimes",
    "image_pull_secrets": [""],
    "job_manager": {"cpu": -1, "memory": "2048m", "node_selector": {"a b": "c"}},
    "task_manager": {"memory": "64Mi", "slots": 0, "min_slots": -5, "max_slots": 0, "idle_timeout": "soon"},
    "rest_service_exposed_type": "Public",
    "configuration": {"parallelism.default": "many", "execution.checkpointing.intervall": "1min", "rest.port": -1},
    "log_configuration": {"log4j3.properties": "x"},
}
MUST_BE_PLAIN = {
    ("task_manager", "pod_template"): "job_manager",
    ("hadoop_configuration",): "whether",
    ("task_manager",): "",
}


def with_output(args: Any, path: tuple[Any, ...], wrap: Callable[[Any], Any]) -> Any:
    if not path:
        return wrap(args)
    if isinstance(args, list):
        return [with_output(item, path[1:], wrap) if index == path[0] else item for index, item in enumerate(args)]
    return {key: with_output(item, path[1:], wrap) if key == path[0] else item for key, item in args.items()}


def deploy(args: Any, path: tuple[Any, ...], wrap: Callable[[Any], Any], *, preview: bool = False) -> Recording:
    def program() -> Any:
        cluster = FlinkSessionCluster("demo", with_output(args, path, wrap) if path else args)
        return {
            "endpoint": cluster.rest_endpoint,
            "id": cluster.cluster_id,
            "effective": cluster.effective_configuration,
        }

    return record(program, preview=preview)


def children(recording: Recording) -> dict[str, Any]:
    return {name: recording.inputs(name) for name in recording.requests if name != "demo"}


def findings(text: str) -> set[str]:
    """Give what is said, without what is shown of the values."""
    lines = text.removeprefix("1 error in the configuration:").splitlines()
    return {
        line.strip().removeprefix("- ") for line in lines if line.strip() and "errors in the configuration" not in line
    }


def named(place: tuple[Any, tuple[Any, ...]]) -> str:
    return ("" if place[0] is RIGHT else "further.") + ".".join(map(str, place[1]))


@cache
def plainly(whole: bool) -> Recording:
    return deploy(RIGHT if whole else FURTHER, (), lambda value: value)


def test_every_argument_is_tried() -> None:
    assert set(FlinkSessionClusterSettings.model_fields) - set(_ALWAYS_PLAIN) - {"pod_template"} <= {*RIGHT, *FURTHER}


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_an_output_of_a_right_value_gives_the_same_cluster(place: tuple[Any, tuple[Any, ...]]) -> None:
    plain, known = plainly(place[0] is RIGHT), deploy(*place, pulumi.Output.from_input)
    assert children(known) == children(plain)
    assert known.outputs == plain.outputs
    assert sorted(known.warnings) == sorted(plain.warnings)


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_a_preview_with_an_unknown_value_shows_nothing_that_is_not_so(place: tuple[Any, tuple[Any, ...]]) -> None:
    plain = plainly(place[0] is RIGHT)
    unknown = deploy(*place, lambda _: pulumi.Output.from_input(UNKNOWN), preview=True)
    shown, so = children(unknown), children(plain)
    assert set(shown) == set(so)
    for name, inputs in shown.items():
        for field, value in inputs.items():
            assert value in (so[name][field], "04da6b54-80e4-46f7-96ec-b56ff0331ba9"), (name, field)
    assert unknown.outputs == {} or unknown.outputs == plain.outputs


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_a_secret_is_refused_by_its_place(place: tuple[Any, tuple[Any, ...]]) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        deploy(*place, pulumi.Output.secret)
    said = str(raised.value)
    assert "must not be a secret" in said
    assert said.startswith(str(place[1][0]))


@pytest.mark.parametrize("name", [*_ALWAYS_PLAIN, *_PLAIN_MAPS])
def test_what_decides_about_objects_must_be_known(name: str) -> None:
    with pytest.raises(pulumi.RunError, match=f"{name} must be known beforehand"):
        deploy({"cluster_id": "demo", name: "something"}, (name,), pulumi.Output.from_input)


@pytest.fixture(scope="module")
def said() -> set[str]:
    with pytest.raises(pulumi.RunError) as raised:
        deploy(WRONG, (), lambda value: value)
    return findings(str(raised.value))


@pytest.mark.parametrize("path", list(paths(WRONG)), ids=lambda path: ".".join(map(str, path)))
def test_an_output_of_a_wrong_value_is_found_in_the_same_words(path: tuple[Any, ...]) -> None:
    """Alone among right values, so that it is found when it resolves."""
    wrong: Any = WRONG
    for key in path:
        wrong = wrong[key]
    replaced = {key: value for key, value in RIGHT.items() if key != path[0]}
    part = {path[0]: wrong if len(path) == 1 else {path[1]: wrong} if isinstance(WRONG[path[0]], dict) else [wrong]}
    args = {"cluster_id": "demo", **replaced, **part}
    with pytest.raises(pulumi.RunError) as plainly:
        deploy(args, (), lambda value: value)
    with pytest.raises(pulumi.RunError) as later:
        deploy(args, path[:2] if isinstance(args[path[0]], (dict, list)) else path[:1], pulumi.Output.from_input)
    assert findings(str(later.value)) == findings(str(plainly.value))


@pytest.mark.parametrize("path", list(paths(WRONG)), ids=lambda path: ".".join(map(str, path)))
def test_beside_an_unknown_value_nothing_is_said_that_is_not_so(path: tuple[Any, ...], said: set[str]) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        deploy(WRONG, path, lambda _: pulumi.Output.from_input(UNKNOWN), preview=True)
    assert findings(str(raised.value)) <= said


def test_a_preview_shows_what_is_known() -> None:
    args = {"cluster_id": "demo", "namespace": "flink", "image": "a/b:1"}
    unknown = deploy(args, ("image",), lambda _: pulumi.Output.from_input(UNKNOWN), preview=True)
    shown = children(unknown)
    text = json.dumps(
        {name: inputs for name, inputs in shown.items() if name not in ("demo-config", "demo-jobmanager")}
    )
    assert "04da6b54" not in text
    assert shown["demo-jobmanager"]["metadata"]["name"] == "demo"
    assert shown["demo-jobmanager"]["spec"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert shown["demo-config"]["metadata"]["name"] == "flink-config-demo"


@pytest.mark.parametrize(
    ("args", "path"),
    [
        ({"state_storage": "s3://b/f"}, ("state_storage",)),
        ({"metrics": {"port": 9250}}, ("metrics", "port")),
        ({"task_manager": {"memory": "4Gi"}}, ("task_manager", "memory")),
        ({"configuration": {"rest.port": 8082}}, ("configuration", "rest.port")),
        (
            {"configuration": {"execution.checkpointing.interval": "1min"}},
            ("configuration", "execution.checkpointing.interval"),
        ),
        ({"configuration": {"metrics.scope.jm": "x"}}, ("configuration", "metrics.scope.jm")),
    ],
)
def test_a_preview_shows_the_names_whatever_kind_of_value_is_unknown(
    args: dict[str, Any], path: tuple[Any, ...]
) -> None:
    unknown = deploy({"cluster_id": "demo", **args}, path, lambda _: pulumi.Output.from_input(UNKNOWN), preview=True)
    assert {inputs["metadata"]["name"] for name, inputs in children(unknown).items() if name != "demo-jobmanager"} >= {
        "flink-config-demo",
        "demo-rest",
    }
