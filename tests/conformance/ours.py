"""The one place that knows how our core is asked: as :class:`~tests.conformance.jvm.Flink` is, with the same cases.

It stands in for ``flink-session manifests -Dkey=value --conf-dir DIR``: Flink's own objects and none of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flink_session.configuration import (
    Configuration,
    Finding,
    FlinkVersion,
    IllegalConfigurationError,
    load_config_yaml,
)
from flink_session.deployment.cluster_client_factory import KubernetesClusterClientFactory
from flink_session.memory import ClusterSpecification, job_manager_memory, task_manager_memory
from tests.conformance.cases import Built, Case, configuration_file


class NotBuiltYetError(Exception):
    """Our core says that it does not do this yet."""


@dataclass(frozen=True)
class Findings:
    """What our core says instead of building."""

    errors: tuple[Finding, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def knows(version: str) -> bool:
    """Tell whether our core builds for this version of Flink."""
    try:
        FlinkVersion.parse(version)
    except IllegalConfigurationError:
        return False
    return True


def build(case: Case, version: str) -> Built | Findings:
    """Return what our core builds for a case, or its findings.

    Raises:
        NotBuiltYetError: the core refuses since it is not complete.
    """
    if not knows(version):
        raise NotBuiltYetError(f"Flink {version}")
    if "flink-conf.yaml" in case.conf_dir and version.startswith("1."):
        raise NotBuiltYetError("flink-conf.yaml is not read yet")
    if case.environment:
        raise NotBuiltYetError("HADOOP_CONF_DIR is no input yet")
    try:
        objects = _objects(case, FlinkVersion.parse(version))
    except IllegalConfigurationError as error:
        if any("not supported yet" in finding.rule for finding in error.findings):
            raise NotBuiltYetError(str(error)) from error
        return Findings(tuple(finding for finding in error.findings if finding.severity == "error"))
    return Built(objects, read_configuration(configuration_file(objects)[1]))


def read_configuration(text: str) -> dict[str, Any] | None:
    """Return keys and values that our reader finds in a ``config.yaml``; ``None`` where it refuses the file."""
    try:
        return dict(load_config_yaml(text).values)
    except IllegalConfigurationError:
        return None


def _objects(case: Case, version: FlinkVersion) -> list[dict[str, Any]]:
    if "config.yaml" not in case.conf_dir:
        raise IllegalConfigurationError((Finding("config.yaml", None, "must be there", "write one"),))
    configuration = load_config_yaml(case.conf_dir["config.yaml"]).with_values(
        {
            **case.dynamic_properties,
            "$internal.deployment.config-dir": "/conf",
            "execution.target": "kubernetes-session",
        }
    )
    factory = KubernetesClusterClientFactory()
    descriptor = factory.create_cluster_descriptor(configuration, version, case.conf_dir)
    deployment = descriptor.deploy_session_cluster(factory.get_cluster_specification(configuration))
    return [dict(item) for item in deployment.specification.objects]


def job_manager_parts(values: Mapping[str, str]) -> dict[str, int] | Findings:
    """Return the bytes of each part of the JobManager's memory, or what is wrong."""
    try:
        return asdict(job_manager_memory(Configuration(values)))
    except IllegalConfigurationError as error:
        return Findings(error.findings)


def task_manager_parts(values: Mapping[str, str]) -> dict[str, int] | Findings:
    """Return the bytes of each part of a TaskManager's memory, or what is wrong."""
    configuration = Configuration(values)
    try:
        memory = asdict(task_manager_memory(configuration))
        # Flink looks at slots and cores in the same breath.
        ClusterSpecification.from_configuration(configuration)
    except IllegalConfigurationError as error:
        findings = tuple(finding for finding in error.findings if not finding.key.startswith("jobmanager."))
        if findings:
            return Findings(findings)
    return {**memory.pop("flink"), **memory}
