"""When a Deployment or a Service is ready, and what is said when it cannot become so."""

import asyncio
from typing import Any

import pytest

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.kubeconfig import Connection
from flink_session.engine.errors import StepError, UnreadyError
from flink_session.engine.kubernetes_provider.kinds import find_kind
from flink_session.engine.kubernetes_provider.waits import waiting
from flink_session.engine.kubernetes_provider.waits.problems import Problem, event_problem, pod_problems
from flink_session.engine.kubernetes_provider.waits.readiness import deployment_progress, service_progress
from flink_session.engine.kubernetes_provider.waits.waiting import Patience, wait_until_gone, wait_until_ready
from tests.support.engine.fake_api import FakeApi

Manifest = dict[str, Any]
DEPLOYMENT = find_kind("kubernetes:apps/v1:Deployment")


def deployment(**status: int) -> Manifest:
    return {"metadata": {"name": "d", "generation": 2}, "spec": {"replicas": 1}, "status": status}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({"observedGeneration": 1, "updatedReplicas": 1, "replicas": 1, "availableReplicas": 1}, "controller"),
        ({"observedGeneration": 2}, "0 of 1 new pods created"),
        ({"observedGeneration": 2, "updatedReplicas": 1, "replicas": 2, "availableReplicas": 1}, "old pods"),
        ({"observedGeneration": 2, "updatedReplicas": 1, "replicas": 1}, "0 of 1 pods available"),
    ],
)
def test_a_deployment_is_not_ready_before_its_generation_is_all_there(status: dict[str, int], message: str) -> None:
    progress = deployment_progress(deployment(**status))
    assert not progress.ready
    assert message in progress.message


def test_a_deployment_that_is_rolled_out_is_ready() -> None:
    status = {"observedGeneration": 2, "updatedReplicas": 1, "replicas": 1, "availableReplicas": 1}
    assert deployment_progress(deployment(**status)).ready


def pod(**container: Any) -> Manifest:
    return {"metadata": {"name": "p", "namespace": "n"}, "status": {"containerStatuses": [{"name": "c", **container}]}}


def waiting_pod(reason: str, message: str = "", **container: Any) -> Manifest:
    return pod(state={"waiting": {"reason": reason, "message": message}}, image="i:1", **container)


def test_an_image_that_is_not_there_is_told_in_the_registrys_words() -> None:
    (problem,) = pod_problems(waiting_pod("ErrImagePull", 'failed to resolve "i:1": not found'))
    assert "i:1" in problem.message
    assert "not found" in problem.message
    (again,) = pod_problems(waiting_pod("ImagePullBackOff", "Back-off pulling image"))
    assert again.key == problem.key, "one problem, in two words"
    assert problem.patience is not None
    assert again.patience is not None
    assert problem.patience < again.patience


def test_a_crash_is_told_with_its_last_message_and_where_to_look() -> None:
    ended = {"exitCode": 137, "reason": "ContainerCannotRun", "message": "last words"}
    (problem,) = pod_problems(waiting_pod("CrashLoopBackOff", lastState={"terminated": ended}, restartCount=1))
    for text in ("exit code 137", "ContainerCannotRun", "last words", "kubectl --namespace n logs p"):
        assert text in problem.message
    assert problem.patience is None, "one crash may pass"
    (problem,) = pod_problems(waiting_pod("CrashLoopBackOff", lastState={"terminated": ended}, restartCount=3))
    assert problem.patience is not None


def test_an_unschedulable_pod_is_told_but_waited_for() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu"}
    (problem,) = pod_problems({"metadata": {"name": "p"}, "status": {"conditions": [condition]}})
    assert "Insufficient cpu" in problem.message
    assert problem.patience is None


@pytest.mark.parametrize(
    ("message", "requests", "said"),
    [
        (
            "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes.",
            [{"cpu": "2"}],
            "no node that it may run on has 2 CPUs free (0/1 nodes are available: 1 Insufficient cpu)",
        ),
        (
            "0/2 nodes are available: 1 Insufficient memory, 2 Insufficient cpu.",
            [{"cpu": "500m", "memory": "2Gi"}, {"cpu": "1"}],
            "has 2Gi of memory and 0.5 + 1 CPUs free (0/2 nodes are available: 1 Insufficient memory, 2 Insuff",
        ),
        ("0/1 nodes are available: 1 Too many pods.", [{"cpu": "2"}], "scheduled: 0/1 nodes are available: 1 Too many"),
    ],
)
def test_what_no_node_has_free_is_said_with_its_amount(message: str, requests: list[Any], said: str) -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": message}
    containers = [{"name": "a", "resources": {"requests": item}} for item in requests]
    pod = {"metadata": {"name": "p"}, "spec": {"containers": containers}, "status": {"conditions": [condition]}}
    (problem,) = pod_problems(pod)
    assert said in problem.message


def test_a_missing_volume_is_told_from_its_event() -> None:
    event = {"type": "Warning", "reason": "FailedMount", "message": 'configmap "x" not found'}
    problem = event_problem(event | {"involvedObject": {"name": "p"}})
    assert problem
    assert 'configmap "x" not found' in problem.message
    assert event_problem(event | {"reason": "Unhealthy"}) is None


def test_a_problem_is_permanent_when_it_outlasts_its_patience() -> None:
    patience, problem = Patience(), Problem("k", "m", 5)
    assert not patience.lost([problem], 100)
    assert not patience.lost([problem], 104)
    assert not patience.lost([], 104.5)
    assert not patience.lost([problem], 106)
    assert patience.lost([problem], 111)
    assert not Patience().lost([Problem("k", "m", None)], 1000)


@pytest.mark.parametrize(
    ("spec", "slices", "ready"),
    [
        ({"selector": {"a": "b"}}, [], False),
        ({"selector": {"a": "b"}}, [{"endpoints": [{"conditions": {"ready": False}}]}], False),
        ({"selector": {"a": "b"}}, [{"endpoints": [{"conditions": {"ready": True}}]}], True),
        ({"selector": {"a": "b"}, "clusterIP": "None"}, [], True),
        ({}, [], True),
        ({"type": "ExternalName", "externalName": "x"}, [], True),
        ({"type": "LoadBalancer"}, [], False),
    ],
)
def test_services(spec: Manifest, slices: list[Manifest], ready: bool) -> None:
    assert service_progress({"spec": spec, "status": {"loadBalancer": {}}}, slices).ready is ready


class Failing(FakeApi):
    """Its Deployments never become available, because of one pod."""

    def _store(self, path: str, live: Manifest) -> Manifest:
        stored = super()._store(path, live)
        if live["kind"] == "Deployment":
            owner = [{"uid": live["metadata"]["uid"]}]
            annotations = {"deployment.kubernetes.io/revision": "1"}
            live["metadata"]["annotations"] = annotations
            live["status"] = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1}
            base = "/namespaces/default"
            replica_set = {"name": "r", "uid": "r", "ownerReferences": owner, "annotations": annotations}
            self.objects[f"/apis/apps/v1{base}/replicasets/r"] = {"metadata": replica_set}
            failing = waiting_pod("InvalidImageName", "bad name")
            failing["metadata"] |= {"uid": "p", "ownerReferences": [{"uid": "r"}]}
            self.objects[f"/api/v1{base}/pods/p"] = failing
        return stored


def make(api: FakeApi) -> Manifest:
    manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}},
    }
    return api.put("/apis/apps/v1/namespaces/default/deployments/d", manifest)


def test_a_permanent_problem_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Failing()
    told: list[str] = []
    monkeypatch.setattr(waiting.Patience, "lost", lambda *_: True)
    cluster = Cluster(Connection(api.client(), "", "", "default"))
    with pytest.raises(UnreadyError, match="bad name") as raised:
        asyncio.run(wait_until_ready(cluster, DEPLOYMENT, make(api), 600, told.append))
    assert raised.value.live["metadata"]["name"] == "d"
    assert "0 of 1 pods available; pod p: the image i:1 cannot be pulled: bad name" in told


def test_the_timeout_ends_the_wait_and_says_what_was_missing() -> None:
    api = Failing()
    cluster = Cluster(Connection(api.client(), "", "", "default"))
    with pytest.raises(UnreadyError, match=r"(?s)was not ready after 0 s: 0 of 1 pods available.*bad name"):
        asyncio.run(wait_until_ready(cluster, DEPLOYMENT, make(api), 0.2, lambda _: None))


def test_a_wait_for_what_does_not_go_names_its_finalizers() -> None:
    api = FakeApi()
    live = make(api)
    live["metadata"]["finalizers"] = ["mine.example/x"]
    cluster = Cluster(Connection(api.client(), "", "", "default"))
    with pytest.raises(StepError, match=r"mine\.example/x"):
        asyncio.run(wait_until_gone(cluster, DEPLOYMENT, "default", "d", live["metadata"]["uid"], 0.2, lambda _: None))
