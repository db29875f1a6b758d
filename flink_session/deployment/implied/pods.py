"""What arguments add to the pods of each role beside options of Flink, and where a pod template says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.options import ConfigOption
from flink_session.deployment.session_cluster_options import (
    JobManagerResources,
    SessionClusterOptions,
    TaskManagerResources,
)
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.extensions import PodAdditions, own_secrets, secret_additions
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.pod_template import load_pod_template


def pod_additions(
    options: SessionClusterOptions,
    configuration: Configuration,
    version: FlinkVersion,
    files: ClientFiles,
    collector: FindingCollector,
) -> tuple[PodAdditions, PodAdditions]:
    """Return what the JobManager's pod gets, and what the TaskManagers' get.

    Args:
        options: the arguments.
        configuration: all options.
        version: the release.
        files: pod templates, as the user gives them.
        collector: gets where these contradict, and which secrets cannot be.
    """
    secrets = options.extensions.secrets
    if secrets:
        # It has the rules of the API server, as checks do.
        from flink_session.deployment.implied.secrets import check_secret_names  # noqa: PLC0415

        check_secret_names(secrets, configuration, collector)
    job_manager = _additions(options, options.job_manager)
    task_manager = _additions(options, options.task_manager)
    if secrets:
        restart = options.secrets_restart and bool(own_secrets(secrets))
        job_manager = job_manager.beside(secret_additions(secrets, options.cluster_id, restart=False))
        task_manager = task_manager.beside(secret_additions(secrets, options.cluster_id, restart=restart))
    if options.extensions.tls is not None:
        job_manager = job_manager.beside(options.extensions.tls.additions())
    for role, option, additions in (
        ("job_manager", Options.JOB_MANAGER_POD_TEMPLATE, job_manager),
        ("task_manager", Options.TASK_MANAGER_POD_TEMPLATE, task_manager),
    ):
        if additions:
            collector.add(_conflicts(role, additions, _template(configuration, option, files, version)))
    return job_manager, task_manager


def _additions(options: SessionClusterOptions, role: JobManagerResources | TaskManagerResources) -> PodAdditions:
    metrics = options.extensions.metrics
    return PodAdditions(
        priority_class=role.priority_class,
        spread_over=tuple(role.topology_spread),
        ports=() if metrics is None else (metrics.container_port,),
    )


def _template(
    configuration: Configuration, option: ConfigOption[str | None], files: ClientFiles, version: FlinkVersion
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return a role's template: the pod's spec and the main container; nothing of one that cannot be read."""
    path = FindingCollector().attempt(lambda: configuration.get(option))
    content = files.by_path.get(path or "")
    if content is None:
        return {}, {}
    try:
        pod = load_pod_template(content, version)
    except ValueError:
        return {}, {}
    return pod.pod.get("spec") or {}, pod.main_container


def _conflicts(
    role: str, additions: PodAdditions, template: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Iterator[Finding]:
    yield from additions.conflicts(*template, role)
