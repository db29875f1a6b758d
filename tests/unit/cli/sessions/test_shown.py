"""How sessions look, and whose they are."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flink_session.cli.output import Cell
from flink_session.cli.sessions.owners import Owner, deployments_of, owners
from flink_session.cli.sessions.shown import HEADING, age, document, matter, row, whose
from flink_session.cli.watching import changes
from flink_session.client.models.cluster import ClusterOverview
from flink_session.client.sessions.found import FoundCluster, found_clusters
from flink_session.client.sessions.known import KnownCluster, Problem
from tests.support.cluster_objects import APPLICATION, deployment, rest_service
from tests.unit.cli.test_target import project

RECORDINGS = Path(__file__).resolve().parents[3] / "recordings"
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
SAID = ClusterOverview("2.2.2", 1, 4, 3, 1, 0, 0, 2)
OWNER = Owner("shop", "prod")


def cluster(**given: Any) -> FoundCluster:
    (found,) = found_clusters([deployment("demo", **given)], [rest_service("demo")])
    return found


def known(**given: Any) -> KnownCluster:
    return KnownCluster(
        cluster(), **{"overview": SAID, "high_availability": "", "via": "node port", "way": "by", **given}
    )


def texts(item: KnownCluster, *, terminal: bool = True) -> list[str]:
    return [cell.text if isinstance(cell, Cell) else cell for cell in row(item, OWNER, NOW, terminal=terminal)]


def test_a_session_that_answers() -> None:
    line = texts(known())
    assert dict(zip(HEADING, line, strict=True)) == {
        "NAMESPACE": "ns",
        "CLUSTER ID": "demo",
        "KIND": "session",
        "FLINK": "2.2.2",
        "JM": "1/1",
        "HA": "none",
        "TMS": "1",
        "SLOTS FREE": "3/4",
        "JOBS": "1, 2 failed",
        "REACHED BY": "node port",
        "WHOSE": "shop/prod",
        "AGE": "3h",
    }
    assert texts(known(), terminal=False)[-1] == "2026-11-27T05:00:00Z"


def test_one_that_does_not_says_why_and_its_version_is_the_images() -> None:
    dead = KnownCluster(cluster(), problem=Problem("timeout", "no answer in time"))
    assert texts(dead)[3:10] == ["2.2.1", "1/1", "-", "-", "-", "-", "no: timeout"]
    assert texts(KnownCluster(cluster()))[5:10] == ["…"] * 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "kubernetes-session.sh"),
        ({"args": APPLICATION}, "flink run"),
        ({"managers": ("pulumi-kubernetes",)}, "a stack elsewhere"),
        ({"type_": "flink-standalone-kubernetes"}, "Flink operator"),
        ({"managers": ("helm",)}, "helm"),
    ],
)
def test_whose_it_is_where_no_state_here_has_it(given: dict[str, Any], said: str) -> None:
    assert whose(cluster(**given), None) == said


def test_json() -> None:
    assert document(known(), Owner("shop", "prod", selected=True)) == {
        "cluster_id": "demo",
        "namespace": "ns",
        "kind": "session",
        "flink_version": "2.2.2",
        "flink_version_from": "rest",
        "image": "apache/flink:2.2.1-scala_2.12",
        "job_managers": {"ready": 1, "replicas": 1},
        "high_availability": "none",
        "task_managers": 1,
        "slots": {"free": 3, "total": 4},
        "jobs": {"running": 1, "failed": 2, "finished": 0, "canceled": 0},
        "reached_by": {"name": "node port", "description": "by"},
        "problem": None,
        "made_by": "flink-client",
        "field_manager": "flink",
        "stack": {"project": "shop", "stack": "prod", "selected": True},
        "created": "2026-11-27T05:00:00Z",
    }
    dead = document(KnownCluster(cluster(image="flink"), problem=Problem("timeout", "no answer")), None)
    unknown = {key for key, value in dead.items() if value is None}
    assert unknown == {
        *("flink_version", "flink_version_from", "high_availability", "task_managers", "slots", "jobs"),
        *("reached_by", "stack"),
    }
    assert dead["problem"] == {"word": "timeout", "message": "no answer"}


@pytest.mark.parametrize(("seconds", "shown"), [(-5, "0s"), (59, "59s"), (61, "1m"), (7200, "2h"), (3 * 86400, "3d")])
def test_age(seconds: int, shown: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == shown


def test_what_changes_is_told_and_nothing_else() -> None:
    one = known()
    dead = KnownCluster(cluster(), problem=Problem("timeout", "a"))
    other = KnownCluster(cluster(), problem=Problem("timeout", "b"))

    def told(before: list[KnownCluster] | None, after: list[KnownCluster]) -> list[str]:
        return [event for event, _ in changes(before, after, lambda item: item.cluster.uid, matter)]

    assert told(None, [one]) == ["there"]
    assert told([], [one]) == ["new"]
    assert told([one], [dead]) == ["changed"]
    assert told([one], []) == ["gone"]
    assert told([dead], [other]) == []


def state(uid: object, type_: str = "kubernetes:apps/v1:Deployment", **more: Any) -> dict[str, Any]:
    outputs = {"metadata": {"name": "demo", "uid": uid}}
    return {"resources": [{"urn": "u", "type": type_, "outputs": outputs, **more}, {"urn": "v", "type": type_}]}


def test_a_stack_has_a_deployment_by_its_uid() -> None:
    assert list(deployments_of(state("x"), {"x", "y"})) == ["x"]
    assert list(deployments_of(state("x", "kubernetes:core/v1:Service"), {"x"})) == []
    assert list(deployments_of(state("x", delete=True), {"x"})) == []
    assert list(deployments_of(state({"ciphertext": "x"}), {"x"})) == []


def test_what_the_real_pulumi_records_has_the_uid() -> None:
    recorded = json.loads((RECORDINGS / "02-up-create.checkpoint.json").read_text())
    state = recorded["deployment"]
    assert list(deployments_of(state, {"bc38fdf0-5a5b-4e55-a929-1d60474da47e"}))


def test_the_stacks_of_the_backend_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path / "here", state("mine"), monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    for root, name, uid in ((folder, "shop/prod", "theirs"), (tmp_path, "flink-sessions/one", "at-home")):
        file = root / ".pulumi" / "stacks" / f"{name}.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": state(uid)}}))
    (folder / ".pulumi" / "stacks" / "shop" / "broken.json").write_text('{"mine"')
    monkeypatch.setenv("PULUMI_STACK", "dev")
    found = owners(folder, {"mine", "theirs", "at-home", "nobodys"})
    assert {uid: str(owner) for uid, owner in found.items()} == {
        "mine": "this stack",
        "theirs": "shop/prod",
        "at-home": "flink-sessions/one",
    }
    monkeypatch.delenv("PULUMI_STACK")
    assert str(owners(folder, {"mine"})["mine"]) == "flink-session/dev"


def test_where_there_is_no_project_the_users_backend_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path / "here", state("mine"), monkeypatch)
    assert str(owners(tmp_path, {"mine"})["mine"]) == "flink-session/dev"
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    assert owners(folder, {"mine"}) == {}
