"""Which options an exception of Flink speaks of, so that our finding can be held against it."""

from __future__ import annotations

import re

from flink_session.configuration.catalogue import OptionCatalogue, option_catalogue
from tests.conformance.cases import Refused

_WORD = re.compile(r"[A-Za-z$][A-Za-z0-9$_.-]*")


def catalogue_of(version: str) -> OptionCatalogue:
    """Return the catalogue of a release's series."""
    return option_catalogue(version.rpartition(".")[0])


def named_keys(refused: Refused, version: str) -> frozenset[str]:
    """Return the keys of options that the exceptions' messages name."""
    catalogue = catalogue_of(version)
    words = {word.rstrip(".") for _, message in refused.errors for word in _WORD.findall(message)}
    return frozenset(word for word in words if "." in word and catalogue.lookup(word))


def same_option(key: str, other: str, version: str) -> bool:
    """Tell whether two keys set one option, be it by a fallback or a former key of it."""
    if key == other:
        return True
    catalogue = catalogue_of(version)
    keys = [_all_keys(catalogue, key), _all_keys(catalogue, other)]
    return other in keys[0] or key in keys[1]


def _all_keys(catalogue: OptionCatalogue, key: str) -> frozenset[str]:
    match = catalogue.lookup(key)
    if match is None:
        return frozenset((key,))
    entry = match.entry
    return frozenset((entry.key, *entry.fallback_keys, *entry.deprecated_keys))
