"""The rules of the pack, as functions of plain values: what a resource has, and what is wrong with it.

They look at what is deployed, not at what was asked for: whatever argument, option, pod template or transform led
there, the objects tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

COMPONENT = "flink-session:index:FlinkSessionCluster"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SERVICE = "kubernetes:core/v1:Service"
ROUTES = ("kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")

PRODUCTION = r"(^|[-_.])prod(uction)?($|[-_.])"
"""Which stacks are production, unless configured."""
DURABLE = ("s3", "s3a", "s3p", "gs", "abfs", "abfss", "wasb", "wasbs", "oss", "hdfs", "viewfs")
"""File systems that outlive a pod, unless configured."""

_SENSITIVE = re.compile(
    r"password|secret|fs\.azure\.account\.key|apikey|api-key|auth-params|service-key|token|basic-auth|jaas\.config"
    r"|http-headers|credential",
    re.IGNORECASE,
)
"""What Flink masks in its own logs, and credentials."""
_NAMES_A_SECRET = re.compile(r"^kubernetes\.(secrets|env\.secretkeyref|.*pull-secrets)$|^security\.delegation\.token")
"""Options with such a word in their key that hold the name of a Secret, or settings."""
_REFERENCE = re.compile(r"\$\{\w+\}")


def is_of_session(urn: str) -> bool:
    """Tell whether a resource is a child of a session cluster."""
    return f"{COMPONENT}$" in urn


def is_production(urn: str, pattern: str) -> bool:
    """Tell whether a resource is in a stack whose name the pattern finds."""
    return re.search(pattern, urn.split(":")[2]) is not None


def unpinned_images(deployment: Mapping[str, Any], digest: bool) -> Iterator[str]:
    """Find images that another one may take the place of.

    Args:
        deployment: the Deployment.
        digest: whether a tag is not enough.
    """
    for container in _containers(deployment):
        image = str(container.get("image", ""))
        if "@sha256:" in image:
            continue
        tag = image.rpartition("/")[2].partition(":")[2]
        if digest:
            yield f"the image {image!r} of the container {container.get('name')} has no digest: add @sha256:..."
        elif tag in ("", "latest"):
            yield f"the image {image!r} of the container {container.get('name')} has no fixed tag: name a release"


def public_addresses(type_token: str, resource: Mapping[str, Any]) -> Iterator[str]:
    """Find ways to the REST API from outside the cluster: who reaches it can run any code."""
    if type_token in ROUTES:
        yield f"the {type_token.rpartition(':')[2]} makes the REST API reachable from outside the cluster"
    exposed = _within(resource, "spec").get("type") if type_token == SERVICE else None
    if exposed in ("NodePort", "LoadBalancer"):
        yield f"the Service is of the type {exposed}, which makes the REST API reachable from outside the cluster"


def configuration_of(config_map: Mapping[str, Any]) -> dict[str, str] | None:
    """Read the options of Flink in a ConfigMap, flat; None if it holds none."""
    data = _within(config_map, "data")
    text = data.get("config.yaml") or data.get("flink-conf.yaml")
    return dict(_flat(yaml.safe_load(str(text)) or {}, "")) if text else None


def missing_durability(options: Mapping[str, str], schemes: list[str]) -> Iterator[str]:
    """Find what would be lost with a pod.

    Args:
        options: the options of Flink, flat.
        schemes: file systems that outlive a pod.
    """
    mode = options.get("high-availability.type") or options.get("high-availability") or "NONE"
    if mode.upper() == "NONE":
        yield "high-availability.type is not set: jobs are lost when the JobManager restarts"
    else:
        yield from _not_durable(options, ("high-availability.storageDir",), schemes)
    yield from _not_durable(options, ("execution.checkpointing.dir", "state.checkpoints.dir"), schemes)


def clear_text_in_options(options: Mapping[str, str]) -> Iterator[str]:
    """Find secrets among the options of Flink: a ConfigMap is no place for them."""
    for key, value in options.items():
        if _SENSITIVE.search(key) and not _NAMES_A_SECRET.search(key.lower()) and _is_clear(value):
            yield f"{key} stands in the ConfigMap in clear text: use the argument `secrets` of the component"


def clear_text_in_environment(deployment: Mapping[str, Any]) -> Iterator[str]:
    """Find secrets among the environment variables of a Deployment."""
    for container in _containers(deployment):
        for variable in container.get("env") or ():
            if _SENSITIVE.search(str(variable.get("name"))) and _is_clear(str(variable.get("value") or "")):
                name = container.get("name")
                yield f"{variable['name']} of the container {name} is in clear text: take it from a Secret by valueFrom"


def _containers(deployment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    spec = _within(_within(_within(deployment, "spec"), "template"), "spec")
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def _within(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _flat(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _flat(item, f"{key}.{name}" if key else str(name))
    else:
        yield key, "" if value is None else str(value)


def _not_durable(options: Mapping[str, str], keys: tuple[str, ...], schemes: list[str]) -> Iterator[str]:
    found = next((options[key] for key in keys if options.get(key)), "")
    scheme = found.partition(":")[0] if ":" in found else "file"
    if not found:
        yield f"{keys[0]} is not set: state is lost with its pod"
    elif scheme not in schemes:
        yield f"{keys[0]} is {found}, and {scheme} does not outlive a pod; such are {', '.join(schemes)}"


def _is_clear(value: str) -> bool:
    return bool(value) and not _REFERENCE.fullmatch(value) and value.lower() not in ("true", "false")
