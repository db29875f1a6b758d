"""Flink's memory model: what a size in the configuration means for heap, network, managed memory and the container."""

from flink_session.memory.cluster_specification import ClusterSpecification
from flink_session.memory.job_manager import JobManagerMemory, job_manager_memory
from flink_session.memory.task_manager import TaskExecutorFlinkMemory, TaskManagerMemory, task_manager_memory

__all__ = [
    "ClusterSpecification",
    "JobManagerMemory",
    "TaskExecutorFlinkMemory",
    "TaskManagerMemory",
    "job_manager_memory",
    "task_manager_memory",
]
