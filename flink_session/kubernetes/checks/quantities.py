"""Amounts of resources as Kubernetes reads them."""

from __future__ import annotations

import re
from fractions import Fraction

_QUANTITY = re.compile(r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]{1,3})?")
_FACTORS = {
    "": Fraction(1),
    **{unit: Fraction(1, 1000**power) for power, unit in enumerate("mun", 1)},
    **{unit: Fraction(1000**power) for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Fraction(1024**power) for power, unit in enumerate("KMGTPE", 1)},
}


def parse_quantity(text: str) -> Fraction | None:
    """Read ``500m``, ``1.5Gi`` or ``1e3``; ``None`` where the text is no quantity."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    number, unit = Fraction(match[1]), match[2] or ""
    factor = _FACTORS.get(unit)
    return number * factor if factor is not None else number * Fraction(10) ** int(unit[1:])
