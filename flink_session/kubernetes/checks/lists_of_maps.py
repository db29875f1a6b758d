"""Tolerations, owner references and references to Secrets: lists of maps whose fields nobody checks on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes import references
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_REFERENCE = ("env", "secret", "key")
_OWNER = ("apiVersion", "kind", "name", "uid")
_OPERATORS = ("Exists", "Equal")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def check_lists_of_maps(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find fields that Flink would ignore, and those that the API server misses or refuses."""
    configuration = parameters.configuration
    yield from _tolerations(configuration, Options.JOB_MANAGER_TOLERATIONS)
    yield from _tolerations(configuration, Options.TASK_MANAGER_TOLERATIONS)
    key = Options.JOB_MANAGER_OWNER_REFERENCE.key
    for item in readable(configuration, Options.JOB_MANAGER_OWNER_REFERENCE) or ():
        yield from _fields(key, item, references.OWNER_REFERENCE_FIELDS, _OWNER)
        yield from _booleans(key, item)
    for item in readable(configuration, Options.KUBERNETES_ENV_SECRET_KEY_REF) or ():
        yield from _secret_key_reference(Options.KUBERNETES_ENV_SECRET_KEY_REF.key, item)


def _secret_key_reference(key: str, item: Mapping[str, str]) -> Iterator[Finding]:
    yield from _fields(key, item, _REFERENCE, _REFERENCE)
    for name in item:
        # Of all lists of maps, this is the one where Flink minds the case.
        if name not in _REFERENCE and name.lower() in _REFERENCE:
            yield Finding(f"{key}, {name}", None, "is no field that Flink knows", f"write {name.lower()}")


def _fields(key: str, item: Mapping[str, str], known: Iterable[str], needed: Iterable[str]) -> Iterator[Finding]:
    names = {name.lower() for name in item if item[name]}
    for name in references.unknown_fields(item, known):
        yield Finding(f"{key}, {name}", None, "is no field that Flink knows", f"use {', '.join(known)}")
    missing = [name for name in needed if name.lower() not in names]
    if missing:
        yield Finding(key, None, f"must say {' and '.join(missing)} in each item", "add what is missing")


def _booleans(key: str, item: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in item.items():
        if name.lower() in ("controller", "blockownerdeletion") and value.lower() not in ("true", "false"):
            yield Finding(f"{key}, {name}", value, "must be true or false", "correct it; Flink takes it for false")


def _tolerations(configuration: Configuration, option: ConfigOption[tuple[dict[str, str], ...]]) -> Iterator[Finding]:
    collector = FindingCollector()
    collector.attempt(references.tolerations, configuration, option)
    yield from collector.findings
    for item in readable(configuration, option) or ():
        misspelt = list(_fields(option.key, item, references.TOLERATION_FIELDS, ()))
        yield from misspelt
        if not misspelt and not collector.findings:
            yield from _toleration(option.key, {name.lower(): value for name, value in item.items()})


def _toleration(key: str, item: Mapping[str, str]) -> Iterator[Finding]:
    operator, effect = item.get("operator") or "Equal", item.get("effect")
    if operator not in _OPERATORS:
        yield Finding(f"{key}, operator", operator, f"must be {' or '.join(_OPERATORS)}", "correct it")
    elif operator == "Exists" and item.get("value"):
        rule = "must not be there with the operator Exists"
        yield Finding(f"{key}, value", item["value"], rule, "remove it, or use the operator Equal")
    elif operator == "Equal" and not item.get("key"):
        yield Finding(key, None, "must say which key it tolerates", "add key, or use the operator Exists")
    if effect and effect not in _EFFECTS:
        yield Finding(f"{key}, effect", effect, f"must be {', '.join(_EFFECTS)} or absent", "correct it")
    if "tolerationseconds" in item and effect != "NoExecute":
        rule = "must only be there with the effect NoExecute"
        yield Finding(f"{key}, tolerationSeconds", item["tolerationseconds"], rule, "remove it, or add the effect")
