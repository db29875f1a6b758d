"""Where the preview of a review comes from: a run of the engine, a file, two states, or two revisions."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flink_session.errors import UserError
from flink_session.review.comparing import added_by
from flink_session.review.preview import Preview
from flink_session.review.sources.choosing import read_preview, read_two_states

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user wants to have reviewed; without a file, states or base, the project here."""

    stack: str | None
    cwd: Path
    file: Path | None = None
    state: Path | None = None
    states: tuple[Path, Path] | None = None
    base: str | None = None
    offline: bool = False


def preview_of(wanted: Wanted) -> Preview:
    """Read, or make, the preview.

    Raises:
        SourceError: a file is none.
        UserError: something is wrong with the project, or with the revision.
    """
    if wanted.states:
        before, after = wanted.states
        return read_two_states(_read(before), _read(after), (str(before), str(after)))
    if wanted.file:
        state = json.loads(_read(wanted.state)) if wanted.state else None
        return read_preview(_read(wanted.file), "standard input" if _is_stdin(wanted.file) else str(wanted.file), state)
    if wanted.base is None:
        return _run(wanted.cwd, wanted.stack, offline=wanted.offline)
    return _compared(wanted, wanted.base)


def _compared(wanted: Wanted, revision: str) -> Preview:
    """Preview both revisions against one recorded state: that of the project here."""
    from flink_session.engine.stack.target import Target

    from .base import work_tree

    here = Target.find(wanted.cwd, wanted.stack)
    os.environ["PULUMI_BACKEND_URL"] = f"file://{here.file.root}"
    head = _run(wanted.cwd, here.stack, offline=wanted.offline)
    with work_tree(wanted.cwd, revision) as folder:
        base = _run(folder, here.stack, offline=wanted.offline, name=revision)
    return added_by(head, base)


def _run(cwd: Path, stack: str | None, *, offline: bool, name: str = "") -> Preview:
    from flink_session.engine import operations
    from flink_session.engine.options import Options
    from flink_session.engine.stack.target import Target
    from flink_session.review.sources.engine import read_previewed

    target = Target.find(cwd, stack)
    options = Options(as_json=True, offline=offline)
    found = asyncio.run(operations.previewed(cwd, target.stack, cache(_silent), options))
    return read_previewed(found, f"{target.project.name}, stack {target.stack}" + (f" at {name}" if name else ""))


def _silent() -> Console:
    """What a preview prints is in its diagnostics as well."""
    from rich.console import Console

    return Console(file=io.StringIO())


def _read(path: Path) -> str:
    try:
        text = sys.stdin.buffer.read() if _is_stdin(path) else path.read_bytes()
        return text.decode(errors="replace")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error


def _is_stdin(path: Path) -> bool:
    return str(path) == "-"
