"""What ``kubernetes-session.sh`` would do for some ``-D`` options: its objects or its refusal, and what it overlooks.

Mirrors ``KubernetesSessionCli`` up to the first object. Nothing of ours is in these objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import DeploymentOptions, SecurityOptions
from flink_session.configuration.distribution import distribution_configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.deployment.service_loader import ClusterClientServiceLoader
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks import check_standby, find_faulty_options, find_hazards
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest
from flink_session.memory.cluster_specification import ClusterSpecification

_OPTIONS_THAT_NAME_FILES = (
    Options.JOB_MANAGER_POD_TEMPLATE,
    Options.TASK_MANAGER_POD_TEMPLATE,
    SecurityOptions.KERBEROS_LOGIN_KEYTAB,
    SecurityOptions.KERBEROS_KRB5_PATH,
)


@dataclass(frozen=True, slots=True)
class ClientRun:
    """What a run of Flink's client comes to.

    Attributes:
        objects: what it would create, in its order: the Deployment first; nothing where it would refuse.
        refusals: why it would refuse, or what it would lose of the configuration on its way.
        findings: what it does not check and a running cluster would suffer from; errors and warnings.
    """

    objects: tuple[Manifest, ...]
    refusals: tuple[Finding, ...]
    findings: tuple[Finding, ...]


def effective_configuration(base: Configuration, dynamic_properties: Mapping[str, str]) -> Configuration:
    """Lay ``-D`` over the configuration of the client's folder; the target is always a session on Kubernetes."""
    return base.with_values(dynamic_properties).with_value(DeploymentOptions.TARGET, constants.SESSION_TARGET)


def files_named_by(configuration: Configuration) -> tuple[str, ...]:
    """Return the paths that options name and Flink's client would read."""
    paths = [configuration.get(option) for option in _OPTIONS_THAT_NAME_FILES]
    return tuple(dict.fromkeys(path for path in paths if path))


def run_client(configuration: Configuration, version: FlinkVersion, client_files: ClientFiles) -> ClientRun:
    """Build what Flink's client would create, and say all that is wrong."""
    factory = ClusterClientServiceLoader().get_cluster_client_factory(configuration)
    descriptor = factory.create_cluster_descriptor(configuration, version, client_files)
    refusals, findings = FindingCollector(), FindingCollector()
    specification = refusals.attempt(factory.get_cluster_specification, configuration, version)
    sizes = specification or ClusterSpecification(0, 0, 0)
    deployment = refusals.attempt(descriptor.deploy_session_cluster, sizes)
    parameters = KubernetesJobManagerParameters(configuration, version, client_files, sizes)
    findings.add(find_hazards(parameters))
    findings.add(check_standby(parameters))
    distribution = distribution_configuration(version).values
    own = {key: value for key, value in configuration.values.items() if distribution.get(key) != value}
    known = (*refusals.errors, *findings.findings)
    findings.add(find_faulty_options(Configuration(own), parameters, known))
    objects = () if deployment is None or refusals.errors else deployment.specification.objects
    refused = {(finding.key, finding.rule) for finding in refusals.errors}
    overlooked = (finding for finding in findings.findings if (finding.key, finding.rule) not in refused)
    return ClientRun(objects, refusals.errors, tuple(overlooked))
