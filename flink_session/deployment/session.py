"""The one call behind a component: from its arguments to everything that a session cluster is, without any effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flink_session.configuration.core_options import SecurityOptions
from flink_session.configuration.findings import Finding, FindingCollector, IllegalConfigurationError
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.deployment.fate_of_jobs import find_losses_of_jobs, notices_on_jobs
from flink_session.deployment.faults import find_faults
from flink_session.deployment.preparation import deploy, prepare
from flink_session.deployment.session_cluster_options import (
    JobManagerResources,
    SessionClusterOptions,
    TaskManagerResources,
)
from flink_session.deployment.sizes import Sizes, session_sizes
from flink_session.kubernetes import constants
from flink_session.kubernetes.cluster_descriptor import SessionDeployment
from flink_session.kubernetes.extensions import Extensions, access_name, own_secrets, with_known_values
from flink_session.kubernetes.extensions.exposure import REDIRECT_NAME
from flink_session.kubernetes.extensions.network_policies import JOB_MANAGER_POLICY, TASK_MANAGER_POLICY
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest
from flink_session.memory.cluster_specification import ClusterSpecification
from flink_session.memory.job_manager import JobManagerMemory, job_manager_memory
from flink_session.memory.task_manager import TaskManagerMemory, task_manager_memory


@dataclass(frozen=True, slots=True)
class FurtherObject:
    """An object that only some clusters have.

    Attributes:
        api_version: its API.
        kind: its kind.
        begins: the beginning of its name, before the cluster's id.
        fields: its fields beside ``apiVersion``, ``kind`` and ``metadata``.
        leads_to_rest: whether it is ready only when the rest Service is, as an Ingress.
    """

    api_version: str
    kind: str
    begins: str
    fields: tuple[str, ...] = ("data",)
    leads_to_rest: bool = False


FURTHER_OBJECTS: Mapping[str, FurtherObject] = {
    "hadoop-config": FurtherObject("v1", "ConfigMap", "hadoop-config"),
    "kerberos-keytab": FurtherObject("v1", "Secret", "kerberos-keytab"),
    "kerberos-krb5conf": FurtherObject("v1", "ConfigMap", "kerberos-krb5conf"),
    "pod-template": FurtherObject("v1", "ConfigMap", "pod-template"),
    "secrets": FurtherObject("v1", "Secret", "flink-session", ("type", "data")),
    "pod-monitor": FurtherObject("monitoring.coreos.com/v1", "PodMonitor", "flink-session", ("spec",)),
    "disruption-budget": FurtherObject("policy/v1", "PodDisruptionBudget", "flink-session", ("spec",)),
    "ingress": FurtherObject("networking.k8s.io/v1", "Ingress", "flink-session", ("spec",), True),
    "ingress-redirect": FurtherObject("networking.k8s.io/v1", "Ingress", REDIRECT_NAME, ("spec",), True),
    "jobmanager-policy": FurtherObject("networking.k8s.io/v1", "NetworkPolicy", JOB_MANAGER_POLICY, ("spec",)),
    "taskmanager-policy": FurtherObject("networking.k8s.io/v1", "NetworkPolicy", TASK_MANAGER_POLICY, ("spec",)),
    "http-route": FurtherObject("gateway.networking.k8s.io/v1", "HTTPRoute", "flink-session", ("spec",), True),
}
"""What only some clusters have, by the name that the component's child has."""

__all__ = [
    "FURTHER_OBJECTS",
    "Extensions",
    "JobManagerResources",
    "SessionCluster",
    "SessionClusterOptions",
    "TaskManagerResources",
    "plan_session_cluster",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCluster:
    """A session cluster as it is to be: its objects by their roles, and what is known of it beforehand.

    Attributes:
        cluster_id: its identity.
        namespace: where its objects are.
        flink_version: the release.
        image: the image of both roles.
        specification: all objects, in the order in which Flink's client creates them.
        deployment: the JobManager.
        config_map: ``config.yaml`` and log configuration.
        internal_service: where TaskManagers find the JobManager; ``None`` under high availability.
        rest_service: where the REST API and the web UI are.
        service_account: the account made for the cluster; ``None`` where the user brings one.
        role: its rights.
        role_binding: the bond of the two.
        further: what only some clusters have, by their names in :data:`FURTHER_OBJECTS`.
        secret_names: the keys of the session's own Secret, whose values may be still to come.
        service_account_name: the JobManager's account, made or brought.
        rest_service_exposed_type: ``ClusterIP``, ``Headless_ClusterIP``, ``NodePort`` or ``LoadBalancer``.
        rest_scheme: ``http`` or ``https``.
        rest_port: port of the REST Service.
        public_url: where the web UI is by an Ingress or an HTTPRoute, if there is one.
        effective_configuration: flat; what Flink reads in the cluster.
        task_manager_labels: labels of the pods that the JobManager will request.
        cluster_specification: sizes in MiB, and slots.
        job_manager_memory: breakdown in bytes.
        task_manager_memory: breakdown in bytes.
        sizes: what the session takes and may take, see :func:`~flink_session.deployment.sizes.session_sizes`.
        deletes_ha_data: whether ConfigMaps of high availability go when the cluster is destroyed.
        warnings: findings that do not stop the deployment.
        notices: sentences on what the arguments mean to jobs, for whoever reviews a change.
    """

    cluster_id: str
    namespace: str
    flink_version: FlinkVersion
    image: str
    specification: KubernetesJobManagerSpecification
    deployment: Manifest
    config_map: Manifest
    internal_service: Manifest | None
    rest_service: Manifest
    service_account: Manifest | None
    role: Manifest | None
    role_binding: Manifest | None
    further: dict[str, Manifest]
    secret_names: tuple[str, ...]
    service_account_name: str
    rest_service_exposed_type: str
    rest_scheme: str
    rest_port: int
    public_url: str | None
    effective_configuration: dict[str, Any]
    task_manager_labels: dict[str, str]
    cluster_specification: ClusterSpecification
    job_manager_memory: JobManagerMemory
    task_manager_memory: TaskManagerMemory
    sizes: Sizes
    deletes_ha_data: bool
    warnings: tuple[Finding, ...]
    notices: tuple[str, ...]

    @property
    def rest_endpoint(self) -> str:
        """The REST API's address inside the Kubernetes cluster, whichever way it is exposed."""
        host = f"{constants.rest_service_name(self.cluster_id)}.{self.namespace}"
        return f"{self.rest_scheme}://{host}:{self.rest_port}"

    @property
    def flink_run_command(self) -> str:
        """How Flink's command line submits a job to this session; the job's jar and arguments follow."""
        options = {Options.CLUSTER_ID.key: self.cluster_id, Options.NAMESPACE.key: self.namespace}
        if self.rest_scheme == "https":
            options[SecurityOptions.SSL_REST_ENABLED.key] = "true"
        if self.rest_service_exposed_type == "NodePort":
            option = Options.REST_SERVICE_EXPOSED_NODE_PORT_ADDRESS_TYPE
            if option.key in self.effective_configuration:
                options[option.key] = self.effective_configuration[option.key]
        properties = " ".join(f"-D{key}={value}" for key, value in options.items())
        return f"flink run -t {constants.SESSION_TARGET} {properties}"

    def objects(self) -> tuple[Manifest, ...]:
        """All objects, each behind those that it needs to become ready."""
        access = (self.service_account, self.role, self.role_binding)
        behind = [item for name, item in self.further.items() if FURTHER_OBJECTS[name].leads_to_rest]
        before = [item for name, item in self.further.items() if not FURTHER_OBJECTS[name].leads_to_rest]
        rest = (self.config_map, *before, self.deployment, self.internal_service, self.rest_service, *behind)
        return tuple(item for item in (*access, *rest) if item is not None)


def plan_session_cluster(options: SessionClusterOptions) -> SessionCluster:
    """Plan a session cluster.

    Raises:
        IllegalConfigurationError: with everything that is wrong, in terms of the arguments where these are the cause.
    """
    collector = FindingCollector()
    prepared = prepare(options, collector)
    deployment = None if prepared.at_fault else deploy(prepared, collector)
    if deployment is None or collector.errors:
        collector.add(find_faults(options) if prepared.at_fault else ())
        raise IllegalConfigurationError(collector.errors, collector.warnings)
    collector.add(find_losses_of_jobs(options, deployment.parameters))
    collector.raise_errors()
    return _session_cluster(deployment, options, prepared.extensions, collector.warnings)


def _session_cluster(
    deployment: SessionDeployment,
    options: SessionClusterOptions,
    extensions: Extensions,
    warnings: tuple[Finding, ...],
) -> SessionCluster:
    parameters = deployment.parameters
    cluster_id, configuration = parameters.cluster_id, parameters.configuration
    specification = extensions.extend(deployment.specification, parameters)
    specification = with_known_values(specification, parameters, extensions.secrets)
    by_role = {(item["kind"], item["metadata"]["name"]): item for item in specification.objects}
    found = {name: by_role.get((item.kind, f"{item.begins}-{cluster_id}")) for name, item in FURTHER_OBJECTS.items()}
    access = access_name(cluster_id)
    memory = (
        job_manager_memory(configuration, parameters.flink_version),
        task_manager_memory(configuration, parameters.flink_version),
    )
    return SessionCluster(
        cluster_id=cluster_id,
        namespace=parameters.namespace,
        flink_version=parameters.flink_version,
        image=parameters.image,
        specification=specification,
        deployment=specification.deployment,
        config_map=by_role["ConfigMap", constants.config_map_name(cluster_id)],
        internal_service=by_role.get(("Service", constants.internal_service_name(cluster_id))),
        rest_service=by_role["Service", constants.rest_service_name(cluster_id)],
        service_account=by_role.get(("ServiceAccount", access)),
        role=by_role.get(("Role", access)),
        role_binding=by_role.get(("RoleBinding", access)),
        further={name: item for name, item in found.items() if item is not None},
        secret_names=tuple(item.name for item in own_secrets(extensions.secrets)),
        service_account_name=parameters.service_account,
        rest_service_exposed_type=parameters.rest_service_exposed_type.value,
        rest_scheme="https" if configuration.get(SecurityOptions.SSL_REST_ENABLED) else "http",
        rest_port=parameters.rest_port,
        public_url=None if extensions.exposure is None else extensions.exposure.url,
        effective_configuration=dict(sorted(deployment.effective_configuration.values.items())),
        task_manager_labels=_task_manager_labels(parameters),
        cluster_specification=parameters.cluster_specification,
        job_manager_memory=memory[0],
        task_manager_memory=memory[1],
        sizes=session_sizes(parameters, *memory),
        deletes_ha_data=options.ha_data == "delete",
        warnings=warnings,
        notices=tuple(notices_on_jobs(options, parameters)),
    )


def _task_manager_labels(parameters: KubernetesJobManagerParameters) -> dict[str, str]:
    role = constants.component_labels(parameters.cluster_id, constants.LABEL_COMPONENT_TASK_MANAGER)
    return {**parameters.configuration.get(Options.TASK_MANAGER_LABELS), **role}
