"""Resource options of the component as the engine carries them out: on every child, or on none."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, program

pytestmark = pytest.mark.slow

HEAD = "import pulumi, pulumi_kubernetes as k8s\nfrom pulumi import *\nfrom flink_session import FlinkSessionCluster\n"
DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/demo"


def session(options: str = "", *, name: str = "demo", before: str = "", **args: Any) -> str:
    given = {"cluster_id": "demo", **args}
    return f"{HEAD}{before}FlinkSessionCluster({name!r}, {given!r}, ResourceOptions({options}))\n"


def states(folder: Path) -> dict[str, dict[str, Any]]:
    document = json.loads((folder.parent / ".pulumi/stacks/recording/dev.json").read_text())
    return {item["urn"].rpartition("::")[2]: item for item in document["checkpoint"]["latest"]["resources"]}


def children(folder: Path) -> dict[str, dict[str, Any]]:
    return {name: state for name, state in states(folder).items() if name.startswith("demo-")}


def test_protect_holds_every_child(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, session("protect=True"))
    assert run("up", "--yes").exit_code == 0
    assert all(state["protect"] for state in children(folder).values())
    refused = run("destroy", "--yes")
    assert refused.exit_code == 1
    assert "protect" in refused.output
    assert DEPLOYMENT in api.objects


def test_provider_and_providers_reach_the_children(api: FakeApi, run: Run, folder: Path) -> None:
    mine = "mine = k8s.Provider('mine', namespace='default')\n"
    for options in (
        "provider=mine",
        "providers=[mine]",
        "providers={'kubernetes': mine}",
        "parent=above, aliases=[Alias(parent=ROOT_STACK_RESOURCE)]",
    ):
        above = "above = ComponentResource('my:index:Above', 'above', opts=ResourceOptions(providers=[mine]))\n"
        program(folder, session(options, before=mine + above))
        ran = run("up", "--yes")
        assert ran.exit_code == 0, ran.output
        used = {state["provider"].rpartition("::")[0] for state in children(folder).values() if "provider" in state}
        assert {urn.rpartition("::")[2] for urn in used} == {"mine"}


def test_what_the_component_depends_on_comes_first_and_goes_last(api: FakeApi, run: Run, folder: Path) -> None:
    first = "first = k8s.core.v1.ConfigMap('first', metadata={'name': 'first'}, data={'a': '1'})\n"
    program(folder, session("depends_on=[first]", before=first))
    assert run("up", "--yes").exit_code == 0
    wrote = [request for request in api.writes() if request.startswith(("PATCH", "POST"))]
    assert "configmaps/first" in wrote[0]
    api.requests.clear()
    assert run("destroy", "--yes").exit_code == 0
    deleted = [request for request in api.writes() if request.startswith("DELETE")]
    assert "configmaps/first" in deleted[-1]
    assert len(deleted) > 1


def test_what_depends_on_the_component_comes_after_its_children(api: FakeApi, run: Run, folder: Path) -> None:
    text = session().replace("FlinkSessionCluster('demo'", "cluster = FlinkSessionCluster('demo'")
    last = "k8s.core.v1.ConfigMap('last', metadata={'name': 'last'}, opts=ResourceOptions(depends_on=[cluster]))\n"
    program(folder, text + last)
    assert run("up", "--yes").exit_code == 0
    wrote = [request for request in api.writes() if request.startswith(("PATCH", "POST"))]
    assert "configmaps/last" in wrote[-1]


def test_a_renamed_component_with_an_alias_changes_no_object(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, session())
    assert run("up", "--yes").exit_code == 0
    program(folder, session("aliases=[Alias(name='demo')]", name="sessions"))
    api.requests.clear()
    renamed = run("up", "--yes")
    assert renamed.exit_code == 0, renamed.output
    assert not [request for request in api.writes() if request.startswith("DELETE")]
    assert "sessions-jobmanager" in states(folder)
    program(folder, session(name="sessions"))
    assert run("preview", "--expect-no-changes").exit_code == 0


def test_a_transform_of_the_component_reaches_its_children(api: FakeApi, run: Run, folder: Path) -> None:
    transform = (
        "def label(args):\n"
        "    if args.type_ == 'kubernetes:apps/v1:Deployment':\n"
        "        labels = {**args.props['metadata']['labels'], 'team': 'fraud'}\n"
        "        metadata = {**args.props['metadata'], 'labels': labels}\n"
        "        return ResourceTransformResult({**args.props, 'metadata': metadata}, args.opts)\n"
    )
    program(folder, session("transforms=[label]", before=transform))
    ran = run("up", "--yes")
    assert ran.exit_code == 0, ran.output
    assert api.objects[DEPLOYMENT]["metadata"]["labels"]["team"] == "fraud"


def test_ignored_changes_stay_as_they_are(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, session(image="a/b:2.2.1"))
    assert run("up", "--yes").exit_code == 0
    path = "spec.template.spec.containers[0].image"
    program(folder, session(f"ignore_changes=[{path!r}]", image="a/b:2.2.2"))
    assert run("up", "--yes").exit_code == 0
    assert api.objects[DEPLOYMENT]["spec"]["template"]["spec"]["containers"][0]["image"] == "a/b:2.2.1"
    program(folder, session(image="a/b:2.2.2"))
    assert run("up", "--yes").exit_code == 0
    assert api.objects[DEPLOYMENT]["spec"]["template"]["spec"]["containers"][0]["image"] == "a/b:2.2.2"


def test_retained_objects_outlive_the_stack(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, session("retain_on_delete=True"))
    assert run("up", "--yes").exit_code == 0
    assert run("destroy", "--yes").exit_code == 0
    assert DEPLOYMENT in api.objects
    assert "demo-jobmanager" not in (folder.parent / ".pulumi/stacks/recording/dev.json").read_text()


def test_timeouts_are_kept_for_the_destroy(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, session("custom_timeouts=CustomTimeouts(create='20m', delete='5m')"))
    assert run("up", "--yes").exit_code == 0
    deployment = children(folder)["demo-jobmanager"]
    assert deployment["customTimeouts"] == {"create": 1200, "update": 600, "delete": 300}


def test_what_has_no_effect_is_refused_before_anything_is_touched(api: FakeApi, run: Run, folder: Path) -> None:
    program(folder, session("ignore_changes=['configuration'], import_='default/demo'"))
    refused = run("up", "--yes")
    assert refused.exit_code == 1
    assert "the option ignore_changes is 'configuration'" in refused.output
    assert "the option import_ has no meaning" in refused.output
    assert api.writes() == []
