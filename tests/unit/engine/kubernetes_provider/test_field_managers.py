"""Whose fields are taken over at the first update of an object that was adopted, and whose are not."""

from typing import Any

from flink_session.engine.kubernetes_provider import field_managers

ME = "flink-session-1"
FORMER = frozenset({"flink"})


def entry(manager: str, fields: dict[str, Any], operation: str = "Update", **more: Any) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


MADE = entry(
    "flink",
    {
        "f:metadata": {"f:labels": {"f:app": {}}, "f:ownerReferences": {}, "f:annotations": {"f:a": {}}},
        "f:spec": {"f:strategy": {"f:type": {}, "f:rollingUpdate": {"f:maxSurge": {}}}, "f:replicas": {}},
    },
)
CONTROLLER = entry("kube-controller-manager", {"f:status": {}}, subresource="status")


def live(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": "a", "managedFields": list(entries)}}


def test_who_made_an_object_is_who_wrote_to_it_by_other_requests_than_apply() -> None:
    found = live(MADE, CONTROLLER, entry("somebody", {"f:spec": {}}, "Apply"))
    assert field_managers.makers(found) == FORMER
    assert not field_managers.has_applied(found, ME)
    assert field_managers.has_applied(live(entry(ME, {}, "Apply")), ME)


def test_what_a_program_says_of_an_object_changes_hands_and_owners_and_annotations_do_not() -> None:
    taken = field_managers.taken_over(live(MADE, CONTROLLER), ME, FORMER)
    assert taken == [
        entry(ME, {"f:metadata": {"f:labels": {"f:app": {}}}, "f:spec": MADE["fieldsV1"]["f:spec"]}, "Apply"),
        entry("flink", {"f:metadata": {"f:ownerReferences": {}, "f:annotations": {"f:a": {}}}}),
        CONTROLLER,
    ]
    assert field_managers.taken_over(live(MADE, CONTROLLER), ME) is None


def test_a_trial_removes_what_the_inputs_no_longer_have() -> None:
    inputs = {"metadata": {"name": "a"}, "spec": {"strategy": {"type": "Recreate"}}}
    assert field_managers.as_taken_over(live(MADE, CONTROLLER), inputs, FORMER) == {
        "metadata": {"name": "a", "labels": None},
        "spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}, "replicas": None},
    }
    assert field_managers.as_taken_over(live(CONTROLLER), inputs, FORMER) == inputs
