"""The options of Flink's memory model. Sizes in Flink's spelling; fractions are of single precision."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.configuration.memory_size import MAX_BYTES, MemorySize
from flink_session.configuration.options import ConfigOption, double, integer, memory_size, single

_MIB = 1 << 20


def _size(key: str, mebibytes: int, *deprecated: str) -> ConfigOption[MemorySize]:
    return ConfigOption(key, memory_size, MemorySize(mebibytes * _MIB), deprecated_keys=deprecated)


def _size_without_default(key: str, *deprecated: str) -> ConfigOption[MemorySize | None]:
    return ConfigOption[MemorySize | None](key, memory_size, None, deprecated_keys=deprecated)


def _fraction(key: str, default: float, *deprecated: str) -> ConfigOption[float]:
    return ConfigOption(key, single, single(default), deprecated_keys=deprecated)


@dataclass(frozen=True)
class LegacyHeapOptions:
    """What Flink before 2.0 takes for ``process.size`` where that is not set. Mirrors ``LegacyMemoryOptions``."""

    heap: ConfigOption[MemorySize | None]
    heap_mb: ConfigOption[int | None]

    @classmethod
    def of_role(cls, role: str) -> LegacyHeapOptions:
        """Make the options of ``jobmanager`` or ``taskmanager``."""
        return cls(_size_without_default(f"{role}.heap.size"), ConfigOption(f"{role}.heap.mb", integer, None))


@dataclass(frozen=True)
class ProcessMemoryOptions:
    """The options that both roles have, under their own prefix. Mirrors Flink's class of this name."""

    total_process: ConfigOption[MemorySize | None]
    total_flink: ConfigOption[MemorySize | None]
    jvm_metaspace: ConfigOption[MemorySize]
    jvm_overhead_min: ConfigOption[MemorySize]
    jvm_overhead_max: ConfigOption[MemorySize]
    jvm_overhead_fraction: ConfigOption[float]

    @classmethod
    def of_role(cls, prefix: str) -> ProcessMemoryOptions:
        """Make the options of ``jobmanager.memory`` or ``taskmanager.memory``."""
        return cls(
            total_process=_size_without_default(f"{prefix}.process.size"),
            total_flink=_size_without_default(f"{prefix}.flink.size"),
            jvm_metaspace=_size(f"{prefix}.jvm-metaspace.size", 256),
            jvm_overhead_min=_size(f"{prefix}.jvm-overhead.min", 192),
            jvm_overhead_max=_size(f"{prefix}.jvm-overhead.max", 1024),
            jvm_overhead_fraction=_fraction(f"{prefix}.jvm-overhead.fraction", 0.1),
        )


class JobManagerMemoryOptions:
    """``jobmanager.memory.*``."""

    PROCESS = ProcessMemoryOptions.of_role("jobmanager.memory")
    LEGACY_HEAP = LegacyHeapOptions.of_role("jobmanager")
    JVM_HEAP = _size_without_default("jobmanager.memory.heap.size")
    OFF_HEAP = _size("jobmanager.memory.off-heap.size", 128)


class TaskManagerMemoryOptions:
    """``taskmanager.memory.*``, and what else describes the size of a TaskManager."""

    PROCESS = ProcessMemoryOptions.of_role("taskmanager.memory")
    LEGACY_HEAP = LegacyHeapOptions.of_role("taskmanager")
    FRAMEWORK_HEAP = _size("taskmanager.memory.framework.heap.size", 128)
    FRAMEWORK_OFF_HEAP = _size("taskmanager.memory.framework.off-heap.size", 128)
    TASK_HEAP = _size_without_default("taskmanager.memory.task.heap.size")
    TASK_OFF_HEAP = _size("taskmanager.memory.task.off-heap.size", 0)
    MANAGED = _size_without_default("taskmanager.memory.managed.size", "taskmanager.memory.size")
    MANAGED_FRACTION = _fraction("taskmanager.memory.managed.fraction", 0.4)
    NETWORK_MIN = _size("taskmanager.memory.network.min", 64, "taskmanager.network.memory.min")
    NETWORK_MAX = ConfigOption[MemorySize](
        "taskmanager.memory.network.max",
        memory_size,
        MemorySize(MAX_BYTES),
        deprecated_keys=("taskmanager.network.memory.max",),
    )
    NETWORK_FRACTION = _fraction("taskmanager.memory.network.fraction", 0.1, "taskmanager.network.memory.fraction")
    NUM_TASK_SLOTS = ConfigOption[int]("taskmanager.numberOfTaskSlots", integer, 1)
    CPU_CORES = ConfigOption[float | None]("taskmanager.cpu.cores", double, None)
