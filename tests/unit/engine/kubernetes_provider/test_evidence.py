"""What was so before a wait began proves nothing: it may have been put right since, and is only not tried again yet."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.kinds import REPLICA_SET, Kind
from flink_session.api_server.kubeconfig import Connection
from flink_session.engine.errors import StepError, UnreadyError
from flink_session.engine.kubernetes_provider.kinds import find_kind
from flink_session.engine.kubernetes_provider.waits import evidence, waiting
from flink_session.engine.kubernetes_provider.waits.evidence import Since
from flink_session.engine.kubernetes_provider.waits.problems import Owner, Problem, pod_problems
from flink_session.engine.kubernetes_provider.waits.readiness import PROGRESS, is_ready
from flink_session.engine.kubernetes_provider.waits.wait_for import holds
from flink_session.engine.kubernetes_provider.waits.waiting import wait_until_gone, wait_until_ready
from tests.support.engine.fake_api import FakeApi

Manifest = dict[str, Any]
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SINCE = Since(NOW)
BEFORE, AFTER = "2026-11-27T11:55:00Z", "2026-11-27T12:00:01Z"
OWNER = Owner(REPLICA_SET, "n", "r", "r")
STATEFUL_SET = Kind("apps/v1", "StatefulSet", "statefulsets")


@pytest.mark.parametrize(
    ("time", "counts"),
    [
        (BEFORE, False),
        (AFTER, True),
        ("2026-11-27T12:00:00.5Z", True),
        ("2026-11-27T11:59:58Z", False),
        ("2026-11-27T14:55:00+03:00", False),
        ("", True),
        (None, True),
        ("yesterday", True),
    ],
)
def test_what_is_not_known_to_be_old_counts(time: str | None, counts: bool) -> None:
    assert SINCE.counts(time) is counts


def test_the_clock_is_the_api_servers() -> None:
    """This machine's may be hours away."""
    api = FakeApi()
    dated = {"Date": "Fri, 27 Nov 2026 12:00:00 GMT"}
    api.before = lambda _: httpx2.Response(200, json={}, headers=dated)

    async def ask(date: str) -> datetime:
        cluster = Cluster(Connection(api.client(), "", "", "default"))
        dated["Date"] = date
        await cluster.get(find_kind("kubernetes:core/v1:ConfigMap"), "default", "x")
        return cluster.now

    assert abs(asyncio.run(ask("Fri, 27 Nov 2026 12:00:00 GMT")) - NOW) < timedelta(seconds=2)
    assert abs(asyncio.run(ask("of no use")) - datetime.now(UTC)) < timedelta(seconds=2)


def failing(time: str) -> Manifest:
    condition = {"type": "ReplicaFailure", "status": "True", "lastTransitionTime": time, "message": "quota: pods=0"}
    return {"metadata": {"name": "r", "uid": "r"}, "status": {"conditions": [condition]}}


def event(time: str, message: str, reason: str = "FailedCreate", uid: str = "r") -> Manifest:
    about = {"uid": uid, "name": uid}
    return {
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": time,
        "involvedObject": about,
        "metadata": {"name": f"{uid}.{time}.{message}"},
    }


def of_creation(
    owner: Manifest,
    *events: Manifest,
    about: Owner | None = OWNER,
    pods: tuple[Manifest, ...] = (),
    touched: bool = False,
) -> list[Problem]:
    return evidence.of_creation(owner, about, list(pods), list(events), SINCE, touched=touched)


def test_pods_that_could_not_be_created_before_are_tried_again() -> None:
    (problem,) = of_creation(failing(BEFORE), event(BEFORE, "Error creating: quota: pods=0"))
    assert problem.message == "no pod could be created before this update: quota: pods=0"
    assert problem.patience is None
    assert problem.retried_by == OWNER


def test_pods_that_cannot_be_created_now_are_told_in_the_words_of_the_last_try() -> None:
    """The condition keeps those of the first one."""
    combined = "(combined from similar events): Error creating: quota: pods=1"
    for owner, events in (
        (failing(AFTER), []),
        (failing(BEFORE), [event(BEFORE, "quota: pods=0"), event(AFTER, combined)]),
        (failing(""), []),
    ):
        (problem,) = of_creation(owner, *events)
        assert problem.message == f"no pod can be created: quota: pods={len(events) // 2}"
        assert problem.patience == 10
        assert problem.retried_by == OWNER, "it may have been put right this very second"


def test_after_the_controller_was_made_to_try_again_what_it_says_counts_without_an_event() -> None:
    """Events are left out by their source where they are many, and may be forbidden to read."""
    (problem,) = of_creation(failing(BEFORE), touched=True)
    assert problem.message == "no pod can be created: quota: pods=0"
    assert problem.patience == 10


def test_a_replica_set_takes_its_word_back_when_it_has_created_its_pods() -> None:
    recovered = {"metadata": {"uid": "r"}, "status": {}}
    assert of_creation(recovered, event(AFTER, "quota")) == []
    assert of_creation(failing(AFTER), event(AFTER, "quota", uid="other"))[0].message.endswith("quota: pods=0")


def test_of_other_owners_events_tell_unless_a_pod_came_after_them() -> None:
    owner: Manifest = {"metadata": {"uid": "r"}, "status": {}}
    about = Owner(STATEFUL_SET, "n", "r", "r")
    (problem,) = of_creation(owner, event(AFTER, "quota"), about=about)
    assert problem.message == "no pod can be created: quota"
    pod = {"metadata": {"name": "r-0", "creationTimestamp": BEFORE}}
    (problem,) = of_creation(owner, event(AFTER, "quota"), about=about, pods=(pod,))
    assert problem.message == "no further pod can be created: quota"
    pod = {"metadata": {"name": "r-0", "creationTimestamp": AFTER}}
    assert of_creation(owner, event(AFTER, "quota"), about=about, pods=(pod,)) == []
    (problem,) = of_creation(owner, event(BEFORE, "quota"), about=about)
    assert problem.retried_by == about


def pod(created: str, *, finished: str | None = None, **waiting: Any) -> Manifest:
    container: Manifest = {"name": "c", "image": "i:1", "restartCount": 4, "state": {"waiting": waiting}}
    if finished is not None:
        container["lastState"] = {"terminated": {"exitCode": 1, "finishedAt": finished}}
    metadata = {"name": "p", "uid": "p", "creationTimestamp": created}
    return {"metadata": metadata, "status": {"containerStatuses": [container]}}


CRASHES = {"reason": "CrashLoopBackOff"}
NO_IMAGE = {"reason": "ImagePullBackOff", "message": "not found"}
NO_SECRET = {"reason": "CreateContainerConfigError", "message": 'secret "x" not found'}


@pytest.mark.parametrize(
    ("live", "events", "is_news"),
    [
        (pod(BEFORE, finished=BEFORE, **CRASHES), [], False),
        (pod(BEFORE, finished=AFTER, **CRASHES), [], True),
        (pod(AFTER, finished=AFTER, **CRASHES), [], True),
        (pod("2026-11-27T11:59:58Z", finished="2026-11-27T11:59:59Z", **CRASHES), [], True),  # two clocks
        (pod(BEFORE, **NO_IMAGE), [], False),
        (pod(AFTER, **NO_IMAGE), [], True),
        (pod(BEFORE, **NO_IMAGE), [event(BEFORE, "Failed to pull image", "Failed", "p")], False),
        (pod(BEFORE, **NO_IMAGE), [event(AFTER, "Failed to pull image", "Failed", "p")], True),
        (pod(BEFORE, **NO_IMAGE), [event(AFTER, "Failed to pull image", "Failed", "q")], False),
        # Said while it only pauses.
        (pod(BEFORE, **NO_IMAGE), [event(AFTER, "Error: ImagePullBackOff", "Failed", "p")], False),
        (pod(BEFORE, **NO_IMAGE), [event(AFTER, "Back-off pulling image", "BackOff", "p")], False),
        (pod(BEFORE, **NO_SECRET), [], False),
        (pod(BEFORE, **NO_SECRET), [event(AFTER, 'Error: secret "x" not found', "Failed", "p")], True),
    ],
)
def test_what_a_kubelet_met_with_before_is_tried_again(live: Manifest, events: list[Manifest], is_news: bool) -> None:
    found = pod_problems(live)
    (problem,) = evidence.of_pod(live, found, events, SINCE)
    if is_news:
        assert [problem] == found
    else:
        assert "before this update" in problem.message
        assert problem.patience == 330
        assert problem.key != found[0].key, "its patience begins anew when it is met with again"


def test_a_pod_that_cannot_be_scheduled_is_told_whenever_that_was() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/1 nodes"}
    live = {"metadata": {"name": "p", "creationTimestamp": BEFORE}, "status": {"conditions": [condition]}}
    found = pod_problems(live)
    assert evidence.of_pod(live, found, [], SINCE) == found


def test_the_limits_of_a_former_quota_are_not_those_in_force() -> None:
    progress = PROGRESS["", "ResourceQuota"]
    raised = {"spec": {"hard": {"pods": "5"}}, "status": {"hard": {"pods": "1"}}}
    assert not progress(raised).ready
    assert progress({"spec": {"hard": {"pods": "5"}}, "status": {"hard": {"pods": "5", "cpu": "1"}}}).ready


@pytest.mark.parametrize(
    ("expression", "status", "is_so"),
    [
        ("condition=Ready", {"observedGeneration": 1}, False),
        ("condition=Ready", {"observedGeneration": 2}, True),
        ("condition=Ready", {}, True),
        ("jsonpath={.status.phase}=Running", {"observedGeneration": 1, "phase": "Running"}, False),
        ("jsonpath={.status.phase}=Running", {"observedGeneration": 2, "phase": "Running"}, True),
        ("jsonpath={.status.phase}=Running", {"phase": "Running"}, True),
        ("jsonpath={.metadata.name}=x", {"observedGeneration": 1}, True),
    ],
)
def test_a_status_of_a_former_generation_is_not_what_is_waited_for(
    expression: str, status: Manifest, is_so: bool
) -> None:
    conditions = [{"type": "Ready", "status": "True"}]
    live = {"metadata": {"name": "x", "generation": 2}, "status": {"conditions": conditions, **status}}
    assert holds(expression, live) is is_so


def test_what_only_others_can_tell_is_not_taken_for_ready_at_a_refresh() -> None:
    service = find_kind("kubernetes:core/v1:Service")
    assert not is_ready(service, {"metadata": {"name": "s"}, "spec": {"selector": {"a": "b"}, "clusterIP": "10.0.0.1"}})
    assert is_ready(service, {"metadata": {"name": "s"}, "spec": {"clusterIP": "None", "selector": {"a": "b"}}})
    waits = {"name": "c", "annotations": {"pulumi.com/waitFor": "condition=Ready"}}
    config_map = find_kind("kubernetes:core/v1:ConfigMap")
    assert not is_ready(config_map, {"metadata": waits})
    assert is_ready(config_map, {"metadata": waits, "status": {"conditions": [{"type": "Ready", "status": "True"}]}})


DEPLOYMENT = find_kind("kubernetes:apps/v1:Deployment")
REPLICA_SETS = "/apis/apps/v1/namespaces/default/replicasets"


class Quota(FakeApi):
    """A namespace whose quota was too small; the ReplicaSet tries again when it is touched, and not before."""

    def __init__(self, *, raised: bool, forbids: bool = False) -> None:
        super().__init__()
        self.raised, self.forbids = raised, forbids
        manifest = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "d", "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"a": "b"}}},
        }
        self.live = self.put("/apis/apps/v1/namespaces/default/deployments/d", manifest)
        revision = {"deployment.kubernetes.io/revision": "1"}
        owner = [{"uid": self.live["metadata"]["uid"]}]
        replica_set = failing(BEFORE)
        replica_set["metadata"] |= {"ownerReferences": owner, "annotations": revision, "namespace": "default"}
        self.objects[f"{REPLICA_SETS}/r"] = {"kind": "ReplicaSet", **replica_set}
        self.live["status"] = {"observedGeneration": 1}
        self.touched = 0

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PATCH" and request.url.path.startswith(REPLICA_SETS):
            self.touched += 1
            if self.forbids:
                return httpx2.Response(403, json={"message": "may not"})
            if self.raised:
                self.objects[f"{REPLICA_SETS}/r"]["status"] = {}
                self.ready = True
                self._store("/apis/apps/v1/namespaces/default/deployments/d", self.live)
        response = super().answer(request)
        response.headers["Date"] = "Fri, 27 Nov 2026 12:00:00 GMT"
        return response


def wait(api: Quota, timeout: float = 5) -> Manifest:
    async def work() -> Manifest:
        cluster = Cluster(Connection(api.client(), "", "", "default"))
        await cluster.get(DEPLOYMENT, "default", "d")  # before a wait there is a write, which tells the time
        return await wait_until_ready(cluster, DEPLOYMENT, api.live, timeout, told.append)

    told: list[str] = []
    return asyncio.run(work())


def test_a_quota_that_was_raised_is_tried_at_once() -> None:
    api = Quota(raised=True)
    assert wait(api)["status"]["availableReplicas"] == 1
    assert api.touched == 2, "there, and back"


def test_a_quota_that_is_still_too_small_is_an_error_once_it_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_NO_POD_FOR", 0)
    api = Quota(raised=False)
    with pytest.raises(UnreadyError, match=r"(?s)cannot become ready.*no pod can be created: quota: pods=0"):
        wait(api)
    assert api.touched == 2


def test_who_may_not_touch_the_replica_set_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_NO_POD_FOR", 0)
    api = Quota(raised=True, forbids=True)
    with pytest.raises(UnreadyError, match=r"(?s)was not ready after.*could be created before this update: quota"):
        wait(api, 0.3)
    assert api.touched == 1, "it is not tried for ever"


def test_what_is_known_of_a_former_generation_is_no_problem_of_the_present_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting.Patience, "lost", lambda _self, found, _now: bool(found))
    api = Quota(raised=False)
    api.live["metadata"]["generation"] = 2
    with pytest.raises(UnreadyError, match=r"was not ready after 0 s: waiting for the Deployment controller$"):
        wait(api, 0.3)


def test_what_is_on_its_way_out_is_not_ready() -> None:
    api = Quota(raised=False)
    api.live["status"] = {"observedGeneration": 1, **dict.fromkeys(("updatedReplicas", "availableReplicas"), 1)}
    api.live["metadata"]["deletionTimestamp"] = AFTER
    with pytest.raises(StepError, match="deleted by somebody else"):
        wait(api)


def test_the_endpoints_of_a_former_service_of_that_name_are_not_its_own() -> None:
    api = FakeApi(ready=False)
    spec = {"selector": {"a": "b"}, "clusterIP": "10.0.0.1", "ports": [{"port": 1}]}
    metadata = {"name": "s", "namespace": "default"}
    live = api.put(
        "/api/v1/namespaces/default/services/s",
        {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec},
    )
    api._add_endpoints("/api/v1/namespaces/default/services/s", live)
    slice_ = api.objects["/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/s-1"]
    cluster = Cluster(Connection(api.client(), "", "", "default"))
    service = find_kind("kubernetes:core/v1:Service")

    def ready() -> Manifest:
        return asyncio.run(wait_until_ready(cluster, service, live, 0.3, lambda _: None))

    slice_["metadata"]["ownerReferences"] = [{"uid": "of the former one"}]
    with pytest.raises(UnreadyError, match="waiting for a ready pod"):
        ready()
    slice_["metadata"]["ownerReferences"] = [{"uid": live["metadata"]["uid"]}]
    assert ready()


def test_an_object_whose_kind_has_gone_is_gone() -> None:
    api = FakeApi()
    api.before = lambda _: httpx2.Response(404, json={"message": "the server could not find the requested resource"})
    cluster = Cluster(Connection(api.client(), "", "", "default"))
    kind = Kind("example.com/v1", "Cron", "crons")
    asyncio.run(wait_until_gone(cluster, kind, "default", "c", "uid", 5, lambda _: None))
