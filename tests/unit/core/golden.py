"""Recorded runs of Flink's own client, and the same runs with our core."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flink_session.configuration import Configuration, FlinkVersion, load_config_yaml
from flink_session.deployment import ClusterClientServiceLoader
from flink_session.kubernetes import SessionDeployment
from flink_session.kubernetes.client_files import ClientFiles

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDED_VERSION = FlinkVersion.parse("2.2.0")


@dataclass(frozen=True)
class Recording:
    """One run of ``kubernetes-session.sh``."""

    name: str
    arguments: list[str]
    environment: str
    exit_code: int
    web_interface: str | None
    created: list[dict[str, Any]]

    @property
    def dynamic_properties(self) -> dict[str, str]:
        """The ``-D`` options, as Flink's command line reads them."""
        pairs = (argument.removeprefix("-D").partition("=") for argument in self.arguments)
        return {key: value if separator else "true" for key, separator, value in pairs}


def recording(name: str) -> Recording:
    data = json.loads((GOLDEN / "client" / f"{name}.json").read_text())
    created = [comparable(request["body"]) for request in data["requests"] if request["method"] == "POST"]
    return Recording(name, data["args"], data["env"], data["exit_code"], data["web_interface"], created)


def client_configuration(recorded: Recording) -> Configuration:
    """The configuration of the client in that run: its file, then ``-D``, then the target that the script forces."""
    base = load_config_yaml((GOLDEN / "inputs" / "conf" / "config.yaml").read_text())
    return base.with_values(recorded.dynamic_properties).with_value("execution.target", "kubernetes-session")


def deploy(recorded: Recording) -> SessionDeployment:
    """Do what Flink's command line does, up to the first object."""
    configuration = client_configuration(recorded)
    conf = (path for path in (GOLDEN / "inputs" / "conf").iterdir() if path.suffix != ".yaml")
    named = {f"/inputs/{path.name}": path.read_bytes() for path in (GOLDEN / "inputs").iterdir() if path.is_file()}
    hadoop = (GOLDEN / "inputs" / "hadoop").iterdir() if "HADOOP_CONF_DIR" in recorded.environment else ()
    files = ClientFiles(_texts(conf), named, _texts(hadoop))
    factory = ClusterClientServiceLoader().get_cluster_client_factory(configuration)
    specification = factory.get_cluster_specification(configuration, RECORDED_VERSION)
    return factory.create_cluster_descriptor(configuration, RECORDED_VERSION, files).deploy_session_cluster(
        specification
    )


def _texts(paths: Iterable[Path]) -> dict[str, str]:
    return {path.name: path.read_text() for path in paths}


def comparable(manifest: dict[str, Any]) -> dict[str, Any]:
    """Leave out the owner references, which we never make, and compare ``config.yaml`` by its values."""
    copy: dict[str, Any] = json.loads(json.dumps(manifest))
    copy["metadata"].pop("ownerReferences", None)
    if "config.yaml" in copy.get("data", {}):
        copy["data"]["config.yaml"] = dict(load_config_yaml(copy["data"]["config.yaml"]).values)
    return copy
