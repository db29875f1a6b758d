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
    map_list,
    memory_size,
    string_list,
    string_map,
    to_text,
)

_NO_MAP: dict[str, str] = {}


def _map(key: str) -> ConfigOption[dict[str, str]]:
    return ConfigOption(key, string_map, _NO_MAP)


def _text(key: str) -> ConfigOption[str | None]:
    return ConfigOption[str | None](key, to_text, None)


class LaterOptions:
    """Named as in Flink's ``KubernetesConfigOptions``, ``ResourceManagerOptions`` and ``CoreOptions``."""

    TASK_MANAGER_CPU_LIMIT_FACTOR = ConfigOption("kubernetes.taskmanager.cpu.limit-factor", double, 1.0)
    TASK_MANAGER_MEMORY_LIMIT_FACTOR = ConfigOption("kubernetes.taskmanager.memory.limit-factor", double, 1.0)
    TASK_MANAGER_LABELS = _map("kubernetes.taskmanager.labels")
    TASK_MANAGER_ANNOTATIONS = _map("kubernetes.taskmanager.annotations")
    TASK_MANAGER_NODE_SELECTOR = _map("kubernetes.taskmanager.node-selector")
    TASK_MANAGER_TOLERATIONS = ConfigOption[tuple[dict[str, str], ...]](
        "kubernetes.taskmanager.tolerations", map_list, ()
    )
    TASK_MANAGER_ENTRYPOINT_ARGS = _text("kubernetes.taskmanager.entrypoint.args")
    NODE_NAME_LABEL = _text("kubernetes.node-name-label")

    DEFAULT_PARALLELISM = ConfigOption[int]("parallelism.default", integer, 1)
    MIN_SLOT_NUM = ConfigOption[int]("slotmanager.number-of-slots.min", integer, 0)
    MAX_SLOT_NUM = ConfigOption[int]("slotmanager.number-of-slots.max", integer, (1 << 31) - 1)
    MAX_TOTAL_CPU = ConfigOption[float | None]("slotmanager.max-total-resource.cpu", double, None)
    MAX_TOTAL_MEM = ConfigOption[MemorySize | None]("slotmanager.max-total-resource.memory", memory_size, None)
    EXTERNAL_RESOURCE_LIST = ConfigOption[tuple[str, ...]]("external-resources", string_list, ())


TASK_MANAGER_ENVIRONMENT_PREFIX = "containerized.taskmanager.env"
"""``containerized.taskmanager.env.<NAME>`` sets a variable of the TaskManagers' container."""
