"""One session cluster: the smallest program there is."""

import pulumi

from flink_session import FlinkSessionCluster

cluster = FlinkSessionCluster(
    "analytics",
    {
        "cluster_id": "analytics",
        "job_manager": {"cpu": 0.5},
        "task_manager": {"cpu": 0.5, "slots": 2},
        "configuration": {"execution.checkpointing.interval": "30 s"},
    },
)

pulumi.export("rest_endpoint", cluster.rest_endpoint)
