"""The session has become a part of a platform's own component."""

import pulumi

from flink_session import FlinkSessionCluster

platform = pulumi.ComponentResource("example:index:Platform", "platform")
aliases = [pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)]
opts = pulumi.ResourceOptions(parent=platform, aliases=aliases)
cluster = FlinkSessionCluster("analytics", {"cluster_id": "demo"}, opts)
pulumi.export("rest_endpoint", cluster.rest_endpoint)
