"""Options that only the running JobManager reads: the client passes them through, and a wrong one fails much later.

A TaskManager is requested when the first job comes. What is wrong with its options shows then: in the JobManager's
log, again and again, and not to whoever deployed the cluster.
"""

from __future__ import annotations

from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.options import (
    ConfigOption,
    double,
    integer,
    memory_size,
    string_list,
)


class LaterOptions:
    """Named as in Flink's ``ResourceManagerOptions``, ``CoreOptions`` and ``ExternalResourceOptions``."""

    DEFAULT_PARALLELISM = ConfigOption[int]("parallelism.default", integer, 1)
    MIN_SLOT_NUM = ConfigOption[int]("slotmanager.number-of-slots.min", integer, 0)
    MAX_SLOT_NUM = ConfigOption[int]("slotmanager.number-of-slots.max", integer, (1 << 31) - 1)
    MAX_TOTAL_CPU = ConfigOption[float | None]("slotmanager.max-total-resource.cpu", double, None)
    MAX_TOTAL_MEM = ConfigOption[MemorySize | None]("slotmanager.max-total-resource.memory", memory_size, None)
    EXTERNAL_RESOURCE_LIST = ConfigOption[tuple[str, ...]]("external-resources", string_list, ())


TASK_MANAGER_ENVIRONMENT_PREFIX = "containerized.taskmanager.env"
"""``containerized.taskmanager.env.<NAME>`` sets a variable of the TaskManagers' container."""
