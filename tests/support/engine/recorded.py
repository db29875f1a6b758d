"""The recorded program: its objects, and changes to what it asks for."""

from typing import Any

from tests.support.engine.fake_api import Manifest
from tests.support.engine.replay import Message

CONFIG_MAP = "/api/v1/namespaces/default/configmaps/flink-config-demo"
DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/demo"
SERVICE = "/api/v1/namespaces/default/services/demo-rest"


def more_slots(request: Message) -> None:
    """What `recording:slots: 2` changes in the program's requests."""
    if request["name"] == "demo-config":
        request["object"]["data"]["config.yaml"] = "taskmanager.numberOfTaskSlots: 2\n"
    if request["name"] == "demo-jm":
        request["object"]["spec"]["template"]["metadata"]["annotations"]["sha"] = "another"


def on(name: str, path: str, value: Any) -> Any:
    """Change one property, or with a path of one part one option, of one resource."""

    def change(request: Message) -> None:
        if request["name"] == name:
            *parents, last = path.split(".")
            node = request
            for part in parents:
                node = node[part]
            if value is None:
                node.pop(last)
            else:
                node[last] = value

    return change


def both(*changes: Any) -> Any:
    def change(request: Message) -> None:
        for one in changes:
            one(request)

    return change


def made_from_the_config_map(request: Message) -> None:
    """The Deployment's spec is made from the ConfigMap's outputs."""
    if request["name"] == "demo-jm":
        urn = "urn:pulumi:dev::recording::recording:index:Session$kubernetes:core/v1:ConfigMap::demo-config"
        request["propertyDependencies"]["spec"] = {"urns": [urn]}


def wanted(objects: dict[str, Manifest]) -> dict[str, Any]:
    """What users care about of a cluster: which objects there are and what they say."""
    return {
        path: {key: live.get(key) for key in ("data", "spec")}
        for path, live in objects.items()
        if "endpoint" not in path
    }
