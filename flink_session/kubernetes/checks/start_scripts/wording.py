"""How findings speak of a line of options: which part of it, without a secret, and not at length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flink_session.configuration.findings import Finding
from flink_session.kubernetes.checks.secrets import mentions_secret
from flink_session.kubernetes.start_scripts.intent import Word
from flink_session.kubernetes.start_scripts.shell import Expansion
from flink_session.kubernetes.start_scripts.symbols import Symbols

_MOST_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Line:
    """A line of options as somebody wrote it.

    Attributes:
        key: the option or variable that holds it.
        text: the line.
        words: what it says.
        symbols: what its words have in place of what the pod knows.
    """

    key: str
    text: str
    words: tuple[Word, ...]
    symbols: Symbols

    @property
    def is_secretive(self) -> bool:
        """Whether no part of it may be shown."""
        return mentions_secret(self.text)

    def error(self, rule: str, fix: str) -> Finding:
        """Make a finding that stops the deployment."""
        return Finding(self.key, None if self.is_secretive else self.text, rule, fix)

    def show(self, words: Sequence[str]) -> str:
        """Write words that may be shown, a word with a blank in quotes."""
        if self.is_secretive:
            return "something else"
        shown = " ".join(repr(word) if " " in word or not word else word for word in map(self.symbols.show, words))
        return shown if len(shown) <= _MOST_CHARACTERS else shown[: _MOST_CHARACTERS - 3] + "..."

    def that(self, expansion: Expansion) -> str:
        """Say what a shell does with it, as it continues "a shell"."""
        return f" that {expansion.cause}" if expansion.cause and not self.is_secretive else ""

    def difference(self, receiver: str, actual: Sequence[str], expected: Sequence[str]) -> str:
        """Say what arrives in place of what should."""
        start = 0
        while start < min(len(actual), len(expected)) and actual[start] == expected[start]:
            start += 1
        end = 0
        while end < min(len(actual), len(expected)) - start and actual[-1 - end] == expected[-1 - end]:
            end += 1
        got, missed = actual[start : len(actual) - end], expected[start : len(expected) - end]
        if self.is_secretive:
            return f"{receiver} does not get what it says"
        if not got:
            return f"{receiver} does not get {self.show(missed)}"
        return f"{receiver} gets {self.show(got)}" + (f" instead of {self.show(missed)}" if missed else " as well")

    def remarks(self, receiver: str) -> Iterator[Finding]:
        """Say what arrives as it says, and perhaps not as it is meant."""
        for word in self.words:
            if word.is_ambiguous:
                rule = f"has a backslash for the shell: {receiver} gets {self.show([word.text])}"
                fix = f"put the value into single quotes if the backslash is for {receiver}"
                yield Finding(self.key, None, rule, fix, "warning")
        for expression in self.symbols.computed:
            rule = f"has a shell in the pod compute {'something' if self.is_secretive else expression}"
            yield Finding(self.key, None, rule, "write the value itself, or see that the image can do it", "warning")
