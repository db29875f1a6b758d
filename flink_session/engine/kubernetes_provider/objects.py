"""What can be done to the objects of a cluster, and what that would give: create, update, adopt, delete.

Objects are written by server-side apply, each under a field manager of its own, and previewed by the same request as a
dry run. An object that this resource did not make is never overwritten.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError
from flink_session.api_server.kinds import Kind, Manifest

from ..errors import StepError
from ..model.diff import compare
from ..model.paths import render_path
from ..model.resource import Report
from ..model.values import plain
from . import field_managers
from .annotations import FORCE, is_on, propagation, seconds_to_wait, waits_for_deletion
from .kinds import described, find_kind
from .live import is_effective, is_going, leave_to_others, version_of
from .outputs import comparable, echoed, hide_undecided, identity_of, manager_of, outputs_of
from .refusals import explained, namespace_leaves, taken
from .waits.readiness import defined_kinds
from .waits.waiting import DEFAULT_TIMEOUT, wait_until_gone


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a write would give.

    Attributes:
        outputs: the object as it would be, with what only the server will decide as UNKNOWN.
        effective: False if the cluster would be left exactly as it is.
    """

    outputs: Manifest
    effective: bool


@dataclass(frozen=True, slots=True)
class Options:
    """What a program can say of a provider, apart from its cluster.

    Attributes:
        mutable: ConfigMap or Secret, if their data is to be changed in place.
        force: whether fields that somebody else owns are taken.
    """

    mutable: frozenset[str] = frozenset()
    force: bool = False


class NoKindError(StepError):
    """The cluster has no such kind; where it had one before, all of its objects are gone with it."""


@dataclass(slots=True)
class Planned:
    """What a program makes in one cluster, by whichever providers, and what else of it needs.

    Attributes:
        namespaces, kinds: what a preview cannot count on yet.
        roles: kind and name; who may not grant everything is refused a binding to a Role that is not there yet.
        made_kinds: those that were made in this run; what is recorded of them went with the former definition.
    """

    namespaces: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    roles: set[tuple[str, str]] = field(default_factory=set)
    made_kinds: set[str] = field(default_factory=set)


class Objects:
    """The objects of one cluster; `planned` is shared by all providers of it, and `stopping` ends all waits."""

    def __init__(
        self,
        cluster: Cluster,
        options: Options = Options(),
        planned: Planned | None = None,
        stopping: asyncio.Event | None = None,
    ) -> None:
        self._cluster, self.options, self.stopping = cluster, options, stopping
        self.planned = planned or Planned()
        self._leaving_namespaces: dict[str, asyncio.Future[bool]] = {}

    @property
    def cluster(self) -> Cluster:
        """The cluster itself. Raises ClusterError if it cannot be asked."""
        return self._cluster

    async def kind_of(self, token: str) -> Kind:
        """Give the kind of a Pulumi type. Raises UnsupportedError, or NoKindError if this cluster has no such kind."""
        kind = find_kind(token)
        resolved = await self.cluster.resolve(kind)
        if resolved is None and kind.kind not in self.planned.kinds:
            raise NoKindError(
                f"the cluster has no kind {kind.kind} of {kind.api_version}; install what defines it (its "
                "CustomResourceDefinition), or let it be part of the program and this resource depend on it"
            )
        return resolved or kind

    async def serves(self, definition: Manifest) -> bool:
        """Say whether the API server has all kinds of a CustomResourceDefinition."""
        return all([await self.cluster.resolve(kind) for kind in defined_kinds(plain(definition))])

    async def preview_create(self, kind: Kind, inputs: Manifest, manager: str) -> DryRun:
        """Ask the API server what creating the object would give.

        Raises:
            StepError: it would be refused, or is there already and not of this manager.
        """
        try:
            live, created = await self._dry_apply(kind, inputs, manager)
        except ApiError as error:
            if not error.conflicts:
                raise explained(kind, inputs, error) from error
            live, created = {}, False
        if not created:
            existing = await self._find(kind, inputs) or {}
            if is_going(existing):
                return DryRun(echoed(kind, inputs, manager), effective=True)
            if await self.is_leaving(kind, existing):
                raise namespace_leaves(identity_of(inputs)[0])
            if not live or not field_managers.is_managed_by(existing, manager):
                raise await self._taken(kind, inputs)
        return DryRun(hide_undecided(kind, outputs_of(live, inputs, manager), inputs), effective=True)

    async def create(
        self,
        kind: Kind,
        inputs: Manifest,
        manager: str,
        seconds: float = DEFAULT_TIMEOUT,
        report: Report = lambda _: None,
    ) -> Manifest:
        """Create the object, or go on with one that this manager made and could not record; gives the live object.

        One of its name that is just being deleted is waited for, `seconds` at the most.
        """
        namespace, name = identity_of(inputs)
        existing = await self.staying(kind, namespace, name, seconds, report)
        if existing is not None and not field_managers.is_managed_by(existing, manager):
            if kind.namespaced and await self._is_leaving_namespace(namespace):
                raise namespace_leaves(namespace)
            raise await self._taken(kind, inputs)
        try:
            live, created = await self.cluster.apply(kind, plain(inputs), manager)
        except ApiError as error:
            if error.conflicts:
                raise await self._taken(kind, inputs) from error
            raise explained(kind, inputs, error) from error
        if not created and existing is None and field_managers.managers(live) != [manager]:
            # Somebody made it between the question and the request. Give back what was just added to their object.
            metadata = {key: inputs["metadata"][key] for key in ("name", "namespace") if key in inputs["metadata"]}
            await self.cluster.apply(
                kind, {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}, manager
            )
            raise await self._taken(kind, inputs)
        if kind.kind == "CustomResourceDefinition":
            self.planned.made_kinds.add(plain(inputs["spec"])["names"]["kind"])
        return live

    async def adopt(self, kind: Kind, inputs: Manifest, id_: str, manager: str) -> Manifest:
        """Give an object that somebody else has made, to be managed from now on; nothing is written.

        Raises:
            StepError: it is not there, or is not what the inputs say.
        """
        identity = kind.identity(*identity_of(inputs))
        if id_ not in (identity, identity_of(inputs)[1]):
            raise StepError(f"import_ is {id_!r}, but the program's metadata is that of {described(kind, inputs)}")
        live = await self._find(kind, inputs)
        if live is None:
            raise StepError(f"{described(kind, inputs)} cannot be imported: there is none")
        if former := field_managers.makers(live):
            # As it will be taken over: also without what the inputs do not have.
            after = await self.cluster.try_patch(
                kind, field_managers.as_taken_over(live, plain(inputs), former), manager
            )
        else:
            after, _ = await self.cluster.apply(kind, plain(inputs), manager, force=True, dry_run=True)
        if different := [render_path(change.path) for change in compare(comparable(live), comparable(after))]:
            raise StepError(
                f"{described(kind, inputs)} cannot be imported: the program differs in {', '.join(different)}; "
                "import needs inputs that match the object"
            )
        return live

    async def preview_update(
        self,
        kind: Kind,
        inputs: Manifest,
        outputs: Manifest,
        ignored: list[str],
        *,
        drops: bool,
        former: frozenset[str] = frozenset(),
    ) -> DryRun | None:
        """Ask the API server what updating the object would give; None if the object is no longer there, or going.

        Args:
            kind: of the object.
            inputs: what is wanted.
            outputs: what the state has.
            ignored: paths of `ignoreChanges`.
            drops: whether the inputs no longer have something that they had. A dry run does not show that for fields
                which have yet to be taken over from a client-side request.
            former: who had made the object before it was adopted; what they set is taken over at the first update.

        Raises:
            StepError: it would be refused, or another field manager owns a field that would change.
        """
        manager = manager_of(outputs)
        for last in (False, False, True):
            live = await self._find(kind, inputs)
            if live is None or await self.is_leaving(kind, live):
                return None
            wanted = leave_to_others(live, plain(inputs), ignored)
            if former and not field_managers.has_applied(live, manager):
                after = await self._dry_take_over(kind, wanted, live, manager, former)
            else:
                after, _ = await self._dry_apply(kind, wanted, manager, live)
            effective = is_effective(live, after, manager, drops=drops, former=former)
            # A controller may have written to the object between the two requests; then its change is not ours.
            if not effective or last or version_of(live) == version_of(after):
                return DryRun(outputs_of(after, inputs, manager), effective)
        raise AssertionError("unreachable")

    async def update(
        self,
        kind: Kind,
        inputs: Manifest,
        outputs: Manifest,
        ignored: list[str],
        seconds: float = DEFAULT_TIMEOUT,
        report: Report = lambda _: None,
        former: frozenset[str] = frozenset(),
    ) -> Manifest:
        """Update the object in place, or make it anew if it is not there any more; gives the live object.

        Raises StepError, see `preview_update`.
        """
        manager = manager_of(outputs)
        live = await self._take_over(kind, inputs, manager, former)
        if live is None:
            return await self.create(kind, inputs, manager, seconds, report)
        try:
            return (
                await self.cluster.apply(
                    kind,
                    leave_to_others(live, plain(inputs), ignored),
                    manager,
                    force=self._forced(inputs),
                )
            )[0]
        except ApiError as error:
            raise explained(kind, inputs, error) from error

    async def delete_object(self, kind: Kind, outputs: Manifest, timeout: float | None, report: Report) -> None:
        """Delete the object and all that it owns, and wait until they are gone. Another of its name is left alone."""
        namespace, name = identity_of(outputs)
        uid = plain(outputs["metadata"]).get("uid") or ""
        begun = await self.cluster.delete(kind, namespace, name, uid, propagation(outputs))
        if begun and waits_for_deletion(outputs, kind.kind):
            seconds = seconds_to_wait(outputs, timeout)
            await wait_until_gone(self.cluster, kind, namespace, name, uid, seconds, report, self.stopping)

    async def _take_over(self, kind: Kind, inputs: Manifest, manager: str, former: frozenset[str]) -> Manifest | None:
        """Give the object, if there is one, with all fields of earlier client-side requests in the manager's hands."""
        for last in (False, False, True):
            live = await self._find(kind, inputs)
            if live and field_managers.has_applied(live, manager):
                former = frozenset()
            fields = field_managers.taken_over(live, manager, former) if live else None
            if live is None or fields is None:
                return live
            try:
                await self.cluster.set_managed_fields(kind, live, fields, manager)
            except ApiError as error:
                # A controller has touched the object since; what it wrote must not be lost.
                if error.code != 409 or last:
                    raise
            else:
                return live
        raise AssertionError("unreachable")

    def _forced(self, inputs: Manifest) -> bool:
        return self.options.force or is_on(inputs, FORCE)

    async def _find(self, kind: Kind, inputs: Manifest) -> Manifest | None:
        namespace, name = identity_of(inputs)
        return await self.cluster.get(kind, namespace, name)

    async def staying(
        self, kind: Kind, namespace: str, name: str, seconds: float, report: Report | None
    ) -> Manifest | None:
        """Read an object; one that is just being deleted is waited for, if there is somebody to report to."""
        live = await self.cluster.get(kind, namespace, name)
        if live is None or not is_going(live):
            return live
        if report is not None:
            uid = live["metadata"]["uid"]
            await wait_until_gone(self.cluster, kind, namespace, name, uid, seconds, report, self.stopping)
        return None

    async def is_leaving(self, kind: Kind, live: Manifest) -> bool:
        """Say whether an object has been deleted and is still there, or its namespace has and is, which comes to that.

        A namespace is asked for once, as of when an object in it was first asked about.
        """
        namespace = live.get("metadata", {}).get("namespace") if kind.namespaced else None
        if is_going(live) or not namespace:
            return is_going(live)
        if namespace not in self._leaving_namespaces:
            self._leaving_namespaces[namespace] = asyncio.ensure_future(self._is_leaving_namespace(namespace))
        return await asyncio.shield(self._leaving_namespaces[namespace])

    async def _is_leaving_namespace(self, name: str) -> bool:
        try:
            found = await self.cluster.get(find_kind("kubernetes:core/v1:Namespace"), "", name)
        except ApiError:
            return False  # who may not know that sees it by the objects, a moment later
        return found is not None and is_going(found)

    async def _dry_apply(
        self, kind: Kind, inputs: Manifest, manager: str, live: Manifest | None = None
    ) -> tuple[Manifest, bool]:
        """Apply as a dry run; conflicts with fields that will be taken over first do not count."""
        body = plain(inputs)
        try:
            return await self.cluster.apply(kind, body, manager, force=self._forced(inputs), dry_run=True)
        except ApiError as error:
            own = {manager, *field_managers.CLIENT_SIDE_MANAGERS}
            if error.conflicts and live is not None and all(conflict.manager in own for conflict in error.conflicts):
                return await self.cluster.apply(kind, body, manager, force=True, dry_run=True)
            if live is None:
                raise
            raise explained(kind, inputs, error) from error

    async def _dry_take_over(
        self, kind: Kind, inputs: Manifest, live: Manifest, manager: str, former: frozenset[str]
    ) -> Manifest:
        """Try what taking over an adopted object's fields, and applying the inputs then, will give."""
        try:
            return await self.cluster.try_patch(kind, field_managers.as_taken_over(live, inputs, former), manager)
        except ApiError as error:
            raise explained(kind, inputs, error) from error

    async def _taken(self, kind: Kind, inputs: Manifest) -> StepError:
        live = await self._find(kind, inputs) or {}
        return taken(kind, inputs, live)
