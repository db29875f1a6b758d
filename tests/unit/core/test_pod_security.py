"""What the Pod Security Standard `restricted` asks of pods, and what of it is the user's to decide."""

from typing import Any

import pytest
import yaml

from flink_session.deployment.session import Extensions, SessionCluster, SessionClusterOptions, plan_session_cluster
from flink_session.deployment.session_cluster_options import TaskManagerResources

RESTRICTED = {
    "runAsUser": 9999,
    "runAsGroup": 9999,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
VOLUMES = {"fsGroup": 9999, "fsGroupChangePolicy": "OnRootMismatch"}


def plan(**arguments: Any) -> SessionCluster:
    return plan_session_cluster(SessionClusterOptions(cluster_id="demo", **arguments))


def pods(cluster: SessionCluster) -> list[dict[str, Any]]:
    """The specs of the JobManager's pod and of the TaskManagers' template."""
    template = cluster.further["pod-template"]["data"]["taskmanager-pod-template.yaml"]
    return [cluster.deployment["spec"]["template"]["spec"], yaml.safe_load(template)["spec"]]


def main_container(pod: dict[str, Any]) -> dict[str, Any]:
    return next(item for item in pod["containers"] if item["name"] == "flink-main-container")


@pytest.mark.parametrize("version", ["1.20", "2.0", "2.2", "2.3"])
def test_both_roles_are_restricted(version: str) -> None:
    for pod in pods(plan(flink_version=version)):
        assert main_container(pod)["securityContext"] == RESTRICTED
        assert pod["securityContext"] == VOLUMES


@pytest.mark.parametrize(
    ("of_pod", "of_container", "differs"),
    [
        ({"runAsUser": 1000, "fsGroup": 5}, {}, {"runAsUser": None}),
        ({}, {"runAsUser": 0}, {"runAsUser": 0, "runAsNonRoot": None}),
        ({"runAsUser": 0}, {}, {"runAsUser": None, "runAsNonRoot": None}),
        ({}, {"runAsNonRoot": False}, {"runAsNonRoot": False}),
        ({}, {"privileged": True}, {"privileged": True, "allowPrivilegeEscalation": None, "capabilities": None}),
        (
            {},
            {"capabilities": {"add": ["NET_BIND_SERVICE"]}},
            {"capabilities": {"add": ["NET_BIND_SERVICE"]}, "allowPrivilegeEscalation": None},
        ),
        ({"seccompProfile": {"type": "Unconfined"}}, {}, {"seccompProfile": None}),
    ],
)
def test_what_the_user_has_decided_stays(
    of_pod: dict[str, Any], of_container: dict[str, Any], differs: dict[str, Any]
) -> None:
    container = {"name": "flink-main-container", "securityContext": of_container}
    template = {"spec": {"securityContext": of_pod, "containers": [{"name": "side", "image": "s"}, container]}}
    expected = {key: value for key, value in {**RESTRICTED, **differs}.items() if value is not None}
    for pod in pods(plan(pod_template=template)):
        assert main_container(pod)["securityContext"] == expected
        assert pod["securityContext"] == {**({} if "fsGroup" in of_pod else VOLUMES), **of_pod}
        assert "securityContext" not in next(item for item in pod["containers"] if item["name"] == "side")


def test_none_leaves_the_pods_as_flink_makes_them() -> None:
    cluster = plan(extensions=Extensions(pod_security=False))
    assert "pod-template" not in cluster.further
    assert "securityContext" not in main_container(cluster.deployment["spec"]["template"]["spec"])


def test_a_template_of_taskmanagers_keeps_what_it_says() -> None:
    template = "metadata: {labels: {a: b}}\nspec:\n  schedulerName: grün\n  containers: []\n"
    cluster = plan(task_manager=TaskManagerResources(pod_template=template))
    shipped = yaml.safe_load(cluster.further["pod-template"]["data"]["taskmanager-pod-template.yaml"])
    assert shipped["metadata"] == {"labels": {"a": "b"}}
    assert shipped["spec"]["schedulerName"] == "grün"
    assert main_container(shipped["spec"])["securityContext"] == RESTRICTED
