"""The headless Service by which TaskManagers find the JobManager; without high availability only."""

from __future__ import annotations

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import JobManagerOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.manifests import Manifest, without_empty


class InternalServiceDecorator(KubernetesStepDecorator):
    """Mirrors ``InternalServiceDecorator``."""

    __slots__ = ()

    def build_accompanying_kubernetes_resources(self) -> list[Manifest]:
        """Return the Service, or nothing under high availability."""
        parameters = self.parameters
        if not parameters.internal_service_enabled:
            return []
        metadata = {
            "name": constants.internal_service_name(parameters.cluster_id),
            "labels": parameters.internal_service_labels,
            "annotations": parameters.internal_service_annotations,
        }
        spec = {
            "clusterIP": "None",
            "selector": parameters.selectors,
            "ports": [
                {"name": constants.JOB_MANAGER_RPC_PORT_NAME, "port": parameters.rpc_port},
                {"name": constants.BLOB_SERVER_PORT_NAME, "port": parameters.blob_server_port},
            ],
        }
        return [{"apiVersion": "v1", "kind": "Service", "metadata": without_empty(metadata), "spec": spec}]

    def decorate_configuration(self) -> Configuration:
        """Make the Service's name the JobManager's address, whatever the user set."""
        parameters = self.parameters
        if not parameters.internal_service_enabled:
            return parameters.configuration
        address = f"{constants.internal_service_name(parameters.cluster_id)}.{parameters.namespace}"
        return parameters.configuration.with_value(JobManagerOptions.ADDRESS, address)
