"""A platform team's own component: a namespace with a quota, and a Flink session cluster that fits into it."""

import pulumi
import pulumi_kubernetes as kubernetes

from flink_session import FlinkSessionCluster


class Workspace(pulumi.ComponentResource):
    """All that a team gets: a namespace, how much it may use, and Flink.

    The JobManager takes half a core and 2 GiB, and so does each TaskManager: the quota is what these need, and no more.
    """

    def __init__(self, team: str, task_managers: int, opts: pulumi.ResourceOptions | None = None) -> None:
        containers = 1 + task_managers
        super().__init__("platform:index:Workspace", team, None, opts)
        namespace = kubernetes.core.v1.Namespace(
            team, metadata={"name": f"team-{team}"}, opts=pulumi.ResourceOptions(parent=self)
        )
        quota = kubernetes.core.v1.ResourceQuota(
            team,
            metadata={"name": "workspace", "namespace": f"team-{team}"},
            spec={"hard": {"limits.cpu": f"{500 * containers}m", "limits.memory": f"{2 * containers}Gi"}},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[namespace]),
        )
        self.flink = FlinkSessionCluster(
            team,
            {
                "cluster_id": "flink",
                "namespace": f"team-{team}",
                "job_manager": {"cpu": 0.5, "memory": "2Gi"},
                "task_manager": {"cpu": 0.5, "memory": "2Gi", "slots": 1},
                "configuration": {"slotmanager.number-of-slots.max": task_managers},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[quota]),
        )
        self.register_outputs({"rest_endpoint": self.flink.rest_endpoint})


workspace = Workspace("fraud", task_managers=3)
pulumi.export("rest_endpoint", workspace.flink.rest_endpoint)
