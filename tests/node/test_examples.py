"""An example that really comes up, and goes: a session cluster inside somebody's platform program."""

from pathlib import Path

import pytest

from flink_session.client import ClusterClient, Program
from tests.support.kube import Kube, session_jar
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
