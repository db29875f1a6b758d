"""Memory of a TaskManager process, as Flink derives it.

Mirrors ``TaskExecutorProcessUtils`` and ``TaskExecutorFlinkMemoryUtils``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import illegal
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.memory import process
from flink_session.memory.arithmetic import RangeFraction, fraction_of, multiply, shown
from flink_session.memory.legacy_heap import legacy_heap_interpreted
from flink_session.memory.options import TaskManagerMemoryOptions as Options


@dataclass(frozen=True, slots=True)
class TaskExecutorFlinkMemory:
    """The part of a TaskManager's memory that is Flink's, in bytes."""

    framework_heap: int
    framework_off_heap: int
    task_heap: int
    task_off_heap: int
    network: int
    managed: int

    @property
    def total(self) -> int:
        """``taskmanager.memory.flink.size``."""
        return (
            self.framework_heap
            + self.framework_off_heap
            + self.task_heap
            + self.task_off_heap
            + self.network
            + self.managed
        )

    @property
    def of_tasks(self) -> int:
        """What the JobManager counts against the totals of a cluster: ``WorkerResourceSpec.getTotalMemSize``."""
        return self.task_heap + self.task_off_heap + self.network + self.managed


@dataclass(frozen=True, slots=True)
class TaskManagerMemory:
    """Breakdown of a TaskManager's memory, in bytes."""

    flink: TaskExecutorFlinkMemory
    jvm_metaspace: int
    jvm_overhead: int

    @property
    def jvm_heap(self) -> int:
        """The JVM's ``-Xmx``: framework and task heap."""
        return self.flink.framework_heap + self.flink.task_heap

    @property
    def jvm_direct(self) -> int:
        """The JVM's ``-XX:MaxDirectMemorySize``: framework and task off-heap, and network."""
        return self.flink.framework_off_heap + self.flink.task_off_heap + self.flink.network

    @property
    def total_flink(self) -> int:
        """``taskmanager.memory.flink.size``."""
        return self.flink.total

    @property
    def total_process(self) -> int:
        """``taskmanager.memory.process.size``: what the container must hold."""
        return self.flink.total + self.jvm_metaspace + self.jvm_overhead


def task_manager_memory(configuration: Configuration, version: FlinkVersion) -> TaskManagerMemory:
    """Derive the breakdown from ``taskmanager.memory.*``.

    The first that is set decides: ``task.heap.size`` with ``managed.size``, ``flink.size``, ``process.size``.

    Raises:
        IllegalConfigurationError: none is set, or the sizes do not fit each other.
    """
    with legacy_heap_interpreted(configuration, version, Options.LEGACY_HEAP, Options.PROCESS) as interpreted:
        return _memory(interpreted)


def _memory(configuration: Configuration) -> TaskManagerMemory:
    options = Options.PROCESS
    if configuration.contains(Options.TASK_HEAP) and configuration.contains(Options.MANAGED):
        flink = _from_task_heap_and_managed(configuration)
        jvm = process.from_total_flink(configuration, options, flink.total)
    elif configuration.contains(options.total_flink):
        flink = _from_total_flink(configuration, process.required(configuration, options.total_flink))
        jvm = process.from_total_flink(configuration, options, flink.total)
    elif configuration.contains(options.total_process):
        total_flink, jvm = process.from_total_process(configuration, options)
        flink = _from_total_flink(configuration, total_flink)
    else:
        raise illegal(options.total_process.key, None, "must be set", "set it, for example to 1728m")
    return TaskManagerMemory(flink, jvm.metaspace, jvm.overhead)


def _from_task_heap_and_managed(configuration: Configuration) -> TaskExecutorFlinkMemory:
    task_heap = process.required(configuration, Options.TASK_HEAP)
    managed = process.required(configuration, Options.MANAGED)
    fixed = _fixed_parts(configuration)
    others = sum(fixed) + task_heap + managed
    if configuration.contains(Options.PROCESS.total_flink):
        network = _network_remainder(
            configuration, process.required(configuration, Options.PROCESS.total_flink), others
        )
    else:
        network = _network_range(configuration).of_rest(others)
    return TaskExecutorFlinkMemory(fixed[0], fixed[1], task_heap, fixed[2], network, managed)


def _from_total_flink(configuration: Configuration, total: int) -> TaskExecutorFlinkMemory:
    fixed = _fixed_parts(configuration)
    managed = _managed(configuration, total)
    if configuration.contains(Options.TASK_HEAP):
        task_heap = process.required(configuration, Options.TASK_HEAP)
        network = _network_remainder(configuration, total, sum(fixed) + task_heap + managed)
    else:
        network = _network_range(configuration).of_total(total)
        task_heap = total - sum(fixed) - managed - network
        if task_heap < 0:
            _raise_too_small(configuration, total, sum(fixed) + managed + network)
    return TaskExecutorFlinkMemory(fixed[0], fixed[1], task_heap, fixed[2], network, managed)


def _fixed_parts(configuration: Configuration) -> tuple[int, int, int]:
    """Framework heap, framework off-heap and task off-heap: the parts that are not derived."""
    return (
        configuration.get(Options.FRAMEWORK_HEAP).bytes,
        configuration.get(Options.FRAMEWORK_OFF_HEAP).bytes,
        configuration.get(Options.TASK_OFF_HEAP).bytes,
    )


def _managed(configuration: Configuration, total_flink: int) -> int:
    if configuration.contains(Options.MANAGED):
        return process.required(configuration, Options.MANAGED)
    return multiply(total_flink, fraction_of(configuration, Options.MANAGED_FRACTION))


def _network_range(configuration: Configuration) -> RangeFraction:
    return RangeFraction.of(configuration, Options.NETWORK_MIN, Options.NETWORK_MAX, Options.NETWORK_FRACTION)


def _network_remainder(configuration: Configuration, total_flink: int, others: int) -> int:
    """What the other parts leave is network memory."""
    network = total_flink - others
    if network < 0:
        _raise_too_small(configuration, total_flink, others)
    bounds = _network_range(configuration)
    if not bounds.contains(network):
        wanted = f"from {shown(bounds.minimum)} to {shown(bounds.maximum)}"
        rule = f"must leave network memory {wanted} beside the other sizes, not {shown(network)}"
        fix = f"change it or the total, or set {Options.NETWORK_MIN.key} and {Options.NETWORK_MAX.key}"
        raise configuration.refusal(Options.TASK_HEAP, rule, fix)
    return network


def _raise_too_small(configuration: Configuration, total_flink: int, needed: int) -> NoReturn:
    options = Options.PROCESS
    option = options.total_flink if configuration.contains(options.total_flink) else options.total_process
    rule = f"must leave {shown(needed)} for Flink, not {shown(total_flink)}"
    raise configuration.refusal(option, rule, "raise it, or lower the sizes of its parts")
