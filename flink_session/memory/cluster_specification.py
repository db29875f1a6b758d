"""The size of a cluster: all that a deployment needs to know of the memory model."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import FindingCollector, illegal
from flink_session.configuration.flink_version import FlinkVersion
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
    def from_configuration(cls, configuration: Configuration, version: FlinkVersion) -> ClusterSpecification:
        """Derive it as ``AbstractContainerizedClusterClientFactory`` does.

        Raises:
            IllegalConfigurationError: the memory of a role cannot be derived; the findings of both roles together.
        """
        collector = FindingCollector()
        job_manager = collector.attempt(job_manager_memory, configuration, version)
        task_manager = collector.attempt(task_manager_memory, configuration, version)
        slots = collector.attempt(configuration.get, TaskManagerMemoryOptions.NUM_TASK_SLOTS)
        collector.attempt(_check_task_manager_cpu, configuration)
        collector.raise_errors()
        assert job_manager is not None  # noqa: S101 - else there was an error
        assert task_manager is not None  # noqa: S101
        assert slots is not None  # noqa: S101
        return cls(job_manager.total_process >> 20, task_manager.total_process >> 20, slots)


def _check_task_manager_cpu(configuration: Configuration) -> None:
    """Check the cores of a TaskManager, which are its slots where they are not set."""
    option = TaskManagerMemoryOptions.CPU_CORES
    key = option.key if configuration.contains(option) else TaskManagerMemoryOptions.NUM_TASK_SLOTS.key
    cores = configuration.get(option)
    if cores is None:
        cores = configuration.get(TaskManagerMemoryOptions.NUM_TASK_SLOTS)
    if not 0 < cores < float("inf"):
        rule = "must be greater than 0, and finite" if cores > 0 else "must be greater than 0"
        raise illegal(key, configuration.values[key], rule, "remove it, or correct it")
