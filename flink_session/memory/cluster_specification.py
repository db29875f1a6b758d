"""The size of a cluster: all that a deployment needs to know of the memory model."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import FindingCollector, illegal
from flink_session.memory.job_manager import job_manager_memory
from flink_session.memory.options import TaskManagerMemoryOptions
from flink_session.memory.task_manager import task_manager_memory


@dataclass(frozen=True, slots=True)
class ClusterSpecification:
    """Memory in MiB, rounded down, and slots. Mirrors ``org.apache.flink.client.deployment.ClusterSpecification``."""

    master_memory_mb: int
    task_manager_memory_mb: int
    slots_per_task_manager: int

    @classmethod
    def from_configuration(cls, configuration: Configuration) -> ClusterSpecification:
        """Derive it as ``AbstractContainerizedClusterClientFactory`` does.

        Raises:
            IllegalConfigurationError: the memory of a role cannot be derived; the findings of both roles together.
        """
        collector = FindingCollector()
        job_manager = collector.attempt(job_manager_memory, configuration)
        task_manager = collector.attempt(task_manager_memory, configuration)
        slots = collector.attempt(_slots, configuration)
        collector.attempt(_task_manager_cpu, configuration)
        collector.raise_errors()
        assert job_manager is not None  # noqa: S101 - else there was an error
        assert task_manager is not None  # noqa: S101
        assert slots is not None  # noqa: S101
        return cls(job_manager.total_process >> 20, task_manager.total_process >> 20, slots)


def _slots(configuration: Configuration) -> int:
    option = TaskManagerMemoryOptions.NUM_TASK_SLOTS
    slots = configuration.get(option)
    if slots < 1:
        raise illegal(configuration.key_of(option) or option.key, slots, "must be at least 1", "remove it, or raise it")
    return slots


def _task_manager_cpu(configuration: Configuration) -> None:
    option = TaskManagerMemoryOptions.CPU_CORES
    cores = configuration.get(option)
    if cores is not None and cores <= 0:
        raise illegal(option.key, cores, "must be greater than 0", "remove it, or raise it")
