"""What is the same in a session that is there and in one that is planned, and what is said of what is not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from flink_session.configuration.files.config_yaml import load_config_yaml
from flink_session.deployment.adoption import as_it_is, differences
from flink_session.deployment.planning import plan
from flink_session.deployment.session import SessionCluster

ARGS: dict[str, Any] = {
    "cluster_id": "demo",
    "adopt": True,
    "job_manager": {"memory": "1Gi"},
    "configuration": {"client.timeout": "1 min", "x.list": [1, 2]},
}


def planned(**more: Any) -> SessionCluster:
    def no_file(path: str) -> bytes:
        raise FileNotFoundError(path)

    return plan({**ARGS, **more}, no_file)[1]


def as_flink_writes_it(cluster: SessionCluster) -> dict[str, str]:
    """Give the data of the ConfigMap in another order and other words, which mean the same."""
    data = dict(cluster.config_map["data"])
    lines = [f"{key}: {value!r}" for key, value in reversed(list(load_config_yaml(data["config.yaml"]).values.items()))]
    text = "\n".join(lines) + "\n"
    assert "'1024m'" in text
    return {**data, "config.yaml": text.replace("'1024m'", "1g").replace("'1 min'", "60s")}


def test_a_text_that_says_the_same_stays_as_it_is() -> None:
    cluster = planned()
    live = as_flink_writes_it(cluster)
    assert as_it_is(cluster.config_map, live)["data"] == live
    assert not differences(cluster, live, cluster.deployment)


def test_a_text_that_says_something_else_gives_way() -> None:
    cluster, live = planned(), as_flink_writes_it(planned())
    other = {**live, "config.yaml": live["config.yaml"] + "parallelism.default: 4\n"}
    assert as_it_is(planned(task_manager={"slots": 3}).config_map, live)["data"]["config.yaml"] != live["config.yaml"]
    assert as_it_is(cluster.config_map, {**other, "config.yaml": ": ["})["data"] == cluster.config_map["data"]


def test_each_difference_says_what_to_set() -> None:
    cluster = planned()
    live = as_flink_writes_it(cluster)
    live["config.yaml"] = live["config.yaml"].replace("1g", "2g").replace("client.timeout", "client.heartbeat.timeout")
    live |= {"log4j-console.properties": "a=b\n", "logback.xml": "<configuration/>"}
    deployment = copy.deepcopy(cluster.deployment)
    pod = deployment["spec"]["template"]["spec"]
    pod["containers"][0]["image"] = "own:1"
    pod["containers"][0]["ports"][0]["containerPort"] = 8081.0
    pod["containers"].append({"name": "sidecar", "image": "sidecar:1"})
    pod["restartPolicy"] = "Always"
    said = [str(finding) for finding in differences(cluster, live, deployment)]
    assert said == [
        (
            "client.heartbeat.timeout is '60s' in the running session: "
            "set client.heartbeat.timeout to '60s' to take it over."
        ),
        (
            "client.timeout is '1 min', but it is not set in the running session: "
            "leave client.timeout out to take it over."
        ),
        (
            "jobmanager.memory.process.size is '1024m', but it is '2g' in the running session: "
            "set job_manager.memory to '2g' to take it over."
        ),
        (
            "log_configuration, log4j-console.properties is not the text that the running session has: "
            "give the text of that file in the folder conf of Flink's client."
        ),
        (
            "log_configuration, logback.xml is not the text that the running session has: "
            "give the text of that file in the folder conf of Flink's client."
        ),
        (
            "JobManager, spec.containers.flink-main-container.image is not what the running JobManager has: "
            "it is 'own:1' there: set image accordingly."
        ),
        (
            "JobManager, spec.containers.sidecar is not what the running JobManager has: "
            "say it by a pod_template or by the option that makes it."
        ),
    ]


@pytest.mark.parametrize("addition", ["readiness_probe", "startup_probe", "recreate_strategy", "access"])
def test_of_an_adopted_session_only_what_is_asked_for_is_added(addition: str) -> None:
    bare, more = planned(), planned(additions={addition: True})
    assert bare.specification != more.specification
    assert bare.service_account is None
    assert "pod-template" not in bare.further
    deployment = bare.deployment["spec"]
    (container,) = deployment["template"]["spec"]["containers"]
    assert "strategy" not in deployment
    assert "metadata" not in deployment or not deployment["template"]["metadata"].get("annotations")
    assert not {"readinessProbe", "startupProbe", "securityContext"} & container.keys()


def test_what_differs_by_additions_alone_is_meant_to() -> None:
    bare, more = planned(), planned(additions={"access": True, "configuration_checksum": True})
    live = as_flink_writes_it(bare)
    assert differences(more, live, bare.deployment)
    assert not differences(more, live, bare.deployment, bare)
    applied = dict(more.config_map["data"])
    assert not differences(more, applied, more.deployment, bare)
