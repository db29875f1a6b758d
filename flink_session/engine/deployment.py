"""A deployment: everything that one run of the program asks for, from the first registration to the last delete.

Registrations come in at any time and many at once; all of them, and the journal, live on one event loop, so that
reserving a URN or recording a failure needs no lock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from .check import check, keep_ignored
from .diff import Change
from .display import Display
from .errors import ClusterError, EngineError, StepError
from .goal import Goal, inherited_alias
from .journal import Journal, now_text
from .kinds import KINDS, find_kind
from .provider import FIELD_MANAGER, KubernetesProvider, identity_of
from .providers import PROVIDER_TYPE, Providers, is_default_provider
from .removal import StopRemoval, remove_all
from .state import ResourceState
from .steps import KubernetesStep
from .urn import PROVIDER_TYPE_PREFIX, STACK_TYPE
from .values import contains_unknown, plain
from .waiting import DEFAULT_TIMEOUT


class Halted(Exception):  # noqa: N818 (not an error of its own: the error has been reported)
    """The deployment has failed or was interrupted, and takes no more registrations."""


@dataclass
class Deployment:
    """One run, for real or as a preview.

    Attributes:
        counts: how many resources were created, updated and so on; default providers do not count.
        failed: whether anything went wrong. A preview goes on after that, to find everything; an update does not.
        halted: whether nothing more is begun; what runs is finished all the same.
        outputs: the stack's outputs, as far as the program has given them.
    """

    journal: Journal
    providers: Providers
    display: Display
    preview: bool

    def __post_init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.failed = False
        self.halted = False
        self.outputs: dict[str, Any] | None = None
        self._new_outputs = False
        self._reserved: set[str] = set()
        self._former_urns: dict[str, str] = {}
        self._planned_namespaces: set[str] = set()

    @property
    def changes(self) -> int:
        """How many resources were, or in a preview would be, changed."""
        return self.counts.total() - self.counts["same"]

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do, not even a new output to record."""
        return not (self.failed or self.changes or self.journal.interrupted or self._new_outputs)

    async def register(self, goal: Goal) -> ResourceState:
        """Bring one resource to its goal.

        Raises:
            Halted: the deployment has failed, by this resource or before; the reason has been displayed.
        """
        if self.halted:
            raise Halted
        self.display.hide(goal.inputs)
        try:
            if goal.urn in self._reserved:
                raise StepError(f"Duplicate resource URN {goal.urn!r}; try giving it a unique name")
            self._reserved.add(goal.urn)
            old = self._match(goal)
            if goal.type.startswith(PROVIDER_TYPE_PREFIX):
                state = self._register_provider(goal, old)
            elif goal.custom:
                state = await self._register_object(goal, old)
            else:
                state = self._register_component(goal, old)
            await self.journal.save()
        except ClusterError as error:
            # The same for every resource to come: say it once, and end.
            if not self.halted:
                self.fail(str(error))
            self.halted = True
            raise Halted from error
        except EngineError as error:
            self.fail(str(error), goal.urn)
            if not self.preview:
                self.halted = True
                raise Halted from error
            return self._expected(goal)
        return state

    def halt(self, why: str) -> None:
        """Begin nothing more, and let what runs finish."""
        self.halted = True
        self.fail(why)

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
        except EngineError as error:
            self.fail(str(error))

    async def remove(self, resources: list[ResourceState]) -> None:
        """Delete resources, and before that, objects that an interrupted run created and nobody registered since.

        The resource of such an object may still have a recorded one, which it was to replace.
        """
        lost = [item.resource for item in self.journal.interrupted.values() if item.type == "creating"]
        await remove_all(lost, self._remove)
        if not self.halted:
            await remove_all(resources, self._remove)
        if not self.failed:
            self.journal.settle()

    async def _remove(self, state: ResourceState) -> None:
        try:
            if self.halted:
                raise StopRemoval
            await self._remove_one(state)
            await self.journal.save()
        except EngineError as error:
            self.fail(str(error), state.urn)
            if not self.preview:
                self.halted = True
                raise StopRemoval from error

    async def _remove_one(self, state: ResourceState) -> None:
        if state.protect:
            raise StepError(
                f"{state.urn} would be deleted, and is protected; remove the option protect, run `up`, then try again"
            )
        counted = not is_default_provider(state) and not state.delete and not state.pending_replacement
        if counted:
            self.display.started(state.urn, "delete", ())
        if state.custom and not state.external and not state.pending_replacement and state.type != PROVIDER_TYPE:
            kind = find_kind(state.type)
            if not self.preview and not state.retain_on_delete:
                provider = await self.providers.of_state(state)
                await self.journal.begin(state, "deleting")
                timeout = state.custom_timeouts.get("delete", DEFAULT_TIMEOUT)
                if "metadata" in state.outputs:
                    await provider.delete(
                        kind, state.outputs, timeout, lambda text: self.display.progress(state.urn, text)
                    )
                else:
                    await self._remove_lost(provider, state)
        self.journal.remove(state)
        if counted:
            self.counts["delete"] += 1
            self.display.done(state.urn, "delete")

    async def _remove_lost(self, provider: KubernetesProvider, state: ResourceState) -> None:
        """Delete an object that was created but never recorded, if it is there and ours."""
        kind, manager = KINDS[state.type], state.outputs.get(FIELD_MANAGER)
        live = await provider.cluster.get(kind, *identity_of(state.inputs))
        if live and any(entry.get("manager") == manager for entry in live["metadata"].get("managedFields") or []):
            await provider.delete(kind, live, DEFAULT_TIMEOUT, lambda text: self.display.progress(state.urn, text))

    def _match(self, goal: Goal) -> ResourceState | None:
        """Find the resource in the state, under its URN or an alias, and give it its present name."""
        aliases = list(goal.aliases)
        if goal.parent in self._former_urns:
            aliases.append(inherited_alias(goal, self._former_urns[goal.parent]))
        if (old := self.journal.old(goal.urn)) is not None:
            return old
        for alias in aliases:
            if alias not in self._reserved and self.journal.old(alias) is not None:
                self._former_urns[goal.urn] = alias
                self.journal.rename(alias, goal.urn)
                return self.journal.old(goal.urn)
        return None

    def _register_component(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        now = now_text()
        state = replace(
            old or ResourceState(urn=goal.urn, custom=False, type=goal.type, created=now),
            urn=goal.urn,
            type=goal.type,
            inputs=goal.inputs,
            parent=goal.parent,
            protect=goal.protect,
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
        )
        changed = old is None or state != old or goal.urn in self._former_urns
        operation = "create" if old is None else "update" if old.inputs != goal.inputs else "same"
        self._announce(goal.urn, operation, ())
        self.journal.keep(replace(state, modified=now) if changed else state, old, changed=changed)
        self._done(goal.urn, operation)
        return self.journal.new(goal.urn) or state

    def _register_provider(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        state = self.providers.register(goal, old)
        changed = state != old
        operation = "create" if old is None else "update" if state.inputs != old.inputs else "same"
        self._announce(goal.urn, operation, ())
        self.journal.keep(state, old, changed=changed)
        self._done(goal.urn, operation)
        return replace(state, id="") if self.preview and old is None else state

    async def _register_object(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        kind = find_kind(goal.type)
        reference, provider = await self.providers.of_goal(goal)
        inputs = keep_ignored(goal.ignore_changes, goal.inputs, old.inputs) if old else goal.inputs
        checked = check(kind, goal.name, inputs, old.inputs if old else None, provider.cluster.namespace)
        self.display.hide(checked)
        if not self.preview:
            await self._clear_the_way(goal.urn, checked, provider)
        old = await self._as_it_is(old, provider)
        operations: list[str] = []

        def announce(operation: str, why: tuple[Change, ...]) -> None:
            operations.append(operation)
            if operation in ("create", "replace") and kind.kind == "Namespace":
                self._planned_namespaces.add(str(plain(checked["metadata"]).get("name")))
            self._announce(goal.urn, operation, why)

        step = KubernetesStep(
            goal=goal,
            kind=kind,
            inputs=checked,
            old=old,
            provider=provider,
            provider_reference=reference,
            journal=self.journal,
            preview=self.preview,
            planned_namespaces=self._planned_namespaces,
            announce=announce,
            report=lambda text: self.display.progress(goal.urn, text),
        )
        state = await step.run()
        self._done(goal.urn, operations[-1])
        return state

    async def _clear_the_way(self, urn: str, inputs: dict[str, Any], provider: KubernetesProvider) -> None:
        """Delete what an interrupted run left of a resource, when the program has changed its mind about it since."""
        identity = None if contains_unknown(inputs) else identity_of(inputs)
        interruption = self.journal.interrupted.get(urn)
        if interruption and interruption.type == "creating" and identity_of(interruption.resource.inputs) != identity:
            await self._remove_lost(provider, interruption.resource)
            self.journal.forget_interruption(urn)
        for state in self.journal.remaining():
            if state.urn == urn and state.delete and identity_of(state.inputs) == identity:
                await self._remove_one(state)

    async def _as_it_is(self, old: ResourceState | None, provider: KubernetesProvider) -> ResourceState | None:
        """Give the state with the object marked as gone if a delete that was interrupted has had its effect."""
        interruption = self.journal.interrupted.get(old.urn) if old else None
        if old is None or interruption is None or interruption.type != "deleting" or old.pending_replacement:
            return old
        if await provider.exists(find_kind(old.type), old.outputs):
            return old
        gone = replace(old, pending_replacement=True)
        self.journal.put_back(old, gone)
        return gone

    def _expected(self, goal: Goal) -> ResourceState:
        """Stand in for a resource whose preview failed, so that the rest of the program can be previewed as well."""
        return ResourceState(urn=goal.urn, custom=goal.custom, type=goal.type, inputs=goal.inputs, outputs={})

    def _record_outputs(self, state: ResourceState, outputs: dict[str, Any]) -> None:
        self.journal.replace_new(replace(state, outputs=outputs, modified=now_text()))

    def _announce(self, urn: str, operation: str, why: tuple[Change, ...]) -> None:
        self.display.started(urn, operation, why)

    def _done(self, urn: str, operation: str) -> None:
        self.counts[operation] += 1
        self.display.done(urn, operation)
