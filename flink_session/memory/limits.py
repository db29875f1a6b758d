"""How many TaskManagers a cluster has at least and at most, by CPU and by the memory of tasks.

Mirrors ``SlotManagerConfiguration``: each total comes from the number of slots where it is not set, and the JobManager
does not start where no whole number of TaskManagers is between the two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import ResourceManagerOptions as Options
from flink_session.configuration.options import ConfigOption

_NO_LIMIT = Options.MAX_SLOT_NUM.default


@dataclass(frozen=True, slots=True)
class Limit:
    """What one resource allows.

    Attributes:
        least: TaskManagers that are there while no job runs.
        most: TaskManagers that there may be; ``None`` without limit.
        least_option: what sets the one.
        most_option: what sets the other.
    """

    least: int
    most: int | None
    least_option: ConfigOption[Any]
    most_option: ConfigOption[Any]


def task_manager_limits(configuration: Configuration, cores: float, memory: int, slots: int) -> Iterator[Limit]:
    """Yield the limits by CPU and by memory.

    Args:
        configuration: all options.
        cores: of a TaskManager.
        memory: of its tasks, in bytes.
        slots: of a TaskManager.

    Raises:
        IllegalConfigurationError: an option cannot be read.
    """
    number = configuration.get(Options.MAX_SLOT_NUM)
    by_slots = (
        Fraction(configuration.get(Options.MIN_SLOT_NUM), slots),
        None if number == _NO_LIMIT else Fraction(number, slots),
    )
    sizes = (configuration.get(Options.MIN_TOTAL_MEM), configuration.get(Options.MAX_TOTAL_MEM))
    totals = (
        (Options.MIN_TOTAL_CPU, Options.MAX_TOTAL_CPU, cores, configuration.get),
        (Options.MIN_TOTAL_MEM, Options.MAX_TOTAL_MEM, memory, lambda option: sizes[option is Options.MAX_TOTAL_MEM]),
    )
    for least, most, of_one, read in totals:
        wanted, allowed = (_count(read(option), of_one) for option in (least, most))
        yield Limit(
            math.ceil(by_slots[0] if wanted is None else wanted),
            _floor(by_slots[1] if allowed is None else allowed),
            Options.MIN_SLOT_NUM if wanted is None else least,
            Options.MAX_SLOT_NUM if allowed is None else most,
        )


def _count(total: Any, of_one: float) -> Fraction | None:
    """Divide a total as Flink does, by the shortest decimals of both."""
    if total is None:
        return None
    return Fraction(str(getattr(total, "bytes", total))) / Fraction(str(of_one))


def _floor(count: Fraction | None) -> int | None:
    return None if count is None else math.floor(count)
