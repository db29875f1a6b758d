"""The resources of a deployment that a provider makes: which step each registration is, and how each of them ends.

What an earlier run was interrupted at is settled here as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import replace
from typing import TYPE_CHECKING

from .cascade import Dependent, dependents_to_replace
from .check import keep_ignored
from .diff import Change
from .errors import StepError, UnsupportedError
from .goal import Goal
from .journal import now_text
from .plan import Step
from .resource import Properties, Provider, Resource
from .signatures import UNKNOWN_TEXT
from .state import ResourceState
from .steps import ResourceStep
from .values import with_secrets

if TYPE_CHECKING:
    from .deployment import Deployment


class CustomResources:
    """Custom resources, as Pulumi calls those that are not components, of one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._doomed: dict[str, Dependent] = {}
        self._deleted: dict[str, asyncio.Event] = {}

    async def settled(self, urn: str) -> None:
        """Wait until a resource is not just being deleted along with another one."""
        if urn in self._deleted:
            await self._deleted[urn].wait()

    async def register(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Bring one resource to its goal. Raises StepError, UnsupportedError, ClusterError."""
        deployment = self._deployment
        reference, provider = await deployment.providers.of_goal(goal, old)
        asked = goal
        if old and old.external:
            # What was only read is nobody's; the program wants one of its own.
            deployment.journal.mark(old, delete=True)
            old = None
        if old:
            goal = replace(goal, inputs=keep_ignored(goal.ignore_changes, goal.inputs, old.inputs))
        resource = await provider.resource(goal, old)
        deployment.display.hide(resource.inputs)
        if not deployment.preview:
            await self._clear_the_way(goal.urn, resource, provider)
        old = await self._as_it_is(old)
        moved = old is not None and await deployment.providers.moved(old, reference)
        step = ResourceStep(
            deployment,
            self,
            goal,
            resource,
            lambda: provider.resource(asked, None),
            old,
            reference,
            moved=moved,
            doomed=self._doomed.get(goal.urn),
        )
        state = await step.run()
        if step.taken:
            deployment.finished(replace(step.taken, new=state))
        return state

    async def read(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Read a resource that is none of the stack's. Raises StepError, UnsupportedError, ClusterError."""
        deployment = self._deployment
        deployment.display.started(Step("read", goal.urn, old, goal))
        if not deployment.providers.knows(goal.type):
            raise UnsupportedError(f"reading {goal.type} {goal.name!r}")
        reference, provider = await deployment.providers.of_goal(goal, old)
        recorded = {"created": old.created, "modified": old.modified} if old else {}
        wish = goal.state(provider=reference, **recorded)
        state = wish if goal.id == UNKNOWN_TEXT else await provider.read(wish)
        if state is None:
            raise StepError(f"{goal.type} {goal.id!r} does not exist")
        outputs = with_secrets(state.outputs, goal.additional_secret_outputs)
        state = replace(state, inputs=goal.inputs, outputs=outputs)
        deployment.display.hide(state.outputs)
        if old is not None and (state.inputs, state.outputs) != (old.inputs, old.outputs):
            state = replace(state, modified=now_text())
        if old is not None and not old.external and old.id != state.id:
            deployment.journal.mark(old, delete=True)
            deployment.journal.keep(state, None, changed=True)
        else:
            deployment.journal.keep(state, old, changed=state != old)
        deployment.finished(Step("read", goal.urn, old, state))
        return state

    async def remove(self, state: ResourceState, leaving: Container[str] = ()) -> None:
        """Delete a resource, unless it is to stay, or goes with one of those that are leaving.

        In a preview, find out only that it could be tried.
        """
        await (await self._deployment.providers.of_state(state)).require(state)
        if state.retain_on_delete or state.deleted_with in leaving:
            return
        await self.delete(state)

    async def delete(self, state: ResourceState) -> None:
        """Delete a resource, with its hooks. Raises StepError."""
        deployment = self._deployment
        provider = await deployment.providers.of_state(state)
        async with deployment.deletion_hooks(state):
            if not deployment.preview and not await self._is_gone(state):
                await deployment.journal.begin(state, "deleting")
                await provider.delete(state, lambda text: deployment.display.progress(state.urn, text))

    async def delete_dependents(self, replaced: ResourceState) -> None:
        """Delete what has to be replaced along with a resource, the last first; its registration makes it anew.

        What the program has registered already cannot depend on the resource any more.
        """
        deployment = self._deployment

        async def ask(state: ResourceState, wanted: Properties) -> tuple[Change, ...]:
            return await (await deployment.providers.of_state(state)).reasons(state, wanted)

        dependents = await dependents_to_replace(replaced, deployment.journal.remaining(), ask)
        dependents = [item for item in dependents if item.state.urn not in deployment.registered]
        for dependent in dependents:
            if dependent.state.protect:
                raise StepError(
                    f"{dependent.state.urn} would be replaced along with {replaced.name}, and is protected; "
                    "remove the resource option protect first"
                )
        mine, deleted = [item for item in dependents if item.state.urn not in self._doomed], asyncio.Event()
        self._doomed |= {item.state.urn: item for item in mine}
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
            if not dependent.state.pending_replacement and not self._deployment.preview:
                await self.remove(dependent.state, leaving)
                self._deployment.journal.mark_gone(dependent.state)
                await self._deployment.journal.save()

    async def _clear_the_way(self, urn: str, resource: Resource, provider: Provider) -> None:
        """Delete what an interrupted run left of a resource, when the program has changed its mind about it since."""
        journal = self._deployment.journal
        interruption = journal.interrupted.get(urn)
        if interruption and interruption.is_half_made and not resource.is_that_of(interruption.resource):
            await provider.delete(interruption.resource, lambda text: self._deployment.display.progress(urn, text))
            journal.forget_interruption(urn)
        for state in journal.remaining():
            if state.urn == urn and state.delete and not state.external and resource.is_that_of(state):
                await self._deployment.remove_one(state)

    async def _as_it_is(self, old: ResourceState | None) -> ResourceState | None:
        """Give the state with the resource marked as gone if a delete that was interrupted has had its effect."""
        if old is None or old.pending_replacement or not await self._is_gone(old):
            return old
        return self._deployment.journal.mark_gone(old)

    async def _is_gone(self, state: ResourceState) -> bool:
        """Say whether a delete that was interrupted has had its effect."""
        interruption = self._deployment.journal.interrupted.get(state.urn)
        if interruption is None or interruption.type != "deleting" or not state.id:
            return False
        provider = await self._deployment.providers.of_state(state)
        return not await provider.is_there(state)
