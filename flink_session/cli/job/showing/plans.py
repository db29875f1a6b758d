"""A job's plan in a few lines: its vertices in the order of the data, each with what it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_BREAK = re.compile(r"<br\s*/?>")
_TREE = re.compile(r"^[\s:+|`-]+")


def plan_lines(plan: Mapping[str, Any]) -> list[str]:
    """Give a line for each vertex of Flink's plan; none where the plan is of another form."""
    nodes: dict[str, Mapping[str, Any]] = {
        str(node.get("id")): node for node in plan.get("nodes") or () if isinstance(node, dict)
    }
    order = list(_in_order(nodes))
    numbers = {id_: number for number, id_ in enumerate(order, 1)}
    return [_line(nodes[id_], numbers) for id_ in order]


def _in_order(nodes: dict[str, Mapping[str, Any]]) -> Iterator[str]:
    """Give sources first, each vertex after all that it reads; Flink's own order is the other way round."""
    left = list(reversed(nodes))
    given: set[str] = set()
    while left:
        ready = [id_ for id_ in left if all(source in given or source not in nodes for source in _sources(nodes[id_]))]
        # A circle is broken anywhere.
        for id_ in ready or left[:1]:
            yield id_
            given.add(id_)
        left = [id_ for id_ in left if id_ not in given]


def _sources(node: Mapping[str, Any]) -> list[str]:
    return [str(item.get("id")) for item in node.get("inputs") or ()]


def _line(node: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    inputs = node.get("inputs") or ()
    read = ", ".join(f"{numbers.get(str(item.get('id')), '?')} by {item.get('ship_strategy', '?')}" for item in inputs)
    parts = [_TREE.sub("", part).strip() for part in _BREAK.split(str(node.get("description") or ""))]
    what = " -> ".join(part for part in parts if part)
    return f"{numbers[str(node['id'])]}. {what} ({node.get('parallelism', '?')})" + (f"  reads {read}" if read else "")
