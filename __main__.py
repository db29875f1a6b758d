"""The Pulumi program of this project: one Flink session cluster, described by the stack's configuration.

Both `pulumi up` and `flink-session up` run it. docs/stack-configuration.md explains the configuration.
"""

import pulumi

from flink_session import FlinkSessionCluster
from flink_session.component.stack_configuration import stack_configuration

cluster = FlinkSessionCluster("session", stack_configuration())

pulumi.export("cluster_id", cluster.cluster_id)
pulumi.export("namespace", cluster.namespace)
pulumi.export("rest_endpoint", cluster.rest_endpoint)
pulumi.export("web_interface_url", cluster.web_interface_url)
pulumi.export("service_account_name", cluster.service_account_name)
pulumi.export("effective_configuration", cluster.effective_configuration)
pulumi.export("task_manager_labels", cluster.task_manager_labels)
pulumi.export("sizes", cluster.sizes)
pulumi.export("flink_run_command", cluster.flink_run_command)
