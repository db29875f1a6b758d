"""Explicit providers, and a cluster that is not there, in whole commands."""

from pathlib import Path

import httpx2
import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, program

pytestmark = pytest.mark.slow


def unreachable(_: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


def test_only_the_command_preview_does_without_a_cluster(
    api: FakeApi, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.before = unreachable
    preview = run("preview")
    assert preview.exit_code == 1, "nobody asked for a preview that finds less"
    assert "+ 6 to create" in preview.output
    assert "error: the Kubernetes API server" in preview.output
    assert "--offline accepts that" in preview.output
    offline = run("preview", "--offline")
    assert offline.exit_code == 0, offline.output
    assert "+ 6 to create" in offline.output
    monkeypatch.setenv("FLINK_SESSION_OFFLINE", "1")
    assert run("preview").exit_code == 0
    up = run("up", "--yes")
    assert up.exit_code == 1
    assert "error: the Kubernetes API server" in up.output


def test_explicit_providers_work_in_a_program(api: FakeApi, run: Run, folder: Path) -> None:
    text = """
import pulumi, pulumi_kubernetes as k8s
mine = k8s.Provider("mine", context="c", enable_config_map_mutable=True)
k8s.core.v1.ConfigMap("a", metadata={"name": "a"}, data={"a": DATA}, opts=pulumi.ResourceOptions(provider=mine))
"""
    program(folder, text.replace("DATA", "'1'"))
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    program(folder, text.replace("DATA", "'2'"))
    assert "~ 1 updated" in run("up", "--yes").output
