"""Kubernetes objects compared with a file that is checked in: a change of them is seen in a review, line by line."""

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

ACCEPT = "FLINK_SESSION_ACCEPT"
"""With this variable set to 1, the objects are written to the file instead."""


def assert_manifests(manifests: Iterable[Mapping[str, Any]], file: Path | str) -> None:
    """Compare objects with those in a file of YAML, whatever their order.

    Args:
        manifests: the objects, such as those of :class:`~flink_session.testing.Ran`.
        file: the file; with ``FLINK_SESSION_ACCEPT=1`` in the environment it is written.

    Raises:
        AssertionError: they differ, or there is no such file; with the difference, and how to accept it.
    """
    file = Path(file)
    now = _text(manifests)
    if os.environ.get(ACCEPT) == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")
        return
    accept = f"to accept what there is now, run the test with {ACCEPT}=1 in the environment"
    if not file.exists():
        raise AssertionError(f"there is no {file}: {accept}")
    accepted = file.read_text(encoding="utf-8")
    if accepted != now:
        lines = difflib.unified_diff(accepted.splitlines(), now.splitlines(), str(file), "now", lineterm="")
        raise AssertionError("\n".join((f"the objects are not those in {file}; {accept}:", *lines)))


def _text(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Write objects so that equal ones are equal texts: sorted, long texts line by line."""
    objects = sorted((dict(item) for item in manifests), key=_identity)
    return yaml.dump_all(objects, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=1000)


def _identity(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    metadata = manifest.get("metadata")
    names = metadata if isinstance(metadata, Mapping) else {}
    return (str(manifest.get("kind")), str(names.get("namespace")), str(names.get("name")))


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as such, so that a difference is that of its lines."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _write_text)
