"""Whole commands of the engine at a real API server: many kinds in one program, and what surrounds them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.apiserver.conftest import Run
from tests.support.kube import Kube, eventually

pytestmark = pytest.mark.apiserver

PROGRAM = """
import pulumi, pulumi_kubernetes as k8s
from pulumi import ResourceOptions
labels = {"app": "it"}
spec = {"containers": [{"name": "main", "image": "i"}]}
pods = {"metadata": {"labels": labels}, "spec": spec}
meta = lambda name, **more: {"name": name, "namespace": NAMESPACE, **more}
skip = {"annotations": {"pulumi.com/skipAwait": "true"}}

inner = k8s.core.v1.Namespace("inner", metadata={"name": NAMESPACE + "-inner"})
k8s.core.v1.ConfigMap("inside", metadata={"namespace": inner.metadata["name"]}, data={"a": "1"})
class_ = k8s.storage.v1.StorageClass("late", metadata={"name": NAMESPACE + "-late"},
    provisioner="kubernetes.io/no-provisioner", volume_binding_mode="WaitForFirstConsumer")
k8s.core.v1.PersistentVolumeClaim("claim", metadata=meta("claim"), spec={
    "accessModes": ["ReadWriteOnce"], "storageClassName": class_.metadata["name"],
    "resources": {"requests": {"storage": "1Mi"}}})
k8s.apps.v1.StatefulSet("set", metadata=meta("set"),
    spec={"replicas": 0, "serviceName": "s", "selector": {"matchLabels": labels}, "template": pods})
k8s.apps.v1.Deployment("deployment", metadata=meta("deployment"),
    spec={"replicas": 0, "selector": {"matchLabels": labels}, "template": pods})
k8s.core.v1.Service("service", metadata=meta("service"), spec={"ports": [{"port": 80}]})
k8s.networking.v1.Ingress("ingress", metadata=meta("ingress", **skip),
    spec={"defaultBackend": {"service": {"name": "service", "port": {"number": 80}}}})
k8s.networking.v1.NetworkPolicy("policy", metadata=meta("policy"), spec={"podSelector": {}})
k8s.batch.v1.CronJob("cron", metadata=meta("cron"), spec={"schedule": "0 0 1 1 *",
    "jobTemplate": {"spec": {"template": {"spec": {**spec, "restartPolicy": "Never"}}}}})
k8s.autoscaling.v2.HorizontalPodAutoscaler("scaler", metadata=meta("scaler"), spec={"maxReplicas": 2,
    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "other"}})
k8s.rbac.v1.ClusterRole("role", metadata={"name": NAMESPACE}, rules=[])
group = NAMESPACE + ".example.com"
crd = k8s.apiextensions.v1.CustomResourceDefinition("crd", metadata={"name": "its." + group}, spec={
    "group": group, "scope": "Namespaced", "names": {"plural": "its", "kind": "It"},
    "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
        "type": "object", "properties": {"spec": {"type": "object", "properties": {"a": {"type": "integer"}}}}}}}]})
k8s.apiextensions.CustomResource("it", api_version=group + "/v1", kind="It", metadata=meta("it"), spec={"a": COUNT},
    opts=ResourceOptions(depends_on=[crd]))
root = k8s.core.v1.ConfigMap.get("root", NAMESPACE + "/kube-root-ca.crt")
pulumi.export("root", root.data["ca.crt"])
pulumi.export("ip", k8s.core.v1.Service.get("api", "default/kubernetes").spec["type"])
"""


def write(tmp_path: Path, namespace: str, count: int) -> None:
    text = PROGRAM.replace("NAMESPACE", repr(namespace)).replace("COUNT", str(count))
    (tmp_path / "__main__.py").write_text(text)


def test_many_kinds_from_creation_to_deletion(run: Run, tmp_path: Path, kube: Kube, namespace: str) -> None:
    write(tmp_path, namespace, 1)
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert "+ 15 created" in up.output, up.output
    same = run("preview", "--expect-no-changes", "--diff")
    assert same.exit_code == 0, same.output
    refreshed = run("refresh", "--yes", "--expect-no-changes")
    assert refreshed.exit_code == 0, refreshed.output
    outputs = json.loads(run("output", "--json").output)
    assert outputs["root"].startswith("-----BEGIN CERTIFICATE-----")
    assert outputs["ip"] == "ClusterIP"

    write(tmp_path, namespace, 2)
    changed = run("up", "--yes")
    assert changed.exit_code == 0, changed.output
    assert "~ 1 updated" in changed.output

    destroyed = run("destroy", "--yes")
    assert destroyed.exit_code == 0, destroyed.output
    assert kube.get(namespace, "configmaps", "kube-root-ca.crt"), "what was only read is still there"


@pytest.mark.parametrize(
    ("kind", "spec", "waiting"),
    [
        (
            "core.v1.PersistentVolumeClaim",
            {"accessModes": ["ReadWriteOnce"], "storageClassName": "", "resources": {"requests": {"storage": "1Mi"}}},
            "waiting for a volume (Pending)",
        ),
        (
            "networking.v1.Ingress",
            {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}},
            "waiting for an address from the ingress controller",
        ),
        (
            "core.v1.Service",
            {"type": "LoadBalancer", "ports": [{"port": 80}]},
            "waiting for the load balancer's address",
        ),
    ],
)
def test_what_is_not_ready_is_told_and_kept_as_such(
    run: Run, tmp_path: Path, namespace: str, kind: str, spec: dict[str, object], waiting: str
) -> None:
    name = kind.rsplit(".", 1)[1].lower()
    text = (
        "import pulumi, pulumi_kubernetes as k8s\n"
        f"k8s.{kind}('it', metadata={{'name': '{name}', 'namespace': '{namespace}'}}, spec={spec!r},\n"
        "    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='2s')))\n"
    )
    (tmp_path / "__main__.py").write_text(text)
    failed = run("up", "--yes")
    assert failed.exit_code == 1
    assert f"was not ready after 2 s: {waiting}" in failed.output
    state = json.loads((tmp_path / ".pulumi/stacks/kinds/dev.json").read_text())["checkpoint"]["latest"]
    entry = next(item for item in state["resources"] if item["urn"].endswith("::it"))
    assert waiting in entry["initErrors"][0]
    assert run("destroy", "--yes").exit_code == 0


def test_a_kind_that_was_deleted_by_hand_is_made_again_with_its_objects(
    run: Run, tmp_path: Path, kube: Kube, namespace: str
) -> None:
    group = f"gone-{namespace}.example.com"
    text = f"""
import pulumi, pulumi_kubernetes as k8s
crd = k8s.apiextensions.v1.CustomResourceDefinition("crd", metadata={{"name": "its.{group}"}}, spec={{
    "group": "{group}", "scope": "Cluster", "names": {{"plural": "its", "kind": "It"}},
    "versions": [{{"name": "v1", "served": True, "storage": True, "schema": {{"openAPIV3Schema": {{
        "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}}}}]}})
k8s.apiextensions.CustomResource("it", api_version="{group}/v1", kind="It", metadata={{"name": "it"}},
    spec={{"a": COUNT}}, opts=pulumi.ResourceOptions(depends_on=[crd]))
"""
    definition = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/its.{group}"

    def delete_the_kind() -> None:
        assert kube.http.delete(definition).is_success
        eventually(lambda: kube.http.get(f"/apis/{group}/v1").status_code == 404 or None, what="the kind to be gone")

    (tmp_path / "__main__.py").write_text(text.replace("COUNT", "1"))
    assert run("up", "--yes").exit_code == 0
    delete_the_kind()
    lost = run("preview")
    assert "+ 2 to create" in lost.output, lost.output
    (tmp_path / "__main__.py").write_text(text.replace("COUNT", "2"))
    again = run("up", "--yes")
    assert again.exit_code == 0, again.output
    assert "+ 2 created" in again.output
    assert kube.http.get(f"/apis/{group}/v1/its/it").json()["spec"] == {"a": 2}
    delete_the_kind()
    refreshed = run("refresh", "--yes")
    assert refreshed.exit_code == 0, refreshed.output
    assert "- 2 deleted" in refreshed.output
    assert run("up", "--yes").exit_code == 0
    delete_the_kind()
    destroyed = run("destroy", "--yes")
    assert destroyed.exit_code == 0, destroyed.output


def test_what_a_finalizer_holds_is_waited_for_as_long_as_the_resource_says(
    run: Run, tmp_path: Path, kube: Kube, namespace: str
) -> None:
    text = f"""
import pulumi, pulumi_kubernetes as k8s
k8s.core.v1.ConfigMap("held", metadata={{"name": "held", "namespace": "{namespace}",
    "finalizers": ["example.org/hold"]}}, data={{"a": "COUNT"}},
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="3s", update="3s", delete="3s")))
"""
    path = f"/api/v1/namespaces/{namespace}/configmaps/held"
    (tmp_path / "__main__.py").write_text(text.replace("COUNT", "1"))
    assert run("up", "--yes").exit_code == 0
    (tmp_path / "__main__.py").write_text(text.replace("COUNT", "2"))
    for _ in range(2):
        # A replacement, deleted first; then what the interrupted delete has left.
        begun = time.monotonic()
        held = run("up", "--yes")
        assert held.exit_code == 1
        assert "finalizers: example.org/hold" in held.output
        assert "held by example.org/hold" in held.output
        assert time.monotonic() - begun < 15
    begun = time.monotonic()
    assert run("preview").exit_code == 0
    assert time.monotonic() - begun < 5, "a preview waits for nothing"
    patch = {"metadata": {"finalizers": None}}
    assert kube.http.patch(path, json=patch, headers={"Content-Type": "application/merge-patch+json"}).is_success
    (tmp_path / "__main__.py").write_text(text.replace("COUNT", "2").replace('["example.org/hold"]', "[]"))
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    assert run("destroy", "--yes").exit_code == 0


def test_a_namespace_is_planned_by_whichever_provider_makes_it(
    run: Run, tmp_path: Path, kube: Kube, namespace: str
) -> None:
    (tmp_path / "__main__.py").write_text(f"""
import pulumi, pulumi_kubernetes as k8s
context = "{kube.context}"
one = k8s.Provider("one", context=context)
other = k8s.Provider("other", context=context, enable_config_map_mutable=True)
made = k8s.core.v1.Namespace("made", metadata={{"name": "{namespace}-made"}}, opts=pulumi.ResourceOptions(provider=one))
k8s.core.v1.ConfigMap("inside", metadata={{"name": "inside", "namespace": "{namespace}-made"}}, data={{"a": "1"}},
    opts=pulumi.ResourceOptions(provider=other, depends_on=[made]))
""")
    preview = run("preview")
    assert preview.exit_code == 0, preview.output
    assert "+ 5 to create" in preview.output
