"""The delete guard among the children: what stands before and behind it, what is recorded, and when it refuses."""

import sys
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from flink_session import FlinkSessionCluster
from flink_session.providers import session_guard
from flink_session.providers.running_jobs import SessionAddress, UnknownJobsError
from flink_session.providers.session_guard import ChangeGuard, DeleteGuard
from tests.support.recording_monitor import Recording, record

HIGH_AVAILABILITY = {"high-availability.type": "kubernetes", "high-availability.storageDir": "file:///ha"}


def recorded(opts: Callable[[], pulumi.ResourceOptions | None] = lambda: None, **args: Any) -> Recording:
    def program() -> dict[str, Any]:
        FlinkSessionCluster("demo", {"cluster_id": "demo", **args}, opts())  # type: ignore[typeddict-item]
        return {}

    return record(program)


def test_the_first_guard_is_before_all_children_and_the_last_one_behind_them() -> None:
    recording = recorded(delete_guard=True, configuration=HIGH_AVAILABILITY)
    children = {name for name, request in recording.requests.items() if request.type.startswith("kubernetes:")}
    assert recording.requests["demo-change-guard"].type == "pulumi-python:dynamic/flink_session:ChangeGuard"
    assert recording.requests["demo-delete-guard"].type == "pulumi-python:dynamic/flink_session:DeleteGuard"
    assert recording.dependencies("demo-change-guard") == set()
    assert all("demo-change-guard" in recording.dependencies(name) for name in children)
    assert recording.dependencies("demo-delete-guard") >= children
    assert recording.inputs("demo-change-guard") == {
        "__provider": serialize_provider(ChangeGuard()),
        "allowJobLoss": False,
        "clusterId": "demo",
        "highAvailability": True,
        "namespace": "default",
        "restScheme": "http",
        "suspended": False,
    }


def test_there_is_no_guard_unless_it_is_asked_for() -> None:
    assert not any("guard" in name for name in recorded().requests)


def test_what_is_in_peoples_states_of_the_class_never_changes() -> None:
    assert [serialize_provider(guard) for guard in (DeleteGuard(), ChangeGuard())] == [
        "gASVPAAAAAAAAACMJWZsaW5rX3Nlc3Npb24ucHJvdmlkZXJzLnNlc3Npb25fZ3VhcmSUjAtEZWxldGVHdWFyZJSTlCmBlC4=",
        "gASVPAAAAAAAAACMJWZsaW5rX3Nlc3Npb24ucHJvdmlkZXJzLnNlc3Npb25fZ3VhcmSUjAtDaGFuZ2VHdWFyZJSTlCmBlC4=",
    ]


class InAnotherCluster(pulumi.ProviderResource):
    cluster = "c"


def test_a_guard_that_could_not_ask_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def provider() -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(provider=InAnotherCluster("kubernetes", "p", {}))

    with pytest.raises(pulumi.RunError, match=r"delete_guard is true, but it cannot be on where the provider has "):
        recorded(provider, delete_guard=True)
    monkeypatch.setitem(sys.modules, "httpx2", None)
    monkeypatch.setattr("flink_session.component.reach.find_spec", lambda _: None)
    with pytest.raises(pulumi.RunError, match=r"install flink-session\[cli\]"):
        recorded(delete_guard=True)


OLD = {"clusterId": "demo", "namespace": "flink", "restScheme": "http", "highAvailability": False}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[SessionAddress]:
    """The sessions that were asked; each has a job."""
    asked: list[SessionAddress] = []

    def jobs(address: SessionAddress) -> list[str]:
        asked.append(address)
        return ["orders (RUNNING)"]

    monkeypatch.setattr(session_guard, "running_jobs", jobs)
    return asked


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"allowJobLoss": True}, None),
        ({"clusterId": "other"}, "replacing it"),
        ({"namespace": "other"}, "replacing it"),
        ({"clusterId": "other", "allowJobLoss": True}, None),
        ({"clusterId": pulumi.runtime.rpc.UNKNOWN}, None),
        ({"suspended": True}, "suspending it without high availability"),
        ({"suspended": True, "allowJobLoss": True}, None),
        ({"suspended": True, "highAvailability": True}, None),
        ({"suspended": False}, None),
    ],
)
def test_which_changes_lose_jobs(change: dict[str, Any], said: str | None, asked: list[SessionAddress]) -> None:
    if said is None:
        assert ChangeGuard().diff("id", OLD, {**OLD, **change}).changes == bool(change)
        assert not asked
    else:
        with pytest.raises(pulumi.RunError, match=said):
            ChangeGuard().diff("id", OLD, {**OLD, **change})
        assert asked == [SessionAddress("demo", "flink")]


def test_many_jobs_are_not_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_guard, "running_jobs", lambda _: [f"job-{number}" for number in range(12)])
    with pytest.raises(pulumi.RunError, match=r"has 12 running jobs: job-0, .*, job-9 and 2 more; destroying it"):
        DeleteGuard().delete("id", OLD)


def test_a_session_that_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: SessionAddress) -> list[str]:
        raise UnknownJobsError("no answer")

    monkeypatch.setattr(session_guard, "running_jobs", unknown)
    with pytest.raises(pulumi.RunError, match=r"cannot be found out: no answer. .* FLINK_SESSION_ALLOW_JOB_LOSS=demo"):
        DeleteGuard().delete("id", OLD)
    DeleteGuard().delete("id", {**OLD, "allowJobLoss": True})
    monkeypatch.setenv(session_guard.ALLOW_JOB_LOSS, "demo")
    DeleteGuard().delete("id", OLD)
