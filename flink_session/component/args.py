"""The arguments of the components, as Python callers write them and as Pulumi's analyzer reads them.

Pulumi infers a component's schema for other languages from ``TypedDict`` classes and from the string that follows each
field, so each field's documentation stands there. The classes only name and describe the arguments; their values are
coerced and checked in :mod:`flink_session.deployment.settings`.

This module must keep its annotations as objects: with ``from __future__ import annotations`` the analyzer fails.
"""

from typing import Any, NotRequired, TypedDict

from pulumi import Input


class JobManagerArgs(TypedDict):
    """Size and place of the JobManager's pod."""

    cpu: NotRequired[Input[float]]
    """CPU request in cores; ``500m`` is half a core. Default: 1. Flink: ``kubernetes.jobmanager.cpu.amount``."""

    memory: NotRequired[Input[str]]
    """Total process memory, such as ``1600Mi`` or ``2Gi``. Default: 1600Mi.
    Flink: ``jobmanager.memory.process.size``."""

    pod_template: NotRequired[Input[Any]]
    """Pod to start from: a map, text of YAML, or the path of a file. Default: the one of both roles.
    Flink: ``kubernetes.pod-template-file.jobmanager``."""

    node_selector: NotRequired[Input[dict[str, Input[str]]]]
    """Labels of the nodes that may run it, beside those of the pod template. Default: any node.
    Flink: ``kubernetes.jobmanager.node-selector``."""

    tolerations: NotRequired[Input[list[dict[str, Any]]]]
    """Taints that it tolerates: maps of key, operator, value, effect and tolerationSeconds, beside those of the pod
    template. Default: none. Flink: ``kubernetes.jobmanager.tolerations``."""

    priority_class: NotRequired[Input[str]]
    """Name of an existing PriorityClass. Default: that of the pod template, or none."""

    topology_spread: NotRequired[Input[list[Input[str]]]]
    """Labels of nodes, as ``topology.kubernetes.io/zone``, over whose values the pods of the role spread as evenly as
    the scheduler can. Default: none."""


class TaskManagerArgs(TypedDict):
    """Size, place and number of the TaskManagers that the JobManager requests."""

    cpu: NotRequired[Input[float]]
    """CPU request in cores; ``500m`` is half a core. Default: one per slot.
    Flink: ``kubernetes.taskmanager.cpu.amount``."""

    memory: NotRequired[Input[str]]
    """Total process memory, such as ``1728Mi`` or ``4Gi``. Default: 1728Mi.
    Flink: ``taskmanager.memory.process.size``."""

    slots: NotRequired[Input[int]]
    """Task slots of a TaskManager. Default: 1. Flink: ``taskmanager.numberOfTaskSlots``."""

    min_slots: NotRequired[Input[int]]
    """Slots that are there even while no job runs. Default: 0. Flink: ``slotmanager.number-of-slots.min``."""

    max_slots: NotRequired[Input[int]]
    """Slots of all TaskManagers together, at most. Default: no limit. Flink: ``slotmanager.number-of-slots.max``."""

    idle_timeout: NotRequired[Input[str]]
    """How long a TaskManager without work stays, as ``90s`` or ``10min``. Default: 30s.
    Flink: ``resourcemanager.taskmanager-timeout``."""

    pod_template: NotRequired[Input[Any]]
    """Pod to start from: a map, text of YAML, or the path of a file. Default: the one of both roles.
    Flink: ``kubernetes.pod-template-file.taskmanager``."""

    node_selector: NotRequired[Input[dict[str, Input[str]]]]
    """Labels of the nodes that may run one, beside those of the pod template. Default: any node.
    Flink: ``kubernetes.taskmanager.node-selector``."""

    tolerations: NotRequired[Input[list[dict[str, Any]]]]
    """Taints that it tolerates: maps of key, operator, value, effect and tolerationSeconds, beside those of the pod
    template. Default: none. Flink: ``kubernetes.taskmanager.tolerations``."""

    priority_class: NotRequired[Input[str]]
    """Name of an existing PriorityClass. Default: that of the pod template, or none."""

    topology_spread: NotRequired[Input[list[Input[str]]]]
    """Labels of nodes, as ``topology.kubernetes.io/zone``, over whose values the pods of the role spread as evenly as
    the scheduler can. Default: none."""


class MetricsArgs(TypedDict):
    """Metrics for Prometheus: ``{}`` is complete."""

    port: NotRequired[Input[int]]
    """Port on which each process answers, called ``metrics`` in its pod. Default: 9249."""

    annotations: NotRequired[Input[bool]]
    """Whether the pods have ``prometheus.io/scrape``, ``port`` and ``path``. Default: true without ``pod_monitor``."""

    pod_monitor: NotRequired[bool]
    """Whether to make a PodMonitor, for the Prometheus operator, whose kinds the cluster must have. Default: false."""

    pod_monitor_labels: NotRequired[Input[dict[str, Input[str]]]]
    """Labels of the PodMonitor, by which a Prometheus chooses it. Default: those of all objects of the cluster."""


class TlsArgs(TypedDict):
    """TLS of the REST API and the web UI, from a certificate in a Secret as cert-manager makes it."""

    certificate: NotRequired[Input[str]]
    """Name of an existing Secret with ``tls.crt`` and ``tls.key`` in PEM, and ``ca.crt`` for clients' certificates.
    Required."""

    client_authentication: NotRequired[bool]
    """Whether clients must show a certificate that an authority in ``ca.crt`` has signed. Default: false.
    Flink: ``security.ssl.rest.authentication-enabled``."""


class ExposeArgs(TypedDict):
    """How the REST API and the web UI are reached from outside, and what keeps others out. All of it is plain."""

    type: NotRequired[str]
    """``NodePort``, ``LoadBalancer``, ``Ingress`` or ``HTTPRoute`` of the Gateway API. Required."""

    host: NotRequired[str]
    """Host of an Ingress or an HTTPRoute, as ``flink.example.org``. Required there."""

    path: NotRequired[str]
    """Path at that host, as ``/flink/analytics``. Default: ``/``."""

    ingress_class: NotRequired[str]
    """Name of an IngressClass. Default: the cluster's own default. With a path, ``nginx`` is known."""

    certificate: NotRequired[str]
    """Name of a Secret with the certificate of the host, for an Ingress. Default: none."""

    gateway: NotRequired[str]
    """Gateway of an HTTPRoute, as ``namespace/name``, or its name in the same namespace. Required there."""

    annotations: NotRequired[dict[str, str]]
    """Annotations of the Ingress, the HTTPRoute or the rest Service. Default: none."""

    auth_proxy: NotRequired[bool]
    """Whether a proxy before the session, by way of the Ingress or the Gateway, asks who it is. Default: false."""

    unprotected: NotRequired[bool]
    """Whether it is meant that everybody who reaches it may run code. Default: false."""


class NetworkPolicyArgs(TypedDict):
    """Who may reach the pods of the session, and what these may reach: ``{}`` is complete. All of it is plain."""

    clients: NotRequired[list[dict[str, Any]]]
    """Peers of a NetworkPolicy (``podSelector``, ``namespaceSelector``, ``ipBlock``) that may reach REST and the web
    UI. Default: none."""

    scrapers: NotRequired[list[dict[str, Any]]]
    """Peers that may reach the port of ``metrics``. Default: none."""

    destinations: NotRequired[list[dict[str, Any]]]
    """Peers that the pods may reach, beside each other, DNS and the API server. Default: anything."""

    api_server: NotRequired[list[str]]
    """Ranges of the API server's addresses, as ``192.0.2.1/32``, with ``destinations``. Default: any address."""


class HighAvailabilityArgs(TypedDict):
    """High availability by Kubernetes: what a JobManager needs to take over the jobs of one that has failed."""

    storage_dir: NotRequired[Input[str]]
    """Folder in durable storage that every JobManager reaches, as ``s3://bucket/ha``. Required unless an option or
    another argument names it. Flink: ``high-availability.storageDir``."""

    replicas: NotRequired[Input[int]]
    """JobManagers; those beyond the first stand by. Default: 1, which Kubernetes starts anew when it fails.
    Flink: ``kubernetes.jobmanager.replicas``."""


class LoggingArgs(TypedDict):
    """What the default log configuration is to differ in."""

    levels: NotRequired[Input[dict[str, Input[str]]]]
    """Levels by loggers: ``{"org.apache.flink.runtime": "DEBUG", "root": "WARN"}``; ``TRACE``, ``DEBUG``, ``INFO``,
    ``WARN``, ``ERROR`` or ``OFF``. Running processes take them up within two minutes."""


class AdditionsArgs(TypedDict):
    """What is added to the objects of Flink's client. Each is on by default, and off where a session is adopted."""

    configuration_checksum: NotRequired[bool]
    """Whether a changed option restarts the JobManager."""

    readiness_probe: NotRequired[bool]
    """Whether the JobManager is ready when its REST API answers."""

    startup_probe: NotRequired[bool]
    """Whether a JobManager whose REST server never comes up is started anew."""

    recreate_strategy: NotRequired[bool]
    """Whether the old JobManager stops before the new one starts."""

    access: NotRequired[bool]
    """Whether ServiceAccount, Role and RoleBinding are made, unless ``service_account`` names one."""

    blob_server_address: NotRequired[bool]
    """Whether JobManagers that stand by reach the leader's blob server."""

    session_affinity: NotRequired[bool]
    """Whether the rest Service leads a client to one and the same of several JobManagers."""

    shared_uploads: NotRequired[bool]
    """Whether several JobManagers share a folder for uploaded jars, where they share a volume."""


class FlinkSessionClusterArgs(TypedDict):
    """Arguments of :class:`flink_session.FlinkSessionCluster`."""

    cluster_id: Input[str]
    """Identity of the cluster and name of its Deployment: lower-case letters, digits and ``-``, at most 45 characters.
    Flink: ``kubernetes.cluster-id``."""

    namespace: NotRequired[Input[str]]
    """Namespace of every object; it must exist. Default: ``default``. Flink: ``kubernetes.namespace``."""

    flink_version: NotRequired[Input[str]]
    """Flink release of the image, as ``2.2`` (its newest known patch) or ``2.2.1``. Default: ``2.2``."""

    image: NotRequired[Input[str]]
    """Container image. Default: Flink's own for the version, ``apache/flink:<version>-scala_2.12``."""

    image_pull_policy: NotRequired[Input[str]]
    """``IfNotPresent``, ``Always`` or ``Never``. Default: ``IfNotPresent``."""

    image_pull_secrets: NotRequired[Input[list[Input[str]]]]
    """Names of Secrets with registry credentials. Default: none."""

    service_account: NotRequired[Input[str]]
    """Existing ServiceAccount for JobManager and TaskManagers. Default: the component makes one, with a Role of the
    least rights a JobManager needs."""

    service_account_annotations: NotRequired[Input[dict[str, Input[str]]]]
    """Annotations of the ServiceAccount that the component makes, for an identity in a cloud:
    ``{"eks.amazonaws.com/role-arn": ...}``. Default: none."""

    pod_security: NotRequired[str]
    """Pod Security Standard that the pods of both roles fit: ``restricted``, or ``none`` for pods as Flink makes them.
    Default: ``restricted``."""

    owner_reference_permission: NotRequired[bool]
    """Whether the Role lets the JobManager make TaskManagers where the admission plugin
    OwnerReferencesPermissionEnforcement is on, as in OpenShift; who deploys must have that right. Default: false."""

    job_manager: NotRequired[Input[JobManagerArgs]]
    """Size and place of the JobManager."""

    task_manager: NotRequired[Input[TaskManagerArgs]]
    """Size, place and number of the TaskManagers."""

    high_availability: NotRequired[HighAvailabilityArgs]
    """High availability by Kubernetes. Default: none. Flink: ``high-availability.type: kubernetes``."""

    ha_data: NotRequired[str]
    """What becomes of high availability's ConfigMaps when the cluster is destroyed: ``keep``, so that a new cluster of
    that id goes on with the jobs, or ``delete``. Default: ``keep``."""

    suspended: NotRequired[Input[bool]]
    """Whether the cluster has no JobManager for the time being, and all else of it stays. Jobs come back with high
    availability; without, they are lost. Default: false."""

    state_storage: NotRequired[Input[str]]
    """URL of a folder for state, as ``s3://bucket/flink``, ``gs://``, ``abfs://``, ``oss://``, ``hdfs://`` or
    ``file:///`` on a shared volume. Checkpoints, savepoints and the data of high availability get folders of this
    cluster in it, and the plugin of the file system is switched on. Default: none."""

    plugins: NotRequired[Input[list[Input[str]]]]
    """File systems to be switched on in the image, as ``s3-fs-hadoop``; with ``[]`` none is, not even that of
    ``state_storage``. Default: that of ``state_storage``."""

    secrets: NotRequired[dict[str, Any]]
    """Secrets by names: variables of both roles, each a text, which may be a secret Output, or a map of ``value`` or
    ``base64``, or of ``secret`` and ``key`` of an existing Secret; with ``file: true`` a file in
    ``/opt/flink/secrets``. Default: none."""

    secrets_restart: NotRequired[bool]
    """Whether TaskManagers end, and are replaced, within minutes after a value in ``secrets`` has changed. The
    JobManager restarts at once in any case. Default: true."""

    metrics: NotRequired[Input[MetricsArgs]]
    """Metrics for Prometheus; ``{}`` switches them on. Default: off."""

    pod_disruption_budget: NotRequired[bool]
    """Whether several JobManagers have a PodDisruptionBudget, so that draining nodes takes one at a time. Default:
    true; with one JobManager there never is any."""

    tls: NotRequired[TlsArgs]
    """TLS of the REST API and the web UI. Default: none. Flink: ``security.ssl.rest.*``."""

    expose: NotRequired[ExposeArgs]
    """How the REST API and the web UI are reached from outside: only with ``tls.client_authentication``, a proxy that
    asks who it is, or an acknowledgement. Default: not at all."""

    network_policy: NotRequired[NetworkPolicyArgs]
    """A NetworkPolicy for each role. Default: none."""

    adopt: NotRequired[bool]
    """Whether the session is there already, made by ``kubernetes-session.sh``: it is taken over as it is, with nothing
    added but what ``additions`` and ``pod_security`` say. Default: false."""

    additions: NotRequired[AdditionsArgs]
    """What is added to the objects of Flink's client. Default: all; nothing where a session is adopted."""

    rest_service_exposed_type: NotRequired[Input[str]]
    """``ClusterIP``, ``Headless_ClusterIP``, ``NodePort`` or ``LoadBalancer``. Default: ``ClusterIP``.
    Flink: ``kubernetes.rest-service.exposed.type``."""

    rest_service_node_address: NotRequired[Input[str]]
    """Address of a node, for the endpoint of a ``NodePort`` Service. Default: the endpoint inside the cluster."""

    configuration: NotRequired[Input[dict[str, Any]]]
    """Any Flink options, nested or flat, in Flink's own spelling. They win over the distribution's defaults."""

    log_configuration: NotRequired[Input[dict[str, Input[str]]]]
    """Log configuration files by name, such as ``log4j-console.properties``. Default: console and rolling file."""

    logging: NotRequired[Input[LoggingArgs]]
    """Levels of loggers, in the default files for Log4j and Logback. Default: ``INFO`` for all."""

    pod_template: NotRequired[Input[Any]]
    """Pod that both roles start from where they have none of their own: a map, text of YAML, or the path of a file.
    Flink: ``kubernetes.pod-template-file.default``."""

    hadoop_configuration: NotRequired[Input[dict[str, Input[str]]]]
    """Hadoop's configuration: ``core-site.xml`` and ``hdfs-site.xml`` by name. Default: none."""

    delete_guard: NotRequired[bool]
    """Whether `destroy`, a replacement and a suspension fail while jobs run that they would lose. Default: false."""

    allow_job_loss: NotRequired[bool]
    """Whether the guard lets jobs be lost: set it, run `up`, and then destroy. Default: false."""

    ready_timeout: NotRequired[str]
    """How long to wait until the JobManager answers, as ``90s`` or ``10m``. Default: ``10m``."""
