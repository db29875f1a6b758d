"""Sizes to derive the memory of both roles from: every way to configure it, at its edges."""

from __future__ import annotations

from collections.abc import Iterator

_JOB_MANAGER: tuple[dict[str, str], ...] = (
    {},
    *(
        {"process.size": size}
        for size in (
            "1600m",
            "2000m",
            "4g",
            "20g",
            "500m",
            "600m",
            "640m",
            "1600",
            "1.5g",
            "1677721599b",
            "1g",
            "0",
            "448m",
        )
    ),
    *({"flink.size": size} for size in ("1024m", "8g", "128m", "129m", "100m")),
    *({"heap.size": size} for size in ("1024m", "1", "64m", "16g")),
    {"heap.size": "1024m", "flink.size": "1280m"},
    {"heap.size": "1024m", "flink.size": "1000m"},
    {"heap.size": "1024m", "flink.size": "1280m", "off-heap.size": "256m"},
    {"heap.size": "1024m", "flink.size": "1280m", "off-heap.size": "128m"},
    {"heap.size": "1g", "process.size": "2g"},
    {"flink.size": "1g", "process.size": "1600m"},
    {"flink.size": "1g", "process.size": "3g"},
    {"flink.size": "1g", "process.size": "1g"},
    {"process.size": "4g", "jvm-overhead.fraction": "0.3", "jvm-overhead.max": "3g"},
    {"process.size": "4g", "jvm-overhead.min": "2g", "jvm-overhead.max": "1g"},
    {"process.size": "4g", "jvm-overhead.fraction": "1"},
    {"process.size": "4g", "jvm-overhead.fraction": "-0.1"},
    {"process.size": "4g", "jvm-metaspace.size": "4g"},
    {"process.size": "4g", "jvm-overhead.min": "300m", "jvm-overhead.max": "300m"},
    {"process.size": "4g", "off-heap.size": "0"},
)

_TASK_MANAGER: tuple[dict[str, str], ...] = (
    {},
    *({"process.size": size} for size in ("1728m", "4g", "1g", "768m", "20g", "800m", "1728000000b", "100g")),
    *({"flink.size": size} for size in ("1280m", "8g", "600m", "400m")),
    {"task.heap.size": "512m", "managed.size": "512m"},
    {"task.heap.size": "512m", "managed.size": "512m", "flink.size": "1600m"},
    {"task.heap.size": "512m", "managed.size": "512m", "flink.size": "1g"},
    {"task.heap.size": "512m", "managed.size": "512m", "process.size": "3g"},
    {"task.heap.size": "512m", "managed.size": "512m", "flink.size": "1500m", "process.size": "2g"},
    {"flink.size": "1280m", "task.heap.size": "256m"},
    {"flink.size": "1280m", "task.heap.size": "1g"},
    {"flink.size": "1280m", "process.size": "2g"},
    {"process.size": "16g", "managed.fraction": "0"},
    {"process.size": "16g", "managed.fraction": "1"},
    {"process.size": "16g", "managed.fraction": "0.33"},
    {"process.size": "16g", "managed.size": "0"},
    {"size": "1g", "process.size": "4g"},
    {"process.size": "16g", "network.max": "64m"},
    {"process.size": "16g", "network.min": "1g", "network.fraction": "0.01"},
    {"process.size": "16g", "network.min": "2g", "network.max": "1g"},
    {"process.size": "16g", "task.off-heap.size": "1g", "framework.heap.size": "1g", "framework.off-heap.size": "2g"},
    {"process.size": "4g", "jvm-overhead.fraction": "0.19", "jvm-overhead.max": "8g"},
)


def memory_vectors() -> Iterator[dict[str, str]]:
    """Yield configurations that set memory, one role at a time and both."""
    task_manager = {"taskmanager.memory.process.size": "1728m"}
    job_manager = {"jobmanager.memory.process.size": "1600m"}
    for sizes in _JOB_MANAGER:
        yield {**task_manager, **{f"jobmanager.memory.{name}": size for name, size in sizes.items()}}
    for sizes in _TASK_MANAGER:
        yield {**job_manager, **{f"taskmanager.memory.{name}": size for name, size in sizes.items()}}
    former = {"min": "1g", "max": "2g", "fraction": "0.5"}
    yield {
        **job_manager,
        **task_manager,
        **{f"taskmanager.network.memory.{name}": size for name, size in former.items()},
    }
    # Before 2.0, the heap sizes of old are still understood.
    yield {"jobmanager.heap.size": "1g", "taskmanager.heap.size": "2g"}
    yield {"jobmanager.heap.mb": "1024", "taskmanager.heap.mb": "2048"}
    yield {"jobmanager.heap.size": "1g", **task_manager, **job_manager}
    for slots in ("1", "3", "0", "-1", "x"):
        yield {**job_manager, **task_manager, "taskmanager.numberOfTaskSlots": slots}
    for cores in ("2.5", "0", "-1"):
        yield {**job_manager, **task_manager, "taskmanager.cpu.cores": cores}
