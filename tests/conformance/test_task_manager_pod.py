"""What we hold a TaskManagers' pod template against is what the JobManager's own classes put into such a pod."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.configuration import Configuration, FlinkVersion
from flink_session.kubernetes import KubernetesJobManagerParameters
from flink_session.kubernetes.checks.flinks_pod import flinks_pods
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.memory import ClusterSpecification
from tests.conformance.jvm import Flink

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
    parameters = KubernetesJobManagerParameters(
        Configuration(values),
        FlinkVersion.parse(flink.version),
        ClientFiles(by_path={"/t": b"spec: {}"}),
        ClusterSpecification(1600, 1728, 1),
    )
    _, ours = flinks_pods(parameters)
    expected = comparable(pod["metadata"], pod["spec"], pod["spec"]["containers"][-1])
    assert comparable(ours.metadata, ours.spec, ours.container) == expected
