"""Memory sizes, which Flink and Kubernetes write in the same letters and read as different amounts.

Flink reads ``2g`` as 2 GiB and refuses ``2Gi``; Kubernetes reads ``2048m`` as 2.048 bytes. So there are two readers:
:meth:`MemorySize.parse` for Flink's options, exactly as Flink reads them, and :meth:`MemorySize.parse_argument` for our
own arguments, which takes only spellings that nobody can read in two ways. One value renders in both languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from flink_session.configuration.findings import illegal
from flink_session.configuration.java_text import trim

_KIB, _MIB, _GIB, _TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40

_FLINK_UNITS = {
    name: factor
    for factor, names in (
        (1, ("", "b", "bytes")),
        (_KIB, ("k", "kb", "kibibytes")),
        (_MIB, ("m", "mb", "mebibytes")),
        (_GIB, ("g", "gb", "gibibytes")),
        (_TIB, ("t", "tb", "tebibytes")),
    )
    for name in names
}
_KUBERNETES_UNITS = {
    "": Fraction(1),
    "m": Fraction(1, 1000),
    "k": Fraction(1000),
    "M": Fraction(1000**2),
    "G": Fraction(1000**3),
    "T": Fraction(1000**4),
    "Ki": Fraction(_KIB),
    "Mi": Fraction(_MIB),
    "Gi": Fraction(_GIB),
    "Ti": Fraction(_TIB),
}
_CLEAR_UNITS = {
    **{unit: int(_KUBERNETES_UNITS[unit]) for unit in ("Ki", "Mi", "Gi", "Ti")},
    **{unit: _FLINK_UNITS[unit] for unit in ("kb", "mb", "g", "gb", "t", "tb")},
}

MAX_BYTES = (1 << 63) - 1
"""The largest size that Flink can hold, ``MemorySize.MAX_VALUE``."""

_FLINK = re.compile(r"([0-9]*)(.*)", re.DOTALL)
_ARGUMENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)")


@dataclass(frozen=True, slots=True, order=True)
class MemorySize:
    """An amount of memory, in bytes. Mirrors ``org.apache.flink.configuration.MemorySize``."""

    bytes: int

    @classmethod
    def parse(cls, text: str) -> MemorySize:
        """Read a size as Flink does: an integer and an optional unit of powers of 1024; without a unit, bytes.

        Raises:
            ValueError: Flink would refuse it.
        """
        match = _FLINK.fullmatch(trim(text))
        digits, unit = match.groups() if match else ("", "")
        if not digits:
            raise ValueError("must start with an integer")
        factor = _FLINK_UNITS.get(trim(unit).lower())
        if factor is None:
            raise ValueError("must end with one of Flink's units: b, k, m, g or t, of powers of 1024")
        if int(digits) * factor > MAX_BYTES:
            raise ValueError("must be less than 8388608t")
        return cls(int(digits) * factor)

    @classmethod
    def parse_argument(cls, text: str, key: str) -> MemorySize:
        """Read a size that means the same to people of both worlds: ``1600Mi``, ``2Gi``, ``1600mb``, ``2gb`` or ``2g``.

        Raises:
            IllegalConfigurationError: not a size, not positive, or of two readings; ``key`` names the argument.
        """
        match = _ARGUMENT.fullmatch(str(text).strip())
        rule = "must be an amount of memory with a clear unit"
        if match is None:
            raise illegal(key, text, rule, "write it as 1600Mi or 2Gi")
        number, unit = match.groups()
        if unit not in _CLEAR_UNITS:
            raise illegal(key, text, rule, _explain(number, unit))
        size = Fraction(number) * _CLEAR_UNITS[unit]
        if not 0 < size <= MAX_BYTES or size.denominator != 1:
            raise illegal(key, text, "must be a positive whole number of bytes", "write it as 1600Mi or 2Gi")
        return cls(int(size))

    @property
    def mebibytes(self) -> int:
        """Whole MiB, rounded down."""
        return self.bytes >> 20

    def to_flink(self) -> str:
        """Write it so that Flink reads the same amount: ``1600m``."""
        return self._in_units("m", "k", "b")

    def to_kubernetes(self) -> str:
        """Write it so that Kubernetes reads the same amount: ``1600Mi``."""
        return self._in_units("Mi", "Ki", "")

    def _in_units(self, mebi: str, kibi: str, one: str) -> str:
        if self.bytes % _MIB == 0:
            return f"{self.bytes // _MIB}{mebi}"
        if self.bytes % _KIB == 0:
            return f"{self.bytes // _KIB}{kibi}"
        return f"{self.bytes}{one}"

    def __str__(self) -> str:
        for unit, factor in (("tb", _TIB), ("gb", _GIB), ("mb", _MIB), ("kb", _KIB)):
            if self.bytes > factor:
                return f"{self.bytes / factor:.3f}{unit} ({self.bytes} bytes)"
        return f"{self.bytes} bytes"


def _explain(number: str, unit: str) -> str:
    """Say how each system reads the spelling, and how to write what was probably meant."""
    likely = {"k": "Ki", "m": "Mi", "g": "Gi", "t": "Ti"}.get(unit[:1].lower(), "Mi")
    readings = []
    if unit.lower() in _FLINK_UNITS and "." not in number:
        readings.append(f"Flink reads {int(number) * _FLINK_UNITS[unit.lower()]} bytes")
    if unit in _KUBERNETES_UNITS:
        readings.append(f"Kubernetes reads {float(Fraction(number) * _KUBERNETES_UNITS[unit]):.15g} bytes")
    return "; ".join([*readings, f"write {number}{likely} if you mean that"])
