"""Data of high availability that belongs to another session, or to none any more."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.core_options import HighAvailabilityOptions

from ..facts import Facts
from ..model import Finding
from ..sessions import Half, SessionView


def high_availability(view: SessionView, facts: Facts) -> Iterator[Finding]:
    """Yield a finding where jobs of another session would be revived, or those of this one forgotten."""
    before, after = _storage(view.before), _storage(view.after)
    if before and after != before:
        yield Finding(
            severity="warning",
            rule="ha-storage-moved",
            subject=HighAvailabilityOptions.HA_STORAGE_PATH.key,
            message=f"what is stored in {before} is not looked for any more: jobs that run now do not come back",
            fix="stop them with a savepoint before, and submit them anew from it",
        )
    namespace, name = facts.namespaces.get(view.namespace), f"{view.cluster_id}-cluster-config-map"
    left_over = namespace is not None and namespace.config_maps is not None and name in namespace.config_maps
    if view.before is None and after and left_over:
        yield Finding(
            severity="warning",
            rule="ha-data-of-former",
            subject=f"ConfigMap {name}",
            message=f"a former session {view.cluster_id} has left its data of high availability: its jobs are revived",
            fix="delete the ConfigMap before, unless that is what you want",
        )


def _storage(half: Half | None) -> str:
    """Give where a session keeps its data; empty of one that has no high availability, or where it is not known."""
    configuration = half.planned.effective_configuration if half and half.planned else {}
    kind = str(configuration.get("high-availability.type", configuration.get("high-availability", "none"))).lower()
    return "" if kind == "none" else str(configuration.get(HighAvailabilityOptions.HA_STORAGE_PATH.key, ""))
