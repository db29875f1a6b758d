"""What we hold a TaskManagers' pod template against is what the JobManager's own classes put into such a pod."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flink_session.configuration import Configuration, FlinkVersion
from flink_session.kubernetes import FlinkPod, KubernetesJobManagerParameters
from flink_session.kubernetes.checks.flinks_pod import flinks_pods, merged_pod
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.manifests import without_empty
from flink_session.kubernetes.pod_template import load_pod_template
from flink_session.memory import ClusterSpecification
from tests.conformance.cases import Refused
from tests.conformance.jvm import Flink
from tests.conformance.pod_templates import pod_templates

pytestmark = pytest.mark.conformance

OPTIONS = {
    "kubernetes.cluster-id": "demo",
    "jobmanager.memory.process.size": "1600m",
    "taskmanager.memory.process.size": "1728m",
    "taskmanager.rpc.port": "6122",
    "blob.server.port": "6124",
    "rest.bind-port": "8081",
    "kubernetes.pod-template-file.taskmanager": "/t",
}
EVERYTHING = {
    "kubernetes.secrets": "s:/s",
    "kubernetes.env.secretKeyRef": "env:E,secret:s,key:k",
    "kubernetes.hadoop.conf.config-map.name": "hadoop",
    "kubernetes.flink.log.dir": "/logs",
    "containerized.taskmanager.env.TASK": "a",
    "containerized.master.env.MASTER": "b",
    "kubernetes.taskmanager.labels": "team:a,app:other",
    "kubernetes.taskmanager.annotations": "x:y",
    "kubernetes.taskmanager.node-selector": "disk:ssd",
    "kubernetes.jobmanager.node-selector": "disk:hdd",
    "kubernetes.jobmanager.labels": "team:b",
    "kubernetes.service-account": "flink",
    "kubernetes.persistent-volume-claims": "claim:/claim",
}


def comparable(metadata: dict[str, Any], spec: dict[str, Any], container: dict[str, Any]) -> dict[str, Any]:
    fields = ("hostNetwork", "dnsPolicy", "restartPolicy", "nodeSelector", "serviceAccount", "serviceAccountName")
    return {
        "labels": metadata["labels"],
        "annotations": metadata.get("annotations") or {},
        "spec": {name: spec.get(name) or None for name in fields},
        "volumes": {item["name"] for item in spec["volumes"]},
        "mounts": {item["mountPath"] for item in container["volumeMounts"]},
        "variables": {item["name"] for item in container["env"]},
        "ports": container.get("ports") or [],
        "image": (container["image"], container["imagePullPolicy"]),
        "command": container["command"],
    }


@pytest.mark.parametrize("options", [{}, {"kubernetes.hostnetwork.enabled": "true"}, EVERYTHING])
def test_task_managers_pod(flink: Flink, options: dict[str, str]) -> None:
    values = {**OPTIONS, **options}
    pod = flink.task_manager_pod(values)
    assert isinstance(pod, dict)
    parameters = KubernetesJobManagerParameters(
        Configuration(values),
        FlinkVersion.parse(flink.version),
        ClientFiles(by_path={"/t": b"spec: {}"}),
        ClusterSpecification(1600, 1728, 1),
    )
    _, ours = flinks_pods(parameters)
    expected = comparable(pod["metadata"], pod["spec"], pod["spec"]["containers"][-1])
    assert comparable(ours.metadata, ours.spec, ours.container) == expected


@given(options=st.sampled_from([{}, {"kubernetes.hostnetwork.enabled": "true"}, EVERYTHING]), text=pod_templates())
def test_task_managers_pod_of_a_template(flink: Flink, options: dict[str, str], text: str) -> None:
    values = {**OPTIONS, **options}
    pod = flink.task_manager_pod(values, text)
    version = FlinkVersion.parse(flink.version)
    try:
        template = load_pod_template(text, version)
    except ValueError:
        assert isinstance(pod, Refused)
        return
    assert isinstance(pod, dict)
    parameters = KubernetesJobManagerParameters(
        Configuration(values), version, ClientFiles(by_path={"/t": text.encode()}), ClusterSpecification(1600, 1728, 1)
    )
    ours = merged_pod(template, flinks_pods(parameters)[1])
    assert with_flinks_part_in_order(ours, template) == with_flinks_part_in_order(pod, template)


def sorted_keys(item: Any) -> str:
    return json.dumps(item, sort_keys=True)


def with_flinks_part_in_order(pod: dict[str, Any], template: FlinkPod) -> dict[str, Any]:
    """Put what Flink appends to lists into one order, and leave out what only a running JobManager knows of it."""
    *containers, main = pod["spec"]["containers"]
    unknown = ("_POD_NODE_ID", "FLINK_TM_JVM_MEM_OPTS")
    env = [{"name": item["name"]} if item.get("name") in unknown else item for item in main["env"]]
    main = {**main, "env": env, "args": main["args"][:2]}
    spec = {**pod["spec"]}
    for holder, fields, own in (
        (main, ("env", "ports", "volumeMounts"), template.main_container),
        (spec, ("volumes", "tolerations", "imagePullSecrets"), template.pod["spec"]),
    ):
        for name in fields:
            items, first = holder.get(name) or [], len(own.get(name, []))
            holder[name] = [*items[:first], *sorted(items[first:], key=sorted_keys)]
    metadata = {name: value for name, value in pod["metadata"].items() if name != "ownerReferences"}
    spec["containers"] = [*containers, without_empty(main)]
    return {"metadata": without_empty(metadata), "spec": without_empty(spec)}
