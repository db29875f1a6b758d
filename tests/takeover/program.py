"""A Pulumi program whose resources are listed in the JSON file that the setting `resources` names; see `programs`."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

GROUPS: dict[str, Any] = {
    "ConfigMap": k8s.core.v1,
    "CronJob": k8s.batch.v1,
    "Deployment": k8s.apps.v1,
    "Ingress": k8s.networking.v1,
    "Job": k8s.batch.v1,
    "LimitRange": k8s.core.v1,
    "NetworkPolicy": k8s.networking.v1,
    "PersistentVolumeClaim": k8s.core.v1,
    "PodDisruptionBudget": k8s.policy.v1,
    "ResourceQuota": k8s.core.v1,
    "Role": k8s.rbac.v1,
    "RoleBinding": k8s.rbac.v1,
    "Secret": k8s.core.v1,
    "Service": k8s.core.v1,
    "ServiceAccount": k8s.core.v1,
    "StatefulSet": k8s.apps.v1,
}
config = pulumi.Config()
made: dict[str, Any] = {}


class Component(pulumi.ComponentResource):
    """A parent."""

    def __init__(self, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__("takeover:index:Component", name, inputs, opts)
        self.register_outputs({})


def value(given: Any) -> Any:
    """Give a value with the namespace, the secret and the names of other objects put in."""
    if isinstance(given, list):
        return [value(item) for item in given]
    if not isinstance(given, dict):
        return given
    if "$name" in given:
        return made[given["$name"]].metadata["name"]
    if "$config" in given:
        return config.require_secret("token") if given["$config"] == "token" else config.require(given["$config"])
    return {key: value(item) for key, item in given.items()}


def alias(given: dict[str, Any]) -> pulumi.Alias:
    """Give an alias; a parent that is None is the stack."""
    if "parent" not in given:
        return pulumi.Alias(**given)
    parent = made[given["parent"]] if given["parent"] else pulumi.ROOT_STACK_RESOURCE
    return pulumi.Alias(parent=parent)


def options(given: dict[str, Any]) -> pulumi.ResourceOptions:
    """Give resource options, in which other resources are named."""
    read: dict[str, Any] = {
        **dict.fromkeys(("depends_on", "replace_with"), lambda names: [made[name] for name in names]),
        **dict.fromkeys(("parent", "deleted_with", "provider"), made.__getitem__),
        "aliases": lambda aliases: [alias(item) for item in aliases],
        "custom_timeouts": lambda timeouts: pulumi.CustomTimeouts(**timeouts),
    }
    return pulumi.ResourceOptions(**{key: read.get(key, value)(item) for key, item in given.items()})


for resource in json.loads(Path(config.require("resources")).read_text()):
    kind, name, inputs, opts = resource["kind"], resource["name"], value(resource["inputs"]), options(resource["opts"])
    if kind == "Component":
        made[name] = Component(name, inputs, opts)
    elif kind == "Provider":
        made[name] = k8s.Provider(name, **inputs, opts=opts)
    else:
        made[name] = getattr(GROUPS[kind], kind)(name, **inputs, opts=opts)
        pulumi.export(name, made[name].metadata["name"])
