"""Deleting what a stack no longer has: nothing before all that depends on it, and everything else at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ..model.state import ResourceState

Remove = Callable[[ResourceState], Awaitable[None]]
"""Deletes one resource, raising StepError; in a preview, only says so."""


async def remove_all(resources: list[ResourceState], remove: Remove) -> None:
    """Remove resources in reverse order of their dependencies, as many at a time as that allows.

    `remove` reports its errors itself, and raises StopRemoval after one: then nothing more is begun, and what runs is
    let finish.
    """
    waiting = {id(state): _dependents(state, resources) for state in resources}
    by_id = {id(state): state for state in resources}
    running: dict[asyncio.Task[None], int] = {}
    stopped = False
    while waiting or running:
        for key in [key for key, dependents in waiting.items() if not dependents and not stopped]:
            del waiting[key]
            running[asyncio.create_task(_run(remove, by_id[key]))] = key
        if not running:
            return
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            key = running.pop(task)
            try:
                task.result()
            except StopRemoval:
                stopped = True
            for dependents in waiting.values():
                dependents.discard(key)


class StopRemoval(Exception):  # noqa: N818 (not an error of its own: the error has been reported)
    """A removal failed."""


async def _run(remove: Remove, state: ResourceState) -> None:
    await remove(state)


def _dependents(state: ResourceState, resources: list[ResourceState]) -> set[int]:
    """Find what must go before `state`. The old copy of a replaced resource only has what it is the provider of."""
    reference = f"{state.urn}::{state.id}"
    return {
        id(other)
        for other in resources
        if other is not state
        and (other.provider == reference or (not state.delete and state.urn in other.references()))
    }
