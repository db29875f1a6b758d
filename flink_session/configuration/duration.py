"""Durations in Flink's spelling, kept to the nanosecond as Flink keeps them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from flink_session.configuration.java_text import trim

_SECOND = 1_000_000_000
_UNITS = {
    name: factor
    for factor, names in (
        (86_400 * _SECOND, ("d", "day", "days")),
        (3_600 * _SECOND, ("h", "hour", "hours")),
        (60 * _SECOND, ("m", "min", "minute", "minutes")),
        (_SECOND, ("s", "sec", "secs", "second", "seconds")),
        (1_000_000, ("", "ms", "milli", "millis", "millisecond", "milliseconds")),
        (1_000, ("µs", "micro", "micros", "microsecond", "microseconds")),
        (1, ("ns", "nano", "nanos", "nanosecond", "nanoseconds")),
    )
    for name in names
}
_FLINK = re.compile(r"([0-9]+)(.*)", re.DOTALL)
_ISO_8601 = re.compile(
    r"([-+]?)P(?:([-+]?[0-9]+)D)?(?:T(?=[-+0-9.])(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?[0-9]+(?:[.,][0-9]{0,9})?)S)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A span of time, in nanoseconds."""

    nanoseconds: int

    @classmethod
    def parse(cls, text: str, *, iso_8601: bool = True) -> Duration:
        """Read a duration as Flink does: ``30s``, ``5 min``, ``100`` (milliseconds) or ISO-8601 ``PT5S``.

        Args:
            text: the duration.
            iso_8601: whether ISO-8601 is read, as it is from Flink 2.1 on.

        Raises:
            ValueError: Flink would refuse it.
        """
        trimmed = trim(text)
        flink = _FLINK.fullmatch(trimmed)
        if flink is not None:
            factor = _UNITS.get(trim(flink[2]).lower())
            if factor is None:
                raise ValueError("must end with one of the units d, h, min, s, ms, µs or ns")
            return cls(int(flink[1]) * factor)
        if not iso_8601:
            raise ValueError("must be an integer with a unit, as 30s or 5min")
        iso = _ISO_8601.fullmatch(trimmed)
        if iso is None or not any(iso.groups()[1:]):
            raise ValueError("must be an integer with a unit, as 30s or 5min, or in ISO-8601, as PT30S")
        days, hours, minutes = (int(group or 0) for group in iso.groups()[1:4])
        seconds = Decimal((iso[5] or "0").replace(",", "."))
        nanoseconds = ((days * 24 + hours) * 60 + minutes) * 60 * _SECOND + int(seconds * _SECOND)
        return cls(-nanoseconds if iso[1] == "-" else nanoseconds)

    def to_flink(self) -> str:
        """Write it as Flink reads it, in the largest unit of which it is a whole number: ``90s``."""
        units = (("d", 86_400 * _SECOND), ("h", 3_600 * _SECOND), ("min", 60 * _SECOND), ("s", _SECOND))
        for unit, factor in (*units, ("ms", 1_000_000)):
            if self.nanoseconds % factor == 0:
                return f"{self.nanoseconds // factor}{unit}"
        return f"{self.nanoseconds}ns"

    @property
    def seconds(self) -> float:
        """The span in seconds."""
        return self.nanoseconds / _SECOND
