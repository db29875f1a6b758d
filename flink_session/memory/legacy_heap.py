"""The sizes of the heap of old, ``jobmanager.heap.size`` and its like, which Flink before 2.0 takes for the process's.

Mirrors ``MemoryBackwardsCompatibilityUtils`` with ``process.size`` as the new option, as Flink's client uses it. That
class looks at the variables ``FLINK_JM_HEAP`` and ``FLINK_TM_HEAP`` of the client's machine too; nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import IllegalConfigurationError
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.memory_size import MemorySize
from flink_session.memory.options import LegacyHeapOptions, ProcessMemoryOptions


def reads_legacy_heap(version: FlinkVersion) -> bool:
    """Tell whether Flink of this version still understands these sizes."""
    return version.series.startswith("1.")


@contextmanager
def legacy_heap_interpreted(
    configuration: Configuration, version: FlinkVersion, legacy: LegacyHeapOptions, options: ProcessMemoryOptions
) -> Iterator[Configuration]:
    """Hand out the configuration with ``process.size`` from a size of old, where Flink would take it from there.

    What is found wrong with ``process.size`` meanwhile is said of the key that the user wrote.

    Raises:
        IllegalConfigurationError: the size of old cannot be read.
    """
    if not reads_legacy_heap(version) or configuration.contains(options.total_process):
        yield configuration
    elif configuration.contains(legacy.heap):
        with _named(options.total_process.key, legacy.heap.key):
            yield configuration.with_value(options.total_process, configuration.values[legacy.heap.key])
    elif configuration.contains(legacy.heap_mb):
        with _named(options.total_process.key, legacy.heap_mb.key):
            yield configuration.with_value(options.total_process, _megabytes(configuration, legacy))
    else:
        yield configuration


def _megabytes(configuration: Configuration, legacy: LegacyHeapOptions) -> str:
    megabytes = configuration.get(legacy.heap_mb) or 0
    if megabytes < 0:
        raise configuration.refusal(legacy.heap_mb, "must be at least 0", "correct it, or remove it")
    return MemorySize(megabytes << 20).to_flink()


@contextmanager
def _named(key: str, written: str) -> Iterator[None]:
    try:
        yield
    except IllegalConfigurationError as error:
        raise IllegalConfigurationError(
            replace(finding, key=written) if finding.key == key else finding for finding in error.findings
        ) from None
