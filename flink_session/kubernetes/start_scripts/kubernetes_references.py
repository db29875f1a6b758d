"""References to variables in a container's variables and arguments: Kubernetes replaces ``$(NAME)`` and ``$$``.

Mirrors ``Expand`` of Kubernetes' package ``expansion``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")


def expand_references(text: str, value: Callable[[str], str | None]) -> str:
    """Return the text as the container gets it.

    Args:
        text: a value of a variable, or an argument.
        value: returns the value of a variable by its name; a reference stays where it returns ``None``.
    """

    def replacement(match: re.Match[str]) -> str:
        if match[1] is None:
            return "$"
        known = value(match[1])
        return match[0] if known is None else known

    return _REFERENCE.sub(replacement, text)


def references(text: str) -> list[str]:
    """Return the names that a text refers to, in order."""
    return [match[1] for match in _REFERENCE.finditer(text) if match[1] is not None]
