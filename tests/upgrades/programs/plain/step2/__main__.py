"""The component has another name in the program, and the session stays."""

import pulumi

from flink_session import FlinkSessionCluster

aliases = [pulumi.Alias(name="session")]
cluster = FlinkSessionCluster("analytics", {"cluster_id": "demo"}, pulumi.ResourceOptions(aliases=aliases))
pulumi.export("rest_endpoint", cluster.rest_endpoint)
