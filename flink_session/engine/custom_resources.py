"""The resources of a deployment that a provider makes: which step each registration is, and how each of them ends.

What an earlier run was interrupted at is settled here as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .cascade import Dependent, dependents_to_replace
from .check import keep_ignored
from .diff import Change
from .errors import StepError
from .goal import Goal
from .paths import parse_path, starts_with
from .plan import Step
from .resource import Properties, Provider, Resource
from .state import ResourceState
from .steps import ResourceStep

if TYPE_CHECKING:
    from .deployment import Deployment


class CustomResources:
    """Custom resources, as Pulumi calls those that are not components, of one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._doomed: dict[str, Dependent] = {}

    async def register(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Bring one resource to its goal. Raises StepError, UnsupportedError, ClusterError."""
        deployment = self._deployment
        reference, provider = await deployment.providers.of_goal(goal)
        if old:
            goal = replace(goal, inputs=keep_ignored(goal.ignore_changes, goal.inputs, old.inputs))
        resource = await provider.resource(goal, old)
        deployment.display.hide(resource.inputs)
        if not deployment.preview:
            await self._clear_the_way(goal.urn, resource, provider)
        old = await self._as_it_is(old)
        hidden = [parse_path(text) for text in goal.hide_diff]
        doomed = self._doomed.get(goal.urn)
        cause = f"{doomed.reasons[0].path[0]} is made from {doomed.cause}, which is replaced" if doomed else ""
        taken: list[Step] = []

        def announce(operation: str, changes: tuple[Change, ...], reasons: tuple[Change, ...]) -> None:
            shown = tuple(change for change in changes if not any(starts_with(change.path, path) for path in hidden))
            taken.append(Step(operation, goal.urn, old, None, shown, reasons, cause))
            deployment.display.started(goal.urn, operation)

        step = ResourceStep(
            goal=goal,
            resource=resource,
            old=old,
            provider_reference=reference,
            journal=deployment.journal,
            preview=deployment.preview,
            doomed=doomed.reasons if doomed else (),
            delete=self._delete,
            delete_dependents=self._delete_dependents,
            announce=announce,
            report=lambda text: deployment.display.progress(goal.urn, text),
        )
        state = await step.run()
        deployment.finished(replace(taken[-1], new=state))
        return state

    async def remove(self, state: ResourceState) -> None:
        """Delete a resource, unless it is to stay. In a preview, find out only that it could be tried."""
        deployment = self._deployment
        await (await deployment.providers.of_state(state)).require(state)
        if deployment.preview or state.retain_on_delete or state.deleted_with in deployment.leaving:
            return
        await self._delete(state)

    async def _delete(self, state: ResourceState) -> None:
        deployment = self._deployment
        provider = await deployment.providers.of_state(state)
        await deployment.journal.begin(state, "deleting")
        await provider.delete(state, lambda text: deployment.display.progress(state.urn, text))

    async def _delete_dependents(self, replaced: ResourceState) -> None:
        """Delete what has to be replaced along with a resource, the last first; its registration makes it anew."""
        deployment = self._deployment

        async def ask(state: ResourceState, wanted: Properties) -> tuple[Change, ...]:
            return await (await deployment.providers.of_state(state)).reasons(state, wanted)

        dependents = await dependents_to_replace(replaced, deployment.journal.remaining(), ask)
        for dependent in dependents:
            if dependent.state.protect:
                raise StepError(
                    f"{dependent.state.urn} would be replaced along with {replaced.name}, and is protected; "
                    "remove the resource option protect first"
                )
        for dependent in reversed(dependents):
            self._doomed[dependent.state.urn] = dependent
            if not dependent.state.pending_replacement and not deployment.preview:
                await self.remove(dependent.state)
                deployment.journal.mark_gone(dependent.state)
                await deployment.journal.save()

    async def _clear_the_way(self, urn: str, resource: Resource, provider: Provider) -> None:
        """Delete what an interrupted run left of a resource, when the program has changed its mind about it since."""
        journal = self._deployment.journal
        interruption = journal.interrupted.get(urn)
        if interruption and interruption.type == "creating" and not resource.is_that_of(interruption.resource):
            await provider.delete(interruption.resource, lambda text: self._deployment.display.progress(urn, text))
            journal.forget_interruption(urn)
        for state in journal.remaining():
            if state.urn == urn and state.delete and resource.is_that_of(state):
                await self._deployment.remove_one(state)

    async def _as_it_is(self, old: ResourceState | None) -> ResourceState | None:
        """Give the state with the resource marked as gone if a delete that was interrupted has had its effect."""
        journal = self._deployment.journal
        interruption = journal.interrupted.get(old.urn) if old else None
        if old is None or interruption is None or interruption.type != "deleting" or old.pending_replacement:
            return old
        provider = await self._deployment.providers.of_state(old)
        return old if await provider.is_there(old) else journal.mark_gone(old)
