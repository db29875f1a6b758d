"""What describes a session cluster, as the core takes it: the component's arguments in plain types, not checked yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from flink_session.configuration.flink_version import DEFAULT_SERIES
from flink_session.kubernetes.extensions import Extensions

PodTemplate: TypeAlias = str | Mapping[str, Any]
"""A pod template as text, in YAML or JSON, or as a map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobManagerResources:
    """Size and place of the JobManager; ``None`` leaves a value to the configuration.

    Attributes:
        cpu: cores, as a number or as ``500m``.
        memory: of the whole process, as ``1600Mi``.
        pod_template: text or map; ``None`` for the one of both roles.
        node_selector: labels of nodes.
        tolerations: as in a pod.
        priority_class: name of a PriorityClass.
        topology_spread: labels of nodes.
    """

    cpu: float | str | None = None
    memory: str | None = None
    pod_template: PodTemplate | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: Sequence[Mapping[str, Any]] = ()
    priority_class: str | None = None
    topology_spread: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskManagerResources:
    """Size, place and number of the TaskManagers; ``None`` leaves a value to the configuration.

    Attributes:
        cpu: cores, as a number or as ``500m``.
        memory: of the whole process, as ``1728Mi``.
        slots: task slots.
        min_slots: slots of all of them that are always there.
        max_slots: slots of all of them, at most.
        idle_timeout: how long one without work stays, as ``90s``.
        pod_template: text or map; ``None`` for the one of both roles.
        node_selector: labels of nodes.
        tolerations: as in a pod.
        priority_class: name of a PriorityClass.
        topology_spread: labels of nodes.
    """

    cpu: float | str | None = None
    memory: str | None = None
    slots: int | None = None
    min_slots: int | None = None
    max_slots: int | None = None
    idle_timeout: str | None = None
    pod_template: PodTemplate | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: Sequence[Mapping[str, Any]] = ()
    priority_class: str | None = None
    topology_spread: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HighAvailability:
    """High availability by Kubernetes; ``None`` leaves a value to the configuration.

    Attributes:
        given: whether it is asked for.
        storage_dir: folder in durable storage.
        replicas: JobManagers, of which all but one stand by.
    """

    given: bool = False
    storage_dir: str | None = None
    replicas: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logging:
    """What the default log configuration is to differ in.

    Attributes:
        levels: levels by the names of loggers; ``root`` is that of all others.
    """

    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClusterOptions:
    """What describes a session cluster; not checked yet. The names are those of the component's arguments.

    Attributes:
        cluster_id: identity of the cluster, at most 45 characters.
        namespace: an existing namespace.
        flink_version: a series or a release.
        image: ``None`` for the version's own.
        image_pull_policy: ``None`` for ``IfNotPresent``.
        image_pull_secrets: names of Secrets.
        service_account: an existing account; ``None`` to make one.
        job_manager: size of the JobManager.
        task_manager: size of each TaskManager.
        high_availability: by Kubernetes, if it is given.
        ha_data: whether ConfigMaps of high availability outlive the cluster: ``keep`` or ``delete``.
        suspended: whether there is no JobManager for the time being.
        state_storage: URL of a folder for state.
        plugins: file systems to be switched on; ``None`` for that of ``state_storage``.
        secrets_restart: whether TaskManagers end when values in the session's own Secret change.
        rest_service_exposed_type: ``None`` for ``ClusterIP``.
        configuration: Flink options, nested or flat; they win over the distribution's.
        log_configuration: log configuration by file name; ``None`` for console and rolling file.
        logging: what the default log configuration is to differ in.
        pod_template: of both roles, where a role has none of its own; text or map.
        hadoop_configuration: ``core-site.xml`` and ``hdfs-site.xml``, text by file name.
        files: content of the files that options in ``configuration`` name, by path: keytab, ``krb5.conf``, templates.
        extensions: what is added to Flink's own objects.
    """

    cluster_id: str
    namespace: str = "default"
    flink_version: str = DEFAULT_SERIES
    image: str | None = None
    image_pull_policy: str | None = None
    image_pull_secrets: Sequence[str] = ()
    service_account: str | None = None
    job_manager: JobManagerResources = field(default_factory=JobManagerResources)
    task_manager: TaskManagerResources = field(default_factory=TaskManagerResources)
    high_availability: HighAvailability = field(default_factory=HighAvailability)
    ha_data: Literal["keep", "delete"] = "keep"
    suspended: bool = False
    state_storage: str | None = None
    plugins: Sequence[str] | None = None
    secrets_restart: bool = True
    rest_service_exposed_type: str | None = None
    configuration: Mapping[str, object] = field(default_factory=dict)
    log_configuration: Mapping[str, str] | None = None
    logging: Logging = field(default_factory=Logging)
    pod_template: PodTemplate | None = None
    hadoop_configuration: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    extensions: Extensions = field(default_factory=Extensions)
