"""The main job on a real node: a session cluster comes up, runs a job, changes in place, and goes without a trace.

The tests of this module tell one story in order, since every step takes a real JobManager's start.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.kube import Kube, eventually
from tests.support.project import Project

pytestmark = pytest.mark.node

# Two session clusters with a TaskManager each must fit beside the system on two cores.
SMALL: dict[str, Any] = {
    "job_manager": {"cpu": 0.3, "memory": "1Gi"},
    "task_manager": {"cpu": 0.3, "memory": "1Gi"},
}
TEMPLATE: dict[str, Any] = {
    "metadata": {"annotations": {"team": "data"}},
    "spec": {"containers": [{"name": "flink-main-container", "env": [{"name": "FROM_TEMPLATE", "value": "yes"}]}]},
}
FASTER = {"kubernetes.jobmanager.cpu.limit-factor": 3, "kubernetes.taskmanager.cpu.limit-factor": 3}


@pytest.fixture(scope="module")
def first(project: Project, kube: Kube, namespace: str) -> str:
    """A session cluster by the name of ``first``, freshly up."""
    first = {"cluster_id": "first", "namespace": namespace, "pod_template": TEMPLATE}
    project.configure("first", **first, configuration=FASTER, **SMALL)
    project.up("first")
    return "first"


@pytest.fixture(scope="module")
def second(project: Project, first: str, kube: Kube, namespace: str) -> str:
    """Another one in the same namespace, which nothing that happens to the first may touch."""
    project.configure("second", cluster_id="second", namespace=namespace, configuration=FASTER, **SMALL)
    project.up("second")
    return "second"


def versions(kube: Kube, namespace: str, cluster_id: str) -> dict[str, Any]:
    """What changes when somebody touches a cluster's objects, or its JobManager restarts."""
    objects = {
        "deployments": cluster_id,
        "services": cluster_id,
        "configmaps": f"flink-config-{cluster_id}",
    }
    found = {kind: kube.get(namespace, kind, name) for kind, name in objects.items()}
    pods = kube.list(namespace, "pods", f"app={cluster_id},component=jobmanager")
    return {
        **{kind: (item or {})["metadata"]["uid"] for kind, item in found.items()},
        "generation": (found["deployments"] or {})["metadata"]["generation"],
        "pods": {
            (pod["metadata"]["uid"], status["restartCount"])
            for pod in pods
            for status in pod["status"]["containerStatuses"]
        },
    }


def test_up_ends_when_the_endpoint_answers(project: Project, kube: Kube, namespace: str, first: str) -> None:
    overview = kube.rest(namespace, first, "/overview")
    assert overview["flink-version"].startswith("2.2")
    outputs = project.outputs("first")
    assert outputs["rest_endpoint"] == f"http://first-rest.{namespace}:8081"
    assert outputs["cluster_id"] == "first"


def test_a_job_runs_to_its_end_on_a_taskmanager_that_the_jobmanager_requested(
    kube: Kube, namespace: str, first: str
) -> None:
    assert kube.list(namespace, "pods", f"app={first},component=taskmanager") == []
    jar = Path(os.environ["FLINK_SESSION_TEST_JAR"])
    with jar.open("rb") as content:
        uploaded = kube.rest(
            namespace, first, "/jars/upload", "POST", files={"jarfile": (jar.name, content, "application/java-archive")}
        )
    jar_id = Path(uploaded["filename"]).name
    job = kube.rest(namespace, first, f"/jars/{jar_id}/run", "POST", json={})["jobid"]

    def finished() -> dict[str, Any] | None:
        state = dict(kube.rest(namespace, first, f"/jobs/{job}"))
        assert state["state"] not in {"FAILED", "CANCELED"}, kube.rest(namespace, first, f"/jobs/{job}/exceptions")
        return state if state["state"] == "FINISHED" else None

    state = eventually(finished, seconds=180, what="the job's end")
    vertex = kube.rest(namespace, first, f"/jobs/{job}/vertices/{state['vertices'][0]['id']}")
    where = {task["taskmanager-id"] for task in vertex["subtasks"]}
    pods = {pod["metadata"]["name"]: pod for pod in kube.list(namespace, "pods", f"app={first},component=taskmanager")}
    assert where
    assert where <= pods.keys()
    deployment = kube.get(namespace, "deployments", first)
    assert deployment
    for name in where:
        assert pods[name]["metadata"]["ownerReferences"][0]["uid"] == deployment["metadata"]["uid"]
        assert is_from_the_template(pods[name])
    (job_manager,) = kube.list(namespace, "pods", f"app={first},component=jobmanager")
    assert is_from_the_template(job_manager)


def is_from_the_template(pod: dict[str, Any]) -> bool:
    variables = {item["name"]: item.get("value") for item in pod["spec"]["containers"][0]["env"]}
    return bool(pod["metadata"]["annotations"].get("team") == "data" and variables["FROM_TEMPLATE"] == "yes")


def test_up_again_changes_nothing(project: Project, kube: Kube, namespace: str, first: str) -> None:
    before, checkpoint = versions(kube, namespace, first), project.checkpoint("first")
    said = project.up("first")
    assert versions(kube, namespace, first) == before
    assert (
        project.checkpoint("first")["checkpoint"]["latest"]["resources"]
        == checkpoint["checkpoint"]["latest"]["resources"]
    )
    assert "unchanged" in said
    assert project.run("preview", "first", "--expect-no-changes").returncode == 0


def test_a_changed_option_rolls_the_jobmanager_in_place(
    project: Project, kube: Kube, namespace: str, first: str, second: str
) -> None:
    before, other = versions(kube, namespace, first), versions(kube, namespace, second)
    project.configure(
        "first",
        cluster_id="first",
        namespace=namespace,
        pod_template=TEMPLATE,
        configuration={**FASTER, "taskmanager.numberOfTaskSlots": 3, "web.refresh-interval": 4321},
        **SMALL,
    )
    preview = project.run("preview", "first")
    assert preview.returncode == 0, preview.stdout
    assert versions(kube, namespace, first) == before
    project.up("first")
    after = versions(kube, namespace, first)
    assert after["deployments"] == before["deployments"]
    assert after["generation"] == before["generation"] + 1
    assert not {uid for uid, _ in after["pods"]} & {uid for uid, _ in before["pods"]}
    assert len(after["pods"]) == 1
    assert kube.rest(namespace, first, "/config")["refresh-interval"] == 4321
    assert versions(kube, namespace, second) == other


def test_destroy_leaves_nothing_of_it_and_everything_of_the_other(
    project: Project, kube: Kube, namespace: str, first: str, second: str
) -> None:
    other = versions(kube, namespace, second)
    project.destroy("first")
    left = {name for name in kube.names(namespace) if "first" in name}
    assert left == set()
    assert versions(kube, namespace, second) == other
    assert kube.rest(namespace, second, "/overview")["flink-version"].startswith("2.2")
    assert project.resources("first") == set()
    project.destroy("second")
    assert kube.names(namespace) == set()
