"""From the arguments to a run of Flink's client: which configuration and files it has, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import DeploymentOptions
from flink_session.configuration.distribution import distribution_configuration
from flink_session.configuration.findings import Finding, FindingCollector, IllegalConfigurationError
from flink_session.configuration.flink_version import DEFAULT_SERIES, FlinkVersion
from flink_session.deployment.argument_rules import argument_called
from flink_session.deployment.arguments import ArgumentValues, argument_values, client_files
from flink_session.deployment.implied import implied_options, pod_additions
from flink_session.deployment.log_files import log_files
from flink_session.deployment.service_loader import ClusterClientServiceLoader
from flink_session.deployment.session_cluster_options import SessionClusterOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.cluster_descriptor import SessionDeployment
from flink_session.kubernetes.extensions import (
    Extensions,
    PodChange,
    access_name,
    change_task_managers,
    restrict_pod,
    share_uploads,
)
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.memory.cluster_specification import ClusterSpecification
from flink_session.memory.options import JobManagerMemoryOptions, TaskManagerMemoryOptions

_NO_SIZES = ClusterSpecification(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What Flink's client would start from.

    Attributes:
        version: the release.
        own: the user's own options.
        arguments: the options that the arguments set.
        configuration: all options.
        files: what the client finds on its disk.
        extensions: what is added to what the client makes; ``access`` if the cluster gets an account of its own.
        at_fault: arguments that are wrong by themselves; here they have their defaults.
        found: what is wrong with arguments in view of others, if these are what they are here.
    """

    version: FlinkVersion
    own: Configuration
    arguments: ArgumentValues
    configuration: Configuration
    files: ClientFiles
    extensions: Extensions
    at_fault: frozenset[str]
    found: tuple[Finding, ...] = ()


def prepare(options: SessionClusterOptions, collector: FindingCollector) -> Prepared:
    """Read the arguments, each by itself; ``collector`` gets what is wrong with them."""
    found = FindingCollector()
    version = found.attempt(FlinkVersion.parse, options.flink_version)
    logs = log_files(options, version, found)
    version = version or FlinkVersion.parse(DEFAULT_SERIES)
    own, faulty = Configuration.of_what_is_right_in(options.configuration)
    arguments = argument_values(options, own, found)
    at_fault = {finding.key.partition(", ")[0] for finding in found.errors}
    if faulty and _has_one_of_flinks(faulty, version):
        at_fault.add("configuration")  # others than Flink's have no say in anything else
    collector.add((*found.findings, *faulty))
    configuration = _client_configuration(version, own, arguments.values)
    # Whoever names an account brings it, whatever its name.
    makes_account = options.extensions.access and not configuration.contains(Options.JOB_MANAGER_SERVICE_ACCOUNT)
    if makes_account:
        configuration = configuration.with_value(Options.SERVICE_ACCOUNT, access_name(options.cluster_id))
    extensions = replace(options.extensions, access=makes_account, suspended=options.suspended)
    files = client_files(options, logs)
    prepared = Prepared(version, own, arguments, configuration, files, extensions, frozenset(at_fault))
    return _with_what_follows(prepared, options)


def _with_what_follows(prepared: Prepared, options: SessionClusterOptions) -> Prepared:
    """Add what arguments mean beyond an option of their own: further options, pods, the TaskManagers' template."""
    found, version, files, extensions = FindingCollector(), prepared.version, prepared.files, prepared.extensions
    implied = implied_options(options, prepared.configuration, version, files, found)
    configuration = prepared.configuration.with_values(implied.values)
    job_manager, task_manager = pod_additions(options, configuration, version, files, found)
    changes: tuple[PodChange, ...] = (restrict_pod,) if extensions.pod_security else ()
    if task_manager:
        labels = constants.component_labels(options.cluster_id, constants.LABEL_COMPONENT_TASK_MANAGER)
        changes = (*changes, partial(task_manager.added_to, labels=labels))
    if changes:
        key = configuration.key_of(Options.TASK_MANAGER_POD_TEMPLATE)
        configuration, files = change_task_managers(configuration, files, version, changes, apart=bool(task_manager))
        if task_manager and key is not None:
            # It may be a copy now, of which findings speak as of what it is a copy of.
            source = prepared.arguments.origins.get(key, (key, None))
            implied.origins[Options.TASK_MANAGER_POD_TEMPLATE.key] = source
    if extensions.service_account_annotations:
        from flink_session.deployment.implied.identity import check_identity  # noqa: PLC0415 - it asks as checks do

        annotations = extensions.service_account_annotations
        found.add(check_identity(annotations, configuration, makes_account=extensions.access))
    if extensions.network_policies is not None:
        from flink_session.deployment.implied.network_policies import check_network_policies  # noqa: PLC0415 - as above

        check_network_policies(extensions.network_policies, extensions, configuration, found)
    if extensions.shared_uploads:
        configuration = share_uploads(configuration)
    return replace(
        prepared,
        arguments=prepared.arguments.beside(implied),
        configuration=configuration,
        files=files,
        extensions=replace(extensions, job_manager_pod=job_manager),
        found=tuple(found.findings),
    )


def _has_one_of_flinks(findings: Iterable[Finding], version: FlinkVersion) -> bool:
    from flink_session.configuration.catalogue import option_catalogue  # noqa: PLC0415 (it is seldom needed)

    return any(option_catalogue(version.series).lookup(finding.key) for finding in findings)


def deploy(prepared: Prepared, collector: FindingCollector) -> SessionDeployment | None:
    """Do as Flink's client does; ``collector`` gets why it refuses, and what it overlooks on the way."""
    # The checks are most of the code by far, and nobody needs them who does not plan a cluster.
    from flink_session.kubernetes.checks import check_standby, find_faulty_values, find_hazards  # noqa: PLC0415
    from flink_session.kubernetes.checks.pod_template import check_pod_templates  # noqa: PLC0415

    configuration, version, files = prepared.configuration, prepared.version, prepared.files
    found = FindingCollector()
    found.add(prepared.found)
    deployment = None
    try:
        factory = ClusterClientServiceLoader().get_cluster_client_factory(configuration)
    except IllegalConfigurationError as error:
        found.add(error.findings)
        parameters = KubernetesJobManagerParameters(configuration, version, files, _NO_SIZES)
        found.add(find_faulty_values(parameters))
    else:
        sizes = found.attempt(factory.get_cluster_specification, configuration, version) or _NO_SIZES
        parameters = KubernetesJobManagerParameters(configuration, version, files, sizes)
        found.add(find_hazards(parameters))
        found.add(check_standby(parameters, prepared.extensions.lets_standby_serve(parameters)))
        descriptor = factory.create_cluster_descriptor(configuration, version, files)
        deployment = found.attempt(descriptor.deploy_session_cluster, sizes)
        if found.errors:
            # Without the options at fault there is a pod to compare templates with.
            right = configuration.without(finding.key for finding in found.errors)
            found.add(check_pod_templates(parameters.with_configuration(right)))
    _check_own_options(prepared, parameters, found)
    collector.add(prepared.arguments.in_terms_of_arguments(found.findings))
    return deployment


def find_faults_of_single_options(prepared: Prepared, collector: FindingCollector) -> None:
    """Find what is wrong with the options that are there, whatever else will be set."""
    from flink_session.kubernetes.checks import find_faulty_values  # noqa: PLC0415 (see above)

    parameters = KubernetesJobManagerParameters(prepared.configuration, prepared.version, prepared.files, _NO_SIZES)
    found = FindingCollector()
    found.attempt(getattr, parameters, "cluster_id")
    found.add(find_faulty_values(parameters))
    _check_own_options(prepared, parameters, found)
    collector.add(prepared.arguments.in_terms_of_arguments(found.findings))


def _check_own_options(prepared: Prepared, parameters: KubernetesJobManagerParameters, found: FindingCollector) -> None:
    """Hold the user's options against those of Flink, but for arguments of ours that got among them."""
    from flink_session.kubernetes.checks import find_faulty_options  # noqa: PLC0415 (see above)

    arguments = [key for key in prepared.own if argument_called(key) is not None]
    for key in arguments:
        rule = "is no option of Flink, but an argument of the session cluster"
        found.add((Finding(key, None, rule, f"put {argument_called(key)} beside configuration", "warning"),))
    found.add(find_faulty_options(prepared.own.without(arguments), parameters, found.findings))


def _client_configuration(version: FlinkVersion, own: Configuration, arguments: dict[str, Any]) -> Configuration:
    """Lay the arguments over the user's options, and these over the distribution's."""
    distribution = distribution_configuration(version).without(_superseded_sizes(own))
    configuration = distribution.with_values(own.values).with_values(arguments)
    if configuration.contains(DeploymentOptions.TARGET):
        return configuration
    return configuration.with_value(DeploymentOptions.TARGET, constants.SESSION_TARGET)


def _superseded_sizes(own: Configuration) -> list[str]:
    """Find the distribution's sizes that the user's own, finer sizes replace: together they would contradict."""
    superseded = []
    job_manager, task_manager = JobManagerMemoryOptions, TaskManagerMemoryOptions
    if own.contains(job_manager.PROCESS.total_flink) or own.contains(job_manager.JVM_HEAP):
        superseded.append(job_manager.PROCESS.total_process.key)
    fine = own.contains(task_manager.TASK_HEAP) and own.contains(task_manager.MANAGED)
    if own.contains(task_manager.PROCESS.total_flink) or fine:
        superseded.append(task_manager.PROCESS.total_process.key)
    return superseded
