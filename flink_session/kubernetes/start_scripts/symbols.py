"""Values that only the pod knows, as single characters: so that words with them can be compared, shown and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Container

from flink_session.kubernetes.start_scripts.shell import ShellEnvironment

_FIRST = 0x100000
_SYMBOL = re.compile("[\U00100000-\U0010fffd]")
"""The last plane for private use: nobody's text."""

_NAME_OF_A_VARIABLE_OF_THE_ENVIRONMENT = re.compile(r"[A-Z_][A-Z0-9_]*")


class Symbols:
    """Stands for a pod's variables and for what its shell computes.

    Attributes:
        computed: expressions that were asked for, such as ``$(hostname)``.
    """

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self._sources: list[str] = []
        self.computed: list[str] = []

    @property
    def environment(self) -> ShellEnvironment:
        """What a shell sees. A variable with a name in capitals counts as set: an image or a webhook may do so."""
        return ShellEnvironment(self._variable, self._expression)

    def show(self, text: str) -> str:
        """Write a text with what its symbols stand for."""
        return _SYMBOL.sub(lambda match: self._sources[ord(match[0]) - _FIRST], text)

    def write(self, text: str, quote: Callable[[str], str]) -> str:
        """Write a text for a shell: ``quote`` is for what is no symbol."""
        parts = _SYMBOL.split(text)
        symbols = [self.show(symbol) for symbol in _SYMBOL.findall(text)]
        return "".join(quote(part) + symbol for part, symbol in zip(parts, [*symbols, ""], strict=True))

    def _variable(self, name: str) -> str | None:
        if name == "$":
            return self._symbol("$$")
        if name not in self._known and not _NAME_OF_A_VARIABLE_OF_THE_ENVIRONMENT.fullmatch(name):
            return None
        return self._symbol(f"${{{name}}}")

    def _expression(self, source: str) -> str:
        if source not in self.computed:
            self.computed.append(source)
        return self._symbol(source)

    def _symbol(self, source: str) -> str:
        if source not in self._sources:
            self._sources.append(source)
        return chr(_FIRST + self._sources.index(source))


def has_symbol(text: str) -> bool:
    """Tell whether a part of the text is known in the pod only."""
    return _SYMBOL.search(text) is not None
