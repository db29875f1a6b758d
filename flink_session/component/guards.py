"""The delete guard's two resources among the children: the first and the last of them.

They hold no Kubernetes object. What they do is in :mod:`flink_session.providers.session_guard`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Optional

import pulumi

from flink_session.component.planned import Planned
from flink_session.component.reach import reach_findings, reach_properties
from flink_session.configuration import Configuration, Finding
from flink_session.deployment.session import SessionCluster
from flink_session.kubernetes.high_availability import HighAvailabilityMode


def guard_findings(
    args: Mapping[str, Any],
    provider: Optional[pulumi.ProviderResource],  # noqa: UP045 - as all in this layer
) -> Iterator[Finding]:
    """Find why a guard that is asked for could not ask the session for its jobs."""
    if args.get("delete_guard") not in (True, "true"):
        return
    yield from reach_findings("delete_guard", True, provider)


class Guards:
    """The guards of one session."""

    def __init__(
        self,
        name: str,
        parent: pulumi.Resource,
        planned: Planned,
        provider: Optional[pulumi.ProviderResource],  # noqa: UP045
    ) -> None:
        self._name, self._parent = name, parent
        self._props: dict[str, Any] = {
            "clusterId": planned.get(lambda plan: plan.cluster_id),
            "namespace": planned.get(lambda plan: plan.namespace),
            "restScheme": planned.get(lambda plan: plan.rest_scheme),
            "allowJobLoss": planned.settings.allow_job_loss,
            **reach_properties(provider),
        }
        self._planned = planned

    def before(self) -> pulumi.Resource:
        """Register what all children are to depend on."""
        from flink_session.providers.guard_resources import ChangeGuarded  # noqa: PLC0415 - few clusters have one

        props = {
            **self._props,
            "highAvailability": self._planned.get(_is_highly_available),
            "suspended": self._planned.get(_is_suspended),
        }
        return ChangeGuarded(f"{self._name}-change-guard", props, pulumi.ResourceOptions(parent=self._parent))

    def behind(self, children: list[pulumi.Resource]) -> pulumi.Resource:
        """Register what depends on all children."""
        from flink_session.providers.guard_resources import DeleteGuarded  # noqa: PLC0415 - as above

        opts = pulumi.ResourceOptions(parent=self._parent, depends_on=children)
        return DeleteGuarded(f"{self._name}-delete-guard", dict(self._props), opts)


def _is_highly_available(plan: SessionCluster) -> bool:
    return HighAvailabilityMode.of(Configuration(plan.effective_configuration)).is_active


def _is_suspended(plan: SessionCluster) -> bool:
    return bool(plan.deployment["spec"]["replicas"] == 0)
