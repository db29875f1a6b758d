"""What is waited for in pods that really run, as the Pulumi provider does: Jobs and bare Pods."""

import time
from pathlib import Path

import pytest

from tests.support.kube import Kube
from tests.support.project import Project

pytestmark = pytest.mark.node

PROGRAM = """
import pulumi, pulumi_kubernetes as k8s
def pod(name, command):
    return {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [{"name": "main",
        "image": "docker.io/apache/flink:2.2.1-scala_2.12", "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", command], "resources": {"requests": {"cpu": "10m"}}}]}
namespace, fails = pulumi.Config().require("namespace"), pulumi.Config().require_bool("fails")
meta = lambda name: {"name": name, "namespace": namespace}
running = k8s.core.v1.Pod("running", metadata=meta("running"), spec=pod("running", "sleep 600"))
job = k8s.batch.v1.Job("job", metadata=meta("job"), spec={"backoffLimit": 0,
    "template": {"spec": pod("job", "sleep 2; exit 3" if fails else "sleep 2")}})
k8s.core.v1.ConfigMap("after", metadata=meta("after"), data={"a": "b"},
    opts=pulumi.ResourceOptions(depends_on=[job, running]))
"""


def make(folder: Path, kubeconfig: str, namespace: str, fails: str) -> Project:
    project = Project(folder, kubeconfig)
    (project.folder / "__main__.py").write_text(PROGRAM)
    project.configure("dev", namespace=namespace, fails=fails)
    return project


def test_a_job_that_fails_keeps_what_depends_on_it_from_being_made(
    kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    project = make(tmp_path / "project", kubeconfig, namespace, "true")
    failed = project.run("up", "dev", "--yes")
    assert failed.returncode == 1
    assert "the Job has failed: BackoffLimitExceeded" in failed.stdout
    assert kube.get(namespace, "configmaps", "after") is None
    project.configure("dev", namespace=namespace, fails="false")
    begun = time.monotonic()
    project.up("dev")
    assert time.monotonic() - begun > 2, "the job was waited for"
    assert kube.get(namespace, "configmaps", "after") is not None
    running = kube.get(namespace, "pods", "running")
    assert running is not None
    assert running["status"]["phase"] == "Running"
    project.destroy("dev")
