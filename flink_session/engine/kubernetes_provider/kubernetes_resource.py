"""A Kubernetes object as a resource: what has to be done to it is decided by dry runs of the API server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flink_session.api_server.errors import ApiError
from flink_session.api_server.kinds import Kind

from ..errors import StepError, StoppedError, UnreadyError
from ..model.diff import ABSENT, Change, compare, diff_manifests, forces_new, may_be_spelling, told, value_at
from ..model.paths import Path
from ..model.resource import Properties, Report, Resource, Verdict, Written
from ..model.state import ResourceState
from ..model.values import contains_unknown, mark_secrets, plain
from .annotations import SKIP_AWAIT, is_on, seconds_to_wait
from .field_managers import makers, new_field_manager
from .objects import NoKindError, Objects
from .outputs import FIELD_MANAGER, echoed, identity_of, manager_of, outputs_of
from .waits.waiting import wait_until_ready


@dataclass(slots=True)
class KubernetesResource(Resource):
    """One wanted object. See `resource.Resource` for what its methods are for.

    Attributes:
        missing: why it cannot be made, if the cluster no longer has its kind.
    """

    objects: Objects
    kind: Kind
    force_new: tuple[Path, ...]
    missing: NoKindError | None = None

    async def compare(self, old: ResourceState, *, unfinished: bool) -> Verdict:
        """Compare the inputs first; the API server is asked only about what may have changed."""
        diff = diff_manifests(old.inputs, old.outputs, self.inputs, self.force_new)
        planned = self.objects.planned
        is_made_anew = self.kind.kind in planned.kinds | planned.made_kinds
        if self.missing or (is_made_anew and not self.kind.plural):
            # What defined its kind was deleted, and all objects with it.
            return Verdict("create", diff.changes)
        if not diff and not unfinished and not is_made_anew and not await self._is_lost():
            return Verdict("same")
        if not all(may_be_spelling(change) for change in diff.replace):
            return Verdict("replace", told(diff.changes, old.outputs), told(diff.replace, old.outputs))
        if contains_unknown(self.inputs):
            return Verdict("update", diff.changes, outputs=mark_secrets({**old.outputs, **self.inputs}, self.inputs))
        drops = any(change.kind == "delete" for change in diff.changes)
        try:
            dry_run = await self.objects.preview_update(
                self.kind, self.inputs, old.outputs, self.goal.ignore_changes, drops=drops, former=_former(old)
            )
        except ApiError as error:
            if diff.replace and "immutable" in str(error):
                return Verdict("replace", diff.changes, diff.replace)
            raise
        if dry_run is None:
            return Verdict("create", diff.changes)
        if not dry_run.effective and not unfinished:
            return Verdict("same")
        felt = tuple(item for item in diff.changes if _is_felt(item, old.outputs, dry_run.outputs))
        changes = felt or diff.changes or diff.drift
        # What the state merely suspected of having changed, the API server has now confirmed.
        if reasons := tuple(change for change in (*felt, *diff.drift) if forces_new(change, self.force_new)):
            return Verdict("replace", changes, reasons)
        outputs = {key: value for key, value in dry_run.outputs.items() if key != "status"}
        return Verdict("update", changes, outputs=outputs)

    def unchanged(self, old: ResourceState) -> Properties:
        """Keep the object as it was read, if the inputs are only written in another way."""
        if self.inputs == old.inputs:
            return old.outputs
        live = {key: value for key, value in old.outputs.items() if not key.startswith("__")}
        return outputs_of(live, self.inputs, manager_of(old.outputs))

    def provisional(self, interrupted: ResourceState | None) -> Properties:
        """Give the field manager, by which an object that was made and not recorded is known again."""
        manager = interrupted.outputs.get(FIELD_MANAGER) if interrupted else None
        return {FIELD_MANAGER: manager if isinstance(manager, str) else new_field_manager()}

    async def expect(self, provisional: Properties, *, ask: bool) -> Written:
        """Ask for a dry run, unless something that it takes is not there yet."""
        if self.missing:
            raise self.missing
        manager = provisional[FIELD_MANAGER]
        self._plan()
        if not ask or not self.kind.plural or contains_unknown(self.inputs):
            return Written("", echoed(self.kind, self.inputs, manager))
        namespace, _ = identity_of(self.inputs)
        if self.kind.namespaced and namespace in self.objects.planned.namespaces:
            return Written("", echoed(self.kind, self.inputs, manager))
        try:
            dry_run = await self.objects.preview_create(self.kind, self.inputs, manager)
        except ApiError as error:
            if error.code == 404 and error.details.get("kind") == "namespaces":
                raise StepError(
                    f"there is no namespace {namespace!r}; create it (`kubectl create namespace {namespace}`), "
                    "or make it part of the program"
                ) from error
            if error.code == 404 and self._binds_a_planned_role():
                return Written("", echoed(self.kind, self.inputs, manager))
            raise
        return Written("", dry_run.outputs)

    async def create(self, provisional: Properties, report: Report) -> Written:
        """Create the object, or go on with what an interrupted run has made of it."""
        if self.missing:
            raise self.missing
        manager = provisional[FIELD_MANAGER]
        seconds = seconds_to_wait(self.inputs, self.goal.custom_timeouts.get("create"))
        return self._written(await self.objects.create(self.kind, self.inputs, manager, seconds, report), manager)

    async def update(self, old: ResourceState, report: Report) -> Written:
        """Apply the inputs."""
        seconds = seconds_to_wait(self.inputs, self.goal.custom_timeouts.get("update"))
        ignored = self.goal.ignore_changes
        live = await self.objects.update(self.kind, self.inputs, old.outputs, ignored, seconds, report, _former(old))
        return self._written(live, manager_of(old.outputs))

    async def wait(self, written: Written, timeout: float | None, report: Report) -> Written:
        """Wait by the kind's rule, or by that of an annotation."""
        if is_on(self.inputs, SKIP_AWAIT):
            return written
        live, errors, evidence, stopped = plain(written.outputs), list[str](), list[str](), False
        seconds = seconds_to_wait(self.inputs, timeout)
        try:
            objects = self.objects
            live = await wait_until_ready(objects.cluster, self.kind, live, seconds, report, objects.stopping)
        except UnreadyError as error:
            live, errors, evidence = error.live, error.reasons, error.evidence
            stopped = isinstance(error, StoppedError)
        written = self._written(live, manager_of(written.outputs))
        return replace(written, errors=errors, stopped=stopped, evidence=evidence)

    async def adopt(self, id_: str) -> Written:
        """Take an object that matches the inputs; nothing is written."""
        manager = new_field_manager()
        return self._written(await self.objects.adopt(self.kind, self.inputs, id_, manager), manager)

    def deletes_first(self, old: ResourceState) -> bool:
        """Say whether both would have the same name."""
        return self.is_that_of(old)

    def is_that_of(self, state: ResourceState) -> bool:
        """Compare namespace and name."""
        unknown = contains_unknown(self.inputs["metadata"])
        return not unknown and identity_of(state.inputs) == identity_of(self.inputs)

    async def _is_lost(self) -> bool:
        """Say whether a definition may have been deleted, and all its objects with it."""
        return self.kind.kind == "CustomResourceDefinition" and not await self.objects.serves(self.inputs)

    def _plan(self) -> None:
        """Remember what other objects of the program may need: a namespace, or a kind."""
        if self.kind.kind == "Namespace" and not contains_unknown(self.inputs["metadata"]):
            self.objects.planned.namespaces.add(identity_of(self.inputs)[1])
        if self.kind.kind in ("Role", "ClusterRole") and not contains_unknown(self.inputs["metadata"]):
            self.objects.planned.roles.add((self.kind.kind, identity_of(self.inputs)[1]))
        if self.kind.kind == "CustomResourceDefinition" and not contains_unknown(self.inputs):
            self.objects.planned.kinds.add(plain(self.inputs["spec"])["names"]["kind"])

    def _binds_a_planned_role(self) -> bool:
        role = plain(self.inputs.get("roleRef") or {})
        return (role.get("kind"), role.get("name")) in self.objects.planned.roles

    def _written(self, live: dict[str, Any], manager: str) -> Written:
        live = {key: value for key, value in live.items() if not key.startswith("__")}
        return Written(self.kind.identity(*identity_of(self.inputs)), outputs_of(live, self.inputs, manager))


def _is_felt(change: Change, before: Properties, after: Properties) -> bool:
    """Say whether the API server takes a change for one; of what is dropped, a dry run does not always tell."""
    live = value_at(before, change.path)
    return any(compare(live, value_at(after, change.path))) or (change.kind == "delete" and live is not ABSENT)


def _former(old: ResourceState) -> frozenset[str]:
    """Give who had made an object that was adopted."""
    return makers(plain(old.outputs)) if old.import_id else frozenset()
