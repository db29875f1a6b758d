"""`flink-session sessions` at a real API server: whose each is, and who may list them. No pod runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apiserver.test_kubernetes_session import flink_home, run
from tests.node.test_permissions import RBAC, bind, kubeconfig_of
from tests.support.kube import Kube
from tests.support.project import ROOT, Project

pytestmark = pytest.mark.apiserver

__all__ = ["flink_home"]

COMMAND = str(Path(sys.prefix) / "bin" / "flink-session")
OURS, SCRIPTED = "ours", "scripted"


@pytest.fixture(scope="module")
def clusters(
    project: Project,
    namespace: str,
    kube: Kube,
    kubeconfig: str,
    flink_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """One of a stack, and one of kubernetes-session.sh, in one namespace."""
    quota = {"metadata": {"name": "no-pods"}, "spec": {"hard": {"pods": "0"}}}
    kube.post(f"/api/v1/namespaces/{namespace}/resourcequotas", quota)
    project.configure(OURS, cluster_id=OURS, namespace=namespace, ready_timeout="1s")
    assert "session-jobmanager" in project.run("up", OURS, "--yes").stdout
    folder = str(tmp_path_factory.mktemp("script"))
    script = [str(flink_home / "bin" / "kubernetes-session.sh")]
    script += [f"-Dkubernetes.cluster-id={SCRIPTED}", f"-Dkubernetes.namespace={namespace}"]
    environment = {"HOME": folder, "KUBECONFIG": kubeconfig, "FLINK_LOG_DIR": folder}
    run(script, {**environment, "JVM_ARGS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"})
    yield namespace
    project.destroy(OURS)


def sessions(project: Project, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "sessions", *words],
        cwd=project.folder,
        env={**project.env, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def listed(project: Project, *words: str, **env: str) -> dict[str, Any]:
    ran = sessions(project, "--json", *words, **env)
    assert (ran.returncode, ran.stderr) == (0, "")
    return {item["cluster_id"]: item for item in json.loads(ran.stdout)}


def test_ours_and_the_scripts(clusters: str, project: Project) -> None:
    found = listed(project, "-n", clusters, PULUMI_STACK=OURS)
    assert set(found) == {OURS, SCRIPTED}
    name = yaml.safe_load((project.folder / "Pulumi.yaml").read_text())["name"]
    assert found[OURS]["stack"] == {"project": name, "stack": OURS, "selected": True}
    assert found[SCRIPTED]["stack"] is None
    assert (found[OURS]["made_by"], found[SCRIPTED]["made_by"]) == ("pulumi", "flink-client")
    for item in found.values():
        assert item["kind"] == "session"
        assert item["problem"]["word"] == "starting"
        assert item["flink_version_from"] == "image"
        assert item["job_managers"] == {"ready": 0, "replicas": 1}


def test_without_its_state_nobody_knows_the_stack(clusters: str, project: Project, tmp_path: Path) -> None:
    elsewhere = listed(project, "-n", clusters, PULUMI_BACKEND_URL=f"file://{tmp_path}", HOME=str(tmp_path))
    assert elsewhere[OURS]["stack"] is None
    assert elsewhere[OURS]["made_by"] == "pulumi"


def test_the_documented_rights_are_enough(
    clusters: str, project: Project, kube: Kube, kubeconfig: str, tmp_path: Path
) -> None:
    text = (ROOT / "docs" / "client.md").read_text().partition("# list.yaml\n")[2].partition("```")[0]
    documented = yaml.safe_load(text)
    kube.post(f"{RBAC}/{clusters}/roles", {**documented, "kind": "Role"})
    lister = kubeconfig_of(kube, kubeconfig, clusters, "lister", tmp_path)
    bind(kube, clusters, "lister", "Role", documented["metadata"]["name"])
    found = listed(project, KUBECONFIG=lister)
    assert {item["problem"]["word"] for item in found.values()} == {"starting"}
    refused = sessions(project, "-A", KUBECONFIG=lister)
    assert (refused.returncode, refused.stdout) == (6, "")
    assert "does not let you list deployments in all namespaces" in refused.stderr
    assert "-n names one namespace" in refused.stderr
