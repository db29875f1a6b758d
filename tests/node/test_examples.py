"""An example that really comes up, and goes: a session cluster inside somebody's platform program."""

import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_session.client import ClusterClient, FlinkError, Program, Tls
from tests.support.kube import Kube, eventually, session_jar
from tests.support.production import configure_secrets
from tests.support.project import ROOT, Project

pytestmark = pytest.mark.node


def test_the_platform_example_comes_up_and_goes(tmp_path: Path, kubeconfig: str, kube: Kube) -> None:
    project = Project(tmp_path / "platform", kubeconfig, source=ROOT / "examples" / "platform")
    (project.folder / "stacks" / "Pulumi.dev.yaml").write_text("config: {}\n")
    try:
        project.up("dev")
        with ClusterClient.for_session("flink", "team-fraud", kubeconfig=kubeconfig) as client:
            assert client.overview().flink_version.startswith("2.")
            client.wait_for_running(client.submit(session_jar(), Program(arguments=["1000"])))
            quota = kube.http.get("/api/v1/namespaces/team-fraud/resourcequotas/workspace").json()
            # A JobManager and one of the three TaskManagers.
            assert quota["status"]["hard"] == {"limits.cpu": "2", "limits.memory": "8Gi"}
            assert quota["status"]["used"] == {"limits.cpu": "1", "limits.memory": "4Gi"}
    finally:
        project.destroy("dev")
    assert kube.http.get("/api/v1/namespaces/team-fraud").status_code == 404


BACK = 180
"""Seconds within which another JobManager has brought a job back, on a node that does much else."""


def test_the_production_example_outlives_what_happens_to_it(tmp_path: Path, kubeconfig: str, kube: Kube) -> None:
    source, namespace = ROOT / "examples" / "production", f"flink-session-test-{uuid.uuid4().hex[:8]}"
    project = Project(tmp_path / "production", kubeconfig, source=source)
    file = project.folder / "stacks" / "Pulumi.dev.yaml"

    def configure(**config: Any) -> None:
        """Write the example's own stack, in a namespace and a folder of this test."""
        kept = yaml.safe_load(file.read_text()) if file.exists() else {}
        document = yaml.safe_load((source / "stacks" / "Pulumi.dev.yaml").read_text())
        own = {"namespace": namespace, "folder": f"/tmp/{namespace}", **config}
        document["config"] |= {f"production:{key}": value for key, value in own.items()}
        names = ("production:dbPassword", "production:tlsCertificate", "production:tlsKey")
        secret = {key: value for key, value in (kept.get("config") or {}).items() if key in names}
        file.write_text(yaml.safe_dump({**kept, "config": {**document["config"], **secret}}))

    configure()
    configure_secrets(project, tmp_path)

    def client() -> ClusterClient:
        tls = Tls(verify=False)  # by the API server's proxy, which verifies nothing either
        return ClusterClient.for_session("analytics", namespace, kubeconfig=kubeconfig, tls=tls)

    def runs(job: str) -> bool:
        try:
            with client() as found:
                return found.job(job).state == "RUNNING" and found.checkpoints(job).restored is not None
        except FlinkError:
            return False

    try:
        project.up("dev")
        with client() as session:
            job = session.submit(session_jar(), Program("dev.flinksession.EndlessCount"))
            session.within(BACK).wait_for_running(job)
            session.checkpoint(job)
            leader = session.access.description
        refused = project.run("destroy", "dev", "--yes")
        assert refused.returncode != 0
        assert "EndlessCount" in refused.stdout
        assert project.run("preview", "dev", "--expect-no-changes").returncode == 0
        pods = kube.list(namespace, "pods", "app=analytics,component=jobmanager")
        (leading,) = (pod["metadata"]["name"] for pod in pods if pod["metadata"]["name"] in leader)
        url = f"/api/v1/namespaces/{namespace}/pods/{leading}"
        kube.http.request("DELETE", url, json={"gracePeriodSeconds": 0}).raise_for_status()
        eventually(lambda: runs(job), seconds=BACK, what="the job is back from its checkpoint")
        configure(suspended=True)
        project.up("dev")
        selector = "app=analytics,component=jobmanager"
        eventually(lambda: not kube.list(namespace, "pods", selector), what="no JobManager")
        configure(maxSlots=4)
        project.up("dev")
        eventually(lambda: runs(job), seconds=BACK, what="the job is back in a session of other options")
    finally:
        configure(allowJobLoss=True)
        project.up("dev")
        project.destroy("dev")
    assert kube.http.get(f"/api/v1/namespaces/{namespace}").status_code == 404
