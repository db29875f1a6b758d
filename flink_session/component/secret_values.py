"""The values of ``secrets``: they go into one child, always as secrets of Pulumi, and nowhere else.

The plan is made without them, so that it is plain, and shown, where only a secret is still to come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from flink_session.component.kubernetes_object import Fields
from flink_session.component.planned import Planned
from flink_session.component.program import refuse
from flink_session.configuration import FindingCollector, IllegalConfigurationError
from flink_session.configuration.findings import illegal


@dataclass(frozen=True)
class SecretValues:
    """The values by the names of the secrets: how each is written, and the value, which may be an Output."""

    by_name: Mapping[str, tuple[str, Any]]

    @classmethod
    def taken_from(cls, args: dict[str, Any]) -> "tuple[dict[str, Any], SecretValues]":
        """Return arguments without the values of their secrets, and these."""
        from flink_session.deployment.secret_settings import without_values  # noqa: PLC0415 - few clusters have any

        secrets = args.get("secrets")
        if not isinstance(secrets, Mapping):
            return args, cls({})
        left, values = without_values(secrets)
        return {**args, "secrets": left}, cls(values)

    def given_back(self, args: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments with their values again, as secrets, for the state and for policies."""
        if not self.by_name:
            return args
        secrets = dict(args["secrets"])
        for name, (field, value) in self.by_name.items():
            hidden = pulumi.Output.secret(value)
            secrets[name] = {**secrets[name], field: hidden} if isinstance(secrets[name], Mapping) else hidden
        return {**args, "secrets": secrets}

    def data(self, component: str) -> "pulumi.Output[dict[str, str]]":
        """Return the data of the Secret.

        Args:
            component: the component's name, for what is wrong with a value.
        """
        from flink_session.kubernetes.extensions import secret_data  # noqa: PLC0415

        return self._known(component).apply(secret_data)

    def reach(self, deployment: Fields, planned: Planned, component: pulumi.Resource) -> Fields:
        """Let the JobManager restart by the values, by a checksum that is no secret itself."""
        if not self.by_name:
            return deployment
        from flink_session.kubernetes.extensions import is_short, published_checksum, with_checksum  # noqa: PLC0415

        identity = (planned.get(lambda plan: plan.namespace), planned.get(lambda plan: plan.cluster_id))

        def checksum(known: list[Any]) -> str:
            if is_short(known[0]):
                pulumi.log.warn(_SHORT, resource=component)
            return published_checksum(*known) or ""

        values = pulumi.Output.all(self._known(component._name), *identity)
        published: pulumi.Output[str] = pulumi.Output.unsecret(values.apply(checksum))
        spec = pulumi.Output.all(deployment("spec"), published).apply(
            lambda known: with_checksum({"spec": known[0]}, known[1] or None)["spec"]
        )
        return lambda field: spec if field == "spec" else deployment(field)

    def _known(self, component: str) -> "pulumi.Output[dict[str, bytes]]":
        from flink_session.deployment.secret_settings import secret_value  # noqa: PLC0415

        def read(values: dict[str, Any]) -> dict[str, bytes]:
            collector, known = FindingCollector(), dict[str, bytes]()
            for name, (field, _) in self.by_name.items():
                if values[name] in ("", None):
                    collector.attempt(_refuse_empty, name)
                value = collector.attempt(secret_value, name, field, values[name])
                if value is not None:
                    known[name] = value
            if collector.errors:
                raise refuse(component, IllegalConfigurationError(collector.errors))
            return known

        return pulumi.Output.secret(
            pulumi.Output.all(**{name: value for name, (_, value) in self.by_name.items()}).apply(read)
        )


_SHORT = (
    "the values of `secrets` are so short altogether that a checksum of them could be guessed, and none is published:"
    " when one changes, restart the JobManager yourself"
)


def _refuse_empty(name: str) -> None:
    raise illegal(f"secrets, {name}", None, "must not be empty", "give it a value, or leave it out")
