"""`flink-session session` on an API server without pods: what was begun is gone on with, and is taken away whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.kube import Kube, eventually
from tests.support.session_objects import SessionCommand

pytestmark = pytest.mark.apiserver


def test_what_was_begun_is_gone_on_with_and_taken_away_whole(
    kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    quota = {"metadata": {"name": "no-pods"}, "spec": {"hard": {"pods": "0"}}}
    kube.http.post(f"/api/v1/namespaces/{namespace}/resourcequotas", json=quota).raise_for_status()
    command = SessionCommand(tmp_path, kubeconfig)

    def begin(*options: str) -> str:
        status, said = command.run_until_waiting(kube, namespace, "begun", "begun", "-n", namespace, *options)
        assert status == 130, said
        return said

    def cores() -> object:
        deployment = kube.get(namespace, "deployments", "begun") or {}
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        return container["resources"]["requests"]["cpu"]

    assert "run the same command again to go on" in begin("-Dkubernetes.jobmanager.cpu.amount=0.5")
    assert cores() == "500m"
    kube.delete(namespace, "deployments", "begun")
    eventually(lambda: not kube.get(namespace, "deployments", "begun"), what="the Deployment is gone")
    # Without options, it is made as it was asked for.
    begin()
    assert cores() == "500m"
    kube.delete(namespace, "deployments", "begun")
    eventually(lambda: not kube.get(namespace, "deployments", "begun"), what="the Deployment is gone")
    # It does not run, so there is nothing to be asked before it is made in another way.
    begin("-Dkubernetes.jobmanager.cpu.amount=0.25")
    assert cores() == "250m"
    assert len(command.projects()) == 1
    stopped = command.run("stop", "--yes", "-q", "-S", "begun", "-n", namespace)
    assert stopped.returncode == 0, stopped.stderr
    assert "the session 'begun' is taken away" in stopped.stderr
    assert not kube.names(namespace)
    assert not command.projects()
