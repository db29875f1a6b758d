"""What both roles have around Flink's own memory: JVM metaspace and overhead. Mirrors ``ProcessMemoryUtils``."""

from __future__ import annotations

from dataclasses import dataclass

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import illegal
from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.options import ConfigOption
from flink_session.memory.arithmetic import RangeFraction, shown
from flink_session.memory.options import ProcessMemoryOptions


@dataclass(frozen=True, slots=True)
class JvmMetaspaceAndOverhead:
    """The part of a process that is the JVM's own, in bytes."""

    metaspace: int
    overhead: int


def required(configuration: Configuration, option: ConfigOption[MemorySize | None]) -> int:
    """Read, in bytes, a size that is known to be set."""
    size = configuration.get(option)
    if size is None:
        raise illegal(option.key, None, "must be set", "give it a size")
    return size.bytes


def from_total_process(
    configuration: Configuration, options: ProcessMemoryOptions
) -> tuple[int, JvmMetaspaceAndOverhead]:
    """Split ``process.size`` into Flink's memory and the JVM's.

    Raises:
        IllegalConfigurationError: metaspace and overhead alone exceed it.
    """
    total = required(configuration, options.total_process)
    metaspace = configuration.get(options.jvm_metaspace).bytes
    overhead = _overhead_range(configuration, options).of_total(total)
    if metaspace + overhead > total:
        rule = f"must hold JVM metaspace and overhead, {shown(metaspace + overhead)} together"
        raise configuration.refusal(options.total_process, rule, "raise it, or lower those")
    return total - metaspace - overhead, JvmMetaspaceAndOverhead(metaspace, overhead)


def from_total_flink(
    configuration: Configuration, options: ProcessMemoryOptions, total_flink: int
) -> JvmMetaspaceAndOverhead:
    """Add the JVM's memory to Flink's; what ``process.size`` leaves is overhead, where that is set too.

    Raises:
        IllegalConfigurationError: ``process.size`` leaves no overhead within its bounds.
    """
    metaspace = configuration.get(options.jvm_metaspace).bytes
    overhead_range = _overhead_range(configuration, options)
    if not configuration.contains(options.total_process):
        return JvmMetaspaceAndOverhead(metaspace, overhead_range.of_rest(total_flink + metaspace))
    total = required(configuration, options.total_process)
    overhead = total - total_flink - metaspace
    if overhead < 0 or not overhead_range.contains(overhead):
        rule = (
            f"must leave a JVM overhead from {shown(overhead_range.minimum)} to {shown(overhead_range.maximum)}"
            f" beside Flink's {shown(total_flink)} and the metaspace of {shown(metaspace)}"
        )
        raise configuration.refusal(options.total_process, rule, "remove it, or make the sizes agree")
    return JvmMetaspaceAndOverhead(metaspace, overhead)


def _overhead_range(configuration: Configuration, options: ProcessMemoryOptions) -> RangeFraction:
    return RangeFraction.of(
        configuration, options.jvm_overhead_min, options.jvm_overhead_max, options.jvm_overhead_fraction
    )
