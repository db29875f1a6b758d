"""When objects of each kind that the Pulumi provider waits for are ready, and when they never will be."""

from typing import Any

import pytest

from flink_session.api_server.kinds import Kind
from flink_session.engine.kubernetes_provider.waits.problems import end_problems, pod_problems
from flink_session.engine.kubernetes_provider.waits.readiness import PROGRESS, is_ready

Manifest = dict[str, Any]
NEW: Manifest = {"name": "x", "generation": 2}


def condition(type_: str, **more: str) -> Manifest:
    return {"type": type_, "status": "True", **more}


@pytest.mark.parametrize(
    ("kind", "spec", "not_yet", "ready"),
    [
        ("batch/Job", {"completions": 2}, {"succeeded": 1}, {"succeeded": 2, "conditions": [condition("Complete")]}),
        ("batch/Job", {"completions": 1}, {"conditions": [{"type": "Complete", "status": "False"}]}, None),
        ("batch/Job", {"suspend": True}, None, {}),
        ("/Pod", {}, {"phase": "Running", "conditions": []}, {"phase": "Running", "conditions": [condition("Ready")]}),
        ("/Pod", {}, {"phase": "Pending"}, {"phase": "Succeeded"}),
        ("/Pod", {}, {"phase": "Failed"}, None),
        (
            "apps/DaemonSet",
            {},
            {
                "observedGeneration": 2,
                "desiredNumberScheduled": 2,
                "updatedNumberScheduled": 1,
                "numberAvailable": 2,
            },
            {
                "observedGeneration": 2,
                "desiredNumberScheduled": 2,
                "updatedNumberScheduled": 2,
                "numberAvailable": 2,
            },
        ),
        ("apps/DaemonSet", {}, {"observedGeneration": 1}, {"observedGeneration": 2}),
        (
            "/ReplicationController",
            {"replicas": 1},
            {"observedGeneration": 2, "replicas": 1},
            {"observedGeneration": 2, "replicas": 1, "availableReplicas": 1},
        ),
        ("/PersistentVolume", {}, {"phase": "Pending"}, {"phase": "Available"}),
        ("/ResourceQuota", {"hard": {"pods": "1"}}, {}, {"hard": {"pods": "1"}, "used": {"pods": "0"}}),
    ],
)
def test_a_kind_is_ready_when_the_provider_says_so(
    kind: str, spec: Manifest, not_yet: Manifest | None, ready: Manifest | None
) -> None:
    group, _, name = kind.partition("/")
    progress = PROGRESS[group, name]
    if not_yet is not None:
        found = progress({"metadata": NEW, "spec": spec, "status": not_yet})
        assert not found.ready
        assert found.message
    if ready is not None:
        assert progress({"metadata": NEW, "spec": spec, "status": ready}).ready


def test_a_secret_is_ready_unless_a_controller_has_to_fill_it() -> None:
    secret = Kind("v1", "Secret", "secrets")
    assert is_ready(secret, {"metadata": NEW, "type": "Opaque"})
    token = {"metadata": NEW, "type": "kubernetes.io/service-account-token"}
    assert not is_ready(secret, token)
    assert is_ready(secret, {**token, "data": {"token": "x"}})


def test_what_has_failed_is_told_with_its_reason_at_once() -> None:
    failed = condition("Failed", reason="BackoffLimitExceeded", message="it reached the limit")
    (problem,) = end_problems({"kind": "Job", "metadata": NEW, "status": {"conditions": [failed]}})
    assert problem.message == "the Job has failed: BackoffLimitExceeded: it reached the limit"
    assert problem.patience == 0
    (problem,) = end_problems({"kind": "Pod", "metadata": NEW, "status": {"phase": "Failed", "reason": "Evicted"}})
    assert problem.message == "the Pod has failed: Evicted"
    assert end_problems({"kind": "Pod", "metadata": NEW, "status": {"phase": "Running"}}) == []


@pytest.mark.parametrize(
    ("labels", "what"),
    [({"component": "jobmanager"}, "job_manager.memory"), ({}, "the container's resources.limits.memory")],
)
def test_what_was_killed_for_its_memory_is_told_the_limit_and_what_to_raise(labels: dict[str, str], what: str) -> None:
    killed = {"reason": "OOMKilled", "exitCode": 137}
    status = {"name": "main", "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    pod = {
        "metadata": {"name": "p", "labels": labels},
        "spec": {"containers": [{"name": "main", "resources": {"limits": {"memory": "1Gi"}}}]},
        "status": {"containerStatuses": [{**status, "lastState": {"terminated": killed}}]},
    }
    (problem,) = pod_problems(pod)
    assert "beyond its limit of 1Gi" in problem.message
    assert f"raise {what}" in problem.message
    assert "logs" not in problem.message
