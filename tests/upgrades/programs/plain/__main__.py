"""A session as most people begin."""

import pulumi

from flink_session import FlinkSessionCluster

cluster = FlinkSessionCluster("session", {"cluster_id": "demo"})
pulumi.export("rest_endpoint", cluster.rest_endpoint)
