"""How bash takes a command line apart: words with their quotes, and operators between them.

Mirrors bash 5 as a script has it: no history, no aliases, no extended globs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLANKS = " \t\n"
"""What separates words; all other white space is text to bash."""

_OPERATORS = re.compile(r"&>>|&>|<<<|<<-|<<|<>|<&|>>|>&|>\||\|\||\|&|&&|;;&|;;|;&|[;&|()<>\n]")
_RESERVED = frozenset(
    (
        *(
            "case",
            "coproc",
            "do",
            "done",
            "elif",
            "else",
            "esac",
            "fi",
            "for",
            "function",
            "if",
            "in",
            "select",
            "then",
        ),
        *("then", "until", "while", "{", "}", "[[", "]]"),
    )
)
_CLOSING = {"{": "}", "(": ")", "[": "]"}
_OPENING_BEHIND_DOLLAR = ("${", "$(", "$[")


class ShellSyntaxError(ValueError):
    """Bash could not read the text. The message says why, as it continues "a shell that ..."."""


class ShellUnclearError(ValueError):
    """Only a running shell could tell what comes of the text. The message says why, as that of a syntax error does."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is written, or an operator.

    Attributes:
        text: its characters.
        start: where it begins.
        is_operator: whether it is one.
    """

    text: str
    start: int
    is_operator: bool = False

    @property
    def is_redirection(self) -> bool:
        """Whether it is an operator that sends input or output elsewhere."""
        return self.is_operator and ("<" in self.text or ">" in self.text)


def tokens(line: str) -> list[Token]:
    """Take the first line of a text apart, without its comment; bash runs it before it reads the next.

    Raises:
        ShellSyntaxError: a quote or a bracket has no end.
        ShellUnclearError: a command stands in place of a file.
    """
    found: list[Token] = []
    i = 0
    while i < len(line):
        if line[i] in " \t":
            i += 1
        elif line.startswith("\\\n", i):
            i += 2
        elif line[i] == "#":
            newline = line.find("\n", i)
            i = len(line) if newline < 0 else newline
        elif _is_process_substitution(line, i):
            raise ShellUnclearError(f"takes what follows {line[i : i + 2]} for a command")
        elif operator := _OPERATORS.match(line, i):
            found.append(Token(operator[0], i, is_operator=True))
            i = operator.end()
            if operator[0] == "\n":
                break
        else:
            end = _word_end(line, i)
            found.append(Token(line[i:end], i))
            i = end
    return found


def check_grammar(found: list[Token]) -> None:
    """Refuse what bash refuses: it reads a whole line before it runs the first command on it.

    Raises:
        ShellSyntaxError: the operators cannot stand where they do.
    """
    words = 1  # the command's own name stands before all of these
    last: Token | None = None
    for token in found:
        if not token.is_operator:
            if not words and token.text in _RESERVED:
                raise ShellSyntaxError(f"takes {token.text} for a word of its own language")
            words += 1
        elif (last is not None and last.is_redirection) or token.text in ("(", ")", ";;", ";&", ";;&"):
            raise ShellSyntaxError(f"cannot make sense of {token.text}")
        elif not token.is_redirection:
            if not words and token.text != "\n":
                raise ShellSyntaxError(f"cannot make sense of {token.text}")
            words = 0
        if token.text != "\n":
            last = token if token.is_operator else None
    if last is not None and last.text not in (";", "&"):
        raise ShellSyntaxError(f"finds nothing behind {last.text}")


def quoted_end(text: str, start: int, *, escapes: bool = False) -> int:
    """Return the place behind the quote that closes the one at ``start``.

    Args:
        text: a part of a line.
        start: where the quote is: single, double, or a backtick.
        escapes: whether a backslash has a meaning between single quotes, as in ``$'...'``.

    Raises:
        ShellSyntaxError: nothing closes it.
    """
    quote, i = text[start], start + 1
    while i < len(text):
        if text[i] == quote:
            return i + 1
        if (text[i] == "\\" and (quote != "'" or escapes)) or (quote == '"' and text.startswith("$$", i)):
            i += 2
        elif quote == '"' and text.startswith(_OPENING_BEHIND_DOLLAR[:2], i):
            i = nested_end(text, i + 1)
        elif quote == '"' and text[i] == "`":
            i = quoted_end(text, i)
        else:
            i += 1
    raise ShellSyntaxError(f"finds no second {quote}")


def nested_end(text: str, start: int) -> int:
    """Return the place behind what closes the bracket at ``start``, which is behind a dollar.

    Raises:
        ShellSyntaxError: nothing closes it.
    """
    opening, closing = text[start], _CLOSING[text[start]]
    depth, i = 1, start + 1
    while i < len(text):
        char = text[i]
        if char == "\\":
            i += 2
        elif char in "'\"`":
            i = quoted_end(text, i)
        elif opening == "{" and text.startswith("${", i):
            i = nested_end(text, i + 1)
        else:
            depth += (char == opening != "{") - (char == closing)
            i += 1
            if not depth:
                return i
    raise ShellSyntaxError(f"finds no {closing} behind ${opening}")


def _is_process_substitution(line: str, i: int) -> bool:
    return line[i] in "<>" and line[i + 1 : i + 2] == "("


def _word_end(line: str, i: int) -> int:
    while i < len(line) and line[i] not in " \t\n;&|()<>":
        char = line[i]
        if char == "\\" or line.startswith("$$", i):
            i += 2
        elif char in "'\"`":
            i = quoted_end(line, i)
        elif line.startswith("$'", i):
            i = quoted_end(line, i + 1, escapes=True)
        elif line.startswith(_OPENING_BEHIND_DOLLAR, i):
            i = nested_end(line, i + 1)
        else:
            i += 1
    return min(i, len(line))
