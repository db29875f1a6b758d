"""As many of the project's own component as the stack asks for."""

import pulumi

from flink_session import FlinkSessionCluster

config = pulumi.Config()
# Nobody waits for pods, which would be timed in place of the engine.
unawaited = "pulumi.com/skipAwait:true"
clusters = [
    FlinkSessionCluster(
        f"{pulumi.get_stack()}-{number}",
        {
            "cluster_id": f"{pulumi.get_stack()}-{number}",
            "namespace": config.require("namespace"),
            "configuration": {
                "kubernetes.jobmanager.annotations": unawaited,
                "kubernetes.internal-service.annotations": unawaited,
                "kubernetes.rest-service.annotations": unawaited,
            },
        },
    )
    for number in range(config.require_int("count"))
]
pulumi.export("endpoint", clusters[0].rest_endpoint)
