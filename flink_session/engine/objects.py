"""The objects of a deployment: which step each registration is, what an interrupted run left of it, and its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .cascade import Dependent, dependents_to_replace
from .check import check, keep_ignored
from .diff import Change
from .errors import StepError
from .goal import Goal
from .kinds import Kind
from .outputs import FIELD_MANAGER, identity_of
from .paths import parse_path, starts_with
from .plan import Step
from .provider import KubernetesProvider, UnknownKindError
from .state import ResourceState
from .steps import KubernetesStep
from .values import contains_unknown, plain

if TYPE_CHECKING:
    from .deployment import Deployment


class Objects:
    """Kubernetes objects, as one deployment sees them."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._planned_namespaces: set[str] = set()
        self._planned_kinds: set[str] = set()
        self._doomed: dict[str, Dependent] = {}

    async def register(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Bring one object to its goal. Raises StepError, UnsupportedError, ClusterError."""
        deployment = self._deployment
        reference, provider = await deployment.providers.of_goal(goal)
        kind = await self._kind(provider, goal.type)
        inputs = keep_ignored(goal.ignore_changes, goal.inputs, old.inputs) if old else goal.inputs
        checked = check(kind, goal.name, inputs, old.inputs if old else None, provider.cluster.namespace)
        deployment.display.hide(checked)
        if not deployment.preview:
            await self._clear_the_way(goal.urn, checked, provider)
        old = await self._as_it_is(old, provider)
        hidden = [parse_path(text) for text in goal.hide_diff]
        doomed = self._doomed.get(goal.urn)
        cause = f"{doomed.reasons[0].path[0]} is made from {doomed.cause}, which is replaced" if doomed else ""
        taken: list[Step] = []

        def announce(operation: str, changes: tuple[Change, ...], reasons: tuple[Change, ...]) -> None:
            shown = tuple(change for change in changes if not any(starts_with(change.path, path) for path in hidden))
            taken.append(Step(operation, goal.urn, old, None, shown, reasons, cause))
            if operation in ("create", "replace") and kind.kind == "Namespace":
                self._planned_namespaces.add(str(plain(checked["metadata"]).get("name")))
            if operation in ("create", "replace") and kind.kind == "CustomResourceDefinition":
                self._planned_kinds.add(plain(checked["spec"])["names"]["kind"])
            deployment.display.started(goal.urn, operation)

        step = KubernetesStep(
            goal=goal,
            kind=kind,
            inputs=checked,
            old=old,
            provider=provider,
            provider_reference=reference,
            journal=deployment.journal,
            preview=deployment.preview,
            planned_namespaces=self._planned_namespaces,
            doomed=doomed.reasons if doomed else (),
            delete_dependents=self._delete_dependents,
            announce=announce,
            report=lambda text: deployment.display.progress(goal.urn, text),
        )
        state = await step.run()
        deployment.finished(replace(taken[-1], new=state))
        return state

    async def _kind(self, provider: KubernetesProvider, token: str) -> Kind:
        """Give the kind of a Pulumi type; in a preview, one that the program defines itself is taken as namespaced."""
        try:
            return await provider.kind_of(token)
        except UnknownKindError as error:
            if self._deployment.preview and error.kind.kind in self._planned_kinds:
                return error.kind
            raise

    async def remove(self, state: ResourceState) -> None:
        """Delete an object, unless it is to stay. In a preview, find out only that it could be tried."""
        deployment = self._deployment
        provider = await deployment.providers.of_state(state)
        kind = await provider.kind_of(state.type)
        if deployment.preview or state.retain_on_delete or state.deleted_with in deployment.leaving:
            return
        await deployment.journal.begin(state, "deleting")
        timeout = state.custom_timeouts.get("delete")
        if "metadata" in state.outputs:
            await provider.delete(
                kind, state.outputs, timeout, lambda text: deployment.display.progress(state.urn, text)
            )
        else:
            await self._remove_lost(provider, state)

    async def _delete_dependents(self, replaced: ResourceState) -> None:
        """Delete what has to be replaced along with an object, the last first; its registration will make it anew."""
        deployment = self._deployment
        dependents = dependents_to_replace(replaced, deployment.journal.remaining())
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

    async def _remove_lost(self, provider: KubernetesProvider, state: ResourceState) -> None:
        """Delete an object that was created but never recorded, if it is there and ours."""
        kind, manager = await provider.kind_of(state.type), state.outputs.get(FIELD_MANAGER)
        live = await provider.cluster.get(kind, *identity_of(state.inputs))
        if live and any(entry.get("manager") == manager for entry in live["metadata"].get("managedFields") or []):
            report = self._deployment.display.progress
            await provider.delete(kind, live, None, lambda text: report(state.urn, text))

    async def _clear_the_way(self, urn: str, inputs: dict[str, Any], provider: KubernetesProvider) -> None:
        """Delete what an interrupted run left of a resource, when the program has changed its mind about it since."""
        identity = None if contains_unknown(inputs) else identity_of(inputs)
        journal = self._deployment.journal
        interruption = journal.interrupted.get(urn)
        if interruption and interruption.type == "creating" and identity_of(interruption.resource.inputs) != identity:
            await self._remove_lost(provider, interruption.resource)
            journal.forget_interruption(urn)
        for state in journal.remaining():
            if state.urn == urn and state.delete and identity_of(state.inputs) == identity:
                await self._deployment.remove_one(state)

    async def _as_it_is(self, old: ResourceState | None, provider: KubernetesProvider) -> ResourceState | None:
        """Give the state with the object marked as gone if a delete that was interrupted has had its effect."""
        journal = self._deployment.journal
        interruption = journal.interrupted.get(old.urn) if old else None
        if old is None or interruption is None or interruption.type != "deleting" or old.pending_replacement:
            return old
        if await provider.exists(await provider.kind_of(old.type), old.outputs):
            return old
        return journal.mark_gone(old)
