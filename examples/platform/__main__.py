"""A platform team's own component: a namespace with a quota, and a Flink session cluster that fits into it."""

import pulumi
import pulumi_kubernetes as kubernetes

from flink_session import FlinkSessionCluster


class Workspace(pulumi.ComponentResource):
    """All that a team gets: a namespace, how much it may use, and Flink."""

    def __init__(self, team: str, cpu: int, memory: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:index:Workspace", team, None, opts)
        namespace = kubernetes.core.v1.Namespace(
            team, metadata={"name": f"team-{team}"}, opts=pulumi.ResourceOptions(parent=self)
        )
        quota = kubernetes.core.v1.ResourceQuota(
            team,
            metadata={"name": "workspace", "namespace": f"team-{team}"},
            spec={"hard": {"limits.cpu": str(cpu), "limits.memory": memory}},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[namespace]),
        )
        self.flink = FlinkSessionCluster(
            team,
            {
                "cluster_id": "flink",
                "namespace": f"team-{team}",
                "job_manager": {"cpu": 0.5},
                "task_manager": {"cpu": 0.5},
                "configuration": {"slotmanager.max-total-resource.cpu": str(cpu - 1)},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[quota]),
        )
        self.register_outputs({"rest_endpoint": self.flink.rest_endpoint})


workspace = Workspace("fraud", cpu=4, memory="8Gi")
pulumi.export("rest_endpoint", workspace.flink.rest_endpoint)
