"""The resources of a deployment that a provider makes: which step each registration is, and how each of them ends.

What an earlier run was interrupted at is settled here as well.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flink_session.api_server.cluster import heard_warning

from ..errors import StepError, UnsupportedError
from ..kubernetes_provider.check import keep_ignored
from ..model.goal import Goal
from ..model.plan import Step
from ..model.resource import Provider, Resource
from ..model.signatures import UNKNOWN_TEXT
from ..model.state import ResourceState
from ..model.values import with_secrets
from ..stack.journal import now_text
from .context import Context
from .deletions import Deletions
from .steps import ResourceStep


class CustomResources:
    """Custom resources, as Pulumi calls those that are not components, of one deployment."""

    def __init__(self, context: Context, deletions: Deletions) -> None:
        self._context, self._deletions = context, deletions

    async def register(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Bring one resource to its goal. Raises StepError, UnsupportedError, ClusterError."""
        # A registration is a task, so this ends with it.
        heard_warning.set(partial(self._context.display.warned, goal.urn))
        context = self._context
        reference, provider = await context.providers.of_goal(goal, old)
        asked = goal
        if old and old.external:
            # What was only read is nobody's; the program wants one of its own.
            context.journal.mark(old, delete=True)
            old = None
        if old:
            goal = replace(goal, inputs=keep_ignored(goal.ignore_changes, goal.inputs, old.inputs))
        resource = await provider.resource(goal, old)
        context.display.hide(resource.inputs)
        if not context.preview:
            await self._clear_the_way(goal.urn, resource, provider)
        old = await self._as_it_is(old)
        moved = old is not None and await context.providers.moved(old, reference)
        step = ResourceStep(
            context,
            self._deletions,
            goal,
            resource,
            lambda: provider.resource(asked, None),
            old,
            reference,
            moved=moved,
            doomed=self._deletions.doomed.get(goal.urn),
        )
        state = await step.run()
        if step.taken:
            context.finished(replace(step.taken, new=state))
        return state

    async def read(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Read a resource that is none of the stack's. Raises StepError, UnsupportedError, ClusterError."""
        context = self._context
        context.display.started(Step("read", goal.urn, old, goal))
        if not context.providers.knows(goal.type):
            raise UnsupportedError(f"reading {goal.type} {goal.name!r}")
        reference, provider = await context.providers.of_goal(goal, old)
        recorded = {"created": old.created, "modified": old.modified} if old else {}
        wish = goal.state(provider=reference, **recorded)
        state = wish if goal.id == UNKNOWN_TEXT else await provider.read(wish)
        if state is None:
            raise StepError(f"{goal.type} {goal.id!r} does not exist")
        outputs = with_secrets(state.outputs, goal.additional_secret_outputs)
        state = replace(state, inputs=goal.inputs, outputs=outputs)
        context.display.hide(state.outputs)
        if old is not None and (state.inputs, state.outputs) != (old.inputs, old.outputs):
            state = replace(state, modified=now_text())
        if old is not None and not old.external and old.id != state.id:
            context.journal.mark(old, delete=True)
            context.journal.keep(state, None, changed=True)
        else:
            context.journal.keep(state, old, changed=state != old)
        context.finished(Step("read", goal.urn, old, state))
        return state

    async def _clear_the_way(self, urn: str, resource: Resource, provider: Provider) -> None:
        """Delete what an interrupted run left of a resource, when the program has changed its mind about it since."""
        journal = self._context.journal
        interruption = journal.interrupted.get(urn)
        if interruption and interruption.is_half_made and not resource.is_that_of(interruption.resource):
            await provider.delete(
                interruption.resource, lambda text: self._context.display.waiting(interruption.resource, text)
            )
            journal.forget_interruption(urn)
        for state in journal.remaining():
            if state.urn == urn and state.delete and not state.external and resource.is_that_of(state):
                await self._deletions.remove_one(state)

    async def _as_it_is(self, old: ResourceState | None) -> ResourceState | None:
        """Give the state with the resource marked as gone if a delete that was interrupted has had its effect."""
        if old is None or old.pending_replacement or not await self._deletions.is_gone(old):
            return old
        return self._context.journal.mark_gone(old)
