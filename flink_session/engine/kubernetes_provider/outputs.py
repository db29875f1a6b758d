"""The outputs of a Kubernetes resource: the live object, and what of it is known before there is one. Pure."""

from __future__ import annotations

from flink_session.api_server.kinds import Kind, Manifest

from ..model.values import UNKNOWN, Secret, mark_secrets, plain, with_keys
from .field_managers import new_field_manager
from .kinds import API_NAMES

_PROGRAM_NAMES = {theirs: ours for ours, theirs in API_NAMES.items()}
FIELD_MANAGER = "__fieldManager"
_SERVER_METADATA = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp")


def identity_of(manifest: Manifest) -> tuple[str, str]:
    """Give namespace (empty without one) and name."""
    metadata = plain(manifest["metadata"])
    return metadata.get("namespace") or "", metadata["name"]


def manager_of(outputs: Manifest) -> str:
    """Give the field manager that the state names, or a new one for a state that names none."""
    manager = outputs.get(FIELD_MANAGER)
    return manager if isinstance(manager, str) and manager else new_field_manager()


def outputs_of(live: Manifest, inputs: Manifest, manager: str) -> Manifest:
    """Give a resource's outputs: the live object, and what the next operation on it must know."""
    outputs, inputs = with_keys(mark_secrets(live, inputs), _PROGRAM_NAMES), with_keys(inputs, _PROGRAM_NAMES)
    if inputs.get("kind") == "Secret" and "data" in outputs:
        outputs["data"] = Secret(plain(outputs["data"]))
    return {**outputs, "__inputs": inputs, "__initialApiVersion": inputs["apiVersion"], FIELD_MANAGER: manager}


def echoed(kind: Kind, inputs: Manifest, manager: str) -> Manifest:
    """Give the outputs to expect of an object whose creation cannot be tried out."""
    outputs = outputs_of(inputs, inputs, manager)
    if isinstance(outputs.get("metadata"), dict):
        outputs["metadata"] = {**outputs["metadata"], "uid": UNKNOWN, "creationTimestamp": UNKNOWN}
    if kind.kind == "Service" and isinstance(outputs.get("spec"), dict):
        outputs["spec"] = {"clusterIP": UNKNOWN, "clusterIPs": UNKNOWN, **outputs["spec"]}
    return outputs


def hide_undecided(kind: Kind, outputs: Manifest, inputs: Manifest) -> Manifest:
    """Mark what a dry run makes up and `up` will decide anew."""
    metadata = {**outputs["metadata"], "uid": UNKNOWN, "creationTimestamp": UNKNOWN}
    metadata.pop("managedFields", None)
    outputs = {key: value for key, value in outputs.items() if key != "status"} | {"metadata": metadata}
    if kind.kind == "Service" and isinstance(outputs.get("spec"), dict):
        given = plain(inputs.get("spec") or {})
        made_up = {
            key: UNKNOWN
            for key in ("clusterIP", "clusterIPs", "healthCheckNodePort")
            if key in outputs["spec"] and key not in given
        }
        ports = [
            {**port, "nodePort": UNKNOWN} if "nodePort" in port and "nodePort" not in asked else port
            for port, asked in zip(outputs["spec"].get("ports") or [], given.get("ports") or [], strict=False)
        ]
        outputs["spec"] = {**outputs["spec"], **made_up, **({"ports": ports} if ports else {})}
    return outputs


def comparable(live: Manifest) -> Manifest:
    """Give of an object what people and programs decide about: no status, and no bookkeeping of the server."""
    metadata = {key: value for key, value in live.get("metadata", {}).items() if key not in _SERVER_METADATA}
    rest = {key: value for key, value in live.items() if key != "status" and not key.startswith("__")}
    return {**rest, "metadata": metadata}
