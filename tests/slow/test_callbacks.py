"""Functions of the program that the engine calls back: transforms and hooks, served by the SDK in its own process."""

import json
from pathlib import Path

import httpx2
import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, program

pytestmark = pytest.mark.slow

HEAD = "import pathlib\nimport pulumi, pulumi_kubernetes as k8s\nfrom pulumi import *\n"
CONFIG_MAP = "k8s.core.v1.ConfigMap('a', metadata={'name': 'a'}, data={'a': DATA}, opts=ResourceOptions(OPTIONS))\n"
PATH = "/api/v1/namespaces/default/configmaps/a"


def config_map(options: str, data: str = "1") -> str:
    return CONFIG_MAP.replace("DATA", repr(data)).replace("OPTIONS", options)


def test_transforms_change_properties_and_options_from_the_inside_out(api: FakeApi, run: Run, folder: Path) -> None:
    program(
        folder,
        HEAD
        + """
def adding(name):
    def transform(args):
        if args.type_ != "kubernetes:core/v1:ConfigMap":
            return None
        data = {**args.props["data"], name: str(len(args.props["data"]))}
        args.opts.protect = name == "stack"
        return ResourceTransformResult({**args.props, "data": data}, args.opts)
    return transform
pulumi.runtime.register_resource_transform(adding("stack"))
parent = ComponentResource("my:index:Parent", "parent", opts=ResourceOptions(transforms=[adding("parent")]))
"""
        + config_map("parent=parent, transforms=[adding('own')]"),
    )
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert api.objects[PATH]["data"] == {"a": "1", "own": "1", "parent": "2", "stack": "3"}
    document = json.loads((folder.parent / ".pulumi/stacks/recording/dev.json").read_text())
    entry = next(item for item in document["checkpoint"]["latest"]["resources"] if item["urn"].endswith("::a"))
    assert entry["protect"] is True
    assert run("preview", "--expect-no-changes").exit_code == 0


def test_a_transform_that_fails_fails_the_preview(api: FakeApi, run: Run, folder: Path) -> None:
    program(
        folder,
        HEAD + "def fail(args):\n    raise ValueError('not like this')\n" + config_map("transforms=[fail]"),
    )
    failed = run("preview")
    assert failed.exit_code == 1
    assert "not like this" in failed.output
    assert failed.output.count("error:") == 1


HOOKS = (
    HEAD
    + """
def said(args):
    new, old = args.new_inputs, args.old_inputs
    words = [args.name, new and new["data"]["a"], old and old["data"]["a"], bool(args.new_outputs)]
    with open("said.txt", "a") as file:
        print(*words, file=file)
def hook(name, **options):
    def called(args):
        said(args)
        if name == FAILING:
            raise ValueError("the hook is sad")
    return ResourceHook(name, called, ResourceHookOptions(**options))
binding = ResourceHookBinding(
    before_create=[hook("bc")], after_create=[hook("ac", ignore_errors=True)],
    before_update=[hook("bu", on_dry_run=True)], after_update=[hook("au")],
    before_delete=[hook("bd")], after_delete=[hook("ad")])
"""
)


def said(folder: Path) -> list[str]:
    file = folder / "said.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def with_hooks(folder: Path, data: str, failing: str = "", *, present: bool = True) -> None:
    text = HOOKS.replace("FAILING", repr(failing))
    program(folder, text + (config_map("hooks=binding", data) if present else "hook('kept')\n"))


def test_hooks_are_called_before_and_after_what_they_are_for(
    api: FakeApi, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", "true")
    with_hooks(folder, "1", failing="ac")
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert "warning: after hook 'ac' failed: the hook is sad" in up.output
    assert said(folder) == ["a 1 None False", "a 1 None True"]
    document = json.loads((folder.parent / ".pulumi/stacks/recording/dev.json").read_text())
    assert (document["version"], document["features"]) == (4, ["hooks"])
    entry = next(item for item in document["checkpoint"]["latest"]["resources"] if item["urn"].endswith("::a"))
    assert entry["resourceHooks"]["BeforeCreate"] == ["bc"]

    with_hooks(folder, "2")
    assert run("up", "--yes").exit_code == 0
    assert said(folder) == ["a 2 1 False", "a 2 1 False", "a 2 1 True"], "the first is that of the preview"

    destroyed = run("destroy", "--yes")
    assert destroyed.exit_code == 1
    assert "`pulumi destroy --run-program`" in destroyed.output
    assert PATH in api.objects

    with_hooks(folder, "2", present=False)
    removed = run("up", "--yes")
    assert removed.exit_code == 0, removed.output
    assert said(folder) == ["a None 2 False", "a None 2 False"]
    assert PATH not in api.objects
    document = json.loads((folder.parent / ".pulumi/stacks/recording/dev.json").read_text())
    assert document["version"] == 3
    assert "features" not in document


def test_a_hook_that_fails_before_keeps_the_step_from_happening(api: FakeApi, run: Run, folder: Path) -> None:
    with_hooks(folder, "1", failing="bc")
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert "before hook 'bc' failed: the hook is sad" in failed.output
    assert PATH not in api.objects


def test_an_error_hook_decides_that_it_is_tried_again(api: FakeApi, run: Run, folder: Path) -> None:
    program(
        folder,
        HEAD
        + """
def again(args):
    print("failed operation:", args.failed_operation, len(args.errors))
    return len(args.errors) < 2
hooks = ResourceHookBinding(on_error=[ErrorHook("again", again)])
"""
        + config_map("hooks=hooks"),
    )
    failures = 2

    def refuse(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal failures
        if request.method == "PATCH" and request.url.path == PATH and b"dryRun" not in request.url.query and failures:
            failures -= 1
            return httpx2.Response(403, json={"message": "quota"})
        return None

    api.before = refuse
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert "failed operation: create 2" in failed.output
    failures = 1
    again = run("up", "--yes")
    assert again.exit_code == 0, again.output
    assert PATH in api.objects
