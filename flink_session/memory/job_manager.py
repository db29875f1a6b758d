"""Memory of the JobManager process, as Flink derives it. Mirrors ``JobManagerProcessUtils``."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import illegal
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.memory import process
from flink_session.memory.arithmetic import shown
from flink_session.memory.legacy_heap import legacy_heap_interpreted
from flink_session.memory.options import JobManagerMemoryOptions as Options


@dataclass(frozen=True, slots=True)
class JobManagerMemory:
    """Breakdown of a JobManager's memory, in bytes."""

    jvm_heap: int
    off_heap: int
    jvm_metaspace: int
    jvm_overhead: int

    @property
    def total_flink(self) -> int:
        """``jobmanager.memory.flink.size``: heap and off-heap."""
        return self.jvm_heap + self.off_heap

    @property
    def total_process(self) -> int:
        """``jobmanager.memory.process.size``: what the container must hold."""
        return self.total_flink + self.jvm_metaspace + self.jvm_overhead


def job_manager_memory(configuration: Configuration, version: FlinkVersion) -> JobManagerMemory:
    """Derive the breakdown from ``jobmanager.memory.*``.

    The first of ``heap.size``, ``flink.size`` and ``process.size`` that is set decides.

    Raises:
        IllegalConfigurationError: none is set, or the sizes do not fit each other.
    """
    with legacy_heap_interpreted(configuration, version, Options.LEGACY_HEAP, Options.PROCESS) as interpreted:
        return _memory(interpreted)


def _memory(configuration: Configuration) -> JobManagerMemory:
    options = Options.PROCESS
    if configuration.contains(Options.JVM_HEAP):
        heap, off_heap = _from_heap(configuration)
        jvm = process.from_total_flink(configuration, options, heap + off_heap)
    elif configuration.contains(options.total_flink):
        heap, off_heap = _from_total_flink(configuration, process.required(configuration, options.total_flink))
        jvm = process.from_total_flink(configuration, options, heap + off_heap)
    elif configuration.contains(options.total_process):
        total_flink, jvm = process.from_total_process(configuration, options)
        heap, off_heap = _from_total_flink(configuration, total_flink)
    else:
        raise illegal(options.total_process.key, None, "must be set", "set it, for example to 1600m")
    return JobManagerMemory(heap, off_heap, jvm.metaspace, jvm.overhead)


def _from_heap(configuration: Configuration) -> tuple[int, int]:
    heap = process.required(configuration, Options.JVM_HEAP)
    off_heap = configuration.get(Options.OFF_HEAP).bytes
    if not configuration.contains(Options.PROCESS.total_flink):
        return heap, off_heap
    total = process.required(configuration, Options.PROCESS.total_flink)
    if not configuration.contains(Options.OFF_HEAP):
        off_heap = total - heap
    if off_heap < 0 or heap + off_heap != total:
        rule = f"must be the sum of heap ({shown(heap)}) and off-heap memory"
        raise configuration.refusal(Options.PROCESS.total_flink, rule, "remove it, or make the sizes agree")
    return heap, off_heap


def _from_total_flink(configuration: Configuration, total: int) -> tuple[int, int]:
    off_heap = configuration.get(Options.OFF_HEAP).bytes
    if total <= off_heap:
        options = Options.PROCESS
        option = options.total_flink if configuration.contains(options.total_flink) else options.total_process
        rule = f"must leave more than {shown(off_heap)}, the off-heap memory, for Flink, not {shown(total)}"
        raise configuration.refusal(option, rule, f"raise it, or lower {Options.OFF_HEAP.key}")
    return total - off_heap, off_heap
