"""Setting and removing values in a stack's configuration file, leaving everything else in it as its author wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..errors import ProjectError
from .backend import write_atomically

Keys = tuple[str, ...]
"""The ways to write one key, the preferred one first."""


def set_value(path: Path, keys: Keys, value: Any) -> None:
    """Set a key of `config:`, at the place where it is or at the end. Raises ProjectError."""
    entry = yaml.safe_dump({keys[0]: value}, default_flow_style=False, width=4096, allow_unicode=True)
    _edit(path, keys, entry)


def remove_value(path: Path, keys: Keys) -> bool:
    """Remove a key of `config:`; False if it is not there. Raises ProjectError."""
    return _edit(path, keys, "")


def _edit(path: Path, keys: Keys, entry: str) -> bool:
    """Put `entry`, block YAML, in the place of a key; gives whether the key was there."""
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        lines, found = _edited(text, keys, entry)
        if found or entry:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, "".join(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be changed: {error}") from error
    except yaml.YAMLError as error:
        raise ProjectError(f"{path} is not valid YAML: {error}") from error
    return found


def _edited(text: str, keys: Keys, entry: str) -> tuple[list[str], bool]:
    lines = (text if text.endswith("\n") or not text else text + "\n").splitlines(keepends=True)
    config = _node(yaml.compose(text, yaml.SafeLoader), "config")
    if config is None or not isinstance(config[1], yaml.MappingNode) or not config[1].value:
        first, last = _lines_of(config) if config else (len(lines), len(lines))
        lines[first:last] = ["config:\n", *_indented(entry, 2)] if entry else lines[first:last]
        return lines, False
    if config[1].flow_style:
        first, last = _lines_of(config)
        block = yaml.safe_dump(
            yaml.safe_load(text)["config"], default_flow_style=False, width=4096, sort_keys=False, allow_unicode=True
        )
        lines[first:last] = ["config:\n", *_indented(block, 2)]
        return _edited("".join(lines), keys, entry)
    present = next(filter(None, (_node(config[1], key) for key in keys)), None)
    column = config[1].start_mark.column
    first, last = _lines_of(present) if present else (_lines_of(config)[1],) * 2
    lines[first:last] = _indented(entry, column)
    return lines, present is not None


def _node(mapping: Any, key: str) -> tuple[Any, Any] | None:
    pairs = mapping.value if isinstance(mapping, yaml.MappingNode) else []
    return next(((name, value) for name, value in pairs if name.value == key), None)


def _lines_of(pair: tuple[Any, Any]) -> tuple[int, int]:
    """Give the lines from a key to the end of its value: the end mark of a block is where the next thing begins."""
    start, end = pair[0].start_mark.line, _last_mark(pair[1])
    return start, max(start + 1, end.line + (1 if end.column else 0))


def _last_mark(node: Any) -> Any:
    if isinstance(node, (yaml.MappingNode, yaml.SequenceNode)) and node.value and not node.flow_style:
        last = node.value[-1]
        return _last_mark(last[1] if isinstance(node, yaml.MappingNode) else last)
    return node.end_mark


def _indented(entry: str, column: int) -> list[str]:
    return [" " * column + line if line.strip() else line for line in entry.splitlines(keepends=True)]
