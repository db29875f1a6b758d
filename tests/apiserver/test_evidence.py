"""What was so before an update, and what is on its way out, at a real API server with its controllers."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flink_session.engine.kubernetes_provider.waits import evidence
from tests.apiserver.conftest import Run
from tests.support.kube import Kube, eventually

pytestmark = pytest.mark.apiserver

MERGE = {"Content-Type": "application/merge-patch+json"}
# Pods that no scheduler takes need no node.
PODS = """
import pulumi, pulumi_kubernetes as k8s
pods = {"metadata": {"labels": {"app": "it"}}, "spec": {"schedulerName": "nobody",
    "containers": [{"name": "main", "image": "i"}]}}
spec = {"replicas": 1, "selector": {"matchLabels": {"app": "it"}}, "template": pods}
k8s.apps.v1.Deployment("it", metadata={"name": "it", "namespace": "NAMESPACE"}, spec=spec,
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="3s", update="3s")))
"""
CONFIG_MAP = """
import pulumi_kubernetes as k8s
k8s.core.v1.ConfigMap("it", metadata={"name": "it", "namespace": "NAMESPACE"}, data={"a": "1"})
"""


def test_a_quota_that_was_raised_is_no_reason_any_more(
    run: Run, tmp_path: Path, kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its controller would not try again for as long as it was too small, up to a quarter of an hour."""
    monkeypatch.setattr(evidence, "_NO_POD_FOR", 2)
    with kube.namespace("flink-session-quota") as namespace:
        quotas = f"/api/v1/namespaces/{namespace}/resourcequotas"
        kube.post(quotas, {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "0"}}})
        eventually(lambda: kube.http.get(f"{quotas}/q").json().get("status", {}).get("hard"), what="the quota")
        (tmp_path / "__main__.py").write_text(PODS.replace("NAMESPACE", namespace))
        failed = run("up", "--yes", "--skip-preview")
        assert failed.exit_code == 1
        assert "no pod can be created: " in failed.output, failed.output
        assert "exceeded quota: q" in failed.output
        # Its controller has tried ten seconds after the first time, and will again twenty after it.
        (replica_set,) = kube.list(namespace, "replicasets")
        begun = datetime.fromisoformat(replica_set["metadata"]["creationTimestamp"])
        time.sleep(max(0.0, 12 - (datetime.now(UTC) - begun).total_seconds()))
        kube.http.patch(f"{quotas}/q", json={"spec": {"hard": {"pods": "5"}}}, headers=MERGE).raise_for_status()
        unscheduled = run("up", "--yes", "--skip-preview")
        assert "was not ready after 3 s" in unscheduled.output, unscheduled.output
        assert "exceeded quota" not in unscheduled.output.partition("Diagnostics:")[2], unscheduled.output
        assert len(kube.list(namespace, "pods")) == 1


def test_what_is_on_its_way_out_is_gone_at_a_refresh(run: Run, tmp_path: Path, kube: Kube) -> None:
    with kube.namespace("flink-session-going") as namespace:
        (tmp_path / "__main__.py").write_text(CONFIG_MAP.replace("NAMESPACE", namespace))
        path = f"/api/v1/namespaces/{namespace}/configmaps/it"
        assert run("up", "--yes").exit_code == 0
        held = {"metadata": {"finalizers": ["example.org/hold"]}}
        kube.http.patch(path, json=held, headers=MERGE).raise_for_status()
        kube.http.delete(path).raise_for_status()
        preview = run("preview", "--refresh")
        assert "+ 1 to create" in preview.output, preview.output
        kube.http.patch(path, json={"metadata": {"finalizers": None}}, headers=MERGE).raise_for_status()
        assert run("up", "--yes", "--refresh").exit_code == 0
        assert kube.get(namespace, "configmaps", "it")


def test_what_is_in_a_namespace_on_its_way_out_is_gone_at_a_refresh(run: Run, tmp_path: Path, kube: Kube) -> None:
    with kube.namespace("flink-session-going") as namespace:
        (tmp_path / "__main__.py").write_text(CONFIG_MAP.replace("NAMESPACE", namespace))
        assert run("up", "--yes").exit_code == 0
        # The namespace stays for as long as this one pleases.
        url = f"/api/v1/namespaces/{namespace}"
        held = {"metadata": {"name": "held", "finalizers": ["example.org/hold"]}}
        kube.post(f"{url}/configmaps", held)
        kube.http.delete(url).raise_for_status()
        up = run("up", "--yes", "--refresh")
        kube.http.patch(f"{url}/configmaps/held", json={"metadata": {"finalizers": None}}, headers=MERGE)
        assert up.exit_code == 1
        assert "- 1 deleted" in up.output, up.output
        assert f"the namespace '{namespace}' is being deleted" in up.output
