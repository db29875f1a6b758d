"""ConfigMaps of high availability go with their session where that is asked for, and only then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine.fake_api import FakeApi
from tests.support.misbehaving import MisbehavingServer
from tests.support.project import Project

pytestmark = pytest.mark.slow

JOB = "0123456789abcdef" * 2
OF_JOB_MANAGERS = {"demo-cluster-config-map", f"demo-{JOB}-config-map"}
OF_OTHERS = {"demo-config-map", f"other-{JOB}-config-map"}
ARGS: dict[str, Any] = {
    "cluster_id": "demo",
    "image": "own:1",
    "high_availability": {"storage_dir": "hdfs:///ha"},
    "ha_data": "delete",
}


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def project(api: FakeApi, tmp_path: Path) -> Iterator[Project]:
    with MisbehavingServer(api.client).running() as server:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(server.kubeconfig())
        project = Project(tmp_path / "checkout", str(kubeconfig))
        project.configure("dev", **ARGS)
        project.up("dev")
        for name in OF_JOB_MANAGERS | OF_OTHERS:
            labels = {"type": "flink-native-kubernetes", "app": "demo" if "demo" in name else "other"}
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}
            api.put(f"/api/v1/namespaces/default/configmaps/{name}", body)
        yield project


def config_maps(api: FakeApi) -> set[str]:
    return {path.rpartition("/")[2] for path in api.objects if "/configmaps/" in path}


def test_they_go_when_the_session_is_destroyed(project: Project, api: FakeApi) -> None:
    assert "unchanged" in project.run("preview", "dev", "--expect-no-changes").stdout
    said = project.run("destroy", "dev", "--yes")
    assert said.returncode == 0, said.stdout
    assert "HighAvailabilityData session-ha-data" in said.stdout
    assert all(name in said.stdout for name in OF_JOB_MANAGERS)
    assert config_maps(api) == OF_OTHERS


def test_they_stay_with_the_session_when_somebody_changes_his_mind(project: Project, api: FakeApi) -> None:
    before = config_maps(api)
    project.configure("dev", **{**ARGS, "ha_data": "keep"})
    said = project.run("up", "dev", "--yes")
    assert said.returncode == 0, said.stdout
    assert "ha_data is keep: when the cluster is destroyed, the ConfigMap demo-cluster-config-map" in said.stdout
    assert config_maps(api) == before
    assert project.run("destroy", "dev", "--yes").returncode == 0
    assert config_maps(api) == OF_JOB_MANAGERS | OF_OTHERS


def test_a_cluster_that_cannot_be_reached_is_one_clear_error(project: Project, tmp_path: Path) -> None:
    state = json.dumps(project.checkpoint("dev"))
    assert str(tmp_path / "kubeconfig") not in state  # another machine may have it elsewhere
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("apiVersion: v1\nclusters: []\ncontexts: []\ncurrent-context: none\n")
    said = project.run("destroy", "dev", "--yes", KUBECONFIG=str(elsewhere))
    assert said.returncode != 0
    assert "Traceback" not in said.stdout
