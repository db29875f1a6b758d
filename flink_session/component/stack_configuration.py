"""Reads a stack's configuration into the component's arguments, for the program at the root of this project.

Pulumi gives a program strings, and says nothing about keys that nobody asks for: a misspelt one would be ignored. So
every key of the project's namespace is read here, and must be one of the component's.
"""

import json
from typing import Any

import pulumi
from pulumi.runtime import config as pulumi_config

from flink_session.component.planned import refusals
from flink_session.component.settings import FlinkSessionClusterSettings, by_field_name


def stack_configuration() -> FlinkSessionClusterSettings:
    """The current stack's configuration.

    Its keys are those of :class:`~flink_session.FlinkSessionClusterArgs`, in the project's namespace:
    ``flink-session:cluster_id``.

    Raises:
        pulumi.RunError: With every unknown, missing, secret or mistyped key at once.
    """
    namespace = f"{pulumi.get_project()}:"
    everything = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    mine = {key.removeprefix(namespace): key for key in everything if key.startswith(namespace)}
    secrets = sorted(
        key
        for key in mine.values()
        if pulumi_config.is_config_secret(key) or key in pulumi_config.get_config_secret_keys_env()
    )
    if secrets:
        raise pulumi.RunError(
            f"{', '.join(secrets)}: secret configuration would be readable in the Deployment or the ConfigMap. Put it "
            "into a Kubernetes Secret and name that under `kubernetes.secrets` (as files) or "
            "`kubernetes.env.secretKeyRef` (as environment variables) in `configuration`."
        )
    with refusals():
        return FlinkSessionClusterSettings.parse(
            by_field_name({name: _decoded(everything[key]) for name, key in mine.items()})
        )


def _decoded(value: Any) -> Any:
    """Maps and lists arrive as JSON; every scalar stays text, to be coerced by the argument's own type."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
