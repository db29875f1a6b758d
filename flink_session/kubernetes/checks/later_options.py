"""Options that only the running JobManager reads: the client passes them through, and a wrong one fails much later.

A TaskManager is requested when the first job comes. What is wrong with its options shows then: in the JobManager's
log, again and again, and not to whoever deployed the cluster.
"""

from __future__ import annotations

from flink_session.configuration.core_options import CheckpointingOptions, ResourceManagerOptions
from flink_session.configuration.options import ConfigOption, integer, string_list, to_text


class LaterOptions:
    """Named as in Flink's ``ResourceManagerOptions``, ``CoreOptions`` and ``ExternalResourceOptions``."""

    DEFAULT_PARALLELISM = ConfigOption[int]("parallelism.default", integer, 1)
    MIN_SLOT_NUM = ResourceManagerOptions.MIN_SLOT_NUM
    MAX_SLOT_NUM = ResourceManagerOptions.MAX_SLOT_NUM
    MIN_TOTAL_CPU = ResourceManagerOptions.MIN_TOTAL_CPU
    MIN_TOTAL_MEM = ResourceManagerOptions.MIN_TOTAL_MEM
    MAX_TOTAL_CPU = ResourceManagerOptions.MAX_TOTAL_CPU
    MAX_TOTAL_MEM = ResourceManagerOptions.MAX_TOTAL_MEM
    REDUNDANT_TASK_MANAGER_NUM = ResourceManagerOptions.REDUNDANT_TASK_MANAGER_NUM
    TASK_MANAGER_TIMEOUT = ResourceManagerOptions.TASK_MANAGER_TIMEOUT
    EXTERNAL_RESOURCE_LIST = ConfigOption[tuple[str, ...]]("external-resources", string_list, ())


class StorageOptions:
    """Folders that Flink's own file systems know, and their default; named as in the classes that declare them."""

    DEFAULT_FILESYSTEM_SCHEME = ConfigOption[str | None]("fs.default-scheme", to_text, None)
    CHECKPOINTS_DIRECTORY = CheckpointingOptions.CHECKPOINTS_DIRECTORY
    SAVEPOINT_DIRECTORY = CheckpointingOptions.SAVEPOINT_DIRECTORY
    CHANGELOG_BASE_PATH = ConfigOption[str | None](
        "state.changelog.dstl.dfs.base-path", to_text, None, deprecated_keys=("dstl.dfs.base-path",)
    )
    FORST_PRIMARY_DIRECTORY = ConfigOption[str | None]("state.backend.forst.primary-dir", to_text, "checkpoint-dir")
    HYBRID_SHUFFLE_REMOTE_PATH = ConfigOption[str | None](
        "taskmanager.network.hybrid-shuffle.remote.path", to_text, None
    )
    ARCHIVE_DIR = ConfigOption[str | None]("jobmanager.archive.fs.dir", to_text, None)
    JOB_RESULT_STORE_PATH = ConfigOption[str | None]("job-result-store.storage-path", to_text, None)
    APPLICATION_RESULT_STORE_PATH = ConfigOption[str | None]("application-result-store.storage-path", to_text, None)


TASK_MANAGER_ENVIRONMENT_PREFIX = "containerized.taskmanager.env"
"""``containerized.taskmanager.env.<NAME>`` sets a variable of the TaskManagers' container."""
