"""CPU, memory, slots and parallelism: sizes that Kubernetes refuses, and sizes that no job ever gets."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes.checks.later_options import LaterOptions
from flink_session.kubernetes.checks.reading import explicit, readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.memory.arithmetic import shown
from flink_session.memory.job_manager import job_manager_memory
from flink_session.memory.legacy_heap import reads_legacy_heap
from flink_session.memory.limits import task_manager_limits
from flink_session.memory.options import JobManagerMemoryOptions, TaskManagerMemoryOptions
from flink_session.memory.task_manager import task_manager_memory

_RECOMMENDED_HEAP = 128 << 20
"""``JobManagerOptions.MIN_JVM_HEAP_SIZE``: below it, Flink warns in its log."""

_LIMIT_FACTORS = (Options.JOB_MANAGER_CPU_LIMIT_FACTOR, Options.JOB_MANAGER_MEMORY_LIMIT_FACTOR)
_LATER_LIMIT_FACTORS = (
    Options.TASK_MANAGER_CPU_LIMIT_FACTOR,
    Options.TASK_MANAGER_MEMORY_LIMIT_FACTOR,
)


def check_resources(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find sizes of containers that cannot be, and limits of the cluster that leave no room."""
    configuration = parameters.configuration
    yield from _cpu(configuration)
    yield from _limit_factors(configuration)
    yield from _slots(configuration)
    yield from _heap(parameters)
    yield from _legacy_heap(parameters)
    yield from _capacity(parameters)


def _cpu(configuration: Configuration) -> Iterator[Finding]:
    cores = explicit(configuration, Options.JOB_MANAGER_CPU)
    if cores and not 0.001 <= cores[1] < math.inf:
        rule = "must be greater than 0" if not cores[1] > 0 else "must be a number of cores, 0.001 at least"
        yield configuration.finding(Options.JOB_MANAGER_CPU, rule, "remove it, or give it some cores")
    cores = explicit(configuration, Options.TASK_MANAGER_CPU)
    if cores and cores[1] == math.inf:
        fix = "remove it to get a core for each slot"
        yield configuration.finding(Options.TASK_MANAGER_CPU, "must be a number of cores", fix)
    elif cores and not cores[1] > 0 and cores[1] != Options.TASK_MANAGER_CPU.default:
        rule = "is taken for one core a slot, since it is not greater than 0"
        yield configuration.finding(Options.TASK_MANAGER_CPU, rule, "remove it, or give it some cores", "warning")


def _limit_factors(configuration: Configuration) -> Iterator[Finding]:
    for option in (*_LIMIT_FACTORS, *_LATER_LIMIT_FACTORS):
        factor = explicit(configuration, option)
        if factor is None:
            continue
        if factor[1] == math.inf:
            rule = "must be a number that a limit can be computed from"
            yield configuration.finding(option, rule, "remove it, or correct it")
        elif option in _LATER_LIMIT_FACTORS and not factor[1] >= 1:
            rule = "must be at least 1, or the JobManager fails to start any TaskManager"
            yield configuration.finding(option, rule, "remove it, or raise it")


def _slots(configuration: Configuration) -> Iterator[Finding]:
    option = TaskManagerMemoryOptions.NUM_TASK_SLOTS
    slots = readable(configuration, option)
    if slots is not None and slots < 1 and configuration.contains(TaskManagerMemoryOptions.CPU_CORES):
        yield configuration.finding(option, "must be greater than 0", "remove it, or raise it")


def _heap(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    memory = FindingCollector().attempt(job_manager_memory, parameters.configuration, parameters.flink_version)
    if memory is not None and memory.jvm_heap < _RECOMMENDED_HEAP:
        options = JobManagerMemoryOptions
        sizes = (options.JVM_HEAP, options.PROCESS.total_flink, options.PROCESS.total_process)
        size = next(filter(parameters.configuration.contains, sizes), options.PROCESS.total_process)
        rule = f"leaves a heap of {shown(memory.jvm_heap)}, and Flink advises {shown(_RECOMMENDED_HEAP)} or more"
        yield parameters.configuration.finding(size, rule, "raise it", "warning")


def _legacy_heap(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find the heap sizes of old, which are no sizes of a heap; later versions have none, as the catalogue knows."""
    if not reads_legacy_heap(parameters.flink_version):
        return
    for options in (JobManagerMemoryOptions, TaskManagerMemoryOptions):
        process = options.PROCESS.total_process.key
        for key in (options.LEGACY_HEAP.heap.key, options.LEGACY_HEAP.heap_mb.key):
            if key in parameters.configuration.values:
                beside = process in parameters.configuration.values
                rule = f"has no effect beside {process}" if beside else f"is taken for {process}, and is no heap"
                yield Finding(key, None, rule, "remove it" if beside else f"write {process}", "warning")


def _capacity(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Compare what jobs need with what the cluster may have."""
    configuration = parameters.configuration
    slots = parameters.cluster_specification.slots_per_task_manager
    parallelism = explicit(configuration, LaterOptions.DEFAULT_PARALLELISM)
    if parallelism and parallelism[1] < 1 and parallelism[1] != -1:
        fix = "remove it to get 1, or raise it"
        yield configuration.finding(LaterOptions.DEFAULT_PARALLELISM, "must be at least 1", fix)
    least, most = (readable(configuration, option) for option in (LaterOptions.MIN_SLOT_NUM, LaterOptions.MAX_SLOT_NUM))
    if least is not None and most is not None:
        if least > most:
            rule = f"must be at most {LaterOptions.MAX_SLOT_NUM.key}, {most}"
            yield configuration.finding(LaterOptions.MIN_SLOT_NUM, rule, "lower it, or raise that")
        elif slots > 0 and -(-least // slots) > most // slots:
            rule = f"must leave a whole number of TaskManagers of {slots} slots between it and"
            rule = f"{rule} {LaterOptions.MAX_SLOT_NUM.key}, {most}, or no JobManager starts"
            yield configuration.finding(LaterOptions.MIN_SLOT_NUM, rule, "lower it, or raise that")
        totals = (LaterOptions.MAX_TOTAL_CPU, LaterOptions.MAX_TOTAL_MEM)
        if most < 1 or (most < slots and not all(map(configuration.contains, totals))):
            rule = f"must be at least the {slots} slots of one TaskManager, or none is ever started"
            fix = "raise it, or lower taskmanager.numberOfTaskSlots"
            yield configuration.finding(LaterOptions.MAX_SLOT_NUM, rule, fix)
        elif parallelism and parallelism[1] > most:
            rule = f"is more than the {most} slots of {LaterOptions.MAX_SLOT_NUM.key}, so jobs wait for ever"
            yield configuration.finding(LaterOptions.DEFAULT_PARALLELISM, rule, "lower it, or raise that", "warning")
    yield from _total_resources(parameters)
    yield from _least_and_most(parameters)


def _total_resources(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    memory = explicit(parameters.configuration, LaterOptions.MAX_TOTAL_MEM)
    sizes = FindingCollector().attempt(task_manager_memory, parameters.configuration, parameters.flink_version)
    if memory and sizes and memory[1].bytes < sizes.flink.of_tasks:
        rule = (
            f"must be at least {shown(sizes.flink.of_tasks)}, a TaskManager's memory of tasks, or none is ever started"
        )
        yield parameters.configuration.finding(LaterOptions.MAX_TOTAL_MEM, rule, "raise it, or lower that")
    cpu = explicit(parameters.configuration, LaterOptions.MAX_TOTAL_CPU)
    cores = task_manager_cores(parameters)
    if cpu and cpu[1] < cores:
        rule = f"must be at least {cores:g}, the cores of one TaskManager, or none is ever started"
        yield parameters.configuration.finding(LaterOptions.MAX_TOTAL_CPU, rule, "raise it, or lower those")


def _least_and_most(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find what the JobManager ends with at its start: limits between which no number of TaskManagers is."""
    configuration, slots = parameters.configuration, parameters.cluster_specification.slots_per_task_manager
    for option in (LaterOptions.MIN_SLOT_NUM, LaterOptions.REDUNDANT_TASK_MANAGER_NUM):
        number = readable(configuration, option)
        if number is not None and number < 0:
            yield configuration.finding(
                option, "must not be below 0, or no JobManager starts", "remove it, or raise it"
            )
            return
    collector = FindingCollector()
    sizes = collector.attempt(task_manager_memory, configuration, parameters.flink_version)
    if sizes is None or slots < 1:
        return
    limits = collector.attempt(
        lambda: tuple(task_manager_limits(configuration, task_manager_cores(parameters), sizes.flink.of_tasks, slots))
    )
    for limit in limits or ():
        of_slots = (limit.least_option, limit.most_option) == (LaterOptions.MIN_SLOT_NUM, LaterOptions.MAX_SLOT_NUM)
        if limit.most and limit.least > limit.most and not of_slots:
            rule = (
                f"must leave a whole number of TaskManagers: {limit.least} at least, and {limit.most} at most by"
                f" {limit.most_option.key}, or no JobManager starts"
            )
            yield configuration.finding(limit.least_option, rule, "lower it, or raise that")


def task_manager_cores(parameters: KubernetesJobManagerParameters) -> float:
    """Return the cores that each TaskManager asks for, as ``KubernetesWorkerResourceSpecFactory`` finds them."""
    options: tuple[ConfigOption[float | None], ...] = (TaskManagerMemoryOptions.CPU_CORES, Options.TASK_MANAGER_CPU)
    for cores in (readable(parameters.configuration, option) for option in options):
        if cores is not None and cores > 0:
            return cores
    return parameters.cluster_specification.slots_per_task_manager
