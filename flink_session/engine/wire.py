"""How property values travel between the program and the engine: protobuf Structs with Pulumi's signatures in them.

Protobuf has one kind of number, a double; whole numbers are given back as int, because that is what they are in
Kubernetes.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2

from .errors import UnsupportedError
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
_EXACT_INTEGER = 2**53


def decode_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Read the properties of a message, in order of their names. Raises UnsupportedError for assets and archives."""
    return {key: decode_value(struct.fields[key]) for key in sorted(struct.fields)}


def decode_value(message: struct_pb2.Value) -> Any:
    """Read one value; see `decode_struct`."""
    which = message.WhichOneof("kind")
    if which == "string_value":
        return UNKNOWN if message.string_value == UNKNOWN_TEXT else message.string_value
    if which == "number_value":
        number = message.number_value
        return int(number) if number.is_integer() and abs(number) < _EXACT_INTEGER else number
    if which == "bool_value":
        return message.bool_value
    if which == "list_value":
        return [decode_value(item) for item in message.list_value.values]
    if which == "struct_value":
        return from_signed(decode_struct(message.struct_value))
    return None


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


def encode_struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    """Write properties for a message; a property that is None is left out, as the SDK does."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        if value is not None:
            _encode_into(struct.fields[key], value)
    return struct


def _encode_into(message: struct_pb2.Value, value: Any) -> None:
    if value is None:
        message.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        message.string_value = UNKNOWN_TEXT
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, (int, float)):
        message.number_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, list):
        message.list_value.SetInParent()
        for item in value:
            _encode_into(message.list_value.values.add(), item)
    else:
        message.struct_value.SetInParent()
        for key, item in to_signed(value).items():
            _encode_into(message.struct_value.fields[key], item)


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
