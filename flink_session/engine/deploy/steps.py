"""One resource's step: create, update in place, replace, or leave as it is; carried out, or in a preview only tried.

The order of things in a step is what makes an interrupted run recoverable: the intent is on disk before anything is
touched, and the result is on disk before the program hears of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from flink_session.api_server.errors import RequestError

from ..errors import StepError, StoppedError
from ..model.diff import ABSENT, Change
from ..model.goal import HOOKS, Goal
from ..model.paths import parse_path, starts_with
from ..model.plan import Step
from ..model.resource import Resource, Written
from ..model.state import ResourceState
from ..model.values import plain, with_secrets
from ..stack.journal import now_text
from .cascade import Dependent
from .context import Context
from .deletions import Deletions


@dataclass(slots=True)
class ResourceStep:
    """The step of one resource.

    Attributes:
        resource: as its provider has checked it, in the light of what is recorded.
        check_anew: checks it as if nothing were; so another name is made where the program gives none.
        moved: whether its provider is in another place than before.
        doomed: why the resource has gone, or in a preview would go, along with another one.
        taken: what the step turned out to be, as soon as that is known.
    """

    context: Context
    deletions: Deletions
    goal: Goal
    resource: Resource
    check_anew: Callable[[], Awaitable[Resource]]
    old: ResourceState | None
    provider_reference: str
    moved: bool
    doomed: Dependent | None
    taken: Step | None = field(default=None, init=False)
    _keeps_original: bool = field(default=False, init=False)

    async def run(self) -> ResourceState:
        """Take the step, and give the resource's new state.

        Raises:
            StepError: it was refused or failed; what is known of the resource is in the journal.
            UnsupportedError: it would take more than the engine can do.
        """
        old = self.old
        if old is not None and (self.doomed or old.pending_replacement):
            self.resource = await self.check_anew()
        if self.doomed:
            self._announce("replace", self.doomed.reasons, self.doomed.reasons)
            self._refuse_retained(old)
            return await self._make(ask=False)
        if self._imports(old):
            return await self._import()
        if old is None or old.pending_replacement:
            self._announce("create")
            return await self._make()
        if reasons := self._reasons(old):
            return await self._replace(old, reasons, reasons)
        unfinished = bool(old.init_errors) or self.goal.urn in self.context.journal.interrupted
        verdict = await self.resource.compare(old, unfinished=unfinished)
        if verdict.operation == "same":
            return self._same(old)
        if verdict.operation == "replace":
            return await self._replace(old, verdict.changes, verdict.reasons)
        self._announce(verdict.operation, verdict.changes)
        return await (self._make() if verdict.operation == "create" else self._update(old, verdict.outputs))

    def _announce(self, operation: str, changes: tuple[Change, ...] = (), reasons: tuple[Change, ...] = ()) -> None:
        """Say what the step is, before it is carried out."""
        hidden = [parse_path(text) for text in self.goal.hide_diff]
        shown = tuple(change for change in changes if not any(starts_with(change.path, path) for path in hidden))
        cause = self.doomed.clause if self.doomed else ""
        self.taken = Step(operation, self.goal.urn, self.old, self.goal, shown, reasons, cause)
        self.context.display.started(self.taken)

    def _report(self, text: str) -> None:
        self.context.display.progress(self.goal.urn, text)

    def _reasons(self, old: ResourceState) -> tuple[Change, ...]:
        """Give why the resource has to be replaced whatever its properties are."""
        goal, replaced = self.goal, self.context.replaced
        before, after = old.replacement_trigger, goal.replacement_trigger
        failed = any(starts_with(("initErrors",), parse_path(text)) for text in goal.replace_on_changes)
        candidates = (
            ("replaceWith", set(goal.replace_with) & replaced, old.replace_with, goal.replace_with),
            ("deletedWith", goal.deleted_with in replaced, old.deleted_with, goal.deleted_with),
            ("provider", self.moved, old.provider, self.provider_reference),
            ("taint", old.taint, True, ABSENT),
            ("replacementTrigger", before is not None and plain(before) != plain(after), before, after),
            ("initErrors", old.init_errors and failed, old.init_errors, ABSENT),
        )
        return tuple(Change((name,), was, now) for name, applies, was, now in candidates if applies)

    def _same(self, old: ResourceState) -> ResourceState:
        self._announce("same")
        state = self._state(Written(old.id, self.resource.unchanged(old)), old)
        # What is equal keeps its ciphertext.
        inputs = old.inputs if state.inputs == old.inputs else state.inputs
        unchanged = replace(state, inputs=inputs, modified=old.modified, extra=old.extra)
        self.context.journal.keep(unchanged if unchanged != old else old, old, changed=unchanged != old)
        return unchanged

    async def _update(self, old: ResourceState, expected: dict[str, Any]) -> ResourceState:
        await self._run_hooks("before_update", self._state(Written(old.id, {}), old))
        if self.context.preview:
            state = self._keep(self._state(Written(old.id, expected), old))
        else:
            await self.context.journal.begin(replace(old, urn=self.goal.urn, inputs=self.resource.inputs), "updating")
            state = await self._write(lambda: self.resource.update(old, self._report), "update")
        return await self._run_hooks("after_update", state)

    def _imports(self, old: ResourceState | None) -> bool:
        """Say whether the program wants something else to be taken than what is recorded."""
        wanted = self.goal.import_id
        return bool(wanted) and (
            old is None or (wanted != (old.import_id or old.id) and not self.resource.is_that_of(old))
        )

    async def _import(self) -> ResourceState:
        self._announce("import")
        self._keeps_original = not self.context.preview
        written = await self.resource.adopt(self.goal.import_id)
        return self._keep(replace(self._state(written, None), import_id=self.goal.import_id))

    async def _make(self, *, ask: bool = True, anew: bool = False) -> ResourceState:
        """Create the resource, or in a preview find out what that would give."""
        provisional = self.resource.provisional(None if anew else self._half_made())
        beginning = await self._run_hooks("before_create", self._state(Written("", provisional), None))
        if self.context.preview:
            state = self._keep(self._state(await self.resource.expect(provisional, ask=ask), None))
        else:
            await self.context.journal.begin(beginning, "creating")
            state = await self._write(lambda: self.resource.create(provisional, self._report), "create")
        return await self._run_hooks("after_create", state)

    async def _write(self, write: Callable[[], Awaitable[Written]], operation: str) -> ResourceState:
        """Write, wait until the resource is ready, and record it, ready or not."""
        errors: list[str] = []
        while True:
            try:
                written = await write()
                break
            except StoppedError:
                # What was waited for has to be before the write.
                self.context.journal.abandon(self.goal.urn)
                raise
            except (StepError, RequestError) as error:
                errors.append(str(error))
                if not await self._again(operation, errors):
                    if not error.uncertain:
                        self.context.journal.abandon(self.goal.urn)
                    raise
        written = await self.resource.wait(written, self.goal.custom_timeouts.get(operation), self._report)
        state = self._keep(replace(self._state(written, self.old), init_errors=written.errors))
        await self.context.journal.save()
        if written.stopped:
            raise StoppedError({}, written.errors)
        if written.errors:
            raise StepError("\n".join([*written.errors, *written.evidence]))
        return state

    async def _replace(
        self, old: ResourceState, changes: tuple[Change, ...], reasons: tuple[Change, ...]
    ) -> ResourceState:
        refused = {"protect": old.protect and self.goal.protect, "import_": self.goal.import_id}
        if option := next((option for option, is_set in refused.items() if is_set), ""):
            how = {"protect": "protected", "import_": "imported"}[option]
            raise StepError(
                f"{self.goal.urn} would be replaced, and is {how}; remove the resource option {option} first"
            )
        self.resource = await self.check_anew()
        first = self.goal.delete_before_replace
        if first or (first is None and not self.moved and self.resource.deletes_first(old)):
            return await self._replace_in_place(old, changes, reasons)
        self._announce("replace", changes, reasons)
        # What is left of the old one goes with the deletes at the end.
        self._keeps_original = not self.context.preview
        return await self._make()

    async def _replace_in_place(
        self, old: ResourceState, changes: tuple[Change, ...], reasons: tuple[Change, ...]
    ) -> ResourceState:
        """Delete the resource, and before it all that cannot outlive it, then make it anew."""
        self._announce("replace", changes, reasons)
        self._refuse_retained(old)
        await self.deletions.delete_dependents(old)
        if self.context.preview:
            return await self._make(ask=False)
        self._report("deleting the original")
        await self.deletions.remove(old)
        self.old = self.context.journal.mark_gone(old)
        self._report("creating the replacement")
        return await self._make(anew=True)

    def _refuse_retained(self, old: ResourceState | None) -> None:
        if old is not None and old.retain_on_delete and self.resource.is_that_of(old):
            raise StepError(
                f"{self.goal.urn} has to be deleted before it can be made anew, and has the option retain_on_delete; "
                "remove that, or give the new object another name"
            )

    def _state(self, written: Written, old: ResourceState | None) -> ResourceState:
        now = now_text()
        return self.goal.state(
            id=written.id,
            inputs=self.resource.inputs,
            outputs=with_secrets(written.outputs, self.goal.additional_secret_outputs),
            provider=self.provider_reference,
            import_id=old.import_id if old else "",
            created=old.created if old and old.created and not old.pending_replacement else now,
            modified=now,
        )

    async def _run_hooks(self, kind: str, state: ResourceState) -> ResourceState:
        old = self.old if kind.endswith("update") else None
        await self.context.callbacks.run_hooks(kind, self.goal.resource_hooks.get(HOOKS[kind], ()), old, state)
        return state

    async def _again(self, operation: str, errors: list[str]) -> bool:
        """Let the error hooks, if there are any, decide whether a failed write is tried again."""
        state, old = self._state(Written("", {}), self.old), self.old if operation == "update" else None
        return await self.context.callbacks.retry(
            self.goal.resource_hooks.get("OnError", ()), operation, old, state, errors
        )

    def _keep(self, state: ResourceState) -> ResourceState:
        if self._keeps_original and self.old is not None:
            self.context.journal.mark(self.old, delete=True)
            self.context.journal.keep(state, None, changed=True)
        else:
            self.context.journal.keep(state, self.old, changed=True)
        return state

    def _half_made(self) -> ResourceState | None:
        """Give what an earlier run was creating when it was interrupted."""
        operation: Any = self.context.journal.interrupted.get(self.goal.urn)
        return operation.resource if operation and operation.is_half_made else None
