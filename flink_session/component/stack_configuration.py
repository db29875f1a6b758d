"""Reads a stack's configuration into the component's arguments, for the program at the root of this project.

Pulumi gives a program strings, and says nothing about keys that nobody asks for: a misspelt one would be ignored. So
every key of the project's namespace is read here, and must be one of the component's.
"""

from typing import cast

import pulumi
from pulumi.runtime import config as pulumi_config

from flink_session.component.args import FlinkSessionClusterArgs
from flink_session.component.planned import read_file
from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment.stack_settings import settings_of_stack


def stack_configuration() -> FlinkSessionClusterArgs:
    """The current stack's configuration, as arguments of the component.

    Its keys are those of :class:`~flink_session.FlinkSessionClusterArgs`, in the project's namespace:
    ``flink-session:cluster_id``.

    Raises:
        pulumi.RunError: With every unknown, missing, secret or mistyped key, and all else that is wrong.
    """
    everything = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    secrets = [key for key in everything if pulumi_config.is_config_secret(key)]
    secrets += pulumi_config.get_config_secret_keys_env()
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    try:
        settings = settings_of_stack(everything, secrets, pulumi.get_project(), file, read_file)
    except IllegalConfigurationError as error:
        for warning in error.warnings:
            pulumi.log.warn(str(warning))
        raise pulumi.RunError(str(error)) from error
    return cast("FlinkSessionClusterArgs", settings.model_dump(exclude_unset=True))
