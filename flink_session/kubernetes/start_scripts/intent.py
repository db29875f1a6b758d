"""What somebody who wrote a line of options meant by it, and how it has to be written to get there.

People write such a line as a list of words, and quote values as they would in a shell: ``-Da='b c'``. All else stands
for itself to them: the quotes of JSON, the backslash of a regular expression, an apostrophe, an ampersand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flink_session.kubernetes.start_scripts import tokens
from flink_session.kubernetes.start_scripts.shell import ShellEnvironment, expand_parameter, is_plain, split_words
from flink_session.kubernetes.start_scripts.symbols import Symbols, has_symbol
from flink_session.kubernetes.start_scripts.tokens import BLANKS, ShellSyntaxError

_SPECIAL = frozenset("|&;()<>$`\"'\\ \t#*?[]{}~!")
_MEANT_FOR_A_SHELL = frozenset("|&;()<>$`\"'\\ #{}")
_ALSO_IN_REGULAR_EXPRESSIONS = frozenset("|()$\\{}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME_OR_PROCESS = re.compile(rf"{_NAME.pattern}|\$")
_DEFAULT = re.compile(r":?[-=+]")
_SAFE = re.compile(r"[\w./:=,+@%^-]*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line of options.

    Attributes:
        text: what is meant, with symbols for what the pod knows.
        source: as it is written.
        is_ambiguous: whether a backslash in it may be meant for a shell as well as for a regular expression.
    """

    text: str
    source: str
    is_ambiguous: bool = False


def meant_words(line: str, environment: ShellEnvironment) -> list[Word]:
    """Take a line of options for what it says."""
    if is_plain(line):
        return [Word(word, word) for word in split_words(line)]
    words, i = [], 0
    while i < len(line):
        if line[i] in BLANKS:
            i += 1
            continue
        word = _Reader(line, i, environment).read()
        words.append(word)
        i += len(word.source)
    return words


def rewritten(words: Sequence[Word], symbols: Symbols) -> Iterator[list[str]]:
    """Yield ways to write the words so that a shell may leave of each what is meant; none of a word with a blank."""
    if any(char in word.text for word in words for char in BLANKS):
        return
    yield [_single_quoted(word.text, symbols) for word in words]
    yield [symbols.write(word.text, _escaped) for word in words]


def _single_quoted(text: str, symbols: Symbols) -> str:
    name, equals, value = text.partition("=")
    if "'" in text or has_symbol(text):
        return symbols.write(text, _escaped)
    if _SAFE.fullmatch(text):
        return text
    return f"{name}={_quoted(value)}" if equals and _SAFE.fullmatch(name) else _quoted(text)


def _quoted(text: str) -> str:
    return f"'{text}'"


def _escaped(text: str) -> str:
    return re.sub(r"([|&;()<>$`\"'\\#{}])", r"\\\1", text)


class _Reader:
    """Reads one word."""

    def __init__(self, line: str, start: int, environment: ShellEnvironment) -> None:
        self._line = line
        self._start = start
        self._environment = environment
        self._text: list[str] = []
        self._before = ""  # the character before, or a quote where a quotation has just ended
        self._is_ambiguous = False
        end = next((i for i in range(start, len(line)) if line[i] in BLANKS), len(line))
        escaped = re.findall(r"\\(.?)", line[start:end])
        self._backslashes_are_text = any(char not in _MEANT_FOR_A_SHELL for char in escaped)

    def read(self) -> Word:
        i = self._start
        while i < len(self._line) and self._line[i] not in BLANKS:
            i = self._step(i)
        return Word("".join(self._text), self._line[self._start : i], self._is_ambiguous)

    def _step(self, i: int) -> int:
        """Take what stands at ``i``, and return the place behind it."""
        line, char = self._line, self._line[i]
        if char == "\\" and not self._backslashes_are_text and i + 1 < len(line):
            self._is_ambiguous |= line[i + 1] in _ALSO_IN_REGULAR_EXPRESSIONS
            return self._take(line[i + 1], i + 2, before="'")
        if char in "'\"":
            end = self._end_of_quotation(i)
            if end:
                inside = line[i + 1 : end - 1]
                return self._take(inside if char == "'" else self._double_quoted(inside), end, before="'")
        if char in "$`":
            value, end = self._expression(line, i)
            if end > i:
                return self._take(value, end, before="'")
        return self._take(char, i + 1, before=char)

    def _take(self, text: str, end: int, before: str) -> int:
        self._text.append(text)
        self._before = before
        return end

    def _end_of_quotation(self, i: int) -> int:
        """Return the place behind a quotation that is one; 0 where the quote stands for itself."""
        line, before = self._line, self._before
        try:
            end = tokens.quoted_end(line, i)
        except ShellSyntaxError:
            return 0
        inside, following = line[i + 1 : end - 1], line[end : end + 1]
        if before in ("", "=", ":", "'") and (not following or following in BLANKS + "'\"\\"):
            return end
        if before and before in "{[(,":
            return 0
        if before.isalnum() and any(char in inside for char in BLANKS):
            return 0
        return end if _SPECIAL.intersection(inside) else 0

    def _double_quoted(self, inside: str) -> str:
        text, i = [], 0
        while i < len(inside):
            if inside[i] == "\\" and inside[i + 1 : i + 2] in ("$", "`", '"', "\\"):
                text.append(inside[i + 1])
                i += 2
                continue
            value, end = self._expression(inside, i) if inside[i] in "$`" else ("", i)
            text.append(value if end > i else inside[i])
            i = max(end, i + 1)
        return "".join(text)

    def _expression(self, text: str, i: int) -> tuple[str, int]:
        """Return the value of a variable or of an expression, and the place behind it; ``i`` where there is none."""
        following = text[i + 1 : i + 2]
        try:
            if text[i] == "`" or following in ("(", "'"):
                end = tokens.quoted_end(text, i) if text[i] == "`" else _end_behind_dollar(text, i + 1)
                return self._environment.computed(text[i:end]) or "", end
            if following == "{":
                end = tokens.nested_end(text, i + 1)
                inside = text[i + 2 : end - 1]
                name = _NAME.match(inside)
                if name and (self._is_set(name[0]) or _DEFAULT.match(inside, name.end())):
                    return expand_parameter(inside, self._environment), end
                return "", i
        except ValueError:
            return "", i
        name = _NAME_OR_PROCESS.match(text, i + 1)
        value = self._environment.variable(name[0]) if name else None
        return (value, name.end()) if name and value is not None else ("", i)

    def _is_set(self, name: str) -> bool:
        return self._environment.variable(name) is not None


def _end_behind_dollar(text: str, i: int) -> int:
    return tokens.nested_end(text, i) if text[i] == "(" else tokens.quoted_end(text, i, escapes=True)
