"""How property values travel between the program and the engine: as protobuf Structs.

Protobuf has one kind of number, a double; whole numbers are given back as int, because that is what they are in
Kubernetes.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2

from .signatures import UNKNOWN_TEXT, from_signed, to_signed
from .values import UNKNOWN

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
