"""The child that deletes high availability's ConfigMaps with the session, where ``ha_data`` is ``delete``.

It holds no Kubernetes object. What it does is in :mod:`flink_session.providers.high_availability_data`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Optional

import pulumi

from flink_session.component.planned import Planned
from flink_session.component.reach import reach_findings, reach_properties
from flink_session.configuration import Finding


def ha_data_findings(
    args: Mapping[str, Any],
    provider: Optional[pulumi.ProviderResource],  # noqa: UP045 - as all in this layer
) -> Iterator[Finding]:
    """Find why the ConfigMaps could not be deleted."""
    if args.get("ha_data") == "delete":
        yield from reach_findings("ha_data", "delete", provider)


def ha_data_resource(
    name: str,
    parent: pulumi.Resource,
    planned: Planned,
    provider: Optional[pulumi.ProviderResource],  # noqa: UP045
) -> pulumi.Resource:
    """Register what the Deployment is to depend on, so that it is deleted after the JobManagers."""
    # Few clusters have one, and dynamic resources take long to import.
    from flink_session.providers.high_availability_data import HighAvailabilityDataDeleted  # noqa: PLC0415

    props = {
        "clusterId": planned.get(lambda plan: plan.cluster_id),
        "namespace": planned.get(lambda plan: plan.namespace),
        **reach_properties(provider),
    }
    return HighAvailabilityDataDeleted(name, props, pulumi.ResourceOptions(parent=parent))
