"""A session cluster that outlives its JobManagers, its configuration and whoever deploys it.

The argument for each concern is explained on a page of its own in docs/. In production, `storage` is an object store
(`s3://…`), and `folder` is not set: it stands for one on a single node.
"""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from flink_session import FlinkSessionCluster

config = pulumi.Config()
cpu, memory = config.get_float("cpu") or 2.0, config.get("memory") or "4Gi"


def shared_folder(path: str) -> dict[str, Any]:
    """Give a pod template with a folder of the node, which Flink's user may write to."""
    mounts = [{"name": "shared", "mountPath": "/shared"}]
    return {
        "spec": {
            "volumes": [{"name": "shared", "hostPath": {"path": path, "type": "DirectoryOrCreate"}}],
            "initContainers": [
                {
                    "name": "open",
                    "image": "docker.io/apache/flink:2.2.1-scala_2.12",
                    "command": ["chmod", "777", "/shared"],
                    "securityContext": {"runAsUser": 0},
                    "volumeMounts": mounts,
                }
            ],
            "containers": [{"name": "flink-main-container", "volumeMounts": mounts}],
        }
    }


namespace = kubernetes.core.v1.Namespace("flink", metadata={"name": config.get("namespace") or "flink-production"})
folder = config.get("folder")
# With cert-manager, its Certificate makes this Secret.
certificate = kubernetes.core.v1.Secret(
    "rest-tls",
    metadata={"name": "analytics-rest-tls", "namespace": namespace.metadata["name"]},
    type="kubernetes.io/tls",
    string_data={"tls.crt": config.require("tlsCertificate"), "tls.key": config.require_secret("tlsKey")},
)
cluster = FlinkSessionCluster(
    "session",
    {
        "cluster_id": "analytics",
        "namespace": namespace.metadata["name"],
        # Pinned: a new release is a reviewed change.
        "flink_version": "2.2.1",
        # One JobManager leads, the other takes over; no drain takes both. What they store goes with the session.
        "high_availability": {"replicas": 2},
        "ha_data": "delete",
        # Checkpoints, savepoints and the JobManagers' data.
        "state_storage": config.require("storage"),
        "secrets": {"DB_PASSWORD": config.require_secret("dbPassword")},
        "metrics": {},
        "tls": {"certificate": "analytics-rest-tls"},
        # Nothing that is done here takes running jobs with it, unless that is said.
        "delete_guard": True,
        "allow_job_loss": config.get_bool("allowJobLoss") or False,
        "suspended": config.get_bool("suspended") or False,
        "job_manager": {"cpu": cpu, "memory": memory},
        "task_manager": {"cpu": cpu, "memory": memory, "slots": 2, "max_slots": config.get_int("maxSlots") or 8},
        "pod_template": shared_folder(folder) if folder else {},
        "configuration": {
            "execution.checkpointing.interval": "10s",
            "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
            "restart-strategy.type": "exponential-delay",
            # Idle processors are there for starting.
            "kubernetes.jobmanager.cpu.limit-factor": 5,
            "kubernetes.taskmanager.cpu.limit-factor": 5,
        },
    },
    pulumi.ResourceOptions(depends_on=[certificate]),
)
pulumi.export("cluster_id", cluster.cluster_id)
pulumi.export("namespace", cluster.namespace)
pulumi.export("rest_endpoint", cluster.rest_endpoint)
pulumi.export("sizes", cluster.sizes)
