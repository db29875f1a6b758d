"""What counts as a change, and which changes need a new object."""

from typing import Any

import pytest

from flink_session.engine.errors import StepError
from flink_session.engine.kubernetes_provider.check import check, keep_ignored
from flink_session.engine.kubernetes_provider.kinds import find_kind, force_new_paths
from flink_session.engine.model.diff import ABSENT, Change, compare, diff_manifests, may_be_spelling, render_change
from flink_session.engine.model.goal import parse_duration
from flink_session.engine.model.paths import parse_path, render_path
from flink_session.engine.model.values import UNKNOWN, Secret, plain


def paths(old: Any, new: Any) -> list[tuple[str, str]]:
    return [(render_path(change.path), change.kind) for change in compare(old, new)]


def test_changes_are_found_where_they_are() -> None:
    old = {"a": 1, "list": [1, {"x": 1}], "gone": None, "data": {"config.yaml": "1"}}
    new = {"a": 1, "list": [1, {"x": 2}, 3], "data": {"config.yaml": "2"}, "new": {}}
    assert paths(old, new) == [
        ('data["config.yaml"]', "update"),
        ("gone", "delete"),
        ("list[1].x", "update"),
        ("list[2]", "add"),
        ("new", "add"),
    ]


def test_types_count_and_secret_marks_do_not() -> None:
    assert paths({"a": 1, "b": "x"}, {"a": True, "b": Secret("x")}) == [("a", "update")]


def test_a_secret_change_is_shown_without_its_value() -> None:
    (change,) = compare({"a": Secret("old")}, {"a": Secret("new")})
    assert render_change(change) == '~ a: "[secret]" => "[secret]"'


@pytest.mark.parametrize(
    ("kind", "old", "new", "replaced"),
    [
        ("ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}, True),
        ("ConfigMap", {"data": {"a": "1"}}, {}, True),
        ("ConfigMap", {"metadata": {"labels": {"a": "1"}}}, {"metadata": {"labels": {"a": "2"}}}, False),
        ("ConfigMap", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
        ("Secret", {"type": "a"}, {"type": "b"}, True),
        ("Service", {"spec": {"clusterIP": "None"}}, {"spec": {}}, True),
        ("Service", {"spec": {"type": "ClusterIP"}}, {"spec": {"type": "NodePort"}}, False),
        ("Service", {"spec": {"type": "ClusterIP"}}, {}, False),
        ("Deployment", {"spec": {"selector": {"matchLabels": {"a": "1"}}}}, {"spec": {"selector": {}}}, True),
        ("Deployment", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, False),
        ("Deployment", {"spec": {"selector": {"matchLabels": {}}}}, {"spec": UNKNOWN}, True),
        ("RoleBinding", {"roleRef": {"name": "a"}}, {"roleRef": {"name": "b"}}, True),
        ("StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, True),
        ("StatefulSet", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, False),
        ("Job", {"spec": {"template": {"spec": {"a": 1}}}}, {"spec": {"template": {"spec": {"a": 2}}}}, True),
        ("Pod", {"spec": {"containers": [{"image": "a"}]}}, {"spec": {"containers": [{"image": "b"}]}}, True),
        ("Pod", {"spec": {"activeDeadlineSeconds": 1}}, {"spec": {"activeDeadlineSeconds": 2}}, False),
        ("PersistentVolumeClaim", {"spec": {"accessModes": ["a"]}}, {"spec": {"accessModes": ["b"]}}, True),
        ("PersistentVolumeClaim", {"spec": {"resources": {"a": 1}}}, {"spec": {"resources": {"a": 2}}}, False),
    ],
)
def test_replacement_rules(kind: str, old: dict[str, Any], new: dict[str, Any], replaced: bool) -> None:
    group = {
        "Deployment": "apps/v1",
        "StatefulSet": "apps/v1",
        "Job": "batch/v1",
        "RoleBinding": "rbac.authorization.k8s.io/v1",
    }.get(kind, "core/v1")
    found = find_kind(f"kubernetes:{group}:{kind}")
    diff = diff_manifests(old, {}, new, force_new_paths(found, new))
    assert bool(diff.replace) is replaced


def test_switches_make_data_mutable_unless_the_object_says_otherwise() -> None:
    mutable = {"ConfigMap"}
    config_map, old, new = find_kind("kubernetes:core/v1:ConfigMap"), {"data": {"a": "1"}}, {"data": {"a": "2"}}
    assert not diff_manifests(old, {}, new, force_new_paths(config_map, new, (), mutable)).replace
    immutable = new | {"immutable": True}
    assert diff_manifests(old, {}, immutable, force_new_paths(config_map, immutable, (), mutable)).replace


def test_a_quantity_that_is_only_written_otherwise_is_no_drift() -> None:
    def limits(cpu: object, memory: object, label: str) -> dict[str, Any]:
        return {"metadata": {"labels": {"v": label}}, "spec": {"limits": {"cpu": cpu, "memory": memory}}}

    inputs = limits("1.0", "1024Mi", "1.0")
    assert not diff_manifests(inputs, limits("1", "1Gi", "1.0"), inputs, [])
    drift = diff_manifests(inputs, limits("2", "1Gi", "1"), inputs, []).drift
    assert [render_path(change.path) for change in drift] == ["metadata.labels.v", "spec.limits.cpu"]
    # What the program itself writes otherwise is a change, which the API server is asked about.
    assert diff_manifests(limits("1", "1Gi", "1"), limits("1", "1Gi", "1"), limits("1.0", "1Gi", "1"), []).changes


@pytest.mark.parametrize(
    ("old", "new", "maybe"),
    [
        ("500m", 0.5, True),
        ("500m", "600m", False),
        (ABSENT, "", True),
        (ABSENT, 0, True),
        (False, ABSENT, True),
        (ABSENT, [], True),
        ({"a": {}}, ABSENT, True),
        (ABSENT, {"a": [{"b": 1}]}, False),
        (ABSENT, UNKNOWN, False),
        (1, ABSENT, False),
    ],
)
def test_what_may_be_another_way_to_say_the_same(old: object, new: object, maybe: bool) -> None:
    assert may_be_spelling(Change(("limits", "cpu"), old, new)) is maybe
    assert not may_be_spelling(Change(("data", "a.b"), old, new))


def test_the_label_of_client_side_apply_stays_with_what_has_it() -> None:
    kind, wanted = find_kind("kubernetes:core/v1:ConfigMap"), {"metadata": {"name": "a", "labels": {"mine": "1"}}}
    label = {"app.kubernetes.io/managed-by": "pulumi"}
    old = {"metadata": {"name": "a", "labels": label}}
    assert check(kind, "res", wanted, old, "ns")["metadata"]["labels"] == {"mine": "1", **label}
    assert check(kind, "res", wanted, wanted, "ns")["metadata"]["labels"] == {"mine": "1"}


def test_drift_is_what_the_state_has_other_than_the_inputs() -> None:
    inputs = {"spec": {"replicas": 1}}
    diff = diff_manifests(inputs, {"spec": {"replicas": 2, "defaulted": 3}, "status": {}}, inputs, ())
    assert [render_path(change.path) for change in diff.drift] == ["spec.replicas"]
    assert not diff.changes


def test_check_settles_namespace_name_and_encoding() -> None:
    kind = find_kind("kubernetes:core/v1:Secret")
    checked = check(kind, "res", {"stringData": {"a": "x"}, "data": {"b": "eQ=="}, "status": {}}, None, "ns")
    assert checked["data"] == Secret({"a": "eA==", "b": "eQ=="})
    assert checked["metadata"]["namespace"] == "ns"
    assert checked["metadata"]["name"].startswith("res-")
    assert checked["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    again = check(kind, "res", {"stringData": {"a": "x"}}, plain(checked), "ns")
    assert again["metadata"]["name"] == checked["metadata"]["name"]


def test_check_names_what_is_wrong_all_at_once() -> None:
    wrong = {"apiVersion": "v2", "kind": "Pod", "metadata": {"generateName": "x"}}
    with pytest.raises(StepError, match=r"(?s)apiVersion: 'v2'.*kind: 'Pod'.*generateName"):
        check(find_kind("kubernetes:core/v1:ConfigMap"), "r", wrong, None, "default")


def test_ignored_paths_keep_their_old_values() -> None:
    old = {"spec": {"replicas": 1, "list": [{"a": 1, "b": 1}]}, "data": {"a.b": "1"}}
    new = {"spec": {"replicas": 2, "list": [{"a": 2, "b": 2}]}, "data": {"a.b": "2"}}
    assert keep_ignored(["spec.replicas", "spec.list[*].a", 'data["a.b"]', "nothing.here"], new, old) == {
        "spec": {"replicas": 1, "list": [{"a": 1, "b": 2}]},
        "data": {"a.b": "1"},
    }
    with pytest.raises(StepError, match="not a property path"):
        parse_path("spec[")


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("1h30m", 5400), ("1.5m", 90), ("300ms", 0.3)])
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5x", "m", "1h 30m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)
