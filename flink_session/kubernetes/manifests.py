"""Manifests are plain dictionaries in API form; these are the few operations that the builders share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
"""An object of the Kubernetes API, or a part of one: camelCase keys, JSON types."""


def without_empty(manifest: Mapping[str, Any], *names: str) -> Manifest:
    """Leave out the fields that are ``None``, or an empty map or list: Flink's client sends none of them.

    With ``names``, only these are looked at: what a user's pod template holds empty stays.
    """
    return {
        key: value
        for key, value in manifest.items()
        if (names and key not in names) or (value is not None and value not in ({}, []))
    }


def with_value_at(manifest: Manifest, path: Sequence[str | int], value: object) -> Manifest:
    """Return a copy with ``value`` at ``path``; only the maps and lists along the path are copied."""
    head, *rest = path
    if isinstance(head, int):
        copy: Any = list(manifest)
        copy[head] = with_value_at(copy[head], rest, value) if rest else value
    else:
        copy = {**manifest, head: with_value_at(manifest.get(head, {}), rest, value) if rest else value}
    return copy  # type: ignore[no-any-return]
