"""``state_storage``: one URL for checkpoints, savepoints and what high availability stores.

Each session has a folder of its own below it, by namespace and cluster id, so that all sessions may be given the same
URL: high availability removes the whole folder of a cluster id when it cleans up.
"""

from __future__ import annotations

import re

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import CheckpointingOptions, HighAvailabilityOptions
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.deployment.session_cluster_options import SessionClusterOptions
from flink_session.kubernetes.high_availability import HighAvailabilityMode

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s?#]+|file:/[^\s?#]*")


def state_directories(
    options: SessionClusterOptions, configuration: Configuration, collector: FindingCollector
) -> dict[str, str]:
    """Return the options of the folders that nobody has named."""
    url = (options.state_storage or "").rstrip("/")
    if not _URL.fullmatch(url):
        rule = "must be the URL of a folder that all pods reach"
        collector.add(
            (Finding("state_storage", options.state_storage, rule, "write it as s3://bucket/flink or file:///state"),)
        )
        return {}
    folders = {
        CheckpointingOptions.CHECKPOINTS_DIRECTORY: "checkpoints",
        CheckpointingOptions.SAVEPOINT_DIRECTORY: "savepoints",
    }
    if HighAvailabilityMode.of(configuration).is_active:
        folders[HighAvailabilityOptions.HA_STORAGE_PATH] = "ha"
    own = f"{url}/{options.namespace}/{options.cluster_id}"
    return {option.key: f"{own}/{name}" for option, name in folders.items() if not configuration.contains(option)}
