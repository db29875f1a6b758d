"""The file ``config.yaml``: what Flink 2.x reads at the start of each process, nested, in YAML 1.2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flink_session.configuration import yaml_core
from flink_session.configuration.configuration import FLINK_CONF_FILENAME, Configuration, prefixes
from flink_session.configuration.findings import Finding, IllegalConfigurationError, illegal
from flink_session.configuration.options import RawConfiguration

_CANONICAL_KEYS = {
    "high-availability": "high-availability.type",
    "env.java.opts": "env.java.opts.all",
    "kubernetes.container.image": "kubernetes.container.image.ref",
    "kubernetes.jobmanager.cpu": "kubernetes.jobmanager.cpu.amount",
    "kubernetes.taskmanager.cpu": "kubernetes.taskmanager.cpu.amount",
    "kubernetes.pod-template-file": "kubernetes.pod-template-file.default",
}
"""Former keys that are the beginning of other keys, and what they are called today."""


def load_config_yaml(text: str, source: str = FLINK_CONF_FILENAME) -> Configuration:
    """Read a ``config.yaml``; an empty one is an empty configuration.

    Raises:
        IllegalConfigurationError: not a mapping in YAML 1.2, a key twice or without a value; ``source`` names the file.
    """
    try:
        tree = yaml_core.load(text)
    except ValueError as error:
        raise illegal(source, None, f"must be YAML ({error})", "correct the file") from None
    if tree is None:
        return Configuration()
    if not isinstance(tree, Mapping):
        raise illegal(source, None, "must be a mapping of keys to values", "write key: value, one on each line")
    return Configuration.from_mapping(tree, empty_parts=True)


def dump_config_yaml(configuration: Configuration) -> str:
    """Write a ``config.yaml``, its keys sorted so that equal configurations give equal files.

    Flink writes in the order of a Java hash map. It also writes the file, silently incomplete or not at all, where one
    key is the beginning of another; here that is an error.

    Raises:
        IllegalConfigurationError: one key is the beginning of another.
    """
    findings = prefix_collisions(configuration.values)
    if findings:
        raise IllegalConfigurationError(findings)
    tree: dict[str, Any] = {}
    for key in sorted(configuration.values, key=lambda key: key.split(".")):
        *path, name = key.split(".")
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
        branch[name] = configuration.values[key]
    return yaml_core.dump_block(tree)


def prefix_collisions(values: RawConfiguration) -> tuple[Finding, ...]:
    """Find keys that are the beginning of other keys: one of the two cannot be written into a nested file.

    Each such key is found once, with the first of those that it begins.
    """
    findings: dict[str, Finding] = {}
    for longer in values:
        for shorter in prefixes(longer):
            if shorter in values:
                findings.setdefault(shorter, _collision(shorter, longer))
    return tuple(findings.values())


def _collision(shorter: str, longer: str) -> Finding:
    canonical = _CANONICAL_KEYS.get(shorter)
    fix = f"write {canonical} instead of {shorter}" if canonical else f"remove {shorter} or {longer}"
    return Finding(shorter, None, f"must not stand beside {longer}, since Flink would lose one of the two", fix)
