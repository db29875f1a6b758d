"""The rights that docs/permissions.md gives a deployer are enough, in a namespace that takes restricted pods alone."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_session.client.calls.jars import Program
from flink_session.client.cluster_client import ClusterClient
from tests.support.kube import Kube, session_jar
from tests.support.project import ROOT, Project

pytestmark = pytest.mark.node

SIZES: dict[str, Any] = {
    "job_manager": {"cpu": 0.3, "memory": "1Gi"},
    "task_manager": {"cpu": 0.3, "memory": "1Gi"},
    "configuration": {"kubernetes.jobmanager.cpu.limit-factor": 3, "kubernetes.taskmanager.cpu.limit-factor": 3},
}
RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces"


def documented_role() -> dict[str, Any]:
    text = (ROOT / "docs" / "permissions.md").read_text()
    return dict(yaml.safe_load(text.split("```yaml\n", 1)[1].split("```", 1)[0]))


def kubeconfig_of(kube: Kube, kubeconfig: str, namespace: str, account: str, folder: Path) -> str:
    """A kubeconfig of a ServiceAccount."""
    kube.post(f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": account}})
    request = {"spec": {"expirationSeconds": 3600}}
    answer = kube.post(f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", request)
    document = yaml.safe_load(Path(kubeconfig).read_text())
    document["users"] = [
        {"name": user["name"], "user": {"token": answer["status"]["token"]}} for user in document["users"]
    ]
    for context in document["contexts"]:
        context["context"]["namespace"] = namespace
    file = folder / f"{account}.kubeconfig"
    file.write_text(json.dumps(document))
    return str(file)


def bind(kube: Kube, namespace: str, account: str, kind: str, role: str) -> None:
    binding = {
        "metadata": {"name": account},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }
    kube.post(f"{RBAC}/{namespace}/rolebindings", binding)


def test_the_documented_role_deploys_runs_and_removes_a_restricted_session(
    kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    kube.label_namespace(namespace, {"pod-security.kubernetes.io/enforce": "restricted"})
    kube.post(f"{RBAC}/{namespace}/roles", documented_role())
    deployer = kubeconfig_of(kube, kubeconfig, namespace, "deployer", tmp_path)
    bind(kube, namespace, "deployer", "Role", "flink-session-deployer")
    project = Project(tmp_path / "project", deployer)
    project.configure("restricted", cluster_id="restricted", namespace=namespace, **SIZES)
    try:
        project.up("restricted")
        with ClusterClient.for_session("restricted", namespace, kubeconfig=kubeconfig) as client:
            job = client.submit(session_jar(), Program(arguments=["1000"]))
            assert client.job_result(job).status == "SUCCEEDED"
        project.run("refresh", "restricted", "--yes")
        assert project.run("preview", "restricted", "--expect-no-changes").returncode == 0
    finally:
        project.destroy("restricted")
    kube.label_namespace(namespace, {"pod-security.kubernetes.io/enforce": None})


def test_an_administrator_of_the_namespace_may_deploy(
    kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    admin = kubeconfig_of(kube, kubeconfig, namespace, "admin", tmp_path)
    bind(kube, namespace, "admin", "ClusterRole", "admin")
    project = Project(tmp_path / "project", admin)
    storage = {"high-availability.type": "kubernetes", "high-availability.storageDir": "file:///tmp/ha"}
    project.configure("admin", cluster_id="admin", namespace=namespace, configuration=storage)
    preview = project.run("preview", "admin")
    assert preview.returncode == 0, preview.stdout
    project.configure("admin", cluster_id="admin", namespace=namespace, owner_reference_permission=True)
    refused = project.run("preview", "admin")
    assert refused.returncode == 1
    assert "deployments/finalizers" in refused.stdout
    assert "docs/permissions.md" in refused.stdout or "service_account" in refused.stdout
