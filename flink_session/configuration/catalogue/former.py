"""Former names, whatever the version: what a key is called today, and how keys part of which one begins the other."""

from __future__ import annotations

from collections.abc import Container

from flink_session.configuration.catalogue.catalogue import CATALOGUE_SERIES, option_catalogue


def newer_name(key: str) -> str | None:
    """Return the option that ``key`` is a former name of, by the latest series that knows it as one."""
    for series in reversed(CATALOGUE_SERIES):
        match = option_catalogue(series).lookup(key)
        if match is not None and match.by == "deprecated":
            return match.entry.key
    return None


def way_apart(shorter: str, longer: str, keys: Container[str]) -> tuple[str, str]:
    """Say how to write two options into one nested file where the key of one is the beginning of the other's.

    Args:
        shorter: the key that is the beginning.
        longer: the other one.
        keys: all that are set.

    Returns:
        which of the two has to change, and the fix.
    """
    newer = newer_name(shorter)
    if newer is not None:
        return shorter, _replacement(shorter, newer, keys)
    newer = newer_name(longer)
    if newer is not None and not newer.startswith(f"{shorter}."):
        return longer, _replacement(longer, newer, keys)
    if any(_is_map(shorter, series) for series in CATALOGUE_SERIES):
        return shorter, f"write all items in {shorter}, or each of them as {shorter}.<name>"
    return shorter, f"remove {shorter} or {longer}"


def _replacement(former: str, newer: str, keys: Container[str]) -> str:
    if newer in keys:
        return f"remove {former}, and set only {newer}, its newer name"
    return f"write {newer} instead of {former}, its former name"


def _is_map(key: str, series: str) -> bool:
    entry = option_catalogue(series).entries.get(key)
    return entry is not None and entry.type == "map"
