"""What the arguments beyond size and name come to: each has its effect, in both roles where it should."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment import SessionCluster
from flink_session.deployment.planning import plan


def no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def planned(**args: Any) -> SessionCluster:
    return plan({"cluster_id": "demo", **args}, no_file)[1]


def refused(**args: Any) -> list[str]:
    with pytest.raises(IllegalConfigurationError) as raised:
        planned(**args)
    return list(map(str, raised.value.findings))


def pod(cluster: SessionCluster) -> dict[str, Any]:
    return dict(cluster.deployment["spec"]["template"]["spec"])


def test_the_number_of_taskmanagers() -> None:
    cluster = planned(task_manager={"slots": 2, "min_slots": 2, "max_slots": 8, "idle_timeout": "90s"})
    options = cluster.effective_configuration
    assert options["slotmanager.number-of-slots.min"] == 2
    assert options["slotmanager.number-of-slots.max"] == 8
    assert options["resourcemanager.taskmanager-timeout"] == "90s"
    (text,) = refused(task_manager={"slots": 4, "max_slots": 2})
    assert text.startswith("task_manager.max_slots is 2, but it must be at least the 4 slots of one TaskManager")
    (text,) = refused(task_manager={"idle_timeout": "60"})
    assert text.startswith("task_manager.idle_timeout is '60', but it must be a duration with its unit")
    (text,) = refused(task_manager={"idle_timeout": "soon"})
    assert text.startswith("task_manager.idle_timeout is 'soon'")
    (text,) = refused(task_manager={"max_slots": 8}, configuration={"slotmanager.number-of-slots.max": 9})
    assert "keep task_manager.max_slots" in text


@pytest.mark.parametrize("version", ["1.20", "2.2"])
def test_nodes_and_taints(version: str) -> None:
    toleration = {"key": "dedicated", "operator": "Equal", "value": "flink", "effect": "NoSchedule"}
    place = {"node_selector": {"topology.kubernetes.io/zone": "a"}, "tolerations": [toleration]}
    template = {"spec": {"nodeSelector": {"disk": "ssd"}, "tolerations": [{"operator": "Exists", "key": "x"}]}}
    cluster = planned(flink_version=version, job_manager=place, task_manager=place, pod_template=template)
    assert pod(cluster)["nodeSelector"] == {"disk": "ssd", "topology.kubernetes.io/zone": "a"}
    assert pod(cluster)["tolerations"] == [{"operator": "Exists", "key": "x"}, toleration]
    options = cluster.effective_configuration
    assert options["kubernetes.taskmanager.node-selector"] == options["kubernetes.jobmanager.node-selector"]
    assert options["kubernetes.taskmanager.tolerations"] == options["kubernetes.jobmanager.tolerations"]
    (text,) = refused(task_manager={"tolerations": [{"key": "a", "efect": "NoSchedule"}]})
    assert text.startswith("task_manager.tolerations, efect is no field that Flink knows")


def test_sizes_are_figures_of_pods_and_of_the_whole_session() -> None:
    role = {"cpu": 0.5, "memory": "2Gi"}
    configuration = {"kubernetes.taskmanager.cpu.limit-factor": 2.0}
    args = {"job_manager": role, "configuration": configuration}
    sizes = planned(task_manager={**role, "slots": 2, "min_slots": 3, "max_slots": 9}, **args).sizes
    assert {name: sizes["jobManager"][name] for name in ("pods", "cpu", "cpuLimit", "memoryMiB")} == {
        "pods": 1,
        "cpu": 0.5,
        "cpuLimit": 0.5,
        "memoryMiB": 2048,
    }
    assert (sizes["taskManager"]["slots"], sizes["taskManager"]["cpuLimit"]) == (2, 1.0)
    for role_name in ("jobManager", "taskManager"):
        assert sum(sizes[role_name]["breakdown"].values()) == 2 << 30
    assert sizes["least"] == {"taskManagers": 2, "slots": 4, "cpu": 1.5, "memoryMiB": 3 * 2048}
    assert sizes["most"] == {"taskManagers": 4, "slots": 8, "cpu": 2.5, "memoryMiB": 5 * 2048}
    without = planned().sizes
    assert "most" not in without
    assert without["least"] == {"taskManagers": 0, "slots": 0, "cpu": 1.0, "memoryMiB": 1600}
    assert json.loads(json.dumps(sizes)) == sizes


def test_the_command_that_submits_a_job() -> None:
    assert planned(namespace="flink").flink_run_command == (
        "flink run -t kubernetes-session -Dkubernetes.cluster-id=demo -Dkubernetes.namespace=flink"
    )
    tls = {"security.ssl.rest.enabled": True}
    assert planned(configuration=tls).flink_run_command.endswith("-Dsecurity.ssl.rest.enabled=true")
