"""Reading a command line as Flink's client does, which reads it by Commons CLI's `DefaultParser`.

So one dash or two, `-p 4`, `-p4`, `-p=4` and `--parallelism=4`, `-Dkey=value` and `-D key=value`, and the beginning of
a long name, mean what they mean to `flink`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flink_session.errors import UserError


class ArgumentsError(UserError):
    """A command line that Flink's client would not take either."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of Flink's client.

    Attributes:
        short, long: its names, without dashes; `long` may be empty.
        value: whether it takes none, one, `optional`ly one, or is a `property`, KEY=VALUE.
        refused: why it makes no sense here, and what to do instead; empty for one that does.
    """

    short: str
    long: str = ""
    value: str = "none"
    refused: str = ""


@dataclass(slots=True)
class CommandLine:
    """What was read: the values of each option by its short name, and all that is no option."""

    options: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)

    def has(self, short: str) -> bool:
        """Whether an option was given."""
        return short in self.options

    def value(self, short: str) -> str | None:
        """Give the value of an option; the first, where it was given twice, as Commons CLI does."""
        return next(iter(self.options.get(short, ())), None)

    @property
    def properties(self) -> dict[str, str]:
        """Give all `-D`; a key without a value is true."""
        found = {}
        for word in self.options.get("D", ()):
            key, equals, value = word.partition("=")
            found[key] = value if equals else "true"
        return found


def parse(words: Sequence[str], options: Iterable[Option], *, stop_at_argument: bool) -> CommandLine:
    """Read a command line; with `stop_at_argument`, all that follows the first one is arguments as well.

    Raises ArgumentsError.
    """
    return _Parser({option.short: option for option in options}, stop_at_argument).run(words)


class _Parser:
    def __init__(self, options: dict[str, Option], stop_at_argument: bool) -> None:
        self._options, self._stop = options, stop_at_argument
        self._found = CommandLine()

    def run(self, words: Sequence[str]) -> CommandLine:
        left = list(words)
        while left:
            word = left.pop(0)
            if word == "--":
                self._found.arguments += left
                break
            read = self._read(word) if word.startswith("-") and word != "-" else None
            if read is None:
                if word.startswith("-") and word != "-" and not self._stop:
                    raise ArgumentsError(f"Unrecognized option: {word}")
                self._found.arguments.append(word)
                if self._stop:
                    self._found.arguments += left
                    break
                continue
            option, value = read
            if value is None and option.value != "none" and left and self._is_argument(left[0]):
                value = left.pop(0)
            if value is None and option.value not in ("none", "optional"):
                raise ArgumentsError(f"Missing argument for option: {option.short}")
            self._found.options.setdefault(option.short, [])
            if value is not None:
                self._found.options[option.short].append(value)
        return self._found

    def _read(self, word: str) -> tuple[Option, str | None] | None:
        """Give the option that a word is, and the value in it; None if it is none."""
        text = word.lstrip("-") if word.startswith("--") else word[1:]
        name, equals, value = text.partition("=")
        # A short name with one dash is meant before the beginning of a long one.
        found = None if word.startswith("--") else self._options.get(name)
        found = found or self._by_long(name)
        if found is None and not word.startswith("--") and (first := self._options.get(text[0])):
            # -p4, -Dkey=value, and several of one letter in one word.
            return self._of_letters(text, first)
        if found is None:
            return None
        if equals and found.value == "none":
            return None
        return found, (value if equals else None)

    def _of_letters(self, text: str, first: Option) -> tuple[Option, str | None] | None:
        option, rest = first, text[1:]
        while rest and option.value == "none":
            self._found.options.setdefault(option.short, [])
            following = self._options.get(rest[0])
            if following is None:
                return None
            option, rest = following, rest[1:]
        return option, (rest or None)

    def _by_long(self, name: str) -> Option | None:
        named = [option for option in self._options.values() if option.long]
        exact = [option for option in named if option.long == name]
        begun = exact or [option for option in named if name and option.long.startswith(name)]
        if len(begun) > 1:
            could_be = ", ".join(f"'{option.long}'" for option in begun)
            raise ArgumentsError(f"Ambiguous option: '--{name}'  (could be: {could_be})")
        return begun[0] if begun else None

    def _is_argument(self, word: str) -> bool:
        if not word.startswith("-") or word == "-":
            return True
        try:
            float(word)
        except ValueError:
            return self._read(word) is None
        return True
