"""The arithmetic of Flink's memory model: fractions of sizes, bounded, exact to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.options import ConfigOption


def multiply(size: int, factor: float) -> int:
    """Multiply bytes by a double as ``MemorySize.multiply`` does: by its shortest decimal, exactly, rounded down."""
    numerator, denominator = Decimal(repr(factor)).as_integer_ratio()
    return size * numerator // denominator


@dataclass(frozen=True, slots=True)
class RangeFraction:
    """A share of a size with a minimum and a maximum in bytes. Mirrors ``ProcessMemoryUtils``' class of this name."""

    minimum: int
    maximum: int
    fraction: float

    @classmethod
    def of(
        cls,
        configuration: Configuration,
        minimum: ConfigOption[MemorySize],
        maximum: ConfigOption[MemorySize],
        fraction: ConfigOption[float],
    ) -> RangeFraction:
        """Read the three options.

        Raises:
            IllegalConfigurationError: the minimum exceeds the maximum, or the fraction is outside [0, 1).
        """
        least, most = configuration.get(minimum), configuration.get(maximum)
        if least > most:
            rule = f"must be at most {maximum.key}, {shown(most.bytes)}"
            if not configuration.contains(minimum):
                rule = f"must be at least {minimum.key}, {shown(least.bytes)}"
                raise configuration.refusal(maximum, rule, "raise this or lower that")
            raise configuration.refusal(minimum, rule, "raise that or lower this")
        return cls(least.bytes, most.bytes, fraction_of(configuration, fraction))

    def of_total(self, total: int) -> int:
        """The share of a size that includes it."""
        return self._bounded(multiply(total, self.fraction))

    def of_rest(self, rest: int) -> int:
        """The share that belongs to a size without it, the inverse of :meth:`of_total`."""
        return self._bounded(multiply(rest, self.fraction / (1 - self.fraction)))

    def contains(self, size: int) -> bool:
        """Whether ``size`` is within the bounds."""
        return self.minimum <= size <= self.maximum

    def _bounded(self, size: int) -> int:
        return max(self.minimum, min(size, self.maximum))


def fraction_of(configuration: Configuration, option: ConfigOption[float]) -> float:
    """Read a fraction.

    Raises:
        IllegalConfigurationError: it is outside [0, 1).
    """
    value = configuration.get(option)
    if not 0 <= value < 1:
        raise configuration.refusal(option, "must be at least 0 and less than 1", "correct it")
    return value


def shown(size: int) -> str:
    """Write bytes for a message, exactly: ``448 MiB``, ``2 KiB``, or ``172.8 MiB (181193932 bytes)``."""
    units = ((30, "GiB"), (20, "MiB"), (10, "KiB"))
    for shift, unit in units:
        if size >= 1 << shift and size % (1 << shift) == 0:
            return f"{size >> shift} {unit}"
    for shift, unit in units:
        if abs(size) >= 1 << shift:
            return f"{size / (1 << shift):.1f} {unit} ({size} bytes)"
    return f"{size} bytes"
