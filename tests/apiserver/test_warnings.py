"""What the API server warns of is shown, in the preview already."""

from pathlib import Path

import pytest

from tests.support.kube import Kube
from tests.support.project import Project

pytestmark = pytest.mark.apiserver


def test_a_pod_that_a_standard_would_refuse(kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path) -> None:
    kube.label_namespace(namespace, {"pod-security.kubernetes.io/warn": "restricted"})
    project = Project(tmp_path / "project", kubeconfig)
    project.configure("dev", cluster_id="demo", namespace=namespace, pod_security="none")
    preview = project.run("preview", "dev")
    assert preview.returncode == 0, preview.stdout
    lines = preview.stdout.splitlines()
    deployment = next(number for number, line in enumerate(lines) if "Deployment session-jobmanager" in line)
    assert "would violate PodSecurity" in lines[deployment + 1]
    project.configure("dev", cluster_id="demo", namespace=namespace)
    assert "would violate" not in project.run("preview", "dev").stdout
