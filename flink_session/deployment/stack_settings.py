"""Reads the configuration of a stack as arguments: texts, under keys of which Pulumi says nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flink_session.configuration.findings import Finding
from flink_session.deployment.argument_rules import RULES, must_not_be_secret
from flink_session.deployment.planning import Shape, faults
from flink_session.deployment.settings import FlinkSessionClusterSettings, by_field_name

_STRUCTURED = {
    "job_manager",
    "task_manager",
    "high_availability",
    "logging",
    "configuration",
    "log_configuration",
    "hadoop_configuration",
    "image_pull_secrets",
    "metrics",
    "plugins",
    "secrets",
    "service_account_annotations",
    "tls",
    "expose",
    "network_policy",
}
"""Arguments that are never text."""


def settings_of_stack(
    values: Mapping[str, str],
    secret_keys: Iterable[str],
    project: str,
    file: str,
    read_file: Callable[[str], bytes],
) -> FlinkSessionClusterSettings:
    """Read the configuration of a stack of this project: its keys are the arguments, in the project's namespace.

    Nobody but this function knows which keys there are: Pulumi says nothing about keys that no program asks for.

    Args:
        values: texts by full key, such as ``flink-session:cluster_id``; maps and lists as YAML or JSON.
        secret_keys: full keys of the values that are secret.
        project: the project's name.
        file: the stack's configuration file, to be named to the user.
        read_file: reads a file that an argument or an option names by its path; raises ``OSError``.

    Raises:
        IllegalConfigurationError: with every unknown, missing, secret or mistyped key, and all else that is wrong.
    """
    namespace = f"{project}:"
    mine = {key.removeprefix(namespace): key for key in values if key.startswith(namespace)}
    secret = {name: key for name, key in mine.items() if key in set(secret_keys) and name != "secrets"}
    found = [must_not_be_secret(key) for key in sorted(secret.values())]
    given: dict[str, Any] = {}
    unknown = set(by_field_name(secret)[0])
    for name, key in mine.items():
        if name in secret:
            continue
        (field,) = by_field_name({name: values[key]})[0]
        try:
            given[name] = _decoded(field, values[key])
        except ValueError as error:
            unknown.add(field)
            rule, fix = RULES[field]
            found.append(Finding(field, None, f"{rule}, in YAML or JSON ({error})", fix))
    args, twice = by_field_name(given)
    add_cluster_id = (
        f"add {namespace}cluster_id: my-session under config: in {file},"
        " or run `flink-session config set cluster_id my-session`"
    )
    shape = Shape.of({"cluster_id": "unknown", **args} if "cluster_id" in unknown else args, add_cluster_id)
    if found or twice or shape.findings:
        known = (*found, *twice)
        _, collector = faults(args, read_file, unknown=unknown, known=known, add_cluster_id=add_cluster_id)
        collector.raise_errors()
    return shape.settings


def _decoded(field: str, text: str) -> Any:
    """Read maps and lists; every scalar stays text, to be coerced by the argument's own type.

    Raises:
        ValueError: it should be a map or a list, and is not even YAML.
    """
    if text[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            pass  # YAML, or text
    if field not in _STRUCTURED:
        return text
    from flink_session.configuration import yaml_core  # noqa: PLC0415 - Pulumi hands out what is in the file as JSON

    read = yaml_core.load(text)
    return read if isinstance(read, (dict, list)) else text
