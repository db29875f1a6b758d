"""Flink's own client as a thing to be timed: building a specification in this process's JVM, and nothing around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jpype  # type: ignore[import-untyped]

from tests.conformance.jvm import Flink

_KUBERNETES = "org.apache.flink.kubernetes"


def specification_builder(flink: Flink, values: Mapping[str, str], conf_dir: Path) -> Callable[[str], Any]:
    """Return what builds the objects of a cluster id, as ``KubernetesClusterDescriptor.deployClusterInternal`` does.

    Left out is what would count against Flink without being part of the build: the client of the API server that its
    descriptor makes, and turning its objects into JSON. Flink reads the log files of ``conf_dir`` anew each time.
    """
    configuration_class = jpype.JClass("org.apache.flink.configuration.Configuration")
    factory = jpype.JClass(f"{_KUBERNETES}.KubernetesClusterClientFactory")()
    parameters = jpype.JClass(f"{_KUBERNETES}.kubeclient.parameters.KubernetesJobManagerParameters")
    builder = jpype.JClass(f"{_KUBERNETES}.kubeclient.factory.KubernetesJobManagerFactory")
    pod = jpype.JClass(f"{_KUBERNETES}.kubeclient.FlinkPod$Builder")
    base = flink.load(str(conf_dir))
    for key, value in {**values, "$internal.deployment.config-dir": str(conf_dir)}.items():
        base.setString(key, value)
    changes = {
        "internal.cluster.execution-mode": "NORMAL",
        "kubernetes.internal.jobmanager.entrypoint.class": (
            f"{_KUBERNETES}.entrypoint.KubernetesSessionClusterEntrypoint"
        ),
        "blob.server.port": "6124",
        "taskmanager.rpc.port": "6122",
    }
    java_changes = [(jpype.JString(key), jpype.JString(value)) for key, value in changes.items()]

    def build(cluster_id: str) -> Any:
        configuration = configuration_class(base)
        configuration.setString("kubernetes.cluster-id", cluster_id)
        size = factory.getClusterSpecification(configuration)
        for key, value in java_changes:
            configuration.setString(key, value)
        return builder.buildKubernetesJobManagerSpecification(pod().build(), parameters(configuration, size))

    return build
