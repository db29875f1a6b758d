"""What a session takes and may take of its Kubernetes cluster, in figures for quotas, budgets and dashboards.

Spare TaskManagers are there while no job runs, as in ``DefaultResourceAllocationStrategy``; the other limits are in
:mod:`flink_session.memory.limits`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from flink_session.configuration.core_options import ResourceManagerOptions
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.memory.job_manager import JobManagerMemory
from flink_session.memory.limits import task_manager_limits
from flink_session.memory.options import TaskManagerMemoryOptions
from flink_session.memory.task_manager import TaskManagerMemory

Sizes: TypeAlias = dict[str, Any]
"""Plain JSON, with names in camelCase."""


def session_sizes(
    parameters: KubernetesJobManagerParameters, job_manager: JobManagerMemory, task_manager: TaskManagerMemory
) -> Sizes:
    """Return the sizes of both roles' main containers, and the least and the most that the session asks for.

    CPU is in cores, memory in MiB, the parts of a process's memory in bytes. ``most`` is not there where nothing
    limits the number of TaskManagers. What other containers of a pod template ask for is not counted.
    """
    configuration, sizes = parameters.configuration, parameters.cluster_specification
    cores = _task_manager_cores(parameters)
    master = {
        "pods": parameters.replicas,
        **_container(
            parameters.job_manager_cpu,
            sizes.master_memory_mb,
            parameters.job_manager_cpu_limit_factor,
            parameters.job_manager_memory_limit_factor,
        ),
        "breakdown": {
            "jvmHeap": job_manager.jvm_heap,
            "offHeap": job_manager.off_heap,
            "jvmMetaspace": job_manager.jvm_metaspace,
            "jvmOverhead": job_manager.jvm_overhead,
        },
    }
    flink = task_manager.flink
    worker = {
        "slots": sizes.slots_per_task_manager,
        **_container(
            cores,
            sizes.task_manager_memory_mb,
            configuration.get(Options.TASK_MANAGER_CPU_LIMIT_FACTOR),
            configuration.get(Options.TASK_MANAGER_MEMORY_LIMIT_FACTOR),
        ),
        "breakdown": {
            "frameworkHeap": flink.framework_heap,
            "taskHeap": flink.task_heap,
            "managed": flink.managed,
            "frameworkOffHeap": flink.framework_off_heap,
            "taskOffHeap": flink.task_off_heap,
            "network": flink.network,
            "jvmMetaspace": task_manager.jvm_metaspace,
            "jvmOverhead": task_manager.jvm_overhead,
        },
    }
    limits = tuple(task_manager_limits(configuration, cores, flink.of_tasks, sizes.slots_per_task_manager))
    spare = configuration.get(ResourceManagerOptions.REDUNDANT_TASK_MANAGER_NUM)
    least = max(spare, *(limit.least for limit in limits))
    most = min((limit.most for limit in limits if limit.most is not None), default=None)
    result: Sizes = {"jobManager": master, "taskManager": worker, "least": _sum(master, worker, least)}
    return result if most is None else {**result, "most": _sum(master, worker, most)}


def _container(cpu: float, memory: int, cpu_factor: float, memory_factor: float) -> Sizes:
    return {
        "cpu": cpu,
        "cpuLimit": round(cpu * cpu_factor, 6),
        "memoryMiB": memory,
        "memoryLimitMiB": int(memory * memory_factor),
    }


def _sum(master: Sizes, worker: Sizes, count: int) -> Sizes:
    """Add up the requests of all JobManagers and so many TaskManagers."""
    return {
        "taskManagers": count,
        "slots": count * worker["slots"],
        "cpu": round(master["pods"] * master["cpu"] + count * worker["cpu"], 6),
        "memoryMiB": master["pods"] * master["memoryMiB"] + count * worker["memoryMiB"],
    }


def _task_manager_cores(parameters: KubernetesJobManagerParameters) -> float:
    """Return the cores of a TaskManager, as ``KubernetesWorkerResourceSpecFactory`` finds them."""
    configuration = parameters.configuration
    for cores in (configuration.get(TaskManagerMemoryOptions.CPU_CORES), configuration.get(Options.TASK_MANAGER_CPU)):
        if cores is not None and cores > 0:
            return cores
    return float(parameters.cluster_specification.slots_per_task_manager)
