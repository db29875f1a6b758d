"""What a run does to the cluster and to the state: the rules that users rely on, on the recorded program."""

import asyncio
import copy
import functools
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from pulumi.runtime.proto import resource_pb2

from flink_session.engine.deploy.deletions import Deletions
from flink_session.engine.deploy.deployment import Deployment
from flink_session.engine.kubernetes_provider.kubernetes_resource import KubernetesResource
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.recorded import CONFIG_MAP, DEPLOYMENT, SERVICE, both, more_slots, on
from tests.support.engine.replay import Message, Replay, recorded_checkpoint


@functools.cache
def up() -> Replay:
    """The stack that tests get a copy of."""
    replay = Replay(FakeApi())
    assert not replay.run().failed
    return replay


@pytest.fixture
def replay() -> Replay:
    """A stack that is up."""
    api = FakeApi()
    api.objects = copy.deepcopy(up().api.objects)
    return Replay(api, copy.deepcopy(up().checkpoint))


def test_changed_data_replaces_the_config_map_and_updates_the_deployment(replay: Replay) -> None:
    uid = replay.api.objects[DEPLOYMENT]["metadata"]["uid"]
    deployment = replay.run(more_slots)
    assert deployment.counts == {"same": 4, "replace": 1, "update": 1}
    assert replay.api.writes() == [f"DELETE {CONFIG_MAP}", f"PATCH {CONFIG_MAP}", f"PATCH {DEPLOYMENT}"]
    assert replay.api.objects[DEPLOYMENT]["metadata"]["uid"] == uid
    assert replay.resource("demo-config")["inputs"]["data"] == {"config.yaml": "taskmanager.numberOfTaskSlots: 2\n"}
    assert "pending_operations" not in replay.checkpoint


def test_a_mutable_config_map_is_updated_in_place(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", "true")
    assert replay.run(more_slots).counts == {"same": 4, "update": 2}
    assert f"DELETE {CONFIG_MAP}" not in replay.api.requests


def test_what_is_named_automatically_is_replaced_under_a_new_name() -> None:
    """As the CLI does: the new one is made first, so that others can go over to it."""
    unnamed = on("demo-config", "object.metadata", {"namespace": "default"})
    replay = Replay(FakeApi())
    assert not replay.run(unnamed).failed
    first = replay.resource("demo-config")["id"].removeprefix("default/")
    replay.api.requests.clear()
    assert replay.run(both(unnamed, more_slots)).counts == {"same": 4, "replace": 1, "update": 1}
    second = replay.resource("demo-config")["id"].removeprefix("default/")
    folder = CONFIG_MAP.rpartition("/")[0]
    assert first != second
    assert replay.api.writes() == [f"PATCH {folder}/{second}", f"PATCH {DEPLOYMENT}", f"DELETE {folder}/{first}"]


def test_a_preview_says_the_same_and_touches_nothing(replay: Replay) -> None:
    assert replay.run(more_slots, preview=True).counts == {"same": 4, "replace": 1, "update": 1}
    assert replay.api.writes() == []
    assert replay.saved == []


def test_a_field_that_the_program_drops_is_dropped_from_the_object(replay: Replay) -> None:
    replay.run(on("demo-jm", "object.spec.minReadySeconds", 3))
    assert replay.api.objects[DEPLOYMENT]["spec"]["minReadySeconds"] == 3
    replay.run()
    assert "minReadySeconds" not in replay.api.objects[DEPLOYMENT]["spec"]


def test_state_of_the_pulumi_cli_is_taken_over_on_the_first_update() -> None:
    replay = Replay(FakeApi(), recorded_checkpoint("02-up-create"))
    inputs = replay.resource("demo-jm")["inputs"]
    inputs["spec"]["minReadySeconds"] = 3
    replay.api.put(DEPLOYMENT, inputs, manager="pulumi-kubernetes")
    deployment = replay.run()
    assert not deployment.failed, replay.text
    assert deployment.counts["update"] == 1
    live = replay.api.objects[DEPLOYMENT]
    assert [(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]] == [
        ("pulumi-kubernetes-b255ab5d", "Apply")
    ]
    assert "minReadySeconds" not in live["spec"]


def test_another_way_to_write_the_same_value_is_no_change(replay: Replay) -> None:
    containers = on(
        "demo-jm",
        "object.spec.template.spec.containers",
        [{"name": "main", "image": "i", "resources": {"limits": {"cpu": "1.0"}}}],
    )
    replay.run(containers)
    replay.api.requests.clear()
    assert replay.run(containers).counts == {"same": 6}
    assert replay.api.writes() == []


def test_what_the_pulumi_provider_leaves_out_is_no_change(replay: Replay) -> None:
    """It drops Go's zero values, so the field is nobody's; to own it at the value that it has changes nothing."""
    network = on("demo-jm", "object.spec.template.spec.hostNetwork", False)
    replay.run(network)
    assert replay.run().counts["update"] == 1, "to give up a field is a change"
    replay.run(network)
    entry = replay.api.objects[DEPLOYMENT]["metadata"]["managedFields"][0]
    del entry["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:hostNetwork"]
    for values in (replay.resource("demo-jm")["inputs"], replay.resource("demo-jm")["outputs"]["__inputs"]):
        del values["spec"]["template"]["spec"]["hostNetwork"]
    replay.api.requests.clear()
    assert replay.run(network, preview=True).counts == {"same": 6}
    assert replay.run(network).counts == {"same": 6}
    assert replay.api.writes() == []


@pytest.mark.parametrize("preview", [True, False])
def test_an_object_of_somebody_else_is_named_and_never_touched(preview: bool) -> None:
    api = FakeApi()
    theirs = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "flink-config-demo", "namespace": "default"},
    }
    api.put(CONFIG_MAP, theirs | {"data": {"mine": "1"}}, manager="somebody")
    replay = Replay(api)
    assert replay.run(preview=preview).failed
    assert "ConfigMap default/flink-config-demo already exists" in replay.text
    assert "somebody" in replay.text
    assert api.objects[CONFIG_MAP]["data"] == {"mine": "1"}


def test_after_a_failure_the_state_holds_what_was_made_and_the_next_run_goes_on() -> None:
    api = FakeApi()
    theirs = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "flink-config-demo", "namespace": "default"},
    }
    api.put(CONFIG_MAP, theirs, manager="somebody")
    replay = Replay(api)
    replay.run()
    assert {entry["urn"].rsplit("::", 1)[-1] for entry in replay.checkpoint["resources"]} == {
        "recording-dev",
        "demo",
        "default_4_34_2",
        "demo-secret",
    }
    assert "pending_operations" not in replay.checkpoint
    del api.objects[CONFIG_MAP]
    assert replay.run().counts == {"same": 3, "create": 3}


@pytest.mark.parametrize("preview", [True, False])
def test_a_field_that_somebody_took_over_is_a_conflict_with_both_ways_out(replay: Replay, preview: bool) -> None:
    live = replay.api.objects[DEPLOYMENT]
    live["spec"]["replicas"] = 2
    entry: Message = {"f:spec": {"f:replicas": {}}}
    live["metadata"]["managedFields"].append({"manager": "kubectl", "operation": "Update", "fieldsV1": entry})
    deployment = replay.run(on("demo-jm", "object.spec.replicas", 3), preview=preview)
    assert deployment.failed
    assert ".spec.replicas is managed by 'kubectl'" in replay.text
    assert "patchForce" in replay.text
    assert "ignore_changes" in replay.text
    assert replay.api.objects[DEPLOYMENT]["spec"]["replicas"] == 2


def test_patch_force_takes_the_field_back(replay: Replay) -> None:
    live = replay.api.objects[DEPLOYMENT]
    live["spec"]["replicas"] = 2
    entry: Message = {"f:spec": {"f:replicas": {}}}
    live["metadata"]["managedFields"].append({"manager": "kubectl", "operation": "Update", "fieldsV1": entry})

    def change(request: Message) -> None:
        on("demo-jm", "object.spec.replicas", 3)(request)
        on("demo-jm", "object.metadata.annotations", {"pulumi.com/patchForce": "true"})(request)

    assert not replay.run(change).failed, replay.text
    assert replay.api.objects[DEPLOYMENT]["spec"]["replicas"] == 3


def test_ignored_changes_leave_the_field_to_others(replay: Replay) -> None:
    live = replay.api.objects[DEPLOYMENT]
    live["spec"]["replicas"] = 2
    entry: Message = {"f:spec": {"f:replicas": {}}}
    live["metadata"]["managedFields"].append({"manager": "kubectl", "operation": "Update", "fieldsV1": entry})

    def change(request: Message) -> None:
        on("demo-jm", "ignoreChanges", ["spec.replicas"])(request)
        on("demo-jm", "object.spec.replicas", 3)(request)
        on("demo-jm", "object.spec.minReadySeconds", 1)(request)

    assert not replay.run(change).failed, replay.text
    assert replay.api.objects[DEPLOYMENT]["spec"] | {"template": 0, "selector": 0} == {
        "minReadySeconds": 1,
        "replicas": 2,
        "revisionHistoryLimit": 10,
        "template": 0,
        "selector": 0,
    }


def test_what_the_program_no_longer_has_is_deleted_last(replay: Replay) -> None:
    assert replay.run(without=("demo-rest",)).counts == {"same": 5, "delete": 1}
    assert replay.api.writes() == ["DELETE /api/v1/namespaces/default/services/demo-rest"]
    assert all(not entry["urn"].endswith("demo-rest") for entry in replay.checkpoint["resources"])


def test_nothing_is_deleted_after_a_failure(replay: Replay) -> None:
    replay.api.before = lambda request: (
        httpx2.Response(403, json={"message": "no"})
        if request.method == "PATCH" and "dryRun" not in str(request.url)
        else None
    )
    deployment = replay.run(on("demo-jm", "object.spec.minReadySeconds", 3), without=("demo-secret",))
    assert deployment.failed
    assert replay.api.objects["/api/v1/namespaces/default/secrets/demo-secret"]
    assert replay.resource("recording-dev")["outputs"]["endpoint"] == "http://demo-rest.default:8081"


def test_protected_resources_stay(replay: Replay) -> None:
    replay.run(on("demo-rest", "protect", True))
    assert replay.run(without=("demo-rest",)).failed
    assert "protected" in replay.text
    assert replay.api.objects["/api/v1/namespaces/default/services/demo-rest"]


def test_what_was_created_and_not_recorded_is_known_under_its_new_name_too() -> None:
    replay = Replay(FakeApi())
    replay.run()
    entry = replay.resource("demo-rest")
    uid = replay.api.objects[SERVICE]["metadata"]["uid"]
    begun = {**entry, "outputs": {"__fieldManager": entry["outputs"]["__fieldManager"]}}
    del begun["id"]
    replay.checkpoint["resources"].remove(entry)
    replay.checkpoint["pending_operations"] = [{"resource": begun, "type": "creating"}]
    renamed = both(on("demo-rest", "aliasURNs", [entry["urn"]]), on("demo-rest", "name", "other-rest"))
    assert replay.run(renamed).counts == {"same": 5, "create": 1}, replay.text
    assert replay.api.objects[SERVICE]["metadata"]["uid"] == uid
    assert replay.resource("other-rest")["outputs"]["__fieldManager"] == entry["outputs"]["__fieldManager"]
    assert "pending_operations" not in replay.checkpoint


@pytest.mark.parametrize("by", ["a killed run", "somebody else"])
def test_an_object_on_its_way_out_is_waited_for_and_made_anew(by: str) -> None:
    """The program wants it (again): it must not be written to."""
    replay = Replay(FakeApi())
    replay.run()
    if by == "a killed run":
        replay.checkpoint["pending_operations"] = [{"resource": replay.resource("demo-jm"), "type": "deleting"}]
    first = replay.api.objects[DEPLOYMENT]["metadata"]
    first["deletionTimestamp"] = "2026-11-22T22:13:44Z"

    def goes_while_it_is_watched(request: httpx2.Request) -> None:
        live = replay.api.objects.get(DEPLOYMENT, {"metadata": {}})
        if "fieldSelector" in str(request.url) and "deletionTimestamp" in live["metadata"]:
            del replay.api.objects[DEPLOYMENT]

    replay.api.before = goes_while_it_is_watched
    replay.api.requests.clear()
    assert replay.run(on("demo-jm", "object.spec.minReadySeconds", 3)).counts == {"same": 5, "create": 1}, replay.text
    assert replay.api.writes() == [f"PATCH {DEPLOYMENT}"]
    assert replay.api.objects[DEPLOYMENT]["metadata"]["uid"] != first["uid"]
    assert "pending_operations" not in replay.checkpoint


@pytest.mark.parametrize("retained", ["demo-config", "demo-jm"])
def test_the_preview_finds_that_what_is_retained_is_in_its_own_way(retained: str) -> None:
    """The ConfigMap has to be deleted first, and with it the Deployment, whose spec is made from it."""

    def program(request: Message) -> None:
        on(retained, "retainOnDelete", True)(request)
        if request["name"] == "demo-jm":
            urn = next(urn for urn in request["dependencies"] if urn.endswith("::demo-config"))
            request["propertyDependencies"]["spec"] = {"urns": [urn]}

    replay = Replay(FakeApi())
    assert not replay.run(program).failed
    replay.api.requests.clear()
    assert replay.run(both(program, more_slots), preview=True).failed
    assert f"{retained} has to be deleted before it can be made anew" in replay.text
    assert replay.api.writes() == []


def test_retained_resources_are_forgotten_but_not_deleted(replay: Replay) -> None:
    replay.run(on("demo-rest", "retainOnDelete", True))
    assert not replay.run(without=("demo-rest",)).failed
    assert replay.api.objects["/api/v1/namespaces/default/services/demo-rest"]


def test_destroy_deletes_dependents_first_and_leaves_the_recorded_state(replay: Replay) -> None:
    assert replay.destroy().counts == {"delete": 6}
    kinds = [request.rsplit("/", 2)[1] for request in replay.api.writes()]
    assert kinds.index("services") < kinds.index("deployments") < kinds.index("configmaps")
    recorded = recorded_checkpoint("08-destroy")
    assert {**replay.checkpoint, "manifest": 0} == {**recorded, "manifest": 0}


def through_its_spec(replay: Replay) -> Any:
    """Let the Deployment's spec be made from the ConfigMap's outputs, as in recording 13."""
    urn = replay.resource("demo-config")["urn"]
    return on("demo-jm", "propertyDependencies.spec", {"urns": [urn]})


@pytest.mark.parametrize("preview", [True, False])
def test_what_is_made_from_a_replaced_resource_is_replaced_before_it(replay: Replay, preview: bool) -> None:
    made_from = through_its_spec(replay)
    replay.run(made_from)
    replay.api.requests.clear()
    uid = replay.api.objects[DEPLOYMENT]["metadata"]["uid"]
    deployment = replay.run(both(made_from, more_slots), preview=preview)
    assert deployment.counts == {"same": 4, "replace": 2}, replay.text
    assert "spec is made from demo-config, which is replaced" in replay.text
    steps = {step.urn.rsplit("::", 1)[-1]: [change.path for change in step.reasons] for step in deployment.steps}
    assert steps["demo-config"] == [("data", "config.yaml")]
    assert steps["demo-jm"] == [("spec",)]
    expected = [f"DELETE {DEPLOYMENT}", f"DELETE {CONFIG_MAP}", f"PATCH {CONFIG_MAP}", f"PATCH {DEPLOYMENT}"]
    assert replay.api.writes() == ([] if preview else expected)
    assert (replay.api.objects[DEPLOYMENT]["metadata"]["uid"] == uid) is preview
    assert replay.run(both(made_from, more_slots)).counts["same"] == (4 if preview else 6)


def test_a_dependence_that_forces_nothing_replaces_nothing(replay: Replay) -> None:
    urn = replay.resource("demo-config")["urn"]
    made_from = on("demo-rest", "propertyDependencies.apiVersion", {"urns": [urn]})
    replay.run(made_from)
    assert replay.run(both(made_from, more_slots)).counts == {"same": 4, "update": 1, "replace": 1}


def test_a_protected_dependent_keeps_what_it_is_made_from(replay: Replay) -> None:
    made_from = both(through_its_spec(replay), on("demo-jm", "protect", True))
    replay.run(made_from)
    replay.api.requests.clear()
    assert replay.run(both(made_from, more_slots)).failed
    assert "replaced along with demo-config, and is protected" in replay.text
    assert replay.api.writes() == []


def test_replace_on_changes(replay: Replay) -> None:
    option = on("demo-jm", "replaceOnChanges", ["spec.template.spec.containers[*].image"])
    replay.run(option)
    image = on("demo-jm", "object.spec.template.spec.containers", [{"name": "main", "image": "other"}])
    assert replay.run(both(option, image)).counts == {"same": 5, "replace": 1}, replay.text
    more = on("demo-jm", "object.spec.minReadySeconds", 3)
    assert replay.run(both(option, image, more)).counts == {"same": 5, "update": 1}, replay.text


def test_delete_before_replace_may_be_turned_off(replay: Replay) -> None:
    """Then the name is still taken when the new object is made."""
    option = both(
        on("demo-config", "deleteBeforeReplace", False), on("demo-config", "deleteBeforeReplaceDefined", True)
    )
    assert replay.run(both(option, more_slots), preview=True).failed
    assert "already exists" in replay.text


def test_hidden_diffs_are_not_shown(replay: Replay) -> None:
    option = on("demo-jm", "hideDiffs", ["spec.template"])
    deployment = replay.run(both(option, more_slots), preview=True)
    step = next(step for step in deployment.steps if step.operation == "update")
    assert step.changes == ()


def test_children_have_some_options_of_their_parent_unless_they_say_otherwise(replay: Replay) -> None:
    """As in the Pulumi engine; the Python SDK itself hands down `protect` only."""
    stack = replay.resource("recording-dev")["urn"]
    parent = both(on("demo", "retainOnDelete", True), on("demo", "deletedWith", stack), on("demo", "protect", True))
    otherwise = both(on("demo-rest", "retainOnDelete", False), on("demo-rest", "protect", False))
    assert replay.run(both(parent, otherwise)).counts == {"same": 6}, replay.text
    config, rest = replay.resource("demo-config"), replay.resource("demo-rest")
    assert (config["retainOnDelete"], config["protect"], config["deletedWith"]) == (True, True, stack)
    assert "retainOnDelete" not in rest
    assert "protect" not in rest


def test_what_goes_with_another_is_not_deleted_by_itself(replay: Replay) -> None:
    urn = replay.resource("demo-jm")["urn"]
    replay.run(on("demo-rest", "deletedWith", urn))
    replay.api.requests.clear()
    assert replay.run(without=("demo-rest", "demo-jm")).counts == {"same": 4, "delete": 2}
    assert replay.api.writes() == [f"DELETE {DEPLOYMENT}"]


def test_import_takes_what_is_there_and_writes_nothing() -> None:
    first = Replay(FakeApi())
    first.run()
    replay = Replay(first.api)
    replay.api.requests.clear()
    importing = both(
        *(
            on(name, "importId", f"default/{object_}")
            for name, object_ in (
                ("demo-config", "flink-config-demo"),
                ("demo-secret", "demo-secret"),
                ("demo-jm", "demo"),
                ("demo-rest", "demo-rest"),
            )
        )
    )
    assert replay.run(importing).counts == {"create": 2, "import": 4}, replay.text
    assert replay.api.writes() == []
    assert replay.resource("demo-jm")["importID"] == "default/demo"
    assert replay.run(importing).counts == {"same": 6}
    assert replay.run(both(importing, on("demo-jm", "object.spec.minReadySeconds", 3))).counts["update"] == 1


def test_another_object_is_imported_in_place_of_the_one_that_is_recorded(replay: Replay) -> None:
    other = copy.deepcopy(replay.api.objects[CONFIG_MAP])
    other["metadata"] |= {"name": "other", "uid": "another"}
    replay.api.objects[CONFIG_MAP.replace("flink-config-demo", "other")] = other
    importing = both(on("demo-config", "object.metadata.name", "other"), on("demo-config", "importId", "default/other"))
    assert replay.run(importing).counts == {"same": 5, "import": 1}, replay.text
    assert replay.api.writes() == [f"DELETE {CONFIG_MAP}"]
    assert replay.resource("demo-config")["outputs"]["metadata"]["uid"] == "another"


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("default/other", "import_ is 'default/other', but"),
        ("default/demo", "the program differs in spec.minReadySeconds"),
    ],
)
def test_import_of_something_else_is_refused(replay: Replay, id_: str, said: str) -> None:
    other = Replay(replay.api)
    change = both(on("demo-jm", "importId", id_), on("demo-jm", "object.spec.minReadySeconds", 3))
    assert other.run(change, preview=True, without=("demo-config", "demo-secret", "demo-rest")).failed
    assert said in other.text


def test_a_new_name_is_created_before_the_old_object_is_deleted(replay: Replay) -> None:
    deployment = replay.run(on("demo-config", "object.metadata.name", "other"))
    assert not deployment.failed, replay.text
    assert replay.api.writes() == ["PATCH /api/v1/namespaces/default/configmaps/other", f"DELETE {CONFIG_MAP}"]
    assert replay.resource("demo-config")["id"] == "default/other"
    assert len(replay.checkpoint["resources"]) == 7


def test_what_is_protected_no_more_is_replaced_at_once(replay: Replay) -> None:
    assert replay.run(on("demo-config", "protect", True)).counts == {"same": 6}
    assert replay.run(on("demo-config", "object.metadata.name", "other")).counts == {"same": 5, "replace": 1}, (
        replay.text
    )
    assert replay.api.writes()[-1] == f"DELETE {CONFIG_MAP}"


def config_renamed(request: Message) -> None:
    if request["name"] == "demo-config":
        request |= {"name": "renamed", "aliases": [{"spec": {"name": "demo-config"}}]}
    if "dependencies" in request:
        request["dependencies"] = [urn.replace("::demo-config", "::renamed") for urn in request["dependencies"]]


def test_a_renamed_resource_is_found_by_its_alias(replay: Replay) -> None:
    deployment = replay.run(config_renamed)
    assert deployment.counts == {"same": 6}
    assert replay.api.writes() == []
    assert replay.resource("renamed")["id"] == "default/flink-config-demo"


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("field", "value", "operation"), [("labels", {"a": "b"}, "update"), ("name", "new", "replace")]
)
def test_what_is_under_way_while_another_resource_is_renamed_stays(
    replay: Replay, field: str, value: object, operation: str, *, preview: bool
) -> None:
    """The Secret's record has been taken out by then, and what it depends on gets another name."""
    replay.checkpoint["resources"].append(replay.checkpoint["resources"].pop(3))
    replay.resource("demo-secret")["dependencies"] = [replay.resource("demo-config")["urn"]]
    program = both(config_renamed, on("demo-secret", f"object.metadata.{field}", value))
    assert replay.run(program, at_once=True, preview=preview).counts == {"same": 5, operation: 1}, replay.text
    assert len([write for write in replay.api.writes() if write.startswith("DELETE")]) == (
        operation == "replace" and not preview
    )
    if not preview:
        assert replay.run(program, at_once=True).counts == {"same": 6}, replay.text


def test_the_children_of_a_renamed_component_are_found_by_its_alias(replay: Replay) -> None:
    """They are named after it, and one has an alias of its own; the SDK leaves it to the engine to see all that."""

    def renamed(request: Message) -> None:
        for key in ("parent", "dependencies"):
            if key in request:
                request[key] = json.loads(json.dumps(request[key]).replace("::demo", "::session"))
        if request["name"] == "demo":
            request |= {"name": "session", "aliases": [{"spec": {"name": "demo"}}]}
        elif request["name"] == "demo-rest":
            request |= {"name": "session-web", "aliases": [{"spec": {"name": "session-rest"}}]}
        elif request["name"].startswith("demo"):
            request["name"] = request["name"].replace("demo", "session")

    assert replay.run(renamed).counts == {"same": 6}, replay.text
    assert replay.api.writes() == []
    assert "::demo" not in json.dumps([state["urn"] for state in replay.checkpoint["resources"]])
    assert replay.run(renamed).counts == {"same": 6}, replay.text


def test_an_alias_with_a_parent_means_what_the_parent_was(replay: Replay) -> None:
    """The Service has left the component, which is of another type by now; that is part of its children's URNs."""
    stack = replay.resource("recording-dev")["urn"]

    def moved(request: Message) -> None:
        request |= json.loads(json.dumps(request).replace("recording:index:Session", "recording:index:Cluster"))
        if request["name"] == "demo":
            request["aliases"] = [{"spec": {"type": "recording:index:Session"}}]
        if request["name"] == "demo-rest":
            request |= {"parent": stack, "aliases": [{"spec": {"parentUrn": request["parent"]}}]}

    assert replay.run(moved).counts == {"same": 6}, replay.text
    assert replay.api.writes() == []
    assert replay.resource("demo-rest")["parent"] == stack


def test_one_record_is_not_given_to_two_resources(replay: Replay) -> None:
    urn = replay.resource("demo-config")["urn"]
    assert replay.run(on("demo-rest", "aliasURNs", [urn])).counts["same"] == 6, "known by its own URN, it needs none"
    stolen = both(on("demo-rest", "aliasURNs", [urn]), on("demo-rest", "name", "other"))
    assert replay.run(stolen, preview=True).failed
    assert "Duplicate resource alias" in replay.text
    first = both(on("demo-secret", "aliasURNs", [urn]), on("demo-secret", "name", "other"))
    assert replay.run(first, preview=True).failed
    assert "Duplicate resource URN" in replay.text
    assert replay.api.writes() == []


def test_an_output_becomes_secret_when_only_the_option_is_new(replay: Replay) -> None:
    wanted = on("demo-config", "additionalSecretOutputs", ["data"])
    assert replay.run(wanted).counts == {"same": 6}
    first = replay.resource("demo-config")["outputs"]["data"]
    assert "ciphertext" in first
    assert replay.run(wanted).counts == {"same": 6}
    assert replay.resource("demo-config")["outputs"]["data"] == first


def test_two_resources_of_one_urn_are_refused(replay: Replay) -> None:
    def same_name(request: Message) -> None:
        if request["name"] == "demo-rest":
            request |= {"name": "demo-secret", "type": "kubernetes:core/v1:Secret"}

    assert replay.run(same_name).failed
    assert "Duplicate resource URN" in replay.text


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (on("demo-rest", "type", "kubernetes:helm.sh/v3:Release"), "kubernetes:helm.sh/v3:Release"),
        (on("demo-rest", "type", "kubernetes:yaml/v2:ConfigFile"), "kubernetes:yaml/v2:ConfigFile"),
        (on("demo-rest", "type", "kubernetes:core/v1:ConfigMapPatch"), "kubernetes:core/v1:ConfigMapPatch"),
        (on("demo-rest", "type", "aws:s3/bucket:Bucket"), "aws:s3/bucket:Bucket"),
        (on("demo-rest", "remote", True), "remote"),
    ],
)
def test_what_is_not_honoured_is_refused_by_name(change: Any, named: str) -> None:
    replay = Replay(FakeApi())
    assert replay.run(change, preview=True).failed
    assert named in replay.text
    assert "`pulumi` CLI" in replay.text
    assert replay.api.writes() == []


def test_a_missing_namespace_is_one_error_in_the_preview() -> None:
    replay = Replay(FakeApi(namespaces=()))
    assert replay.run(preview=True).failed
    assert replay.text.count("there is no namespace 'default'") == 1


def test_a_namespace_of_the_same_program_is_no_error_in_the_preview() -> None:
    def with_namespace(request: Message) -> None:
        if request["name"] == "demo-secret":
            request |= {"type": "kubernetes:core/v1:Namespace"}
            request["object"] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}}
            request["additionalSecretOutputs"] = []
        elif request.get("custom"):
            request["object"]["metadata"]["namespace"] = "mine"

    replay = Replay(FakeApi(namespaces=()))
    # The recorded order has the ConfigMap first; a program says by depends_on that it comes after its namespace.
    deployment = replay.run(with_namespace, preview=True, without=("demo-config",))
    assert not deployment.failed, replay.text


def test_an_object_that_is_gone_from_the_cluster_is_made_again(replay: Replay) -> None:
    del replay.api.objects[DEPLOYMENT]
    assert not replay.run(on("demo-jm", "object.spec.minReadySeconds", 3)).failed, replay.text
    assert replay.api.objects[DEPLOYMENT]["spec"]["minReadySeconds"] == 3


def test_an_object_that_was_replaced_by_somebody_is_not_deleted(replay: Replay) -> None:
    theirs = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "demo-secret", "namespace": "default"}}
    path = "/api/v1/namespaces/default/secrets/demo-secret"
    replay.api.put(path, theirs, manager="somebody")
    assert not replay.run(without=("demo-secret",)).failed
    assert path in replay.api.objects


def test_secrets_are_nowhere_in_clear(replay: Replay) -> None:
    replay.run(on("demo-secret", "object.immutable", True))
    text = str(replay.saved) + replay.text
    assert "s3cret" not in text
    assert "czNjcmV0" not in text


def test_a_secret_in_a_servers_message_is_masked(replay: Replay) -> None:
    replay.api.before = lambda request: (
        httpx2.Response(422, json={"message": "invalid value: czNjcmV0"}) if request.method == "PATCH" else None
    )
    assert replay.run(on("demo-secret", "object.immutable", True)).failed
    assert "invalid value: [secret]" in replay.text


@pytest.mark.parametrize(
    ("method", "message", "named"),
    [
        (
            "ReadResource",
            resource_pb2.ReadResourceRequest(type="random:index:Pet", name="p", id="x"),
            "reading random:index:Pet",
        ),
        ("Invoke", resource_pb2.ResourceInvokeRequest(tok="kubernetes:yaml:decode"), "kubernetes:yaml:decode"),
        ("Call", resource_pb2.ResourceCallRequest(tok="a:b:c"), "a:b:c"),
        ("RegisterPackage", resource_pb2.RegisterPackageRequest(name="terraform"), "terraform"),
        ("RegisterStackInvokeTransform", None, "transform"),
    ],
)
def test_every_call_that_is_not_honoured_is_refused(method: str, message: Any, named: str) -> None:
    replay = Replay(FakeApi())
    assert replay.call(method, message).failed
    assert named in replay.text
    assert "`pulumi` CLI" in replay.text


def test_what_is_tainted_is_replaced_once(replay: Replay) -> None:
    replay.resource("demo-rest")["taint"] = True
    replay.features = {"taint"}
    assert replay.run().counts == {"same": 5, "replace": 1}, replay.text
    assert "taint" not in replay.resource("demo-rest")
    assert replay.run().counts == {"same": 6}


def test_a_replacement_trigger_replaces_when_it_changes(replay: Replay) -> None:
    assert replay.run(on("demo-rest", "replacementTrigger", "1")).counts == {"same": 6}, "there was none before"
    assert replay.resource("demo-rest")["replacementTrigger"] == "1"
    assert replay.run(on("demo-rest", "replacementTrigger", "1")).counts == {"same": 6}
    assert replay.run(on("demo-rest", "replacementTrigger", "2")).counts == {"same": 5, "replace": 1}


@pytest.mark.parametrize(
    ("option", "deletes"),
    [("replaceWith", [f"DELETE {SERVICE}", f"DELETE {CONFIG_MAP}"]), ("deletedWith", [f"DELETE {CONFIG_MAP}"])],
)
def test_a_resource_is_replaced_with_another_one(replay: Replay, option: str, deletes: list[str]) -> None:
    """Before that one is deleted, or by it: here by hand."""
    config_map = replay.resource("demo-config")["urn"]
    together = on("demo-rest", option, [config_map] if option == "replaceWith" else config_map)
    assert replay.run(together).counts == {"same": 6}
    replay.api.requests.clear()
    expected = {"same": 3, "replace": 2, "update": 1}
    assert replay.run(both(together, more_slots), preview=True).counts == expected, replay.text
    assert "with demo-config" in replay.text

    def gone_with_it(request: httpx2.Request) -> None:
        if request.method == "DELETE" and option == "deletedWith":
            del replay.api.objects[SERVICE]

    replay.api.before = gone_with_it
    replay.api.requests.clear()
    assert replay.run(both(together, more_slots)).counts == expected, replay.text
    assert [write for write in replay.api.writes() if write.startswith("DELETE")] == deletes


@pytest.mark.parametrize(("paths", "operation"), [(["initErrors"], "replace"), (["*"], "replace"), ([], "update")])
def test_what_did_not_become_ready_is_replaced_if_that_is_asked_for(
    replay: Replay, paths: list[str], operation: str
) -> None:
    replay.resource("demo-rest")["initErrors"] = ["it has no endpoints"]
    deployment = replay.run(on("demo-rest", "replaceOnChanges", paths))
    assert deployment.counts == {"same": 5, operation: 1}, replay.text
    assert "initErrors" not in replay.resource("demo-rest")


@pytest.mark.parametrize("option", ["deletedWith", "replaceWith"])
def test_a_resource_follows_another_one_that_is_made_anew_beside_the_old(replay: Replay, option: str) -> None:
    urn = replay.resource("demo-config")["urn"]
    together = on("demo-rest", option, [urn] if option == "replaceWith" else urn)
    replay.run(together)
    renamed = on("demo-config", "object.metadata.name", "other")
    assert replay.run(both(together, renamed)).counts == {"same": 4, "replace": 2}, replay.text


def independent(request: Message) -> None:
    """The Deployment does without the ConfigMap from now on."""
    if request["name"] == "demo-jm":
        request |= {"dependencies": [], "propertyDependencies": {}}


@pytest.fixture
def made_from_the_config_map(replay: Replay) -> Replay:
    """The same, in whose state the Deployment's spec is made from the ConfigMap."""
    replay.resource("demo-jm")["propertyDependencies"]["spec"] = [replay.resource("demo-config")["urn"]]
    return replay


def slow(monkeypatch: pytest.MonkeyPatch, method: Callable[..., Any], name: str, seconds: float) -> None:
    """Let a method take its time with one resource: that of its object, or of its first argument."""

    async def slowed(self: Any, *args: Any, **options: Any) -> Any:
        about = self.goal if isinstance(self, KubernetesResource) else args[0]
        await asyncio.sleep(seconds if about.name == name else 0)
        return await method(self, *args, **options)

    owner = {"compare": KubernetesResource, "register": Deployment, "remove": Deletions}[method.__name__]
    monkeypatch.setattr(owner, method.__name__, slowed)


@pytest.mark.parametrize("slow_one", ["demo-jm", "demo-config"])
def test_what_does_without_the_replaced_resource_by_now_is_not_replaced_along(
    made_from_the_config_map: Replay, monkeypatch: pytest.MonkeyPatch, slow_one: str
) -> None:
    """Neither while it is under way nor afterwards."""
    replay = made_from_the_config_map
    slow(monkeypatch, KubernetesResource.compare, slow_one, 0.2)
    deployment = replay.run(both(more_slots, independent), at_once=True)
    assert deployment.counts == {"same": 4, "replace": 1, "update": 1}, replay.text
    assert [write for write in replay.api.writes() if write.startswith("DELETE")] == [f"DELETE {CONFIG_MAP}"]


def test_what_is_being_deleted_along_is_waited_for(
    made_from_the_config_map: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program, too, does without the dependence by now, and registers the Deployment while it is being deleted."""
    replay = made_from_the_config_map
    slow(monkeypatch, Deployment.register, "demo-jm", 0.1)
    slow(monkeypatch, Deletions.remove, "demo-jm", 0.2)
    deployment = replay.run(both(more_slots, independent), at_once=True)
    assert deployment.counts == {"same": 4, "replace": 2}, replay.text
    writes = [write for write in replay.api.writes() if DEPLOYMENT in write]
    assert writes == [f"DELETE {DEPLOYMENT}", f"PATCH {DEPLOYMENT}"]
    assert replay.run(both(more_slots, independent)).counts == {"same": 6}


def test_what_is_imported_is_not_replaced(replay: Replay) -> None:
    imported = both(on("demo-config", "importId", "default/flink-config-demo"), more_slots)
    assert replay.run(imported, preview=True).failed
    assert "remove the resource option import_" in replay.text


def test_a_provider_that_is_made_from_what_is_replaced_stays(replay: Replay) -> None:
    """Its objects move if it turns out to be of another cluster."""
    provider = next(entry for entry in replay.checkpoint["resources"] if "pulumi:providers" in entry["type"])
    config_map = replay.resource("demo-config")
    replay.checkpoint["resources"].append(
        {
            **provider,
            "urn": provider["urn"].replace("default_4_34_2", "mine"),
            "propertyDependencies": {"kubeconfig": [config_map["urn"]]},
        }
    )
    assert not replay.run(more_slots, preview=True).failed, replay.text


@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize("operation", ["creating", "deleting"])
def test_an_object_that_was_made_and_never_recorded_is_not_forgotten(
    replay: Replay, operation: str, wanted: bool
) -> None:
    """Not even when a run was killed that was about to delete it."""
    entry = replay.resource("demo-rest")
    uid = replay.api.objects[SERVICE]["metadata"]["uid"]
    replay.checkpoint["resources"].remove(entry)
    lost = {key: entry[key] for key in entry if key != "id"}
    lost["outputs"] = {"__fieldManager": entry["outputs"]["__fieldManager"]}
    replay.checkpoint["pending_operations"] = [{"resource": lost, "type": operation}]
    deployment = replay.run(without=() if wanted else ("demo-rest",))
    assert not deployment.failed, replay.text
    assert "pending_operations" not in replay.checkpoint
    if wanted:
        assert replay.api.objects[SERVICE]["metadata"]["uid"] == uid
        assert replay.resource("demo-rest")["id"] == "default/demo-rest"
    else:
        assert SERVICE not in replay.api.objects
