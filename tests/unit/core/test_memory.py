"""Process memory: what Flink 2.2.0 itself derived, to the byte."""

from __future__ import annotations

import pytest

from flink_session.configuration import Configuration, FlinkVersion, IllegalConfigurationError
from flink_session.memory import ClusterSpecification, job_manager_memory, task_manager_memory

MIB = 1 << 20
FLINK = FlinkVersion("2.2", 0)


def job_manager(**sizes: str) -> Configuration:
    return Configuration({f"jobmanager.memory.{name.replace('_', '.')}.size": size for name, size in sizes.items()})


def task_manager(**sizes: str) -> Configuration:
    return Configuration({f"taskmanager.memory.{name.replace('_', '.')}.size": size for name, size in sizes.items()})


@pytest.mark.parametrize(
    ("configuration", "heap", "off_heap", "overhead", "total"),
    [
        (job_manager(process="1600m"), 1073741824, 134217728, 201326592, 1600 * MIB),
        (job_manager(process="2000m"), 1484783613, 134217728, 209715203, 2000 * MIB),
        (job_manager(process="4g"), 3462817376, 134217728, 429496736, 4096 * MIB),
        (job_manager(process="20g"), 19998441472, 134217728, 1073741824, 20480 * MIB),
        (job_manager(flink="1024m"), 939524096, 134217728, 201326592, 1472 * MIB),
        (job_manager(flink="8g"), 8455716864, 134217728, 984263354, 9842633402),
        (job_manager(heap="1024m"), 1073741824, 134217728, 201326592, 1600 * MIB),
        (job_manager(heap="1024m", flink="1280m"), 1073741824, 268435456, 201326592, 1728 * MIB),
        (job_manager(heap="1g", process="2g"), 1073741824, 134217728, 671088640, 2048 * MIB),
        (job_manager(flink="1g", process="1600m"), 939524096, 134217728, 335544320, 1600 * MIB),
        (job_manager(process="600m"), 25165824, 134217728, 201326592, 600 * MIB),
    ],
)
def test_job_manager(configuration: Configuration, heap: int, off_heap: int, overhead: int, total: int) -> None:
    memory = job_manager_memory(configuration, FLINK)
    assert memory.jvm_metaspace == 256 * MIB
    assert (memory.jvm_heap, memory.off_heap, memory.jvm_overhead) == (heap, off_heap, overhead)
    assert memory.total_process == total


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (Configuration(), "jobmanager.memory.process.size must be set: set it, for example to 1600m."),
        (job_manager(process="1.5g"), "jobmanager.memory.process.size is '1.5g', but it must end with one of"),
        (job_manager(process="1600"), "it must hold JVM metaspace and overhead, 448 MiB together"),
        (job_manager(process="500m"), "is '500m', but it must leave more than 128 MiB, the off-heap memory, for Flink"),
        (job_manager(flink="128m"), "jobmanager.memory.flink.size is '128m', but it must leave more than 128 MiB"),
        (
            job_manager(flink="1g", process="3g"),
            "it must leave a JVM overhead from 192 MiB to 1 GiB beside Flink's 1 GiB",
        ),
        (job_manager(heap="2g", flink="1g"), "jobmanager.memory.flink.size is '1g', but it must be the sum of heap"),
        (
            Configuration({"jobmanager.memory.process.size": "2g", "jobmanager.memory.jvm-overhead.min": "2g"}),
            "jobmanager.memory.jvm-overhead.min is '2g', but it must be at most jobmanager.memory.jvm-overhead.max",
        ),
        (
            Configuration({"jobmanager.memory.process.size": "2g", "jobmanager.memory.jvm-overhead.fraction": "1.0"}),
            "jobmanager.memory.jvm-overhead.fraction is '1.0', but it must be at least 0 and less than 1",
        ),
    ],
)
def test_job_manager_sizes_that_do_not_fit(configuration: Configuration, message: str) -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        job_manager_memory(configuration, FLINK)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("configuration", "task_heap", "network", "managed", "overhead", "total"),
    [
        (task_manager(process="1728m"), 402653174, 134217730, 536870920, 201326592, 1728 * MIB),
        (task_manager(process="4g"), 1530082070, 359703515, 1438814063, 429496736, 4096 * MIB),
        (task_manager(task_heap="512m", managed="512m"), 536870912, 149130811, 536870912, 201326592, 1961070139),
        (task_manager(process="1g"), 26843542, 67108864, 241591914, 201326592, 1024 * MIB),
        (task_manager(flink="1280m", task_heap="256m"), 268435456, 268435448, 536870920, 201326592, 1728 * MIB),
        (
            Configuration({"taskmanager.memory.process.size": "16g", "taskmanager.memory.managed.fraction": 0}),
            13985487234,
            1583769214,
            0,
            1073741824,
            16384 * MIB,
        ),
    ],
)
def test_task_manager(
    configuration: Configuration, task_heap: int, network: int, managed: int, overhead: int, total: int
) -> None:
    memory = task_manager_memory(configuration, FLINK)
    assert (memory.flink.framework_heap, memory.flink.framework_off_heap) == (128 * MIB, 128 * MIB)
    assert (memory.flink.task_heap, memory.flink.network, memory.flink.managed) == (task_heap, network, managed)
    assert (memory.jvm_metaspace, memory.jvm_overhead) == (256 * MIB, overhead)
    assert memory.total_process == total


def test_flags_of_the_task_managers_jvm() -> None:
    memory = task_manager_memory(task_manager(process="1728m"), FLINK)
    assert (memory.jvm_heap, memory.jvm_direct) == (536870902, 268435458)


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (Configuration(), "taskmanager.memory.process.size must be set"),
        (task_manager(process="768m"), "taskmanager.memory.process.size is '768m', but it must leave"),
        (task_manager(flink="256m"), "taskmanager.memory.flink.size is '256m', but it must leave"),
        (task_manager(flink="1g", task_heap="1g"), "taskmanager.memory.flink.size is '1g', but it must leave"),
        (task_manager(flink="8g", task_heap="8m", managed="8m", process="10g"), "it must leave a JVM overhead"),
        (
            Configuration(
                {
                    "taskmanager.memory.flink.size": "1g",
                    "taskmanager.memory.task.heap.size": "64m",
                    "taskmanager.memory.network.max": "64m",
                }
            ),
            "taskmanager.memory.task.heap.size is",
        ),
    ],
)
def test_task_manager_sizes_that_do_not_fit(configuration: Configuration, message: str) -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        task_manager_memory(configuration, FLINK)
    assert message in str(raised.value)


def test_cluster_specification_is_in_whole_mebibytes() -> None:
    configuration = Configuration(
        {
            "jobmanager.memory.flink.size": "8g",
            "taskmanager.memory.task.heap.size": "512m",
            "taskmanager.memory.size": "512m",
            "taskmanager.numberOfTaskSlots": "4",
        }
    )
    assert ClusterSpecification.from_configuration(configuration, FLINK) == ClusterSpecification(9386, 1870, 4)


def test_cluster_specification_reports_both_roles_at_once() -> None:
    configuration = Configuration(
        {
            "jobmanager.memory.process.size": "1m",
            "taskmanager.memory.process.size": "1m",
            "taskmanager.numberOfTaskSlots": 0,
        }
    )
    with pytest.raises(IllegalConfigurationError) as raised:
        ClusterSpecification.from_configuration(configuration, FLINK)
    assert [finding.key for finding in raised.value.findings] == [
        "jobmanager.memory.process.size",
        "taskmanager.memory.process.size",
        "taskmanager.numberOfTaskSlots",
    ]


@pytest.mark.parametrize("cores", ["0", "NaN", "Infinity"])
def test_cores_count_where_they_are_set(cores: str) -> None:
    sizes = {"jobmanager.memory.process.size": "2g", "taskmanager.memory.process.size": "2g"}
    with pytest.raises(IllegalConfigurationError, match=rf"cores is '{cores}', but it must be greater than 0"):
        ClusterSpecification.from_configuration(Configuration({**sizes, "taskmanager.cpu.cores": cores}), FLINK)


BEFORE_2_0 = FlinkVersion("1.20", 5)


@pytest.mark.parametrize(
    "sizes",
    [
        {"jobmanager.heap.size": "2g", "taskmanager.heap.size": "4g"},
        {"jobmanager.heap.mb": "2048", "taskmanager.heap.mb": 4096},
        {"jobmanager.heap.size": "2g", "jobmanager.heap.mb": "x", "taskmanager.heap.size": "4g"},
    ],
)
def test_before_2_0_the_heap_of_old_is_the_process(sizes: dict[str, object]) -> None:
    configuration = Configuration(sizes)
    assert ClusterSpecification.from_configuration(configuration, BEFORE_2_0) == ClusterSpecification(2048, 4096, 1)
    with pytest.raises(IllegalConfigurationError, match=r"jobmanager\.memory\.process\.size must be set"):
        ClusterSpecification.from_configuration(configuration, FLINK)


def test_the_process_size_wins_over_the_heap_of_old() -> None:
    configuration = job_manager(process="1600m").with_value("jobmanager.heap.size", "no size")
    assert job_manager_memory(configuration, BEFORE_2_0).total_process == 1600 * MIB


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("jobmanager.heap.size", "2Gi", "jobmanager.heap.size is '2Gi', but it must end with one of Flink's units"),
        ("jobmanager.heap.size", "400m", "jobmanager.heap.size is '400m', but it must hold JVM metaspace"),
        ("jobmanager.heap.mb", "many", "jobmanager.heap.mb is 'many', but it must be an integer"),
        ("jobmanager.heap.mb", "-1", "jobmanager.heap.mb is '-1', but it must be at least 0"),
        ("jobmanager.heap.mb", "400", "jobmanager.heap.mb is '400m', but it must hold JVM metaspace"),
    ],
)
def test_errors_name_the_heap_of_old_where_the_user_wrote_that(key: str, value: str, message: str) -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        job_manager_memory(Configuration({key: value}), BEFORE_2_0)
    assert str(raised.value).startswith(message)
