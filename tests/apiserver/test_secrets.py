"""The value of a secret is nowhere but in its Secret, through all that becomes of a session."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.kube import KINDS, Kube
from tests.support.project import Project

pytestmark = pytest.mark.apiserver

FIRST, SECOND, THIRD = (f"the-{number}-value-that-nobody-may-see" for number in ("first", "second", "third"))
HIDDEN = [form for value in (FIRST, SECOND, THIRD) for form in (value, base64.b64encode(value.encode()).decode())]


@pytest.fixture
def project(tmp_path: Path, kubeconfig: str) -> Iterator[Project]:
    """This project, with one session that needs no pod."""
    project = Project(tmp_path / "project", kubeconfig)
    yield project
    project.run("destroy", "dev", "--yes")


def set_secret(project: Project, value: str) -> None:
    words = ["config", "set", "--stack", "dev", "--secret", "--path", "secrets.PASSWORD"]
    program = str(Path(sys.prefix) / "bin" / "flink-session")
    subprocess.run([program, *words], cwd=project.folder, env=project.env, input=value, text=True, check=True)


def config_of(namespace: str, **more: Any) -> dict[str, Any]:
    return {"cluster_id": "quiet", "namespace": namespace, "suspended": True, **more}


def reveals(text: str) -> list[str]:
    return [form for form in HIDDEN if form in text]


def assert_hidden(project: Project, kube: Kube, namespace: str) -> None:
    """Look for each value in all objects but the Secret, in events, in the state and its backups, and in the stack."""
    for kind in KINDS:
        if kind != "secrets":
            assert not reveals(str(kube.list(namespace, kind))), kind
    events = kube.http.get(f"/api/v1/namespaces/{namespace}/events").raise_for_status().text
    assert not reveals(events)
    for folder in (project.folder / "backend", project.folder / "stacks"):
        for file in filter(Path.is_file, folder.rglob("*")):
            assert not reveals(file.read_bytes().decode("utf-8", "replace")), file


def said(project: Project, command: str, *words: str) -> tuple[int, str]:
    """Run a command, which says nothing of a value."""
    ran = project.run(command, "dev", *words)
    assert not reveals(ran.stdout), ran.stdout
    return ran.returncode, ran.stdout


def in_the_cluster(kube: Kube, namespace: str) -> str:
    secret = kube.get(namespace, "secrets", "flink-session-quiet")
    assert secret
    return base64.b64decode(secret["data"]["PASSWORD"]).decode()


def test_a_secret_is_seen_in_its_secret_alone(project: Project, kube: Kube, namespace: str) -> None:
    project.configure("dev", **config_of(namespace))
    set_secret(project, FIRST)
    assert said(project, "preview", "--diff")[0] == 0
    assert said(project, "preview", "--json")[0] == 0
    code, text = said(project, "up", "--yes", "--diff")
    assert code == 0, text
    assert in_the_cluster(kube, namespace) == FIRST
    assert_hidden(project, kube, namespace)

    set_secret(project, SECOND)
    code, text = said(project, "preview", "--diff")
    assert "secrets" in text
    assert "flink-session/secrets-checksum" in text, "who reviews it sees that the JobManager restarts"
    assert said(project, "up", "--yes", "--diff")[0] == 0
    assert in_the_cluster(kube, namespace) == SECOND
    assert_hidden(project, kube, namespace)

    # The cluster has no PodMonitors, so that this fails on the way.
    stack = project.folder / "stacks/Pulumi.dev.yaml"
    whole = stack.read_text()
    set_secret(project, THIRD)
    stack.write_text(stack.read_text().replace("config:", "config:\n  flink-session:metrics: {pod_monitor: true}", 1))
    code, text = said(project, "up", "--yes")
    assert code != 0
    assert "PodMonitor" in text
    assert_hidden(project, kube, namespace)

    stack.write_text(whole)
    assert said(project, "refresh", "--yes")[0] == 0
    assert said(project, "output", "--json")[0] == 0
    assert said(project, "up", "--yes")[0] == 0
    assert in_the_cluster(kube, namespace) == SECOND
    assert_hidden(project, kube, namespace)

    code, text = said(project, "destroy", "--yes")
    assert code == 0, text
    assert kube.get(namespace, "secrets", "flink-session-quiet") is None
    assert_hidden(project, kube, namespace)


def test_a_wrong_value_fails_by_its_name(project: Project, kube: Kube, namespace: str) -> None:
    project.configure("dev", **config_of(namespace, configuration={"s3.secret-key": FIRST}))
    code, text = said(project, "preview")
    assert code != 0
    assert "s3.secret-key is ******, but it must not be in the configuration" in text
    assert "put it under `secrets`" in text
    project.configure("dev", **config_of(namespace, secrets={"PASSWORD": {"base64": FIRST + "!"}}))
    code, text = said(project, "up", "--yes")
    assert code != 0
    assert "secrets, PASSWORD must be base64" in text
    assert kube.get(namespace, "secrets", "flink-session-quiet") is None
