"""The commands on a stack's configuration: reading it with its secrets opened, and changing one key of it."""

from __future__ import annotations

from pathlib import Path

from ..errors import ProjectError
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


def get(cwd: Path, stack: str | None, key: str) -> tuple[str, bool]:
    """Give one value, and whether it is secret. Raises ProjectError if there is none."""
    target = Target.find(cwd, stack)
    config, full = Loaded.load(target).config, target.reader.full_key(key)
    if full not in config.values:
        raise ProjectError(f"configuration key {key!r} not found for stack {target.stack!r}")
    return config.values[full], full in config.secret_keys


def set_value(cwd: Path, stack: str | None, key: str, value: str, *, secret: bool) -> None:
    """Set one value. Raises EngineError, as when a secret has to be encrypted and there is no passphrase."""
    target = Target.find(cwd, stack)
    target.require_begun()
    entry: object = value
    if secret:
        entry = {"secure": Loaded.load(target).crypter.encrypt(value)}
    config_file.set_value(target.reader.path, (target.reader.full_key(key), key), entry)


def remove(cwd: Path, stack: str | None, key: str) -> None:
    """Remove one value. Raises ProjectError if there is none, to tell a slip."""
    target = Target.find(cwd, stack)
    if not config_file.remove_value(target.reader.path, (target.reader.full_key(key), key)):
        raise ProjectError(f"configuration key {key!r} not found for stack {target.stack!r}")
