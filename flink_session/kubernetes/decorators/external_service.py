"""The Service of the REST API and the web UI."""

from __future__ import annotations

from flink_session.kubernetes import constants
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.kubernetes_config_options import ServiceExposedType
from flink_session.kubernetes.manifests import Manifest, without_empty


class ExternalServiceDecorator(KubernetesStepDecorator):
    """Mirrors ``ExternalServiceDecorator``."""

    __slots__ = ()

    def build_accompanying_kubernetes_resources(self) -> list[Manifest]:
        """Return the Service."""
        parameters = self.parameters
        metadata = {
            "name": constants.rest_service_name(parameters.cluster_id),
            "labels": parameters.rest_service_labels,
            "annotations": parameters.rest_service_annotations,
        }
        port = {
            "name": constants.REST_PORT_NAME,
            "port": parameters.rest_port,
            "targetPort": parameters.rest_bind_port,
        }
        spec = {**self._type(), "selector": parameters.selectors, "ports": [port]}
        return [{"apiVersion": "v1", "kind": "Service", "metadata": without_empty(metadata), "spec": spec}]

    def _type(self) -> Manifest:
        exposed = self.parameters.rest_service_exposed_type
        if exposed is ServiceExposedType.HEADLESS_CLUSTER_IP:
            return {"type": ServiceExposedType.CLUSTER_IP.value, "clusterIP": "None"}
        return {"type": exposed.value}
