"""The objects by which Pulumi writes values that JSON does not have, in messages and in the state alike."""

from __future__ import annotations

from typing import Any

from ..errors import UnsupportedError
from .values import UNKNOWN, ResourceReference, Secret

SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a marker, not a secret)
RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_VALUE_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

_REFUSED_SIGNATURES = {
    "c44067f5952c0a294b673a41bacd8c17": "an Asset as a resource property",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an Archive as a resource property",
}


def from_signed(fields: dict[str, Any]) -> Any:
    """Turn an object that carries a signature into what it stands for; any other object is given back as it is."""
    signature = fields.get(SIGNATURE_KEY)
    if signature is None:
        return fields
    if signature == SECRET_SIGNATURE:
        return Secret(fields.get("value"))
    if signature == RESOURCE_SIGNATURE:
        return ResourceReference(fields["urn"], fields.get("id"), fields.get("packageVersion", ""))
    if signature == OUTPUT_VALUE_SIGNATURE:
        value = fields.get("value", UNKNOWN)
        return Secret(value) if fields.get("secret") else value
    raise UnsupportedError(_REFUSED_SIGNATURES.get(str(signature), f"a property value with the signature {signature}"))


def to_signed(value: Any) -> dict[str, Any]:
    """Give the object that stands for a dict, Secret or ResourceReference on the wire; TypeError for anything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, Secret):
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value.value}
    if isinstance(value, ResourceReference):
        signed = {SIGNATURE_KEY: RESOURCE_SIGNATURE, "urn": value.urn, "packageVersion": value.package_version}
        if value.id is not None:
            signed["id"] = "" if value.id is UNKNOWN else value.id
        return signed
    raise TypeError(f"a property value cannot be of type {type(value).__name__}")
