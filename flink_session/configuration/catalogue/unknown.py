"""What is said of a key that Flink does not know: where it comes from, or what was meant by it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from flink_session.configuration.catalogue.catalogue import (
    CATALOGUE_SERIES,
    OptionCatalogue,
    beginnings,
    option_catalogue,
)
from flink_session.configuration.catalogue.elsewhere import OF_THE_OPERATOR, REPLACEMENTS
from flink_session.configuration.catalogue.similarity import SAME_WORDS, SimilarKeys
from flink_session.configuration.findings import Finding

_ALIKE, _CLOSE = 0.6, 0.1
"""How alike a key must be to be named, and how much less alike than the first one of those named with it."""
_ALIKE_ELSEWHERE = 0.84
"""The same for a key that does not begin as Flink's do: it may well be somebody else's."""
_WRONG_TYPE = 0.75
"""What is left of a likeness to an option that could not have the value."""
_NAMED = 3
"""How many keys are named at most."""
_WRAPPERS = {"spec", "flinkconfiguration", "flinkconf", "flink", "configuration", "config", "conf"}
"""What is not a part of a key, but what configurations stand under elsewhere, without separators."""
_PREFIXES_OF_OTHERS = ("kubernetes.operator.", "job.autoscaler.")
"""What the Kubernetes operator reads, from the same file."""


def check_unknown(catalogue: OptionCatalogue, key: str, value: object) -> Finding | None:
    """Return what is wrong with a key that leads to no option of a series; nothing where it may be somebody else's."""
    for series, successor in _former_successors(catalogue, key):
        rule = f"was the former name of {successor} until Flink {series}, and {catalogue.series} ignores it"
        return Finding(key, None, rule, f"write {successor}")
    for name in (key, *beginnings(key)):
        elsewhere = catalogue.recording.series_with(name)
        if elsewhere and (name == key or option_catalogue(elsewhere[0]).entries[name].type == "map"):
            return _of_other_series(catalogue, key, elsewhere)
    unwrapped = _unwrapped(key)
    if unwrapped != key and catalogue.lookup(unwrapped) is not None:
        return Finding(key, None, f"is no option of Flink {catalogue.series}", f"write {unwrapped}")
    near = catalogue.nearest(key)
    if near is not None:
        return Finding(key, None, f"is no option of Flink {catalogue.series}", f"write {near} if you mean that")
    return _alike(catalogue, key, value)


def _unwrapped(key: str) -> str:
    first, dot, rest = key.partition(".")
    return _unwrapped(rest) if dot and _squeezed(first) in _WRAPPERS else key


def _squeezed(part: str) -> str:
    return "".join(filter(str.isalnum, part)).lower()


def _former_successors(catalogue: OptionCatalogue, key: str) -> Iterator[tuple[str, str]]:
    """Find what ``key`` was a deprecated key of in earlier series, the latest first."""
    for series in reversed(CATALOGUE_SERIES[: CATALOGUE_SERIES.index(catalogue.series)]):
        successor = option_catalogue(series).successors.get(key)
        if successor is not None and successor in catalogue.entries:
            yield series, successor


def _of_other_series(catalogue: OptionCatalogue, key: str, elsewhere: tuple[str, ...]) -> Finding:
    order = catalogue.recording.series.index
    if order(elsewhere[0]) > order(catalogue.series):
        rule = f"is an option from Flink {elsewhere[0]} on, and {catalogue.series} would ignore it"
        return Finding(key, None, rule, "remove it, or run that version")
    last = max(filter(lambda series: order(series) < order(catalogue.series), elsewhere), key=order)
    rule = f"is no option of Flink {catalogue.series} any more, {last} was the last to have it"
    instead = REPLACEMENTS.get(key)
    return Finding(key, None, rule, f"write {' and '.join(instead)} instead" if instead else "remove it", "warning")


def _alike(catalogue: OptionCatalogue, key: str, value: object) -> Finding | None:
    """Look for options by their words. Only the very same words are sure enough for an error."""
    rule = f"is no option of Flink {catalogue.series}, which ignores it"
    instead = REPLACEMENTS.get(key)
    if instead is not None:
        return Finding(key, None, rule, f"write {' and '.join(instead)} instead", "warning")
    like_flinks = not key.startswith(_PREFIXES_OF_OTHERS) and _begins_as_flinks(catalogue, key)
    least = _ALIKE if like_flinks else _ALIKE_ELSEWHERE
    found = [] if key.startswith(_PREFIXES_OF_OTHERS) else _similar_keys(catalogue.series).find(key, least - _CLOSE)
    if found and found[0].score >= least:
        scores = {item.key: item.score * (1 if _takes(catalogue, item.key, value) else _WRONG_TYPE) for item in found}
        best = max(scores.values())
        close = sorted((key for key, score in scores.items() if score >= best - _CLOSE), key=lambda key: -scores[key])
        certain = best >= SAME_WORDS and len(close) == 1
        return Finding(key, None, rule, _advice(catalogue, close[:_NAMED]), "error" if certain else "warning")
    if not like_flinks:
        return None
    return Finding(key, None, rule, "remove it, unless a library of yours reads it", "warning")


def _begins_as_flinks(catalogue: OptionCatalogue, key: str) -> bool:
    first = _squeezed(key.partition(".")[0])
    return any(_squeezed(known.partition(".")[0]) == first for known in catalogue.entries)


def _takes(catalogue: OptionCatalogue, key: str, value: object) -> bool:
    entry = catalogue.entries.get(key)
    return entry is None or catalogue.check_type(entry, key, value) is None


def _advice(catalogue: OptionCatalogue, keys: list[str]) -> str:
    """Name the keys of this series; where there are none, say who has the first of the others."""
    own = [key for key in keys if key in catalogue.entries]
    if not own:
        return f"run Flink {catalogue.recording.series_with(keys[0])[0]} if you mean its {keys[0]}, or remove it"
    named = f"{', '.join(own[:-1])} or {own[-1]}" if len(own) > 1 else own[0]
    return f"write {named} if you mean {'that' if len(own) == 1 else 'one of these'}"


@cache
def _similar_keys(series: str) -> SimilarKeys:
    """Index all names of the options of a series: today's, former ones, those elsewhere, and those still to come."""
    meanings = dict(OF_THE_OPERATOR)
    later = CATALOGUE_SERIES[CATALOGUE_SERIES.index(series) + 1 :]
    own = option_catalogue(series)
    for catalogue in map(option_catalogue, later):
        meanings |= {key: key for key in catalogue.entries if _can_be_written(key)}
    meanings |= {old: new[0] for old, new in REPLACEMENTS.items()}
    for catalogue in map(option_catalogue, CATALOGUE_SERIES):
        meanings |= {old: new for old, new in catalogue.successors.items() if new in own.entries}
    return SimilarKeys(meanings | {key: key for key in own.entries if _can_be_written(key)})


def _can_be_written(key: str) -> bool:
    return "<" not in key and key[0] not in "$_"
