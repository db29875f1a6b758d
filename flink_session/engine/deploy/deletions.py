"""Deleting resources: with their hooks, before what replaces them, and along with what they cannot outlive."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Container

from ..errors import StepError
from ..model.diff import Change
from ..model.plan import Step
from ..model.resource import Properties
from ..model.state import ResourceState
from ..model.urn import PROVIDER_TYPE_PREFIX
from .cascade import Dependent, dependents_to_replace
from .context import Context
from .providers import is_default_provider


class Deletions:
    """The deletions of one context.

    Attributes:
        leaving: the URNs of what is being deleted for good.
        doomed: by URN, what is replaced along with something else.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.leaving: set[str] = set()
        self.doomed: dict[str, Dependent] = {}
        self._deleted: dict[str, asyncio.Event] = {}

    async def settled(self, urn: str) -> None:
        """Wait until a resource is not just being deleted along with another one."""
        if urn in self._deleted:
            await self._deleted[urn].wait()

    async def remove_one(self, state: ResourceState) -> None:
        """Delete one resource and forget it. Raises StepError."""
        if state.protect and not state.delete:
            raise StepError(
                f"{state.urn} would be deleted, and is protected; remove the option protect, run `up`, then try again"
            )
        is_old_copy = state.delete or state.pending_replacement or state.external
        counted = not is_default_provider(state) and not is_old_copy
        step = Step("delete", state.urn, old=state)
        if counted:
            self._context.display.started(step)
        is_record = state.type.startswith(PROVIDER_TYPE_PREFIX) or not state.custom
        if not (is_record or state.external or state.pending_replacement):
            await self.remove(state, self.leaving)
        elif not state.custom:
            async with self._hooks_around(state):
                pass
        self._context.journal.remove(state)
        if counted:
            self._context.finished(step)

    @contextlib.asynccontextmanager
    async def _hooks_around(self, state: ResourceState) -> AsyncIterator[None]:
        """Call what a resource wants to be called before and after it is deleted. Raises StepError."""
        await self._context.callbacks.run_hooks(
            "before_delete", state.resource_hooks.get("BeforeDelete", ()), state, None
        )
        yield
        await self._context.callbacks.run_hooks(
            "after_delete", state.resource_hooks.get("AfterDelete", ()), state, None
        )

    async def remove(self, state: ResourceState, leaving: Container[str] = ()) -> None:
        """Delete a resource, unless it is to stay, or goes with one of those that are leaving.

        In a preview, find out only that it could be tried.
        """
        await (await self._context.providers.of_state(state)).require(state)
        if state.retain_on_delete or state.deleted_with in leaving:
            return
        await self.delete(state)

    async def delete(self, state: ResourceState) -> None:
        """Delete a resource, with its hooks. Raises StepError."""
        context = self._context
        provider = await context.providers.of_state(state)
        async with self._hooks_around(state):
            if not context.preview and not await self.is_gone(state):
                await context.journal.begin(state, "deleting")
                try:
                    await provider.delete(state, lambda text: context.display.waiting(state, text))
                except StepError as error:
                    if provider.says_what_failed and not error.uncertain:
                        context.journal.abandon(state.urn)
                        await context.journal.save()
                    raise
                context.display.settled(state.urn)

    async def delete_dependents(self, replaced: ResourceState) -> None:
        """Delete what has to be replaced along with a resource, the last first; its registration makes it anew.

        What the program has registered already cannot depend on the resource any more.
        """
        context = self._context

        async def ask(state: ResourceState, wanted: Properties) -> tuple[Change, ...]:
            return await (await context.providers.of_state(state)).reasons(state, wanted)

        dependents = await dependents_to_replace(replaced, context.journal.remaining(), ask)
        dependents = [item for item in dependents if item.state.urn not in context.registered]
        for dependent in dependents:
            if dependent.state.protect:
                raise StepError(
                    f"{dependent.state.urn} would be replaced along with {replaced.name}, and is protected; "
                    "remove the resource option protect first"
                )
        mine, deleted = [item for item in dependents if item.state.urn not in self.doomed], asyncio.Event()
        self.doomed |= {item.state.urn: item for item in mine}
        self._deleted |= {item.state.urn: deleted for item in mine}
        try:
            await self._delete_all(replaced, mine)
        finally:
            deleted.set()
        for dependent in dependents:
            await self.settled(dependent.state.urn)

    async def _delete_all(self, replaced: ResourceState, dependents: list[Dependent]) -> None:
        leaving = {replaced.urn, *(dependent.state.urn for dependent in dependents)}
        for dependent in reversed(dependents):
            if not dependent.state.pending_replacement and not self._context.preview:
                await self.remove(dependent.state, leaving)
                self._context.journal.mark_gone(dependent.state)
                await self._context.journal.save()

    async def is_gone(self, state: ResourceState) -> bool:
        """Say whether a delete that was interrupted has had its effect."""
        interruption = self._context.journal.interrupted.get(state.urn)
        if interruption is None or interruption.type != "deleting" or not state.id:
            return False
        provider = await self._context.providers.of_state(state)
        display = self._context.display
        # A preview waits for nothing.
        report = None if self._context.preview else lambda text: display.waiting(state, text)
        return not await provider.is_there(state, report)
