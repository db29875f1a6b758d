"""Which known keys somebody may have meant by a key that is more than misspelt: parts moved, missing, added, renamed.

Two requirements: the right key is among the first that are named, whichever way it was got wrong; and a key that has
nothing to do with Flink is left alone. So keys are compared as sets of words, in which rare words count more than
those that stand in hundreds of keys, and words are the same in plural, in camelCase, or by a synonym.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from flink_session.configuration.catalogue.spelling import edit_distance

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SHORTEST_ATOM = 3

_SYNONYMS = {
    synonym: tuple(words.split())
    for words, synonyms in {
        "job manager": ("jm", "master"),
        "task manager": ("tm", "worker", "taskexecutor"),
        "high availability": ("ha",),
        "service": ("svc",),
        "service account": ("sa", "serviceaccount"),
        "memory": ("mem", "ram"),
        "number": ("num", "count", "nr", "no"),
        "conf": ("cfg", "config", "configuration"),
        "dir": ("directory", "folder", "path", "location"),
        "max": ("maximum", "most"),
        "min": ("minimum", "least"),
        "persistent volume claim": ("pvc",),
        "opt": ("options", "option", "args", "arguments"),
        "env": ("environment",),
        "image": ("img",),
        "namespace": ("ns",),
        "cpu": ("core", "vcore", "cores"),
        "type": ("mode", "kind"),
        "enabled": ("enable", "active", "on"),
        "address": ("host", "hostname", "addr"),
        "interval": ("period",),
        "retention": ("retain",),
        "attempt": ("retry", "retries"),
        "delay": ("backoff",),
        "parallelism": ("parallel",),
        "pekko": ("akka",),
        "checkpoint": ("checkpointing", "cp"),
        "savepoint": ("sp",),
    }.items()
    for synonym in synonyms
}
_LIKE = {frozenset(pair) for pair in (("size", "amount"), ("size", "total"), ("limit", "max"), ("timeout", "delay"))}

SAME_WORDS = 0.99
"""The score of a key of the same words in another order; in the same order, it is 1."""
_SAME_BUT_FOR_LETTERS = 0.8
_BEGINS_ALIKE = 0.7
_ALIKE = 0.5
_STRANGE, _MISSING = 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Similar:
    """A key that may have been meant, and how much it is alike, from 0 to 1."""

    key: str
    score: float


class SimilarKeys:
    """Knows a set of keys by their words.

    Args:
        meanings: what each key stands for today, itself or a newer name: former names help to find what is meant.
    """

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self._meanings = meanings
        self._likenesses: dict[str, dict[str, float]] = {}

    @cached_property
    def _atoms(self) -> frozenset[str]:
        words = (part.lower() for key in self._meanings for part in _PARTS.findall(key))
        return frozenset(word for word in words if len(word) >= _SHORTEST_ATOM)

    @cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        return {key: self.words(key) for key in self._meanings}

    @cached_property
    def _keys_with(self) -> dict[str, list[str]]:
        keys: dict[str, list[str]] = {}
        for key, words in self._words.items():
            for word in set(words):
                keys.setdefault(word, []).append(key)
        return keys

    @cached_property
    def _weights(self) -> dict[str, float]:
        """How much a word tells: one of a single key tells most."""
        return {word: math.log(1 + len(self._words) / len(keys)) for word, keys in self._keys_with.items()}

    def words(self, key: str) -> tuple[str, ...]:
        """Split a key into words in one form: ``taskmanager.numberOfTaskSlots`` is task manager number task slot."""
        parts = [part.lower() for part in _PARTS.findall(key)]
        return tuple(word for part in parts for word in self._split(part))

    def _split(self, part: str) -> list[str]:
        if part in _SYNONYMS:
            return [_stem(word) for word in _SYNONYMS[part]]
        for end in range(len(part) - _SHORTEST_ATOM, _SHORTEST_ATOM - 1, -1):
            head, tail = part[:end], part[end:]
            if head in self._atoms and (tail in self._atoms or tail.removesuffix("s") in self._atoms):
                return [*self._split(head), *self._split(tail)]
        stem = _stem(part)
        return [_stem(word) for word in _SYNONYMS.get(stem, (stem,))] if part not in ("of", "the", "for") else []

    def find(self, key: str, least: float, most: int = 6) -> list[Similar]:
        """Return the keys of today that are most like ``key``, the likeliest first.

        Args:
            key: what somebody wrote.
            least: the score below which nothing is alike.
            most: how many to return.
        """
        words = self.words(key)
        alike = {word: self._alike(word) for word in words}
        candidates = {key for others in alike.values() for other in others for key in self._keys_with[other]}
        best: dict[str, float] = {}
        for candidate in candidates:
            score = self._score(words, self._words[candidate], alike)
            meaning = self._meanings[candidate]
            if score >= least and score > best.get(meaning, 0):
                best[meaning] = score
        order = sorted(best, key=lambda meaning: (-best[meaning], len(meaning), meaning))
        return [Similar(meaning, best[meaning]) for meaning in order[:most]]

    def _alike(self, word: str) -> dict[str, float]:
        """Return the words of known keys that are like ``word``, and how much."""
        if word not in self._likenesses:
            likenesses = {other: _likeness(word, other) for other in self._keys_with}
            self._likenesses[word] = {other: likeness for other, likeness in likenesses.items() if likeness}
        return self._likenesses[word]

    def _score(
        self, words: tuple[str, ...], others: tuple[str, ...], alike: Mapping[str, Mapping[str, float]]
    ) -> float:
        """Compare two bags of weighted words, by Tversky's index.

        A word of the user's that is not in the other key counts more than one that the user has left out. Where the
        order differs, they are a little less alike.
        """
        if sorted(words) == sorted(others):
            return 1.0 if words == others else SAME_WORDS
        left = list(enumerate(others))
        places = []
        common = strange = 0.0
        for word in words:
            likenesses = alike[word]
            place, other = max(left, key=lambda item: likenesses.get(item[1], 0), default=(0, ""))
            likeness = likenesses.get(other, 0)
            strange += self._weight(word) * (1 - likeness)
            if likeness:
                left.remove((place, other))
                places.append(place)
                common += likeness * self._weight(other)
        missing = sum(self._weight(other) for _, other in left)
        ordered = sum(a < b for a, b in pairwise(places)) / max(1, len(places) - 1)
        total = common + _STRANGE * strange + _MISSING * missing
        return common / total * (0.95 + 0.05 * ordered) if total else 0.0

    def _weight(self, word: str) -> float:
        return self._weights.get(word, math.log(1 + len(self._words)) / 2)


def _stem(word: str) -> str:
    """Cut what makes a plural, a gerund or a participle; nothing else in Flink's keys needs more."""
    for suffix in ("ing", "ies", "ed", "es", "s", "e"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 4 - (suffix == "s") and not word.endswith("ss"):
            return word.removesuffix(suffix)
    return word


def _likeness(word: str, other: str) -> float:
    if word == other:
        return 1.0
    shorter = min(len(word), len(other))
    if shorter >= 4 and edit_distance(word, other, 1) <= 1:
        return _SAME_BUT_FOR_LETTERS
    if shorter >= 4 and (word.startswith(other) or other.startswith(word)):
        return _BEGINS_ALIKE
    return _ALIKE if frozenset((word, other)) in _LIKE else 0.0
