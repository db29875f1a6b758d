"""The commands: what `up`, `preview`, `destroy` and `output` do, from the user's files to the last line shown."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .program import Program
from .stack import Loaded, Target
from .state import checkpoint_from_json
from .urn import STACK_TYPE
from .values import SECRET_MASK, masked, plain

if TYPE_CHECKING:
    from rich.console import Console

    from .kubeconfig import ClusterChoice
    from .provider import KubernetesProvider
    from .providers import Connect

Confirm = Callable[[str], bool]


async def up(
    cwd: Path, stack: str | None, console: Console, confirm: Confirm | None, *, show_diff: bool = False
) -> bool:
    """Preview, ask, and update a stack; gives whether all went well.

    Args:
        cwd: where to look for the project.
        stack: its name; None for that of the environment.
        console: where everything is shown.
        confirm: asks the user; None goes on without asking.
        show_diff: show each changed property.

    Raises:
        EngineError: something is wrong with the user's files, before anything was begun.
    """
    target = Target.find(cwd, stack)
    target.require_begun()
    with target.file.locked():
        async with _clusters() as connect, _program(target, console) as program:
            loaded = await _load(target)
            from .run import Run

            run = Run(target, loaded, console, connect, show_diff)
            console.print(f"Previewing update ({target.stack}):", style="bold")
            previewed = await run.execute(program, preview=True)
            if previewed.failed:
                return False
            if previewed.idle:
                if previewed.journal.changed:
                    await previewed.journal.write_to(target.file.write)
                return True
            async with _program(target, console) as updating:
                if confirm and not confirm(f"Do you want to perform this update of {target.stack}?"):
                    console.print("confirmation declined, nothing was changed")
                    return False
                await asyncio.to_thread(loaded.crypter.begin)
                console.print(f"\nUpdating ({target.stack}):", style="bold")
                return not (await run.execute(updating, preview=False)).failed


async def preview(
    cwd: Path, stack: str | None, console: Console, *, show_diff: bool = False, expect_no_changes: bool = False
) -> bool:
    """Show what `up` would do; gives whether it would go well (and change nothing). Raises EngineError."""
    target = Target.find(cwd, stack)
    target.require_begun()
    async with _clusters() as connect, _program(target, console) as program:
        loaded = await _load(target)
        from .run import Run

        console.print(f"Previewing update ({target.stack}):", style="bold")
        previewed = await Run(target, loaded, console, connect, show_diff).execute(program, preview=True)
    if previewed.failed:
        return False
    if expect_no_changes and previewed.changes:
        console.print("error: no changes were expected but changes were proposed", style="red")
        return False
    return True


async def destroy(cwd: Path, stack: str | None, console: Console, confirm: Confirm | None) -> bool:
    """Delete all that a stack has, and keep the stack; gives whether all went well. Raises EngineError."""
    target = Target.find(cwd, stack)
    with target.file.locked():
        target.require()
        async with _clusters() as connect:
            loaded = await _load(target)
            from .run import Removal

            removal = Removal(target, loaded, console, connect)
            await removal.check()
            console.print(f"Previewing destroy ({target.stack}):", style="bold")
            await removal.execute(preview=True)
            if confirm and not confirm(f"Do you want to delete everything in {target.stack}?"):
                console.print("confirmation declined, nothing was deleted")
                return False
            console.print(f"\nDestroying ({target.stack}):", style="bold")
            succeeded = await removal.execute(preview=False)
    if succeeded:
        console.print("\nThe stack and its configuration are kept; the next `up` makes everything anew.")
    return succeeded


def output(cwd: Path, stack: str | None, *, show_secrets: bool) -> dict[str, Any]:
    """Give a stack's outputs as of its last update, secrets masked unless they are asked for. Raises EngineError."""
    target = Target.find(cwd, stack)
    document = target.require()
    if show_secrets:
        checkpoint = Loaded.load(target).checkpoint
    else:
        checkpoint = checkpoint_from_json(document, lambda _: f'"{SECRET_MASK}"')
    for state in checkpoint.resources:
        if state.type == STACK_TYPE:
            outputs: dict[str, Any] = plain(state.outputs) if show_secrets else masked(state.outputs)
            return outputs
    return {}


async def _load(target: Target) -> Loaded:
    """Load a stack. Deriving its key takes a processor about as long as importing the rest takes another one."""
    loading = asyncio.create_task(asyncio.to_thread(Loaded.load, target))
    await asyncio.sleep(0)
    from . import run  # noqa: F401

    return await loading


@contextlib.asynccontextmanager
async def _program(target: Target, console: Console) -> AsyncIterator[Program]:
    program = await Program.start(target.project, lambda line: console.print(line, markup=False, highlight=False))
    try:
        yield program
    finally:
        await program.stop()


@contextlib.asynccontextmanager
async def _clusters() -> AsyncIterator[Connect]:
    """Give what connects to clusters, and close all of them at the end."""
    opened = []

    async def connect(choice: ClusterChoice) -> KubernetesProvider:
        from .cluster import Cluster
        from .kubeconfig import open_connection
        from .provider import KubernetesProvider

        cluster = Cluster(await asyncio.to_thread(open_connection, choice))
        opened.append(cluster)
        await cluster.check_reachable()
        return KubernetesProvider(cluster)

    try:
        yield connect
    finally:
        for cluster in opened:
            await cluster.close()
