"""What we add to the objects of Flink's client. Each has a name and a switch; with all of them off nothing differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from flink_session.kubernetes.extensions.access import (
    access_name,
    add_access,
    annotate_service_account,
    permit_owner_references,
)
from flink_session.kubernetes.extensions.blob_server_address import publish_blob_server_address
from flink_session.kubernetes.extensions.configuration_checksum import CHECKSUM_ANNOTATION, add_configuration_checksum
from flink_session.kubernetes.extensions.disruption_budget import add_disruption_budget
from flink_session.kubernetes.extensions.exposure import Exposure, add_routes
from flink_session.kubernetes.extensions.metrics import DEFAULT_METRICS_PORT, Metrics, add_pod_monitor
from flink_session.kubernetes.extensions.namespace import add_namespace
from flink_session.kubernetes.extensions.network_policies import NetworkPolicies, add_network_policies
from flink_session.kubernetes.extensions.pod_additions import PodAdditions, add_to_job_manager
from flink_session.kubernetes.extensions.pod_security import restrict_job_manager, restrict_pod
from flink_session.kubernetes.extensions.readiness_probe import add_readiness_probe
from flink_session.kubernetes.extensions.recreate_strategy import use_recreate_strategy
from flink_session.kubernetes.extensions.secrets import (
    CHECKSUM_KEY,
    Secret,
    add_secret,
    is_short,
    own_secrets,
    published_checksum,
    secret_additions,
    secret_data,
    with_checksum,
    with_known_values,
)
from flink_session.kubernetes.extensions.session_affinity import keep_clients_at_one, keeps_clients_at_one
from flink_session.kubernetes.extensions.shared_uploads import share_uploads, shares_uploads
from flink_session.kubernetes.extensions.startup_probe import add_startup_probe
from flink_session.kubernetes.extensions.suspension import suspend
from flink_session.kubernetes.extensions.task_manager_template import PodChange, change_task_managers
from flink_session.kubernetes.extensions.tls import Tls, serve_tls
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """Which extensions are on, and what those are given that do nothing by themselves.

    Attributes:
        configuration_checksum: a changed option rolls the JobManager.
        readiness_probe: the pod is ready when the REST API answers.
        startup_probe: a JobManager whose REST server never comes up is started anew.
        recreate_strategy: the old JobManager stops before the new one starts.
        pod_security: the pods fit the Pod Security Standard `restricted`; TaskManagers by their template.
        job_manager_pod: what the JobManager's pod gets beside Flink's options.
        access: ServiceAccount, Role and RoleBinding, unless the user names an account.
        service_account_annotations: annotations of that ServiceAccount.
        owner_reference_permission: the Role lets the JobManager own TaskManagers under the admission plugin
            OwnerReferencesPermissionEnforcement; off by default, since who deploys must have that right.
        blob_server_address: of several JobManagers, those that stand by reach the leader's blob server.
        session_affinity: of several JobManagers, the rest Service leads a client to one and the same.
        shared_uploads: several JobManagers have one folder for uploaded jars, where high availability's storage is a
            volume that all of them mount; by `share_uploads`.
        suspended: no JobManager for the time being; off by default.
        secrets: secrets of both roles; those with a value are in a Secret of the session.
        metrics: metrics for Prometheus; a PodMonitor, if they ask for one.
        disruption_budget: several JobManagers have a PodDisruptionBudget.
        tls: the JobManager knows the passwords of the keystores that REST has its certificate from.
        exposure: an Ingress or an HTTPRoute, if it asks for one.
        network_policies: a NetworkPolicy for each role.
        namespace: each object names its namespace.
    """

    configuration_checksum: bool = True
    readiness_probe: bool = True
    startup_probe: bool = True
    recreate_strategy: bool = True
    pod_security: bool = True
    job_manager_pod: PodAdditions | None = None
    access: bool = True
    service_account_annotations: Mapping[str, str] = field(default_factory=dict)
    owner_reference_permission: bool = False
    blob_server_address: bool = True
    session_affinity: bool = True
    shared_uploads: bool = True
    suspended: bool = False
    secrets: Sequence[Secret] = ()
    metrics: Metrics | None = None
    disruption_budget: bool = True
    tls: Tls | None = None
    exposure: Exposure | None = None
    network_policies: NetworkPolicies | None = None
    namespace: bool = True

    @classmethod
    def none(cls) -> Extensions:
        """Exactly the objects of Flink's client."""
        off: dict[str, Any] = {item.name: False for item in fields(cls) if item.default is True}
        return cls(**off)

    def lets_standby_serve(self, parameters: KubernetesJobManagerParameters) -> bool:
        """Tell whether a JobManager that stands by can serve all that it may be asked."""
        one_folder = shares_uploads(parameters.configuration)
        one_of_them = self.session_affinity and keeps_clients_at_one(parameters)
        return self.blob_server_address and (one_folder or one_of_them)

    def extend(
        self, specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
    ) -> KubernetesJobManagerSpecification:
        """Apply those that are on."""
        for name, extension in _IN_ORDER.items():
            value = getattr(self, name)
            if value:
                given = () if value is True else (value,)
                specification = extension(specification, parameters, *given)
        return specification


_IN_ORDER: dict[str, Callable[..., KubernetesJobManagerSpecification]] = {
    "configuration_checksum": add_configuration_checksum,
    "readiness_probe": add_readiness_probe,
    "startup_probe": add_startup_probe,
    "recreate_strategy": use_recreate_strategy,
    "pod_security": restrict_job_manager,
    "job_manager_pod": add_to_job_manager,
    "access": add_access,
    "service_account_annotations": annotate_service_account,
    "owner_reference_permission": permit_owner_references,
    "blob_server_address": publish_blob_server_address,
    "session_affinity": keep_clients_at_one,
    "suspended": suspend,
    "secrets": add_secret,
    "metrics": add_pod_monitor,
    "disruption_budget": add_disruption_budget,
    "tls": serve_tls,
    "exposure": add_routes,
    "network_policies": add_network_policies,
    "namespace": add_namespace,  # last, so that it reaches the objects of the others
}

__all__ = [
    "CHECKSUM_ANNOTATION",
    "CHECKSUM_KEY",
    "DEFAULT_METRICS_PORT",
    "Exposure",
    "Extensions",
    "Metrics",
    "NetworkPolicies",
    "PodAdditions",
    "PodChange",
    "Secret",
    "Tls",
    "access_name",
    "change_task_managers",
    "is_short",
    "own_secrets",
    "published_checksum",
    "restrict_pod",
    "secret_additions",
    "secret_data",
    "share_uploads",
    "with_checksum",
    "with_known_values",
]
