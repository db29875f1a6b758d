"""The commands on what a stack deploys: `up`, `preview`, `refresh`, `destroy` and `output`, from files to last line."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .deploy.outside import Outside, opened
from .errors import ChangesError
from .model.plan import Previewed
from .model.state import integrity_errors
from .model.values import SECRET_MASK, masked, plain
from .options import Options
from .program.program import Program
from .stack.target import Loaded, Target, read_outputs

if TYPE_CHECKING:
    from rich.console import Console

    from .deploy.deployment import Deployment
    from .deploy.run import Run

LateConsole = Callable[[], "Console"]
"""Gives what everything is shown on, always the same; its import is long, so the program is started before."""


async def up(cwd: Path, stack: str | None, console: LateConsole, options: Options) -> bool:
    """Preview, ask, and update a stack; gives whether all went well.

    Args:
        cwd: where to look for the project.
        stack: its name; None for the one in the environment or the selected one.
        console: where everything is shown.
        options: what else the user chose.

    Raises:
        EngineError: something is wrong with the user's files, before anything was begun.
    """
    target = Target.find(cwd, stack)
    target.require_begun()
    with target.file.locked():
        async with _outside(target, console, options) as outside, _program(target, console) as program:
            run = await _prepared(target, console, outside, options)
            if options.refresh and not await _refreshed(run, preview=False):
                return False
            if options.skip_preview:
                return await _update(run, program)
            run.title("Previewing update")
            previewed = await run.update(program, preview=True)
            if previewed.failed:
                return False
            _expect(run, previewed)
            if previewed.idle:
                if previewed.journal.changed:
                    await previewed.journal.write_to(target.file.write)
                return True
            async with _program(target, console) as updating:
                run.confirm(f"Do you want to perform this update of {target.stack}?")
                return await _update(run, updating)


async def preview(cwd: Path, stack: str | None, console: LateConsole, options: Options) -> bool:
    """Show what `up` would do; gives whether it would go well (and change nothing). Raises EngineError."""
    target = Target.find(cwd, stack)
    target.require_begun()
    async with _outside(target, console, options) as outside, _program(target, console) as program:
        run = await _prepared(target, console, outside, options)
        run.goes_on_without_cluster = True
        if options.refresh and not await _refreshed(run, preview=True):
            return False
        run.title("Previewing update")
        previewed = await run.update(program, preview=True)
        if not previewed.failed:
            _expect(run, previewed)
        return not previewed.failed


async def previewed(cwd: Path, stack: str | None, console: LateConsole, options: Options) -> Previewed:
    """Give what `preview` would show, as values; `console` is for what the program itself prints.

    Raises:
        EngineError: something is wrong with the user's files.
    """
    target = Target.find(cwd, stack)
    target.require_begun()
    async with _outside(target, console, options) as outside, _program(target, console) as program:
        run = await _prepared(target, console, outside, options)
        run.goes_on_without_cluster = True
        found = await run.update(program, preview=True)
        steps, said = tuple(found.steps), tuple(run.diagnostics)
        return Previewed(steps, said, bool(found.failed), run.loaded.crypter.fingerprint)


async def refresh(cwd: Path, stack: str | None, console: LateConsole, options: Options) -> bool:
    """Bring the state up to what is in the cluster; gives whether all went well. Raises EngineError."""
    target = Target.find(cwd, stack)
    with target.file.locked():
        target.require()
        async with _outside(target, console, options) as outside:
            run = await _prepared(target, console, outside, options)
            if not options.skip_preview:
                run.title("Previewing refresh")
                previewed = await run.refresh(preview=True)
                if previewed.failed:
                    return False
                _expect(run, previewed)
                if options.preview_only:
                    return True
                run.confirm(f"Do you want to record this in the state of {target.stack}?")
                run = await _prepared(target, console, outside, options)
            return await _refreshed(run, preview=False)


async def destroy(cwd: Path, stack: str | None, console: LateConsole, options: Options) -> bool:
    """Delete all that a stack has, and keep the stack; gives whether all went well. Raises EngineError."""
    target = Target.find(cwd, stack)
    with target.file.locked():
        target.require()
        async with _outside(target, console, options) as outside:
            run = await _prepared(target, console, outside, options)
            if options.refresh and not await _refreshed(run, preview=options.preview_only):
                return False
            if not options.skip_preview:
                run.title("Previewing destroy")
                if (await run.destroy(preview=True)).failed:
                    return False
                if options.preview_only:
                    return True
                run.confirm(f"Do you want to delete everything in {target.stack}?")
            run.title("Destroying")
            succeeded = not (await run.destroy(preview=False)).failed
    if succeeded and options.advise:
        console().print(
            "\nThe resources are deleted; the stack and its configuration are kept. "
            f"`flink-session stack rm {target.stack}` removes these as well."
        )
    return succeeded


def output(cwd: Path, stack: str | None, *, show_secrets: bool) -> dict[str, Any]:
    """Give a stack's outputs as of its last update, secrets masked unless they are asked for. Raises EngineError."""
    target = Target.find(cwd, stack)
    document = target.require()
    decrypt = Loaded.load(target).crypter.decrypt if show_secrets else lambda _: f'"{SECRET_MASK}"'
    outputs = read_outputs(document, decrypt)
    shown: dict[str, Any] = plain(outputs) if show_secrets else masked(outputs)
    return shown


async def _update(run: Run, program: Program) -> bool:
    await asyncio.to_thread(run.loaded.crypter.begin)
    run.title("Updating")
    updated = await run.update(program, preview=False)
    if not updated.failed:
        # Asked not to change anything, and without a preview to find out: what is done is done, but it is told.
        _expect(run, updated)
    return not updated.failed


async def _refreshed(run: Run, *, preview: bool) -> bool:
    run.title("Refreshing")
    refreshed = await run.refresh(preview=preview, digest=False)
    return not refreshed.failed


def _expect(run: Run, deployment: Deployment) -> None:
    if run.options.expect_no_changes and deployment.changes:
        raise ChangesError


async def _prepared(target: Target, console: LateConsole, outside: Outside, options: Options) -> Run:
    """Load a stack. Deriving its key takes a processor about as long as importing the rest takes another one."""
    loading = asyncio.create_task(asyncio.to_thread(Loaded.load, target))
    await asyncio.sleep(0)
    from .deploy.run import Run

    loaded = await loading
    if findings := integrity_errors(loaded.checkpoint.resources):
        raise target.file.corrupt("\n  ".join(["its resources do not fit together:", *findings]))
    return Run(target, loaded, console(), outside, options)


@contextlib.asynccontextmanager
async def _program(target: Target, console: LateConsole) -> AsyncIterator[Program]:
    program = await Program.start(target.project, lambda line: console().print(line, markup=False, highlight=False))
    try:
        yield program
    finally:
        await program.stop()


def _outside(target: Target, console: LateConsole, options: Options) -> contextlib.AbstractAsyncContextManager[Outside]:
    return opened(target, options.parallel, lambda line: console().print(line, markup=False, highlight=False))
