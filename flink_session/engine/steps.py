"""One resource's step: create, update in place, replace, or leave as it is; carried out, or in a preview only tried.

The order of things in a step is what makes an interrupted run recoverable: the intent is on disk before the cluster is
touched, and the result is on disk before the program hears of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .cluster import ApiError
from .diff import Change, diff_manifests, forces_new
from .errors import StepError, UnreadyError
from .field_managers import new_field_manager
from .goal import Goal
from .journal import Journal, now_text
from .kinds import Kind, force_new_paths
from .outputs import FIELD_MANAGER, echoed, identity_of, manager_of, outputs_of
from .provider import KubernetesProvider
from .state import ResourceState
from .values import Secret, contains_unknown, mark_secrets, plain

Announce = Callable[[str, tuple[Change, ...], tuple[Change, ...]], None]
"""Told what a step is, what differs, and which of the changes need a new object, before it is carried out."""


@dataclass(slots=True)
class KubernetesStep:
    """The step of one Kubernetes resource.

    Attributes:
        inputs: checked.
        doomed: the reasons, if the object has gone, or in a preview would go, along with another one.
        delete_dependents: deletes what cannot outlive the object. Raises StepError.
        report: gets a word on progress.
    """

    goal: Goal
    kind: Kind
    inputs: dict[str, Any]
    old: ResourceState | None
    provider: KubernetesProvider
    provider_reference: str
    journal: Journal
    preview: bool
    planned_namespaces: set[str]
    doomed: tuple[Change, ...]
    delete_dependents: Callable[[ResourceState], Awaitable[None]]
    announce: Announce
    report: Callable[[str], None]
    _keeps_original: bool = field(default=False, init=False)

    async def run(self) -> ResourceState:
        """Take the step, and give the resource's new state.

        Raises:
            StepError: it was refused or failed; what is known of the object is in the journal.
            UnsupportedError: it would take more than the engine can do.
        """
        old = self.old
        if self.doomed:
            return await self._recreate()
        if old is None and self.goal.import_id:
            return await self._import()
        if old is None or old.pending_replacement:
            return await self._create()
        force_new = force_new_paths(self.kind, plain(self.inputs), self.goal.replace_on_changes)
        diff = diff_manifests(old.inputs, old.outputs, self.inputs, force_new)
        unfinished = bool(old.init_errors) or self.goal.urn in self.journal.interrupted
        if not diff and not unfinished:
            return self._same(old)
        if diff.replace:
            return await self._replace(old, diff.changes, diff.replace)
        if contains_unknown(self.inputs):
            self.announce("update", diff.changes, ())
            return self._keep(self._state(mark_secrets({**old.outputs, **self.inputs}, self.inputs), old))
        drops = any(change.kind == "delete" for change in diff.changes)
        dry_run = await self.provider.preview_update(
            self.kind, self.inputs, old.outputs, self.goal.ignore_changes, drops=drops
        )
        if dry_run is None:
            return await self._create(diff.changes)
        if not dry_run.effective and not unfinished:
            return self._same(old)
        # What the state merely suspected of having drifted, the API server has now confirmed.
        if drifted := tuple(change for change in diff.drift if forces_new(change, force_new)):
            return await self._replace(old, diff.changes or diff.drift, drifted)
        return await self._update(old, diff.changes or diff.drift, dry_run.outputs)

    def _same(self, old: ResourceState) -> ResourceState:
        self.announce("same", (), ())
        if self.inputs == old.inputs:
            state = replace(self._state(old.outputs, old), inputs=old.inputs, outputs=old.outputs)
        else:
            state = self._state(outputs_of(_live_part(old.outputs), self.inputs, manager_of(old.outputs)), old)
        unchanged = replace(state, modified=old.modified, extra=old.extra)
        self.journal.keep(unchanged if unchanged != old else old, old, changed=unchanged != old)
        return unchanged

    async def _update(
        self, old: ResourceState, changes: tuple[Change, ...], previewed: dict[str, Any]
    ) -> ResourceState:
        self.announce("update", changes, ())
        if self.preview:
            return self._keep(self._state({key: value for key, value in previewed.items() if key != "status"}, old))
        await self.journal.begin(replace(old, urn=self.goal.urn, inputs=self.inputs), "updating")
        try:
            live = await self.provider.update(self.kind, self.inputs, old.outputs, self.goal.ignore_changes)
        except StepError as error:
            if not error.uncertain:
                self.journal.abandon(self.goal.urn)
            raise
        return await self._settle(live, manager_of(old.outputs), self._timeout("update"))

    async def _create(self, changes: tuple[Change, ...] = ()) -> ResourceState:
        self.announce("create", changes, ())
        manager = self._interrupted_manager() or new_field_manager()
        if self.preview:
            return self._keep(await self._previewed_create(manager))
        return await self._make(manager)

    async def _recreate(self) -> ResourceState:
        """Make anew what was deleted along with something that it was made from."""
        self.announce("replace", self.doomed, self.doomed)
        manager = self._interrupted_manager() or new_field_manager()
        return self._keep(self._echo(manager)) if self.preview else await self._make(manager)

    async def _import(self) -> ResourceState:
        self.announce("import", (), ())
        manager = new_field_manager()
        live = await self.provider.adopt(self.kind, self.inputs, self.goal.import_id, manager)
        state = self._state(outputs_of(live, self.inputs, manager), None)
        return self._keep(replace(state, import_id=self.goal.import_id))

    async def _make(self, manager: str) -> ResourceState:
        await self.journal.begin(self._state({FIELD_MANAGER: manager}, None), "creating")
        try:
            live = await self.provider.create(self.kind, self.inputs, manager)
        except StepError as error:
            if not error.uncertain:
                self.journal.abandon(self.goal.urn)
            raise
        return await self._settle(live, manager, self._timeout("create"))

    async def _replace(
        self, old: ResourceState, changes: tuple[Change, ...], reasons: tuple[Change, ...]
    ) -> ResourceState:
        if old.protect and self.goal.protect:
            raise StepError(
                f"{self.goal.urn} would be replaced, and is protected; remove the resource option protect first"
            )
        known = not contains_unknown(self.inputs["metadata"])
        same_name = known and identity_of(self.inputs) == identity_of(old.inputs)
        if self.goal.delete_before_replace or (self.goal.delete_before_replace is None and same_name):
            return await self._replace_in_place(old, changes, reasons)
        self.announce("replace", changes, reasons)
        manager = self._interrupted_manager() or new_field_manager()
        if self.preview:
            return self._keep(await self._previewed_create(manager))
        # What is left of the old object goes with the deletes at the end.
        self._keeps_original = True
        return await self._make(manager)

    async def _replace_in_place(
        self, old: ResourceState, changes: tuple[Change, ...], reasons: tuple[Change, ...]
    ) -> ResourceState:
        """Delete the object, and before it all that cannot outlive it, then make it anew."""
        if old.retain_on_delete:
            raise StepError(
                f"{self.goal.urn} has to be deleted before it can be made anew, and has the option retain_on_delete; "
                "remove that, or give the new object another name"
            )
        self.announce("replace", changes, reasons)
        await self.delete_dependents(old)
        if self.preview:
            return self._keep(self._echo(manager_of(old.outputs)))
        self.report("deleting the original")
        await self.journal.begin(old, "deleting")
        await self.provider.delete(self.kind, old.outputs, self._timeout("delete"), self.report)
        self.old = self.journal.mark_gone(old)
        self.report("creating the replacement")
        return await self._make(new_field_manager())

    async def _settle(self, live: dict[str, Any], manager: str, timeout: float | None) -> ResourceState:
        """Wait until a written object is ready, and record it, ready or not."""
        errors: list[str] = []
        try:
            live = await self.provider.wait(self.kind, self.inputs, live, timeout, self.report)
        except UnreadyError as error:
            live, errors = error.live, error.reasons
        state = self._keep(replace(self._state(outputs_of(live, self.inputs, manager), self.old), init_errors=errors))
        await self.journal.save()
        if errors:
            raise StepError("\n".join(errors))
        return state

    async def _previewed_create(self, manager: str) -> ResourceState:
        metadata = self.inputs["metadata"]
        if contains_unknown(self.inputs) or not self.kind.plural:
            return self._echo(manager)
        if plain(metadata).get("namespace") in self.planned_namespaces and self.kind.namespaced:
            return self._echo(manager)
        try:
            dry_run = await self.provider.preview_create(self.kind, self.inputs, manager)
        except ApiError as error:
            if error.code == 404 and error.details.get("kind") == "namespaces":
                namespace = plain(metadata).get("namespace")
                raise StepError(
                    f"there is no namespace {namespace!r}; create it (`kubectl create namespace {namespace}`), "
                    "or make it part of the program"
                ) from error
            raise
        return replace(self._state(dry_run.outputs, None), id="")

    def _echo(self, manager: str) -> ResourceState:
        """Give the state to expect where the API server cannot be asked: the inputs, and what only `up` can know."""
        return replace(self._state(echoed(self.kind, self.inputs, manager), None), id="")

    def _state(self, outputs: dict[str, Any], old: ResourceState | None) -> ResourceState:
        goal, now = self.goal, now_text()
        secret = [key for key in goal.additional_secret_outputs if key in outputs]
        unknown_name = contains_unknown(self.inputs["metadata"])
        return ResourceState(
            urn=goal.urn,
            custom=True,
            id="" if unknown_name else self.kind.identity(*identity_of(self.inputs)),
            type=goal.type,
            inputs=self.inputs,
            outputs={**outputs, **{key: Secret(plain(outputs[key])) for key in secret}},
            parent=goal.parent,
            protect=goal.protect,
            dependencies=goal.dependencies,
            provider=self.provider_reference,
            property_dependencies=goal.property_dependencies,
            additional_secret_outputs=goal.additional_secret_outputs,
            custom_timeouts=goal.custom_timeouts,
            import_id=old.import_id if old else "",
            retain_on_delete=goal.retain_on_delete,
            deleted_with=goal.deleted_with,
            created=old.created if old and old.created and not old.pending_replacement else now,
            modified=now,
            ignore_changes=goal.ignore_changes,
            hide_diff=goal.hide_diff,
            replace_on_changes=goal.replace_on_changes,
        )

    def _keep(self, state: ResourceState) -> ResourceState:
        if self._keeps_original and self.old is not None:
            self.journal.put_back(self.old, replace(self.old, delete=True))
            self.journal.keep(state, None, changed=True)
        else:
            self.journal.keep(state, self.old, changed=True)
        return state

    def _interrupted_manager(self) -> str | None:
        """Give the field manager under which an earlier run may have made the object and could not record it."""
        operation = self.journal.interrupted.get(self.goal.urn)
        if operation is None or operation.type != "creating":
            return None
        manager = operation.resource.outputs.get(FIELD_MANAGER)
        return manager if isinstance(manager, str) else None

    def _timeout(self, operation: str) -> float | None:
        return self.goal.custom_timeouts.get(operation)


def _live_part(outputs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in outputs.items() if not key.startswith("__")}
