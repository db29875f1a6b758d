"""Manifests are plain dictionaries in API form; these are the few operations that the builders share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
"""An object of the Kubernetes API, or a part of one: camelCase keys, JSON types."""


def without_empty(manifest: Mapping[str, Any]) -> Manifest:
    """Leave out the fields that are ``None``, or an empty map or list: Flink's client sends none of them."""
    return {key: value for key, value in manifest.items() if value is not None and value not in ({}, [])}


def with_value_at(manifest: Manifest, path: Sequence[str | int], value: object) -> Manifest:
    """Return a copy with ``value`` at ``path``; only the maps and lists along the path are copied."""
    head, *rest = path
    if isinstance(head, int):
        copy: Any = list(manifest)
        copy[head] = with_value_at(copy[head], rest, value) if rest else value
    else:
        copy = {**manifest, head: with_value_at(manifest.get(head, {}), rest, value) if rest else value}
    return copy  # type: ignore[no-any-return]


def cpu_quantity(cores: float) -> str:
    """Write a number of cores as Java writes a double, which is what Flink's client sends: ``0.5``, ``1.0E-4``."""
    if not math.isfinite(cores):
        return "NaN" if math.isnan(cores) else "Infinity" if cores > 0 else "-Infinity"
    if cores == 0 or 1e-3 <= abs(cores) < 1e7:
        return repr(float(cores))
    mantissa, exponent = f"{Decimal(repr(cores)).normalize():E}".split("E")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"
