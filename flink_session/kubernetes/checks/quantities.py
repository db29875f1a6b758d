"""Amounts of resources as Kubernetes reads them: whether a text is one, and which of two is the larger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from flink_session.configuration.findings import Finding
from flink_session.kubernetes.manifests import Manifest

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


def check_resources_of(path: str, resources: Manifest, ignored: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Find what the API server refuses in a container's requests and limits, but for the ``ignored`` resources."""
    amounts: dict[tuple[str, str], Fraction] = {}
    for field in ("requests", "limits"):
        for name, text in resources.get(field, {}).items():
            amount = parse_quantity(str(text))
            if name in ignored:
                continue
            if amount is None or amount < 0:
                rule = "must be a quantity, such as 500m, 2 or 1.5Gi"
                yield Finding(f"{path}.{field}.{name}", text, rule, "correct it")
            else:
                amounts[field, name] = amount
    for (field, name), amount in amounts.items():
        if field == "requests" and amount > amounts.get(("limits", name), amount):
            limit = resources["limits"][name]
            rule = f"must be at most the limit, {limit}"
            yield Finding(f"{path}.requests.{name}", resources["requests"][name], rule, "lower it, or raise the limit")
