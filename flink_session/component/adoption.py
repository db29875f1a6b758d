"""Children that are there already: those of a session that ``kubernetes-session.sh`` has made are imported.

The import is Pulumi's own, by the resource option ``import_``, and writes nothing. What Flink's client does not make is
created as ever.
"""

from collections.abc import Callable, Mapping
from typing import Any, Optional

import pulumi

from flink_session.component.kubernetes_object import Fields, LiveObject
from flink_session.component.partly_known import PartlyKnown
from flink_session.component.planned import Planned, read_file
from flink_session.deployment.adoption import as_it_is, differences, without_additions
from flink_session.kubernetes import constants

_MADE_BY_FLINK: Mapping[str, Callable[[str], str]] = {
    "config": constants.config_map_name,
    "hadoop-config": constants.hadoop_config_map_name,
    "kerberos-keytab": constants.kerberos_keytab_secret_name,
    "kerberos-krb5conf": constants.kerberos_krb5_config_map_name,
    "pod-template": constants.pod_template_config_map_name,
    "internal": constants.internal_service_name,
    "jobmanager": str,
    "rest": constants.rest_service_name,
}
"""The children that Flink's client makes, and their names by the cluster's id."""


class Adoption:
    """The session that is taken over.

    Args:
        name: the component's name.
        parent: the component.
        planned: what the arguments come to; cluster id and namespace are plain.
    """

    def __init__(self, name: str, parent: pulumi.Resource, planned: Planned) -> None:
        self._planned = planned
        settings = planned.settings
        opts = pulumi.ResourceOptions(parent=parent)
        config_map = constants.config_map_name(settings.cluster_id)
        self._config = LiveObject(f"{name}-found-config", "v1", "ConfigMap", settings.namespace, config_map, opts)
        self._deployment = LiveObject(
            f"{name}-found-jobmanager", "apps/v1", "Deployment", settings.namespace, settings.cluster_id, opts
        )

        bare = None if isinstance(planned.plan, PartlyKnown) else without_additions(settings, read_file)

        def warn(known: list[Any]) -> None:
            plan, data, spec = known
            found = differences(plan, data or {}, {"spec": spec}, bare) if spec else ()  # a mock has none
            for finding in found:
                pulumi.log.warn(str(finding), resource=parent)

        whole = planned.plan.whole if isinstance(planned.plan, PartlyKnown) else planned.plan
        found: list[Any] = [whole, self._config.data, self._deployment.spec]  # type: ignore[attr-defined]
        pulumi.Output.all(*found).apply(warn)

    def import_id(self, suffix: str) -> "Optional[str]":  # noqa: UP045
        """Give the id of a child to import; ``None`` of one that is made."""
        settings = self._planned.settings
        own_template = settings.pod_template is not None or settings.task_manager.pod_template is not None
        if suffix == "pod-template" and not own_template:
            return None
        name = _MADE_BY_FLINK.get(suffix)
        return f"{settings.namespace}/{name(settings.cluster_id)}" if name else None

    def config_map(self) -> Fields:
        """Give the fields of the ConfigMap, with the texts that are there, as far as they say what is planned."""

        def keep(known: list[Any]) -> dict[str, str]:
            kept: dict[str, str] = as_it_is({"data": known[0]}, known[1] or {})["data"]
            return kept

        planned = self._planned.manifest(lambda plan: plan.config_map)
        found: pulumi.Output[Any] = self._config.data  # type: ignore[attr-defined]
        data = pulumi.Output.all(planned("data"), found).apply(keep)
        return lambda field: data if field == "data" else planned(field)
