"""Options whose value is a name: a word for something that Flink has, or the class of something that anybody may have.

Flink looks for it when a process starts, or a job. A class of the user's own is nothing that anybody can know here, but
what is to be Flink's own is known, and so is a word that is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from flink_session.configuration import options
from flink_session.configuration.catalogue.data import names_recording
from flink_session.configuration.catalogue.spelling import nearest_key
from flink_session.configuration.java_text import trim

_CLASS = re.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*)+")
_NOBODY_ELSES = ("org.apache.flink.", "java.")
"""Packages of which nobody but Flink, or Java, has classes."""
_LISTS = frozenset(
    (
        "execution.batch.adaptive.stream-graph-optimization.strategies",
        "execution.job-status-changed-listeners",
        "security.context.factory.classes",
        "security.module.factory.classes",
    )
)
_LISTS_WITH_COMMAS = frozenset(("jobmanager.failure-enrichers",))
_ANYBODY_MAY_ADD = frozenset(("state.changelog.storage",))
"""Options whose words come from plugins, so that a further one may be right."""
_SUCCESSOR = {"state.backend.type": ("StateBackend", "hashmap")}
"""What the names of the like have in them, and the word that stands for those that have gone and are like no other."""


@dataclass(frozen=True, slots=True)
class NamedOption:
    """What the value of an option may be, in one series.

    Attributes:
        key: the option's key, or template.
        series: the series.
        words: the words that Flink knows.
        any_case: whether a value may be one of them in any case.
        interface: what the named class must be; ``None`` where only words are allowed.
        classes: Flink's own classes of that kind.
        stands_for: the word that is the same as a class, or as a word of another series.
        elsewhere: classes and words of other series, with these series.
    """

    key: str
    series: str
    words: tuple[str, ...]
    any_case: bool
    interface: str | None
    classes: tuple[str, ...]
    stands_for: dict[str, str]
    elsewhere: dict[str, tuple[str, ...]]

    def check(self, value: object) -> None:
        """Check each name in a value.

        Raises:
            UnknownNameError: with the first that Flink does not find.
        """
        for name in _items(self.key, value):
            rule = self._broken_rule(name)
            if rule is not None:
                raise UnknownNameError(rule, self._way_out(name))

    def _broken_rule(self, name: str) -> str | None:
        if name in self.classes or self._is_word(name):
            return None
        if name != trim(name):
            return "must have no blank before or behind it"
        if self.interface is None:
            may_be_added = self.key in _ANYBODY_MAY_ADD and nearest_key(name, self.words) is None
            return None if may_be_added else f"must be one of {', '.join(self.words)}"
        if _CLASS.fullmatch(name):
            return self._no_such_class(name) if name.startswith(_NOBODY_ELSES) else None
        if self.words:
            known = ", ".join(self.words)
            return f"must be one of {known}, or the name of a factory class, as in org.example.Factory"
        # A class may be in no package.
        odd = not re.fullmatch(r"[\w$]+", name) or self.like_a_class(name)
        return f"must be the whole name of a {self._kind}, as in org.example.Factory" if odd else None

    @property
    def _kind(self) -> str:
        return (self.interface or "").rpartition(".")[2]

    def _is_word(self, name: str) -> bool:
        return (name.lower() if self.any_case else name) in self.words

    def _no_such_class(self, name: str) -> str:
        rule = f"is no {self._kind} of Flink {self.series}"
        series = self.elsewhere.get(name)
        if not series:
            return rule
        order = names_recording().series.index
        if order(series[-1]) < order(self.series):
            return f"{rule} any more, {series[-1]} was the last to have it"
        return f"{rule}, {series[0]} is the first to have it"

    def _way_out(self, name: str) -> str:
        meant = self._meant(name)
        if meant is None:
            return "correct it" if self.words else "remove it, or name a class of your own"
        return f"write {meant}"

    def _meant(self, name: str) -> str | None:
        """Return the word or class that somebody most likely means."""
        if name != trim(name) and self._broken_rule(trim(name)) is None:
            return trim(name)
        word = self.stands_for.get(name)
        if word in self.words:
            return word
        simple = name.rpartition(".")[2].lower()
        within = [word for word in sorted(self.words, key=len, reverse=True) if word in simple]
        near = nearest_key(name, self.words) or next(iter(within), None) or self.like_a_class(name)
        part, successor = _SUCCESSOR.get(self.key, ("", None))
        return near or (successor if name in self.elsewhere or (part and part in name) else None)

    def like_a_class(self, name: str) -> str | None:
        """Return the class whose simple name is that of ``name``, or nearly: in another package, or a factory's."""
        simple = name.rpartition(".")[2]
        by_name = {known.rpartition(".")[2]: known for known in self.classes}
        near = nearest_key(simple, by_name) or nearest_key(f"{simple}Factory", by_name)
        if near is None and len(simple) > 3:
            # Shorter words are in many names.
            near = next((known for known in sorted(by_name, key=len) if simple.lower() in known.lower()), None)
        return by_name[near] if near else None


class UnknownNameError(ValueError):
    """A name that Flink would not find: ``str()`` is the rule that it breaks, and ``fix`` what to do."""

    def __init__(self, rule: str, fix: str) -> None:
        super().__init__(rule)
        self.fix = fix


@cache
def named_option(key: str, series: str) -> NamedOption | None:
    """Return what the value of an option may be; ``None`` where it is no name."""
    recorded = names_recording()
    found = elsewhere = None
    names: dict[str, list[str]] = {}
    for name in recorded.series:
        variant = recorded.option(key, name)
        if name == series:
            found = variant
        elif variant is not None:
            for known in (*variant[0], *variant[3]):
                names.setdefault(known, []).append(name)
    if found is None:
        return None
    words, any_case, interface, classes = found
    elsewhere = {name: tuple(series) for name, series in names.items()}
    stands_for = recorded.stands_for.get(key, {})
    return NamedOption(key, series, tuple(words), bool(any_case), interface, tuple(classes), stands_for, elsewhere)


def _items(key: str, value: object) -> Iterable[str]:
    if key in _LISTS:
        return options.string_list(value)
    text = options.to_text(value)
    return filter(None, re.split(r"\s*,\s*", text)) if key in _LISTS_WITH_COMMAS else (text,)
