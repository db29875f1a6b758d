"""Reading a pod as the Kubernetes client inside Flink reads it: into typed fields, whatever the file spells.

That client fits ``5`` into a field of text, and ``"5"`` into a number; it refuses a list where there should be a map,
leaves out what is empty, and keeps what it does not know. The types are recorded from its classes, by
``tests/conformance/record_pod_model.py``.
"""

from __future__ import annotations

import json
import math
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flink_session.configuration.java_text import double_text, trim
from flink_session.kubernetes.manifests import Manifest

_INT = re.compile(r"[-+]?[0-9]+")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False, "": None}


class JsonFloat(float):
    """A number of a JSON file, which knows how it was spelt: a field of text takes that."""

    text: str

    @classmethod
    def parse(cls, text: str) -> JsonFloat:
        """Read a JSON number."""
        number = cls(text)
        number.text = text
        return number


@cache
def pod_model() -> Mapping[str, Mapping[str, str]]:
    """Return the fields of each type of object in a pod, and their types; ``[T`` is a list, ``{T`` a map."""
    # Not importlib.resources, whose import takes longer than all the rest.
    model: Mapping[str, Mapping[str, str]] = json.loads(pkgutil.get_data(__package__, "pod_model.json") or b"")
    return model


def read_pod(document: object) -> Manifest:
    """Return a pod with each field in its type; fields that are not known stay as they are.

    Raises:
        ValueError: a value does not fit the type of its field; the message names the field.
    """
    pod: Manifest = _read("Pod", document, "")
    return pod


def _read(type_name: str, value: Any, path: str) -> Any:
    if value is None:
        return None
    if type_name[0] == "[":
        return _list(type_name[1:], value, path)
    if type_name[0] == "{":
        return {_key(key, path): _read(type_name[1:], item, f"{path}.{key}") for key, item in _map(value, path).items()}
    reader = _SCALARS.get(type_name)
    return reader(value, path) if reader else _object(type_name, value, path)


def _misfit(path: str, rule: str) -> ValueError:
    return ValueError(f"{path} {rule}")


def _object(type_name: str, value: Any, path: str) -> Manifest:
    fields, result = pod_model()[type_name], dict[str, Any]()
    for key, item in _map(value, path).items():
        name = _key(key, path)
        if name not in fields:
            result[name] = _unknown(item, path)
            continue
        read = _read(fields[name], item, f"{path}.{name}" if path else name)
        if read is not None and (read not in ({}, []) or fields[name][0].isupper()):
            result[name] = read
    return result


def _list(type_name: str, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _misfit(path, "must be a list")
    items = [_read(type_name, item, f"{path}[{index}]") for index, item in enumerate(value)]
    return [{} if item is None else item for item in items] if type_name[0].isupper() else items


def _map(value: Any, path: str) -> Mapping[Any, Any]:
    if not isinstance(value, dict):
        raise _misfit(path or "the document", "must be a map")
    return value


def _key(key: object, path: str) -> str:
    if key is None:
        raise _misfit(path, "must have no key without a name")
    return _text(key, path)


def _unknown(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return {_key(key, path): _unknown(item, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_unknown(item, path) for item in value]
    return double_text(value) if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: Any, path: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, JsonFloat):
        return value.text
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, int):
        return str(value)
    raise _misfit(path, "must be text")


def _int(value: Any, path: str) -> int:
    """Read 32 bits; a leading zero makes the number octal, as in ``defaultMode: 0644``."""
    text = _text(value, path) if not isinstance(value, bool) else ""
    octal = len(text) > 1 and text[0] == "0"
    if not _INT.fullmatch(text) or (octal and not set(text) <= set("01234567")):
        raise _misfit(path, "must be an integer")
    return _bounded(int(text, 8 if octal else 10), 31, path)


def _long(value: Any, path: str) -> int | None:
    """Read 64 bits."""
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise _misfit(path, "must be an integer")
    if isinstance(value, float):
        return _bounded(int(value), 63, path)
    text = trim(_text(value, path))
    if not text:
        return None
    if not _INT.fullmatch(text):
        raise _misfit(path, "must be an integer")
    return _bounded(int(text), 63, path)


def _bounded(number: int, bits: int, path: str) -> int:
    if not -(1 << bits) <= number < 1 << bits:
        raise _misfit(path, f"must be an integer of {bits + 1} bits")
    return number


def _boolean(value: Any, path: str) -> bool | None:
    if isinstance(value, int):
        return bool(value)
    text = trim(value) if isinstance(value, str) else "?"
    if text not in _BOOLEANS:
        raise _misfit(path, "must be true or false")
    return _BOOLEANS[text]


def _quantity(value: Any, path: str) -> str:
    if isinstance(value, dict) and "amount" in value:
        value = f"{_text(value['amount'], path)}{_text(value.get('format') or '', path)}"
    text = double_text(value) if isinstance(value, float) else _text(value, path)
    if not text:
        raise _misfit(path, "must be a quantity, such as 500m or 1Gi")
    return text


def _int_or_string(value: Any, path: str) -> int | str:
    if isinstance(value, (bool, float)) or not isinstance(value, (int, str)):
        raise _misfit(path, "must be a number or a name")
    return value


_SCALARS: dict[str, Callable[[Any, str], Any]] = {
    "string": _text,
    "int": _int,
    "long": _long,
    "boolean": _boolean,
    "quantity": _quantity,
    "int-or-string": _int_or_string,
}
