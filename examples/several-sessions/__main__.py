"""A session cluster for each team, in a namespace that the program makes, by a provider that names the cluster."""

import pulumi
import pulumi_kubernetes as kubernetes

from flink_session import FlinkSessionCluster

TEAMS = {"billing": 2, "search": 4}
"""Slots of each TaskManager, by team."""

provider = kubernetes.Provider("cluster", context=pulumi.Config().get("context"))
namespace = kubernetes.core.v1.Namespace(
    "sessions", metadata={"name": "flink-sessions"}, opts=pulumi.ResourceOptions(provider=provider)
)

for team, slots in TEAMS.items():
    cluster = FlinkSessionCluster(
        team,
        {
            "cluster_id": team,
            "namespace": "flink-sessions",
            "job_manager": {"cpu": 0.5},
            "task_manager": {"cpu": 0.5, "slots": slots},
        },
        opts=pulumi.ResourceOptions(providers=[provider], depends_on=[namespace]),
    )
    pulumi.export(f"{team}_rest_endpoint", cluster.rest_endpoint)
