"""What bash makes of the words of a command line: Flink's scripts send options through it, whether they want it or not.

The words of one simple command are followed to the end. Where a text ends that command, starts another or redirects it,
the answer says so. File names are not looked up: a word that begins with a hyphen matches none in practice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flink_session.kubernetes.start_scripts.braces import expand_braces
from flink_session.kubernetes.start_scripts.tokens import (
    BLANKS,
    ShellSyntaxError,
    ShellUnclearError,
    Token,
    check_grammar,
    nested_end,
    quoted_end,
    tokens,
)

_PLAIN = re.compile(r"[\w./:=,+@%^ \t\n-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATION = re.compile(r"(:?[-=+?])(.*)", re.DOTALL)
_ARITHMETIC = re.compile(r"[\w\s+*/%()-]*(?::[\w\s+*/%()-]*)?")
_HOME_FOLDER = re.compile(r"~|[A-Za-z_]\w*\+?=(?:[^'\"]*:)?~")
_SPECIAL = "@*#?-$!0123456789"
_COMPUTED_BEHIND = "#%/^,@["

Outcome = Literal["words", "nothing", "commands", "unclear"]


@dataclass(frozen=True, slots=True)
class ShellEnvironment:
    """What a shell knows beyond the text.

    Attributes:
        variable: returns the value of a variable, or of a special parameter such as ``1``; ``None`` where it has none.
        computed: returns what stands for an expression that is run or computed, as ``$(hostname)``; ``None`` where
            nobody can tell.
    """

    variable: Callable[[str], str | None]
    computed: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Expansion:
    """What becomes of a text that a shell reads as the arguments of a command.

    Attributes:
        outcome: ``words``, these arrive; ``nothing``, the line fails or its output is lost; ``commands``, the words
            arrive, and what follows them is run as a command; ``unclear``, only a running shell could tell.
        words: the arguments after all expansions.
        cause: why it is not ``words``, as it continues "a shell that ...".
    """

    outcome: Outcome
    words: tuple[str, ...] = ()
    cause: str = ""


def split_words(text: str) -> list[str]:
    """Split at blanks, as bash does with a variable that stands outside of quotes."""
    return [word for word in re.split(f"[{BLANKS}]+", text) if word]


def is_plain(text: str) -> bool:
    """Tell whether a text has nothing that a shell could do anything with but split: most options are such."""
    return _PLAIN.fullmatch(text) is not None


def evaluate(text: str, environment: ShellEnvironment) -> Expansion:
    """Return what ``X=$(eval echo ${X})`` leaves of X, split into words; the first of them is no option of ``echo``."""
    expansion = arguments(" ".join(split_words(text)), environment)
    if expansion.outcome not in ("words", "commands"):
        return expansion
    return Expansion(expansion.outcome, tuple(split_words(" ".join(expansion.words))), expansion.cause)


def arguments(text: str, environment: ShellEnvironment) -> Expansion:
    """Return what a command gets where ``text`` follows its name, as in ``bash -c "command text"``."""
    if is_plain(text) and "\n" not in text.strip(BLANKS):
        return Expansion("words", tuple(split_words(text)))
    line = text.strip(BLANKS) if not text.rstrip(BLANKS).endswith("\\") else text.lstrip(BLANKS)
    try:
        found = tokens(line)
        end = next((i for i, token in enumerate(found) if token.is_operator), len(found))
        check_grammar(found)
        written = [token.text for token in found[:end]]
        if end == len(found):
            return Expansion("words", tuple(_expand_all(written, environment)))
        return _with_operator(found[end], written, line, environment)
    except ShellSyntaxError as error:
        return Expansion("nothing", cause=str(error))
    except ShellUnclearError as error:
        return Expansion("unclear", cause=str(error))


def expand_parameter(inside: str, environment: ShellEnvironment) -> str:
    """Return the value of ``${inside}``.

    Raises:
        ShellSyntaxError: bash does not know such an expression.
    """
    name = _NAME.match(inside)
    if not name:
        if len(inside) == 1 and inside in _SPECIAL:
            return _special(inside, environment)
        if inside.startswith(("#", "!")) and inside[1:]:
            return _computed(f"${{{inside}}}", environment)
        raise ShellSyntaxError(f"cannot read ${{{inside}}}")
    value, rest = environment.variable(name[0]), inside[name.end() :]
    if not rest:
        return value or ""
    if operation := _OPERATION.fullmatch(rest):
        return _operate(operation[1], operation[2], value, environment)
    if rest[0] == ":" and value is None:
        return ""
    if rest[0] in _COMPUTED_BEHIND or (rest[0] == ":" and _ARITHMETIC.fullmatch(rest[1:])):
        return _computed(f"${{{inside}}}", environment)
    raise ShellSyntaxError(f"cannot read ${{{inside}}}")


def _with_operator(operator: Token, written: list[str], line: str, environment: ShellEnvironment) -> Expansion:
    """Tell what becomes of the words before an operator."""
    sign, rest = operator.text, line[operator.start + len(operator.text) :].strip()
    short = rest if len(rest) <= 40 else rest[:37] + "..."
    if operator.is_redirection:
        if (
            sign in (">", ">>", ">|", "&>", "&>>")
            and not rest.startswith(("&", "("))
            and not _has_number(operator, line)
        ):
            return Expansion("nothing", cause=f"takes {sign} for the way into a file")
        return Expansion("unclear", cause=f"takes {sign} for a redirection")
    if sign in ("|", "|&"):
        return Expansion("nothing", cause=f"takes {sign} for a pipe and {short} for a command")
    shown = "the end of the line" if sign == "\n" else sign
    cause = f"ends the options at {shown}" + (f" and takes {short} for a command" if rest else "")
    return Expansion("commands", tuple(_expand_all(written, environment)), cause)


def _has_number(operator: Token, line: str) -> bool:
    """Tell whether the word before a redirection is its file descriptor."""
    word = re.search(r"(?:^|[ \t])(\d+|\{\w+\})$", line[: operator.start])
    return word is not None


def _expand_all(written: list[str], environment: ShellEnvironment) -> list[str]:
    words = []
    for word in (part for whole in written for part in expand_braces(whole)):
        text = _expand_word(word, environment)
        # An unquoted variable without a value is no argument at all.
        if text or "'" in word or '"' in word:
            words.append(text)
    return words


def _expand_word(word: str, environment: ShellEnvironment) -> str:
    """Replace variables, and take quotes away."""
    if _HOME_FOLDER.match(word):
        raise ShellUnclearError("takes ~ for a home folder")
    text: list[str] = []
    i = 0
    while i < len(word):
        char = word[i]
        if char == "\\":
            text.append(word[i + 1 : i + 2].replace("\n", "") if i + 1 < len(word) else "\\")
            i += 2
        elif char == "'":
            end = word.index("'", i + 1)
            text.append(word[i + 1 : end])
            i = end + 1
        elif char == '"':
            end = quoted_end(word, i)
            text.append(_expand_double_quoted(word[i + 1 : end - 1], environment))
            i = end
        else:
            value, i = _expand_at(word, i, environment, quoted=False)
            text.append(value)
    return "".join(text)


def _expand_double_quoted(inside: str, environment: ShellEnvironment) -> str:
    text: list[str] = []
    i = 0
    while i < len(inside):
        if inside[i] == "\\" and inside[i + 1 : i + 2] in ("$", "`", '"', "\\", "\n"):
            text.append(inside[i + 1].replace("\n", ""))
            i += 2
        else:
            value, i = _expand_at(inside, i, environment, quoted=True)
            text.append(value)
    return "".join(text)


def _expand_at(word: str, i: int, environment: ShellEnvironment, *, quoted: bool) -> tuple[str, int]:
    """Return the value of what begins at ``i``, a character or an expression, and the place behind it."""
    following = word[i + 1 : i + 2]
    if word[i] == "`":
        end = quoted_end(word, i)
        return _computed(word[i:end], environment), end
    if word[i] != "$" or not following:
        return word[i], i + 1
    if name := _NAME.match(word, i + 1):
        return environment.variable(name[0]) or "", name.end()
    if following == "{":
        end = nested_end(word, i + 1)
        return expand_parameter(word[i + 2 : end - 1], environment), end
    if following in "([":
        end = nested_end(word, i + 1)
        return _computed(word[i:end], environment), end
    if following == "'" and not quoted:
        end = quoted_end(word, i + 1, escapes=True)
        return _computed(word[i:end], environment), end
    if following == '"' and not quoted:
        return "", i + 1
    if following in _SPECIAL:
        return _special(following, environment), i + 2
    return "$", i + 1


def _special(name: str, environment: ShellEnvironment) -> str:
    value = environment.variable(name)
    if value is None:
        raise ShellUnclearError(f"takes ${name} for a value of its own")
    return value


def _computed(expression: str, environment: ShellEnvironment) -> str:
    value = environment.computed(expression)
    if value is None:
        raise ShellUnclearError(f"computes {expression}")
    return value


def _operate(sign: str, word: str, value: str | None, environment: ShellEnvironment) -> str:
    """Apply ``-``, ``=``, ``+`` or ``?`` to a value; with a colon, an empty one counts as none."""
    is_set = bool(value) if sign[0] == ":" else value is not None
    if sign[-1] == "+":
        return _expand_word(word, environment) if is_set else ""
    if is_set:
        return value or ""
    if sign[-1] == "?":
        raise ShellSyntaxError("finds no value for a variable that must have one")
    return _expand_word(word, environment)
