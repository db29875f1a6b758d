"""Previews where the cluster cannot be asked: everything is decided by what is recorded."""

from __future__ import annotations

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ClusterError
from flink_session.api_server.kinds import Kind, Manifest

from ..model.diff import compare
from ..model.resource import Report
from ..model.state import ResourceState
from ..model.values import mark_secrets, with_keys
from .kinds import API_NAMES, find_kind
from .objects import DryRun, Options, Planned
from .outputs import echoed, identity_of
from .provider import KubernetesProvider


class OfflineProvider(KubernetesProvider):
    """Stands in for a cluster that cannot be asked in a preview: everything is decided by what is recorded."""

    def __init__(self, reason: str, namespace: str, options: Options) -> None:
        """Say why it cannot be asked, and what objects that name no namespace go to, if that is known."""
        self._reason, self._default_namespace, self.options = reason, namespace, options
        self.planned = Planned()

    @property
    def cluster(self) -> Cluster:
        """Raise ClusterError."""
        raise ClusterError(self._reason)

    async def kind_of(self, token: str) -> Kind:
        """Go by the names alone."""
        return find_kind(token)

    async def serves(self, definition: Manifest) -> bool:
        """Believe the record."""
        return True

    async def preview_create(self, kind: Kind, inputs: Manifest, manager: str) -> DryRun:
        """Expect the inputs."""
        return DryRun(echoed(kind, inputs, manager), effective=True)

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
        """Expect the inputs, if they have changed."""
        effective = any(compare(with_keys(outputs.get("__inputs"), API_NAMES), inputs))
        return DryRun(mark_secrets({**outputs, **inputs}, inputs), effective)

    async def is_there(self, state: ResourceState, report: Report | None = None) -> bool:
        """Believe the record."""
        return True

    def _namespace(self, old: ResourceState | None) -> str:
        recorded = identity_of(old.inputs)[0] if old else ""
        return self._default_namespace or recorded or "default"
