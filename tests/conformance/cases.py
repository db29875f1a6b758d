"""What goes into a deployment and what comes out, as values that both Flink and our core are asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INPUTS = "/inputs"
"""The folder under which a case's files lie, as its options name them; the JVM has them elsewhere, unseen."""


@dataclass(frozen=True)
class Case:
    """One call of ``kubernetes-session.sh``: everything that Flink's client reads from its machine.

    Attributes:
        dynamic_properties: ``-Dkey=value`` of the command line.
        conf_dir: files of ``FLINK_CONF_DIR`` by name, ``config.yaml`` or ``flink-conf.yaml`` among them.
        files: other files by their path under ``/inputs``: pod templates, keytab, Hadoop's configuration.
        environment: ``HADOOP_CONF_DIR`` and ``HADOOP_HOME``.
    """

    dynamic_properties: Mapping[str, str] = field(default_factory=dict)
    conf_dir: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the case as it stands in a golden file, without what is empty."""
        parts = {
            "dynamic_properties": dict(self.dynamic_properties),
            "conf_dir": dict(self.conf_dir),
            "files": dict(self.files),
            "environment": dict(self.environment),
        }
        return {name: part for name, part in parts.items() if part}


@dataclass(frozen=True)
class Built:
    """What a client would create.

    Attributes:
        objects: the objects in the order of their creation: the Deployment, then what accompanies it.
        configuration: what Flink reads from the shipped ``config.yaml`` (1.20: or ``flink-conf.yaml``); ``None`` where
            it cannot read its own file.
        lost: keys of the effective configuration that the shipped file does not hold, through no decision of Flink's.
    """

    objects: list[dict[str, Any]]
    configuration: dict[str, Any] | None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """What a client says instead of deploying.

    Attributes:
        errors: class and message of the exception and of its causes, the outermost first.
    """

    errors: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "\n".join(f"{name}: {message}" for name, message in self.errors)


def without_configuration_text(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the objects with the text of the configuration file left out, since its lines may stand in any order."""
    result = []
    for item in objects:
        if item["kind"] == "ConfigMap" and item["metadata"]["name"].startswith("flink-config-"):
            data = {name: None if name in CONFIGURATION_FILES else text for name, text in item["data"].items()}
            item = {**item, "data": data}
        result.append(item)
    return result


CONFIGURATION_FILES = ("config.yaml", "flink-conf.yaml")
"""Names of Flink's configuration file, the current one first."""


def configuration_file(objects: list[dict[str, Any]]) -> tuple[str, str]:
    """Return name and text of the configuration file that is shipped with the objects."""
    for item in objects:
        if item["kind"] == "ConfigMap" and item["metadata"]["name"].startswith("flink-config-"):
            for name in CONFIGURATION_FILES:
                if name in item["data"]:
                    return name, item["data"][name]
    raise LookupError("no object holds the configuration")
