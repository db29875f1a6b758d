"""Options and variables that a script in the pod reads, and that do not arrive as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.findings import Finding
from flink_session.kubernetes.checks.start_scripts.entrypoint_args import check_entrypoint_args
from flink_session.kubernetes.checks.start_scripts.java_options import check_java_options
from flink_session.kubernetes.checks.start_scripts.jvm_memory import check_jvm_memory
from flink_session.kubernetes.checks.start_scripts.literal_references import check_literal_references
from flink_session.kubernetes.checks.start_scripts.plain_options import check_plain_options
from flink_session.kubernetes.checks.start_scripts.roles import roles
from flink_session.kubernetes.checks.start_scripts.variables import check_variables
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

__all__ = ["check_start_scripts"]


def check_start_scripts(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find what the scripts change, lose, or run as a command."""
    for role in roles(parameters):
        yield from check_java_options(role)
        yield from check_jvm_memory(role)
        yield from check_plain_options(role)
        yield from check_variables(role)
        yield from check_entrypoint_args(role)
    yield from check_literal_references(parameters)
