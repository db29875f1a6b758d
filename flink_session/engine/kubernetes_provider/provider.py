"""What the Pulumi Kubernetes provider does: which object each resource is, and what is recorded of it."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from flink_session.api_server.kinds import Kind, Manifest

from ..model.diff import Change, diff_manifests, prune
from ..model.goal import Goal
from ..model.resource import Provider, Report
from ..model.state import ResourceState
from ..model.values import mark_secrets, plain
from . import field_managers
from .annotations import seconds_to_wait
from .check import check
from .kinds import find_kind, force_new_paths
from .kubernetes_resource import KubernetesResource
from .objects import NoKindError, Objects
from .outputs import identity_of, manager_of, outputs_of
from .waits.readiness import is_ready

_UNUSED_MANAGER = "pulumi-kubernetes"
"""What stands in the state for the field manager of an object that is only read."""


class KubernetesProvider(Objects, Provider):
    """One cluster, seen as a provider of resources; see `resource.Provider` for what its methods are for."""

    async def resource(self, goal: Goal, old: ResourceState | None) -> KubernetesResource:
        """Check a manifest."""
        missing = None
        try:
            kind = await self.kind_of(goal.type)
        except NoKindError as error:
            if old is None:
                raise
            kind, missing = find_kind(goal.type), error
        if old is not None and not kind.plural:
            # Whether it lived in a namespace, the record tells.
            kind = replace(kind, namespaced="namespace" in plain(old.inputs["metadata"]))
        inputs = check(kind, goal.name, goal.inputs, old.inputs if old else None, self._namespace(old))
        force_new = force_new_paths(kind, plain(inputs), goal.replace_on_changes, self.options.mutable)
        return KubernetesResource(goal, inputs, self, kind, force_new, missing)

    async def reasons(self, state: ResourceState, wanted: Manifest) -> tuple[Change, ...]:
        """Go by the inputs and by what is recorded of the object."""
        kind, mutable = find_kind(state.type), self.options.mutable
        force_new = force_new_paths(kind, plain(state.inputs), state.replace_on_changes, mutable)
        return diff_manifests(state.inputs, state.outputs, wanted, force_new).replace

    async def require(self, state: ResourceState) -> None:
        """Make sure that the cluster can be asked; of a kind that is gone, there is nothing left to delete."""
        with contextlib.suppress(NoKindError):
            await self.kind_of(state.type)

    async def read(self, state: ResourceState) -> ResourceState | None:
        """Let the recorded inputs follow the object, as far as they speak about it; one on its way out is gone."""
        try:
            kind = await self.kind_of(state.type)
        except NoKindError:
            return None
        if state.external:
            return await self._read_external(kind, state)
        live = await self.cluster.get(kind, *identity_of(state.outputs or state.inputs))
        if live is None or await self.is_leaving(kind, live):
            return None
        inputs = mark_secrets(prune(live, state.inputs), state.inputs)
        outputs = outputs_of(live, inputs, manager_of(state.outputs))
        return replace(
            state, inputs=inputs, outputs=outputs, init_errors=[] if is_ready(kind, live) else state.init_errors
        )

    async def _read_external(self, kind: Kind, state: ResourceState) -> ResourceState | None:
        """Read an object that is none of the stack's, by its id."""
        namespace, _, name = state.id.rpartition("/")
        namespace = (namespace or self.cluster.namespace) if kind.namespaced else ""
        live = await self.cluster.get(kind, namespace, name)
        if live is None:
            return None
        live = {"apiVersion": kind.api_version, "kind": kind.kind, **live}
        metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
        about = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
        return replace(state, id=kind.identity(namespace, name), outputs=outputs_of(live, about, _UNUSED_MANAGER))

    async def is_there(self, state: ResourceState, report: Report | None = None) -> bool:
        """Compare the uid; an object that is just being deleted is waited for."""
        try:
            kind, (namespace, name) = await self.kind_of(state.type), identity_of(state.outputs)
        except NoKindError:
            return False
        seconds = seconds_to_wait(state.inputs, state.custom_timeouts.get("delete"))
        live = await self.staying(kind, namespace, name, seconds, report)
        if live is None:
            return False
        recorded = plain(state.outputs.get("metadata") or {}).get("uid")
        return recorded is None or recorded == live["metadata"]["uid"]

    async def delete(self, state: ResourceState, report: Report) -> None:
        """Delete the object and all that it owns. Another one of its name is left alone."""
        try:
            kind, outputs = await self.kind_of(state.type), state.outputs
        except NoKindError:
            return
        if "metadata" not in outputs:
            live = await self.cluster.get(kind, *identity_of(state.inputs))
            if live is None or not field_managers.is_managed_by(live, manager_of(outputs)):
                return
            outputs = live
        await self.delete_object(kind, outputs, state.custom_timeouts.get("delete"), report)

    def _namespace(self, old: ResourceState | None) -> str:
        """Give the namespace of objects that name none."""
        return self.cluster.namespace
