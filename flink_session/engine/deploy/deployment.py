"""A deployment: everything that one run of the program asks for, from the first registration to the last delete.

Registrations come in at any time and many at once; all of them, and the journal, live on one event loop, so that
reserving a URN or recording a failure needs no lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from flink_session.api_server.errors import ClusterError
from flink_session.errors import UserError

from ..errors import StepError, StoppedError, TakenError
from ..model.diff import compare
from ..model.goal import HOOKS, Goal
from ..model.plan import Step
from ..model.state import ResourceState
from ..model.urn import PROVIDER_TYPE_PREFIX, STACK_TYPE
from ..options import PARALLEL
from ..stack.journal import now_text
from .context import Context
from .custom_resources import CustomResources
from .deletions import Deletions
from .removal import StopRemoval, remove_all
from .renaming import renamed


class Halted(Exception):  # noqa: N818 (not an error of its own: the error has been reported)
    """The deployment has failed or was interrupted, and takes no more registrations."""


@dataclass
class Deployment(Context):
    """One run: it takes registrations, orders what they ask for, and ends with what the program no longer has.

    Attributes:
        parallel: how many resources are worked on at a time.
        failed: whether anything went wrong. A preview goes on after that, to find everything; an update does not.
        halted: whether nothing more is begun; what runs is finished all the same.
        outputs: the stack's outputs, as far as the program has given them.
        former_urns: by the URN of what was found under an alias, the one that the state had.
    """

    parallel: int = PARALLEL

    def __post_init__(self) -> None:
        super().__post_init__()
        self.failed = False
        self.halted = False
        self._interrupted = self._left_undone = False
        self._failed_urns: set[str] = set()
        self._unwaited: list[str] = []
        self.outputs: dict[str, Any] | None = None
        self._new_outputs = False
        self.former_urns: dict[str, str] = {}
        self._slots = asyncio.Semaphore(self.parallel)
        self._deletions = Deletions(self)
        self._custom = CustomResources(self, self._deletions)
        self._components: dict[str, tuple[str, ResourceState | None]] = {}

    @property
    def changes(self) -> int:
        """How many resources were, or in a preview would be, changed."""
        return self.counts.total() - self.counts["same"] - self.counts["read"]

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do, not even a new output to record."""
        return not (self.failed or self.changes or self.journal.interrupted or self._new_outputs)

    async def register(self, goal: Goal) -> ResourceState:
        """Bring one resource to its goal.

        Raises:
            Halted: the deployment has failed, by this resource or before; the reason has been displayed.
        """
        self.display.hide(goal.inputs)

        async def work() -> ResourceState:
            self._reserve(goal.urn)
            await self._deletions.settled(goal.urn)
            self._go_on()
            old = self._match(goal)
            if goal.type.startswith(PROVIDER_TYPE_PREFIX):
                return await self._register_provider(goal, old)
            if not goal.custom:
                return await self._register_component(goal, old)
            async with self._slots:
                return await self._custom.register(goal, old)

        return await self._attempt(goal, work)

    async def read(self, goal: Goal) -> ResourceState:
        """Read what is none of the stack's; by the goal's id. Raises Halted, as `register` does."""

        async def work() -> ResourceState:
            self._reserve(goal.urn)
            async with self._slots:
                return await self._custom.read(goal, self.journal.old(goal.urn))

        return await self._attempt(goal, work)

    async def _attempt(self, goal: Goal, work: Callable[[], Awaitable[ResourceState]]) -> ResourceState:
        """Do the work for one registration, and record it; in a preview, go on after a failure."""
        self._go_on()
        try:
            state = await work()
            await self.journal.save()
        except ClusterError as error:
            # The same for every resource to come: say it once, and end.
            if not self.halted:
                self.fail(str(error))
            self.halted = True
            raise Halted from error
        except StoppedError as error:
            self._leave(error)
            raise Halted from error
        except UserError as error:
            self._fail(goal, error)
            if not self.preview:
                self.halted = True
                raise Halted from error
            # Stand in for it, so that the rest of the program can be previewed as well.
            return ResourceState(urn=goal.urn, custom=goal.custom, type=goal.type, inputs=goal.inputs)
        return state

    def _fail(self, goal: Goal, error: UserError) -> None:
        """Record an error of one resource, in the words of its cause; what follows from another error is none."""
        follows = self.preview and goal.state().references() & self._failed_urns
        self._failed_urns.add(goal.urn)
        if isinstance(error, TakenError):
            known = renamed(goal, error.key, self.journal.remaining())
            self.display.failed(goal.urn, known or error.predicate, error.subject)
            self.failed = True
        elif not follows:
            self.fail(str(error), goal.urn)

    def interrupt(self) -> None:
        """Begin nothing more, let writes finish, and wait for nothing. Whether that leaves something undone, shows."""
        self.halted = self._interrupted = True
        self.providers.stopping.set()

    def tell_of_interruption(self) -> None:
        """At the end of the run, count it as failed if the interruption has kept something from being done."""
        if self._interrupted and self._left_undone:
            said = ["interrupted before all was done; the next `up` goes on from here", *self._unwaited]
            self.fail("\n".join(said))

    def _leave(self, stopped: StoppedError) -> None:
        """Record that something was not waited for to its end; to be told with all else that was left."""
        self._left_undone = True
        self._unwaited += stopped.reasons

    def _go_on(self) -> None:
        if self.halted:
            self._left_undone = True
            raise Halted

    def fail(self, message: str, urn: str = "") -> None:
        """Record that something went wrong, and say what."""
        self.failed = True
        self.display.failed(urn, message)

    async def register_outputs(self, urn: str, outputs: dict[str, Any]) -> None:
        """Take the outputs of a component, or of the stack; the latter count only when the program has succeeded."""
        self.display.hide(outputs)
        state = self.journal.new(urn)
        if state is None:
            return
        if state.type == STACK_TYPE:
            self.outputs = outputs
        elif state.outputs != outputs:
            self._record_outputs(state, outputs)
            await self.journal.save()
        await self._component_hooks("after", self.journal.new(urn) or state)

    async def finish(self, *, succeeded: bool) -> None:
        """End the run: delete what the program no longer has, and settle the stack's outputs.

        After a failure nothing is deleted, and outputs that were not reached keep their old values.
        """
        if succeeded and not self.failed:
            await self.remove(self.journal.remaining())
        stack = next((state for state in self.journal.resources if state.type == STACK_TYPE), None)
        if stack is not None and self.outputs is not None:
            outputs = self.outputs if succeeded and not self.failed else {**stack.outputs, **self.outputs}
            if outputs != stack.outputs and self.journal.new(stack.urn) is stack:
                self._new_outputs = True
                self._record_outputs(stack, outputs)
        try:
            await self.journal.save()
        except UserError as error:
            self.fail(str(error))

    async def remove(self, resources: list[ResourceState]) -> None:
        """Delete resources, and before that, objects that an interrupted run created and nobody registered since.

        The resource of such an object may still have a recorded one, which it was to replace.
        """
        self._deletions.leaving = {state.urn for state in resources}
        lost = [item.resource for item in self.journal.interrupted.values() if item.is_half_made]
        await remove_all(lost, self._remove)
        if not self.halted:
            await remove_all(resources, self._remove)
        if not self.failed:
            self.journal.settle()

    async def _remove(self, state: ResourceState) -> None:
        try:
            if self.halted:
                self._left_undone = True
                raise StopRemoval
            async with self._slots:
                await self._deletions.remove_one(state)
            await self.journal.save()
        except StoppedError as error:
            self._leave(error)
            raise StopRemoval from error
        except UserError as error:
            self.fail(str(error), state.urn)
            if not self.preview:
                self.halted = True
                raise StopRemoval from error

    async def _component_hooks(self, moment: str, state: ResourceState) -> None:
        operation, old = self._components.get(state.urn, ("same", None))
        if operation != "same":
            kind = f"{moment}_{operation}"
            await self.callbacks.run_hooks(kind, state.resource_hooks.get(HOOKS[kind], ()), old, state)

    def _reserve(self, urn: str) -> None:
        if urn in self.registered:
            raise StepError(f"Duplicate resource URN {urn!r}; try giving it a unique name")
        self.registered.add(urn)

    def _match(self, goal: Goal) -> ResourceState | None:
        """Find the resource in the state, under its URN or an alias, and give it its present name."""
        claimed = {alias: urn for urn, alias in self.former_urns.items()}
        if goal.urn in claimed:
            raise StepError(f"Duplicate resource URN {goal.urn!r}: it is an alias of {claimed[goal.urn]!r}")
        if (old := self.journal.old(goal.urn)) is not None:
            return old
        for alias in goal.aliases:
            if alias in self.journal.recorded and (alias in self.registered or alias in claimed):
                owner = claimed.get(alias, alias)
                raise StepError(
                    f"Duplicate resource alias {alias!r} of {goal.urn!r}: it is {owner!r}; remove the alias"
                )
            if self.journal.old(alias) is not None or alias in self.journal.interrupted:
                self.former_urns[goal.urn] = alias
                self.journal.rename(alias, goal.urn)
                return self.journal.old(goal.urn)
        return None

    async def _register_component(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        now = now_text()
        kept = (
            {"outputs": old.outputs, "created": old.created, "modified": old.modified, "extra": old.extra}
            if old
            else {}
        )
        state = goal.state(**{"created": now, **kept})
        operation = "create" if old is None else "update" if old.inputs != state.inputs else "same"
        self._components[goal.urn] = operation, old
        await self._component_hooks("before", state)
        changed = old is None or state != old or goal.urn in self.former_urns
        state = replace(state, modified=now) if changed else state
        return self._settle(state, old, changed=changed)

    async def _register_provider(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        state = await self.providers.register(goal, old)
        self._settle(state, old, changed=state != old)
        return replace(state, id="") if self.preview and (old is None or old.id != state.id) else state

    def _settle(self, state: ResourceState, old: ResourceState | None, *, changed: bool) -> ResourceState:
        """Record a component or a provider, which are nothing but a record."""
        operation = "create" if old is None else "update" if old.inputs != state.inputs else "same"
        if old is not None and old.id != state.id:
            # The resources of the old one are deleted by it, at the end.
            operation = "replace"
            self.journal.mark(old, delete=True)
        self.journal.keep(state, None if operation == "replace" else old, changed=changed)
        changes = tuple(compare(old.inputs, state.inputs)) if old else ()
        self.finished(Step(operation, state.urn, old, state, changes))
        return state

    def _record_outputs(self, state: ResourceState, outputs: dict[str, Any]) -> None:
        self.journal.replace_new(replace(state, outputs=outputs, modified=now_text()))
