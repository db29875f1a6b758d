"""The test kit does what a consumer's test needs: programs, manifests, a JobManager."""

import zipfile
from pathlib import Path
from typing import Any

import pulumi
import pytest

import flink_session.testing
from flink_session import FlinkSessionCluster
from flink_session.client import ClusterClient, FlinkError, Program
from flink_session.testing import FakeJob, FakeJobManager, SessionMocks, assert_manifests, run
from flink_session.testing.job_manager import error
from flink_session.testing.manifests import ACCEPT


def session(**args: Any) -> None:
    cluster = FlinkSessionCluster("demo", {"cluster_id": "demo", **args})  # type: ignore[typeddict-item]
    pulumi.export("endpoint", cluster.rest_endpoint)
    pulumi.export("slots", cluster.sizes)


def test_every_public_name_is_there_and_documented() -> None:
    assert all(getattr(flink_session.testing, name).__doc__ for name in flink_session.testing.__all__)


def test_a_program_runs_to_its_end_and_its_resources_are_plain_values() -> None:
    ran = run(lambda: session(task_manager={"slots": 2}))
    assert ran.outputs["endpoint"] == "http://demo-rest.default:8081"
    assert ran["demo"].type == "flink-session:index:FlinkSessionCluster"
    assert ran["demo"].inputs["taskManager"] == {"slots": 2}
    assert ran["demo-jobmanager"].inputs["spec"]["replicas"] == 1
    assert "demo-config" in ran["demo-jobmanager"].depends_on
    assert len(ran.of_type("kubernetes:core/v1:Service")) == 2
    assert len(ran.manifests) == len(ran.resources) - 1
    assert not ran.warnings
    with pytest.raises(KeyError, match=r"0 resources are called 'other'; there are demo \(flink-session:index"):
        ran["other"]


@pytest.mark.parametrize(
    ("args", "endpoint"),
    [
        ({"rest_service_exposed_type": "LoadBalancer"}, "http://192.0.2.9:8081"),
        (
            {"rest_service_exposed_type": "NodePort", "rest_service_node_address": "node"},
            "http://node:31000",
        ),
    ],
)
def test_what_a_cluster_would_add_is_there(args: dict[str, Any], endpoint: str) -> None:
    ran = run(lambda: session(**args), answers=SessionMocks(ingress="192.0.2.9", node_port=31000))
    assert ran.outputs["endpoint"] == endpoint


def test_configuration_previews_secrets_and_refusals() -> None:
    def program() -> None:
        image = pulumi.Config().require("image")
        pulumi.export("token", pulumi.Output.secret("hunter2"))
        session(image=image, configuration={"parallelism.default": 2})

    ran = run(program, config={"project:image": "a/b:2.2.1"}, preview=True)
    assert ran["demo-jobmanager"].inputs["spec"]["template"]["spec"]["containers"][0]["image"] == "a/b:2.2.1"
    assert ran.outputs["token"] == "[secret]"
    with pytest.raises(pulumi.RunError, match="cluster_id"):
        run(lambda: session(cluster_id="Demo"))
    with pytest.raises(pulumi.ConfigMissingError):
        run(program)


def test_a_program_in_a_file_runs(tmp_path: Path) -> None:
    file = tmp_path / "__main__.py"
    file.write_text("import pulumi\npulumi.export('stack', pulumi.get_stack())\n")
    assert run(file, stack_name="prod").outputs == {"stack": "prod"}


def test_manifests_are_compared_and_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "golden" / "session.yaml"
    before = run(session).manifests
    with pytest.raises(AssertionError, match=f"run the test with {ACCEPT}=1"):
        assert_manifests(before, file)
    with monkeypatch.context() as patch:
        patch.setenv(ACCEPT, "1")
        assert_manifests(before, file)
    assert_manifests(reversed(before), file)
    with pytest.raises(AssertionError) as raised:
        assert_manifests(run(lambda: session(task_manager={"slots": 2})).manifests, file)
    said = str(raised.value)
    assert "-    numberOfTaskSlots: 1" in said.replace("      ", "    ")
    assert "+    numberOfTaskSlots: 2" in said.replace("      ", "    ")
    assert len(said.splitlines()) < 60


def test_the_fake_jobmanager_carries_a_job_through_its_life(tmp_path: Path) -> None:
    jar = tmp_path / "job.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Main-Class: Job\n")
    with FakeJobManager(FakeJob("a" * 32, name="other", state="FAILED")) as flink, ClusterClient(flink.url) as client:
        assert client.overview().flink_version == "2.2.1"
        job = client.submit(jar, Program(arguments=["1000"]))
        client.wait_for_running(job)
        assert len(client.list_jobs()) == 2
        assert client.checkpoints(job).completed
        assert client.savepoint(job, "file:/savepoints")
        client.stop_with_savepoint(job, "file:/savepoints")
        assert str(client.job(job).state) == "FINISHED"
        client.cancel("a" * 32)
        with pytest.raises(FlinkError):
            client.job("b" * 32)
    assert "POST /jars/upload" in flink.asked


def test_a_refusal_of_the_fake_jobmanager_is_one_of_flinks() -> None:
    with FakeJobManager() as flink, ClusterClient(flink.url) as client:
        flink.refuses["/overview"] = error(500, "no leader")
        with pytest.raises(FlinkError, match="no leader"):
            client.overview()
