"""What is looked for in a YAML document before anything is made of it: keys that come twice, and dangerous aliases.

By an alias, a node may hold itself, or a few lines may stand for millions of nodes. Flink's parser allows fifty aliases
of lists and maps, and then works on what these stand for until its memory is used up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's safe loader that is written in C, and ten times as fast; where that was not built, the one in Python."""

MOST_ALIASES = 50
"""How many aliases of lists and maps a document may have. Mirrors ``LoadSettings.getMaxAliasesForCollections``."""

_DEEPEST = 100
_MOST_NODES = 100_000
"""How many nodes a document with aliases may stand for."""


def check_graph(root: yaml.Node | None) -> None:
    """Check the nodes of one document.

    Raises:
        yaml.constructor.ConstructorError: a mapping names a key twice; lists and maps are nested too deeply; a node
            holds itself; the aliases are too many, or stand for too much.
    """
    if root is not None:
        check = _Check()
        weight = check.weigh(root, "")
        if check.aliases and weight > _MOST_NODES:
            raise _error(f"its aliases stand for more than {_MOST_NODES} nodes", root)
        if check.repeated:
            (first, mark), *others = check.repeated
            problems = [first, *(f"line {mark.line + 1}: {text}" for text, mark in others)]
            raise yaml.constructor.ConstructorError(None, None, "; ".join(problems), mark)


def key_lines(root: yaml.Node | None) -> dict[str, list[int]]:
    """Return the lines of each key, the keys above it before dots, of a document that :func:`check_graph` passed."""
    lines: dict[str, list[int]] = {}
    for key, line in _keys(root, ""):
        lines.setdefault(key, []).append(line)
    return lines


def _keys(node: yaml.Node | None, prefix: str) -> Iterator[tuple[str, int]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            yield f"{prefix}{key.value}", key.start_mark.line + 1
            yield from _keys(value, f"{prefix}{key.value}.")


class _Check:
    def __init__(self) -> None:
        self.aliases = 0
        self.repeated: list[tuple[str, yaml.Mark]] = []
        self._open: list[int] = []
        self._weights: dict[int, int] = {}

    def weigh(self, node: yaml.Node, prefix: str) -> int:
        """Count the nodes that a node stands for, those behind aliases included each time."""
        if isinstance(node, yaml.ScalarNode):
            return 1
        if id(node) in self._weights or id(node) in self._open:
            self.aliases += 1
            if id(node) in self._open:
                raise _error("it holds itself, by an alias", node)
            if self.aliases > MOST_ALIASES:
                raise _error(f"it has more than {MOST_ALIASES} aliases of lists and maps", None)
            return self._weights[id(node)]
        if len(self._open) >= _DEEPEST:
            raise _error(f"it is nested more than {_DEEPEST} deep", node)
        self._open.append(id(node))
        weight = 1 + sum(self._weigh_children(node, prefix))
        self._open.pop()
        self._weights[id(node)] = weight
        return weight

    def _weigh_children(self, node: yaml.Node, prefix: str) -> Iterator[int]:
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield self.weigh(item, prefix)
            return
        first: dict[str, int] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if isinstance(key, yaml.ScalarNode):
                if name in first:
                    problem = f"key {prefix}{name} comes twice, first in line {first[name]}"
                    self.repeated.append((problem, key.start_mark))
                first.setdefault(name, key.start_mark.line + 1)
            yield self.weigh(key, prefix) + self.weigh(value, f"{prefix}{name}.")


def _error(problem: str, node: yaml.Node | None) -> yaml.constructor.ConstructorError:
    mark = node.start_mark if node is not None else None
    return yaml.constructor.ConstructorError(None, None, problem, mark)
