"""What goes wrong for newcomers: each ends with one clear error, a non-zero exit, and a state to go on from."""

from typing import Any

import pytest

from tests.support.kube import Kube
from tests.support.project import Project

pytestmark = pytest.mark.node

SMALL: dict[str, Any] = {
    "job_manager": {"cpu": 0.3, "memory": "1Gi"},
    "task_manager": {"cpu": 0.3, "memory": "1Gi"},
    "configuration": {"kubernetes.jobmanager.cpu.limit-factor": 3},
}


def refuse(project: Project, command: str, stack: str, *words: str, **env: str) -> str:
    """Run a command that must fail with a message that holds all of ``words``, and no traceback."""
    ran = project.run(command, stack, *([] if command == "preview" else ["--yes"]), **env)
    assert ran.returncode != 0, ran.stdout
    assert "Traceback" not in ran.stdout
    assert ran.stdout.count("error:") == 1, ran.stdout
    for word in words:
        assert word in ran.stdout, ran.stdout
    return ran.stdout


def test_no_cluster_reachable(project: Project, tmp_path: Any) -> None:
    nowhere = tmp_path / "kubeconfig"
    nowhere.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: nowhere\n"
        "clusters: [{name: nowhere, cluster: {server: 'http://127.0.0.1:9'}}]\n"
        "users: [{name: nobody, user: {}}]\n"
        "contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]\n"
    )
    project.configure("unreachable", cluster_id="unreachable", **SMALL)
    refuse(project, "up", "unreachable", "127.0.0.1:9", "KUBECONFIG", KUBECONFIG=str(nowhere))
    refuse(project, "preview", "unreachable", "127.0.0.1:9", "to create", "--offline", KUBECONFIG=str(nowhere))
    offline = project.run("preview", "unreachable", "--offline", KUBECONFIG=str(nowhere))
    assert offline.returncode == 0, offline.stdout
    assert "to create" in offline.stdout


@pytest.mark.parametrize("command", ["preview", "up"])
def test_namespace_missing(project: Project, command: str) -> None:
    project.configure("homeless", cluster_id="homeless", namespace="no-such-namespace", **SMALL)
    refuse(project, command, "homeless", "no-such-namespace")


def test_misspelt_configuration_key(project: Project) -> None:
    project.configure("misspelt", cluster_id="misspelt", namespce="default", **SMALL)
    refuse(project, "up", "misspelt", "namespce", "namespace")


def test_jobmanager_memory_too_small(project: Project, kube: Kube, namespace: str) -> None:
    project.configure("tiny", cluster_id="tiny", namespace=namespace, job_manager={"memory": "100Mi"})
    refuse(project, "up", "tiny", "memory", "100")
    assert not {name for name in kube.names(namespace) if "tiny" in name}


def test_a_taken_name_is_found_in_the_preview_and_nothing_is_overwritten(
    project: Project, kube: Kube, namespace: str
) -> None:
    kube.create(namespace, "configmaps", {"metadata": {"name": "flink-config-taken"}, "data": {"theirs": "yes"}})
    project.configure("taken", cluster_id="taken", namespace=namespace, **SMALL)
    for command in ("preview", "up"):
        refuse(project, command, "taken", "flink-config-taken", "exists")
    theirs = kube.get(namespace, "configmaps", "flink-config-taken")
    assert theirs
    assert theirs["data"] == {"theirs": "yes"}
    assert {name for name in kube.names(namespace) if "taken" in name} == {"configmaps/flink-config-taken"}
    kube.delete(namespace, "configmaps", "flink-config-taken")


def test_neither_a_missing_image_nor_a_wrong_passphrase_loses_anything_and_a_later_up_goes_on(
    project: Project, kube: Kube, namespace: str
) -> None:
    image = "flink-session.invalid/nobody/flink:none"
    project.configure("imageless", cluster_id="imageless", namespace=namespace, image=image, **SMALL)
    refuse(project, "up", "imageless", image, "pull")
    assert "kubernetes:apps/v1:Deployment" in project.resources("imageless")
    before = project.checkpoint("imageless")
    for command in ("preview", "up", "destroy"):
        refuse(project, command, "imageless", "passphrase", PULUMI_CONFIG_PASSPHRASE="wrong")
    assert project.checkpoint("imageless") == before
    broken = kube.get(namespace, "deployments", "imageless")
    assert broken

    project.configure("imageless", cluster_id="imageless", namespace=namespace, **SMALL)
    project.up("imageless")
    mended = kube.get(namespace, "deployments", "imageless")
    assert mended
    assert mended["metadata"]["uid"] == broken["metadata"]["uid"]
    assert kube.rest(namespace, "imageless", "/overview")["flink-version"].startswith("2.2")
    project.destroy("imageless")
    assert not {name for name in kube.names(namespace) if "imageless" in name}


def test_destroy_goes_on_from_a_failed_up(project: Project, kube: Kube, namespace: str) -> None:
    image = "flink-session.invalid/nobody/flink:none"
    project.configure("abandoned", cluster_id="abandoned", namespace=namespace, image=image, **SMALL)
    refuse(project, "up", "abandoned", image)
    project.destroy("abandoned")
    assert not {name for name in kube.names(namespace) if "abandoned" in name}
    assert project.resources("abandoned") == set()
