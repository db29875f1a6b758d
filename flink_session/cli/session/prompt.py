"""What can be typed in attached mode: the words of Flink's script, jobs, and completion.

Mirrors ``KubernetesSessionCli.repStep``. Unlike there, `stop` asks first where somebody can answer, and the end of the
input leaves the session running.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flink_session.errors import UserError

Work = Callable[[], str]
"""Does something, and gives what to say of it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the prompt.

    Attributes:
        does: what it does, for people.
        work: does it; None where there is nothing to do but to end.
        ends: whether the prompt ends when it is done.
    """

    name: str
    does: str
    work: Work | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """The words that can be typed, in the order in which `help` shows them."""

    words: Sequence[Word]

    def help(self) -> str:
        """Give what `help` says."""
        width = max(len(word.name) for word in self.words)
        return "\n".join(["Available commands:", *(f"{word.name:<{width}} - {word.does}" for word in self.words)])

    def answer(self, line: str) -> tuple[str, bool]:
        """Do what a line says; gives what to say of it, and whether the prompt ends."""
        typed = line.strip()
        if not typed:
            return "", False
        word = next((item for item in self.words if item.name == typed.lower()), None)
        if word is None:
            return f"Unknown command '{typed}'. {self.help()}", False
        if word.work is None:
            return ("" if word.ends else self.help()), word.ends
        try:
            return word.work(), word.ends
        except UserError as error:
            return f"error: {error}", False

    def completions(self, text: str) -> list[str]:
        """Give the words that begin so."""
        return [word.name for word in self.words if word.name.startswith(text.lower())]


def attend(prompt: Prompt, say: Callable[[str], None], *, terminal: bool) -> None:
    """Read lines until one ends it, or there are no more."""
    with _completing(prompt) if terminal else contextlib.nullcontext():
        while (line := _read(say, terminal=terminal)) is not None:
            try:
                said, ends = prompt.answer(line)
            except KeyboardInterrupt:
                said, ends = "interrupted", False
            if said:
                say(said)
            if ends:
                return


def _read(say: Callable[[str], None], *, terminal: bool) -> str | None:
    while True:
        try:
            if not terminal:
                return sys.stdin.readline() or None
            return input("flink-session> ")
        except EOFError:
            say("")
            return None
        except KeyboardInterrupt:
            if not terminal:
                return None
            say("\n`quit` leaves, and the session goes on running; `stop` ends it.")


@contextlib.contextmanager
def _completing(prompt: Prompt) -> Iterator[None]:
    """Complete words by Tab, where Python has readline."""
    try:
        import readline  # noqa: PLC0415 (not everywhere)
    except ImportError:
        yield
        return

    def complete(text: str, state: int) -> str | None:
        found = prompt.completions(text)
        return found[state] if state < len(found) else None

    before = readline.get_completer()
    readline.set_completer(complete)
    readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
    try:
        yield
    finally:
        readline.set_completer(before)
