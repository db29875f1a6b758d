"""The file ``config.yaml``: what Flink 2.x reads at the start of each process, nested, in YAML 1.2."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flink_session.configuration.configuration import FLINK_CONF_FILENAME, Configuration, prefixes
from flink_session.configuration.files.encoding import decode_yaml
from flink_session.configuration.findings import Finding, IllegalConfigurationError, illegal
from flink_session.configuration.options import RawConfiguration
from flink_session.configuration.yaml_writer import dump_block


def load_config_yaml(content: bytes | str, source: str = FLINK_CONF_FILENAME) -> Configuration:
    """Read a ``config.yaml``; an empty one is an empty configuration.

    Args:
        content: the file's bytes, in UTF-8 or as their byte order mark says; or its text.
        source: names the file in findings.

    Raises:
        IllegalConfigurationError: not a mapping in YAML 1.2, a key twice or without a value, bytes that are no text.
    """
    from flink_session.configuration import yaml_core

    try:
        text = decode_yaml(content)
    except ValueError as error:
        raise illegal(source, None, f"must be text in UTF-8 ({error})", "save it as UTF-8") from None
    try:
        tree = yaml_core.load(text)
    except ValueError as error:
        raise illegal(source, None, f"must be YAML ({error})", "correct the file") from None
    if tree is None:
        return Configuration()
    if not isinstance(tree, Mapping):
        raise illegal(source, None, "must be a mapping of keys to values", "write key: value, one on each line")
    try:
        return Configuration.from_mapping(tree, empty_parts=True)
    except IllegalConfigurationError as error:
        raise IllegalConfigurationError(_with_lines(error.findings, text, source)) from None


def find_merge_keys(content: bytes | str, source: str = FLINK_CONF_FILENAME) -> Iterator[Finding]:
    """Find ``<<`` in a file that :func:`load_config_yaml` reads: in YAML 1.2 it is a key like any other."""
    from flink_session.configuration import yaml_core

    for key, lines in yaml_core.lines_of_keys(decode_yaml(content)).items():
        if key.split(".")[-1] == "<<":
            rule = f"merges nothing in Flink, which takes << in line {lines[0]} of {source} for a part of the key"
            yield Finding(key, None, rule, "write out the keys that it stands for")


def _with_lines(findings: Iterable[Finding], text: str, source: str) -> Iterator[Finding]:
    """Say of each finding in which lines of the file its key is."""
    from flink_session.configuration import yaml_core

    by_key = yaml_core.lines_of_keys(text)
    for finding in findings:
        lines = by_key.get(finding.key)
        where = f"line{'s' if len(lines) > 1 else ''} {' and '.join(map(str, lines))} of {source}" if lines else source
        yield replace(finding, rule=f"{finding.rule} ({where})")


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
    return dump_block(tree)


def prefix_collisions(values: RawConfiguration) -> tuple[Finding, ...]:
    """Find keys that are the beginning of other keys: one of the two cannot be written into a nested file.

    Each such key is found once, with the first of those that it begins.
    """
    findings: dict[str, Finding] = {}
    for longer in values:
        for shorter in prefixes(longer):
            if shorter in values:
                findings.setdefault(shorter, _collision(shorter, longer, values))
    return tuple(findings.values())


def _collision(shorter: str, longer: str, values: RawConfiguration) -> Finding:
    from flink_session.configuration.catalogue.former import way_apart

    changed, fix = way_apart(shorter, longer, values)
    other = longer if changed == shorter else shorter
    return Finding(changed, None, f"must not stand beside {other}, since Flink would lose one of the two", fix)
