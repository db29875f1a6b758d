"""A refresh brings the state up to the cluster: drift is recorded as the CLI records it, and nothing is touched."""

import json

import httpx2
import pytest

from tests.support.engine.fake_api import FakeApi, Manifest
from tests.support.engine.recorded import CONFIG_MAP, DEPLOYMENT, on
from tests.support.engine.replay import Replay, recorded_checkpoint


@pytest.fixture
def replay() -> Replay:
    """A stack that is up, and whose Deployment somebody has scaled."""
    replay = Replay(FakeApi())
    assert not replay.run().failed
    live = replay.api.objects[DEPLOYMENT]
    live["spec"]["replicas"] = 2
    live["metadata"]["labels"]["drift"] = "yes"
    scaled: Manifest = {"f:spec": {"f:replicas": {}}}
    del live["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"]["f:replicas"]
    live["metadata"]["managedFields"].append({"manager": "kubectl", "operation": "Update", "fieldsV1": scaled})
    replay.api.requests.clear()
    return replay


def test_drift_is_recorded_as_the_cli_does(replay: Replay) -> None:
    """Recording 06: the inputs follow where they have something to say, and the outputs wholly."""
    dependencies = replay.resource("demo-jm")["propertyDependencies"]
    assert replay.refresh().counts == {"same": 5, "update": 1}
    assert replay.api.writes() == []
    entry = replay.resource("demo-jm")
    assert entry["inputs"]["spec"]["replicas"] == 2
    assert entry["outputs"]["__inputs"] == entry["inputs"]
    assert entry["outputs"]["spec"]["replicas"] == 2
    assert entry["outputs"]["metadata"]["labels"]["drift"] == "yes"
    assert "drift" not in entry["inputs"]["metadata"]["labels"]
    assert entry["propertyDependencies"] == dependencies


def test_what_the_program_wants_secret_stays_secret() -> None:
    replay = Replay(FakeApi())
    assert not replay.run(on("demo-config", "additionalSecretOutputs", ["data"])).failed
    replay.api.objects[CONFIG_MAP]["data"]["more"] = "hunter2"
    assert replay.refresh().counts == {"same": 5, "update": 1}
    assert "ciphertext" in replay.resource("demo-config")["outputs"]["data"]
    assert "hunter2" not in json.dumps(replay.resource("demo-config")["outputs"])


def test_a_preview_of_a_refresh_records_nothing(replay: Replay) -> None:
    before = replay.checkpoint
    assert replay.refresh(preview=True).counts == {"same": 5, "update": 1}
    assert replay.checkpoint == before


def test_after_a_refresh_a_preview_finds_who_has_the_field_now(replay: Replay) -> None:
    """Recording 07."""
    assert not replay.run(preview=True).failed, "drift is not looked for without a refresh"
    replay.refresh()
    assert replay.run(preview=True).failed
    assert ".spec.replicas is managed by 'kubectl'" in replay.text


def test_a_second_refresh_finds_nothing(replay: Replay) -> None:
    replay.refresh()
    replay.saved.clear()
    assert replay.refresh().counts == {"same": 6}
    assert replay.saved == []


def test_an_object_on_its_way_out_is_not_taken_for_one_that_stays() -> None:
    """A delete was killed when it had begun; the object is still there at the refresh, and not any more after it."""
    replay = Replay(FakeApi())
    replay.run()
    replay.checkpoint["pending_operations"] = [{"resource": replay.resource("demo-jm"), "type": "deleting"}]
    live = replay.api.objects[DEPLOYMENT]
    live["metadata"]["deletionTimestamp"] = "2026-11-22T22:13:44Z"
    assert not replay.refresh().failed
    del replay.api.objects[DEPLOYMENT]
    assert not replay.run().failed
    assert DEPLOYMENT in replay.api.objects
    assert "pending_operations" not in replay.checkpoint


def test_what_is_gone_is_forgotten_and_made_again(replay: Replay) -> None:
    del replay.api.objects[CONFIG_MAP]
    assert replay.refresh().counts == {"same": 4, "update": 1, "delete": 1}
    names = {entry["urn"].rsplit("::", 1)[-1] for entry in replay.checkpoint["resources"]}
    assert "demo-config" not in names
    assert all("demo-config" not in str(entry.get("dependencies")) for entry in replay.checkpoint["resources"])
    force = on("demo-jm", "object.metadata.annotations", {"pulumi.com/patchForce": "true"})
    assert replay.run(force).counts == {"same": 4, "update": 1, "create": 1}, replay.text


def test_a_refresh_of_the_clis_own_state_that_did_not_drift_changes_nothing() -> None:
    first = Replay(FakeApi())
    first.run()
    second = Replay(first.api, first.checkpoint)
    assert second.refresh().counts == {"same": 6}
    assert second.saved == []


def test_an_object_that_became_ready_by_itself_is_no_longer_unfinished() -> None:
    replay = Replay(FakeApi())
    replay.run()
    replay.resource("demo-jm")["initErrors"] = ["1 of 1 pods crash"]
    assert replay.refresh().counts == {"same": 5, "update": 1}
    assert "initErrors" not in replay.resource("demo-jm")
    assert replay.run().counts == {"same": 6}


def test_recorded_state_is_read_and_refreshed_without_a_cluster_object() -> None:
    replay = Replay(FakeApi(), recorded_checkpoint("02-up-create"))
    assert replay.refresh().counts == {"same": 2, "delete": 4}


GOING = "2026-11-22T22:13:44Z"


def test_what_is_on_its_way_out_is_gone_and_made_again() -> None:
    replay = Replay(FakeApi())
    replay.run()
    replay.api.objects[CONFIG_MAP]["metadata"] |= {"deletionTimestamp": GOING, "finalizers": ["example.org/hold"]}
    assert replay.refresh().counts == {"same": 5, "delete": 1}
    previewed = replay.run(preview=True)
    assert previewed.counts["create"] == 1, replay.text
    del replay.api.objects[CONFIG_MAP]
    assert replay.run().counts["create"] == 1, replay.text
    assert CONFIG_MAP in replay.api.objects


def test_what_is_in_a_namespace_on_its_way_out_is_gone_as_well() -> None:
    """Its objects get no date of their own before it is their turn."""
    replay = Replay(FakeApi())
    replay.run()
    namespace = replay.api.objects["/api/v1/namespaces/default"]
    namespace["metadata"]["deletionTimestamp"] = GOING
    assert replay.refresh().counts == {"same": 2, "delete": 4}
    assert replay.api.requests.count("GET /api/v1/namespaces/default") == 1, "asked once"
    assert replay.run(preview=True).failed
    assert "the namespace 'default' is being deleted, and nothing can be made in it" in replay.text
    assert replay.text.count("error:") == 1, replay.text
    assert "already exists" not in replay.text
    del namespace["metadata"]["deletionTimestamp"]
    for path in [path for path in replay.api.objects if "/namespaces/default/" in path]:
        del replay.api.objects[path]
    assert replay.run().counts["create"] == 4, replay.text


def test_who_may_not_read_the_namespace_goes_by_the_objects(replay: Replay) -> None:
    refused = httpx2.Response(403, json={"kind": "Status", "message": "may not"})
    replay.api.before = lambda request: refused if request.url.path.endswith("/namespaces/default") else None
    assert replay.refresh().counts == {"same": 5, "update": 1}
