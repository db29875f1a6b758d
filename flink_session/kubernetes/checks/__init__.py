"""What Flink's client accepts and a running cluster then suffers from: found before anything is created.

These findings are ours, not Flink's; :class:`~flink_session.kubernetes.cluster_descriptor.KubernetesClusterDescriptor`
knows nothing of them and stays as lenient as Flink. Each module has one concern, and knows no other.
"""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.files.config_yaml import prefix_collisions
from flink_session.configuration.findings import Finding
from flink_session.kubernetes.checks.environment import check_environment
from flink_session.kubernetes.checks.files import check_files
from flink_session.kubernetes.checks.high_availability import check_high_availability, check_standby
from flink_session.kubernetes.checks.implementations import (
    check_external_resources,
    check_file_systems,
    check_plugins,
    check_reporters,
)
from flink_session.kubernetes.checks.lists_of_maps import check_lists_of_maps
from flink_session.kubernetes.checks.metadata import check_metadata
from flink_session.kubernetes.checks.names import check_names
from flink_session.kubernetes.checks.options import (
    check_client_settings,
    check_later_options,
    find_faulty_options,
)
from flink_session.kubernetes.checks.pod_template import check_pod_templates
from flink_session.kubernetes.checks.ports import check_ports
from flink_session.kubernetes.checks.resources import check_resources
from flink_session.kubernetes.checks.secrets import check_secrets
from flink_session.kubernetes.checks.start_scripts import check_start_scripts
from flink_session.kubernetes.checks.volumes import check_volumes
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

__all__ = ["check_standby", "find_faulty_options", "find_faulty_values", "find_hazards"]

_OF_WHAT_IS_THERE = (
    check_names,
    check_metadata,
    check_secrets,
    check_client_settings,
    check_lists_of_maps,
    check_later_options,
)
"""Checks to which nothing is wrong because another option is not set."""
_CHECKS = (
    check_names,
    check_ports,
    check_resources,
    check_environment,
    check_volumes,
    check_files,
    check_metadata,
    check_high_availability,
    check_file_systems,
    check_external_resources,
    check_plugins,
    check_reporters,
    check_secrets,
    check_client_settings,
    check_lists_of_maps,
    check_later_options,
    check_pod_templates,
    check_start_scripts,
)


def find_faulty_values(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find those of the hazards that are there whatever else the configuration will hold."""
    for check in _OF_WHAT_IS_THERE:
        yield from check(parameters)


def find_hazards(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find all that Flink's client does not check; what is illegal to Flink already is left to it."""
    for check in _CHECKS:
        yield from check(parameters)
    if parameters.configuration.standard_yaml:
        yield from prefix_collisions(parameters.configuration.values)
