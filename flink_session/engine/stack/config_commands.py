"""The commands on a stack's configuration: reading it with its secrets opened, and changing one key of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from ..errors import ProjectError, StepError
from ..model.paths import Path as PropertyPath
from ..model.paths import parse_path
from . import config_file
from .target import Loaded, Target


def read(cwd: Path, stack: str | None) -> tuple[dict[str, str], frozenset[str]]:
    """Give all values by key as users write it, and which of them are secret. Raises EngineError."""
    target = Target.find(cwd, stack)
    config = Loaded.load(target).config
    own = f"{target.project.name}:"
    return (
        {key.removeprefix(own): value for key, value in config.values.items()},
        frozenset(key.removeprefix(own) for key in config.secret_keys),
    )


def get(cwd: Path, stack: str | None, key: str, *, as_path: bool = False) -> tuple[str, bool]:
    """Give one value, or with `as_path` a part of one, and whether it is secret. Raises ProjectError without one."""
    target = Target.find(cwd, stack)
    config = Loaded.load(target).config
    if as_path:
        name, *inside = _path(key)
        full = target.reader.full_key(str(name))
        value: Any = config.values.get(full)
        try:
            for part in inside:
                value = (json.loads(value) if isinstance(value, str) else value)[part]
        except (LookupError, TypeError, ValueError):
            value = None
        if value is None:
            raise ProjectError(f"configuration key {key!r} not found for stack {target.stack!r}")
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), full in config.secret_keys
    full = target.reader.full_key(key)
    if full not in config.values:
        raise ProjectError(f"configuration key {key!r} not found for stack {target.stack!r}")
    return config.values[full], full in config.secret_keys


def set_value(cwd: Path, stack: str | None, key: str, value: str, *, secret: bool, as_path: bool = False) -> None:
    """Set one value, or with `as_path` a part of one: `configuration["taskmanager.numberOfTaskSlots"]`, `tags[0]`.

    Raises:
        EngineError: as when a secret has to be encrypted and there is no passphrase, or a path leads nowhere.
    """
    target = Target.find(cwd, stack)
    target.require_begun()
    entry: Any = value
    if secret:
        entry = {"secure": Loaded.load(target).crypter.encrypt(value)}
    if as_path:
        path = _path(key)
        if len(path) > 1 and not secret:
            entry = yaml.safe_load(value) if _TYPED.fullmatch(value) else value
        key = str(path[0])
        entry = _with(target.reader.raw(key), path[1:], entry, key)
    config_file.set_value(target.reader.path, (target.reader.full_key(key), key), entry)


def remove(cwd: Path, stack: str | None, key: str, *, as_path: bool = False) -> None:
    """Remove one value, or with `as_path` a part of one. Raises ProjectError if there is none, to tell a slip."""
    target = Target.find(cwd, stack)
    if as_path and len(path := _path(key)) > 1:
        whole = target.reader.raw(str(path[0]))
        if not _removed(whole, path[1:]):
            raise ProjectError(f"configuration key {key!r} not found for stack {target.stack!r}")
        config_file.set_value(target.reader.path, (target.reader.full_key(str(path[0])), str(path[0])), whole)
        return
    key = str(_path(key)[0]) if as_path else key
    if not config_file.remove_value(target.reader.path, (target.reader.full_key(key), key)):
        raise ProjectError(f"configuration key {key!r} not found for stack {target.stack!r}")


_TYPED = re.compile(r"true|false|-?(0|[1-9][0-9]*)")
"""What a path sets as a boolean or a number, as the Pulumi CLI does; everything else is a text."""


def _path(text: str) -> PropertyPath:
    try:
        path = parse_path(text)
    except StepError as error:
        raise ProjectError(f"--path: {error}") from error
    if not path or not isinstance(path[0], str):
        raise ProjectError(f"--path: {text!r} begins with no key")
    return path


def _with(whole: Any, path: PropertyPath, entry: Any, key: str) -> Any:
    """Give a value with a part of it set; what leads there is made."""
    if not path:
        return entry
    first, *rest = path
    if isinstance(first, int):
        items = list(whole or []) if isinstance(whole, list | None) else None
        if items is None or first > len(items):
            raise ProjectError(f"--path: {key} has no place [{first}]: it has {len(items or [])} items")
        changed = _with(items[first] if first < len(items) else None, tuple(rest), entry, key)
        return [*items[:first], changed, *items[first + 1 :]]
    if not isinstance(whole, dict | None) or (whole and "secure" in whole):
        raise ProjectError(f"--path: {key} is no map that could have {first!r}")
    return {**(whole or {}), first: _with((whole or {}).get(first), tuple(rest), entry, key)}


def _removed(whole: Any, path: PropertyPath) -> bool:
    *parents, last = path
    try:
        for part in parents:
            whole = whole[part]
        del whole[last]
    except (LookupError, TypeError):
        return False
    return True
