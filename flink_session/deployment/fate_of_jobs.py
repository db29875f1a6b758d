"""What the arguments mean to the jobs of a session, where that is no matter of one Flink option: for its preview."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.findings import Finding
from flink_session.deployment.session_cluster_options import SessionClusterOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.high_availability import keeps_leaders_in_config_maps
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters


def find_losses_of_jobs(
    options: SessionClusterOptions, parameters: KubernetesJobManagerParameters
) -> Iterator[Finding]:
    """Find arguments that lose jobs, and such as have nothing to keep or to delete."""
    if options.suspended and not parameters.high_availability.is_active:
        rule = "loses all jobs that run, since without high availability nobody knows of them afterwards"
        yield Finding("suspended", True, rule, "stop them with a savepoint first, or set high_availability", "warning")
    if options.ha_data == "delete" and not keeps_leaders_in_config_maps(parameters.configuration):
        rule = "must be keep where no high availability keeps its data in ConfigMaps"
        yield Finding("ha_data", options.ha_data, rule, "set high_availability, or leave ha_data out")


def notices_on_jobs(options: SessionClusterOptions, parameters: KubernetesJobManagerParameters) -> Iterator[str]:
    """Say what becomes of jobs that high availability knows of."""
    if not parameters.high_availability.is_active:
        return
    if options.suspended:
        yield "suspended: there is no JobManager; jobs go on from their last checkpoint when it is false again."
    if not keeps_leaders_in_config_maps(parameters.configuration):
        return
    own = constants.high_availability_config_map_name(parameters.cluster_id)
    if options.ha_data == "delete":
        yield (
            f"ha_data is delete: when the cluster is destroyed, the ConfigMap {own} and those of its jobs are deleted, "
            "and no cluster can go on with these jobs; their files in storage stay."
        )
    else:
        yield (
            f"ha_data is keep: when the cluster is destroyed, the ConfigMap {own} and those of its jobs stay, and a "
            "new cluster of that id goes on with these jobs."
        )
