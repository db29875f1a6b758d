"""Resource options of the component: what reaches which child, and what is refused in words."""

from typing import Any

import pulumi
import pytest

from flink_session import FlinkSessionCluster
from tests.support.recording_monitor import Recording, record

EMPTY: tuple[Any, ...] = (0, "", [], None)


def deploy(args: dict[str, Any] | None = None, **options: Any) -> Recording:
    def program() -> dict[str, Any]:
        made = {name: value() if callable(value) else value for name, value in options.items()}
        cluster = FlinkSessionCluster("demo", {"cluster_id": "demo", **(args or {})}, pulumi.ResourceOptions(**made))  # type: ignore[typeddict-item]
        return {
            "endpoint": cluster.rest_endpoint,
            "secret": pulumi.Output.from_input(cluster.rest_endpoint.is_secret()),
        }

    return record(program)


def of_children(recording: Recording, field: str) -> dict[str, Any]:
    """What the children have for an option, where they have anything."""
    found = {name: getattr(request, field) for name, request in recording.requests.items() if name.startswith("demo-")}
    return {name.removeprefix("demo-"): value for name, value in found.items() if value not in EMPTY}


ALL = {"config", "internal", "jobmanager", "pod-template", "rest", "role", "role-binding", "service-account"}
WITH_SPEC = {"internal", "jobmanager", "rest"}


@pytest.mark.parametrize(
    ("option", "field"),
    [("ignore_changes", "ignoreChanges"), ("replace_on_changes", "replaceOnChanges"), ("hide_diffs", "hideDiffs")],
)
def test_paths_reach_the_children_that_have_their_field(option: str, field: str) -> None:
    paths: Any = ["spec.replicas", 'metadata.labels["a"]', "data"]
    recording = deploy(None, **{option: paths})
    reached = {name: list(named) for name, named in of_children(recording, field).items()}
    assert set(reached) == ALL
    assert {name for name, named in reached.items() if "spec.replicas" in named} == WITH_SPEC
    assert {name for name, named in reached.items() if "data" in named} == {"config", "pod-template"}
    if option != "hide_diffs":
        assert not getattr(recording.requests["demo"], field)


def test_custom_timeouts_reach_the_children_and_stand_for_the_ready_timeout() -> None:
    recording = deploy(custom_timeouts=pulumi.CustomTimeouts(create="20m", delete="5m"))
    timeouts = {
        name: (of.create, of.update, of.delete) for name, of in of_children(recording, "customTimeouts").items()
    }
    ready = ("20m", "10m", "5m")
    assert timeouts == {name: ready if name in ("jobmanager", "rest") else ("20m", "", "5m") for name in ALL}
    own = deploy({"ready_timeout": "3m"}, custom_timeouts=pulumi.CustomTimeouts(delete="5m")).requests[
        "demo-jobmanager"
    ]
    assert (own.customTimeouts.create, own.customTimeouts.delete) == ("3m", "5m")


def test_options_of_deletion_and_replacement_reach_every_child() -> None:
    def other() -> pulumi.Resource:
        return pulumi.ComponentResource("my:index:Other", "other")

    recording = deploy(
        retain_on_delete=True,
        deleted_with=other,
        replace_with=lambda: [pulumi.ComponentResource("my:index:Other", "another")],
        replacement_trigger="again",
        delete_before_replace=True,
    )
    for field in ("retainOnDelete", "deletedWith", "replace_with", "deleteBeforeReplace"):
        assert set(of_children(recording, field)) == ALL, field
    triggers = {name: request.replacement_trigger.string_value for name, request in recording.requests.items()}
    assert {name for name, trigger in triggers.items() if trigger == "again"} == {f"demo-{name}" for name in ALL}


def test_nothing_is_set_where_nothing_was_given() -> None:
    recording = deploy()
    for field in ("ignoreChanges", "replaceOnChanges", "hideDiffs", "retainOnDelete", "deletedWith", "replace_with"):
        assert not of_children(recording, field), field
    assert not any(request.deleteBeforeReplaceDefined for request in recording.requests.values())
    assert set(of_children(recording, "customTimeouts")) >= {"jobmanager", "rest"}


@pytest.mark.parametrize("name", ["rest_endpoint", "restEndpoint"])
def test_an_output_is_secret_on_request(name: str) -> None:
    recording = deploy(additional_secret_outputs=[name])
    assert recording.outputs["secret"] is True
    assert deploy().outputs["secret"] is False


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ignore_changes": ["configuration"]}, "the option ignore_changes is 'configuration', but it must begin with"),
        ({"replace_on_changes": ["image"]}, "the option replace_on_changes is 'image'"),
        ({"hide_diffs": ["clusterId"]}, "the option hide_diffs is 'clusterId'"),
        ({"import_": "default/demo"}, "the option import_ has no meaning"),
        ({"version": "1.0.0"}, "the option version has no meaning"),
        ({"plugin_download_url": "https://example.org"}, "the option plugin_download_url has no meaning"),
        ({"env_var_mappings": {"A": "B"}}, "the option env_var_mappings has no meaning"),
        ({"delete_before_replace": False}, "the option delete_before_replace cannot be False"),
        ({"additional_secret_outputs": ["password"]}, "must be an output of the component"),
    ],
)
def test_what_has_no_effect_is_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        deploy({"image_pull_policy": "Sometimes"}, **options)
    assert words in str(raised.value)
    assert "image_pull_policy" in str(raised.value)


def test_two_timeouts_are_one_too_many() -> None:
    with pytest.raises(pulumi.RunError, match="ready_timeout must not be given beside create or update"):
        deploy({"ready_timeout": "5m"}, custom_timeouts=pulumi.CustomTimeouts(update="5m"))
