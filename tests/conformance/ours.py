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
    load_configuration,
)
from flink_session.configuration.files.flink_conf import load_flink_conf
from flink_session.deployment.client_run import ClientRun, effective_configuration, run_client
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.memory import ClusterSpecification, job_manager_memory, task_manager_memory
from tests.conformance.cases import Built, Case, configuration_file


@dataclass(frozen=True)
class Findings:
    """What our core says instead of building."""

    errors: tuple[Finding, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def build(case: Case, version: str) -> Built | Findings:
    """Return what our core builds for a case, or its findings."""
    try:
        run = _run(case, FlinkVersion.parse(version))
    except IllegalConfigurationError as error:
        return Findings(error.findings)
    if run.refusals:
        return Findings(run.refusals)
    objects = [dict(item) for item in run.objects]
    return Built(objects, read_configuration(*reversed(configuration_file(objects))))


def findings(case: Case, version: str) -> tuple[Finding, ...]:
    """Return what our core has to say of what Flink builds; errors among it stop the component, and ``--strict``."""
    return _run(case, FlinkVersion.parse(version)).findings


def read_configuration(content: str | bytes, name: str = "config.yaml") -> dict[str, Any] | None:
    """Return keys and values that our reader finds in a configuration file; ``None`` where it refuses the file."""
    try:
        return dict((load_flink_conf if name == "flink-conf.yaml" else load_config_yaml)(content).values)
    except IllegalConfigurationError:
        return None


def _run(case: Case, version: FlinkVersion) -> ClientRun:
    base = load_configuration(case.conf_dir, version).with_value("$internal.deployment.config-dir", "/conf")
    configuration = effective_configuration(base, case.dynamic_properties)
    by_path = {path: text.encode() for path, text in case.files.items()}
    files = ClientFiles(case.conf_dir, by_path, _hadoop_configuration(case))
    return run_client(configuration, version, files)


def _hadoop_configuration(case: Case) -> dict[str, str]:
    """Return the files of the folder that Flink would look into, as its environment says."""
    home = case.environment.get("HADOOP_HOME")
    folders = [case.environment.get("HADOOP_CONF_DIR"), *(f"{home}/{name}" for name in ("etc/hadoop", "conf") if home)]
    there = [folder for folder in folders if folder and any(path.startswith(f"{folder}/") for path in case.files)]
    prefix = f"{there[0]}/" if there else "\0"
    return {path.removeprefix(prefix): text for path, text in case.files.items() if path.startswith(prefix)}


def job_manager_parts(values: Mapping[str, str], version: str) -> dict[str, int] | Findings:
    """Return the bytes of each part of the JobManager's memory, or what is wrong."""
    try:
        return asdict(job_manager_memory(Configuration(values), _release(version)))
    except IllegalConfigurationError as error:
        return Findings(error.findings)


def task_manager_parts(values: Mapping[str, str], version: str) -> dict[str, int] | Findings:
    """Return the bytes of each part of a TaskManager's memory, or what is wrong."""
    configuration = Configuration(values)
    try:
        memory = asdict(task_manager_memory(configuration, _release(version)))
        # Flink looks at slots and cores in the same breath.
        ClusterSpecification.from_configuration(configuration, _release(version))
    except IllegalConfigurationError as error:
        findings = tuple(finding for finding in error.findings if not finding.key.startswith("jobmanager."))
        if findings:
            return Findings(findings)
    return {**memory.pop("flink"), **memory}


def _release(version: str) -> FlinkVersion:
    """Take a release as it is: the memory model needs no more than the number."""
    series, _, patch = version.rpartition(".")
    return FlinkVersion(series, int(patch))
