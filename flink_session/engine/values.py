"""Property values: JSON, plus what JSON cannot say: not known yet, secret, and a reference to another resource.

Inputs and outputs are plain dicts and lists all through the engine. The three classes here stand in them as leaves or,
for Secret, around any value. The wire codec and the state codec are the only ones that know how each is written down.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

SECRET_MASK = "[secret]"  # noqa: S105 (what is shown in place of a secret)


class _Unknown(enum.Enum):
    """The type of UNKNOWN; an enum so that `is UNKNOWN` narrows types, and copies stay the same object."""

    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
"""A value that only `up` will give, seen in a preview."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must be encrypted wherever it is kept and masked wherever it is shown.

    `ciphertext` remembers the encryption it was read from, so that what did not change is written back the same.
    """

    value: Any
    ciphertext: str | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return SECRET_MASK


@dataclass(frozen=True, slots=True)
class ResourceReference:
    """A resource passed as a value. `id` is None for components, and UNKNOWN before a resource is created."""

    urn: str
    id: str | _Unknown | None = None
    package_version: str = ""


def plain(value: Any) -> Any:
    """Give the value without its secret marks; for the API server only."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def masked(value: Any) -> Any:
    """Give the value with every secret replaced by `[secret]`; for people."""
    if isinstance(value, Secret):
        return SECRET_MASK
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def without_ciphertext(value: Any) -> Any:
    """Give the value with its secrets to be encrypted anew."""
    if isinstance(value, Secret):
        return Secret(without_ciphertext(value.value))
    if isinstance(value, dict):
        return {key: without_ciphertext(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_ciphertext(item) for item in value]
    return value


def contains_unknown(value: Any) -> bool:
    """Say whether any part of the value is not known yet."""
    if isinstance(value, Secret):
        return contains_unknown(value.value)
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN or (isinstance(value, ResourceReference) and value.id is UNKNOWN)


def secret_texts(value: Any, *, within: bool = False) -> Iterator[str]:
    """Yield every string that is inside a secret, to keep them out of messages."""
    if isinstance(value, Secret):
        yield from secret_texts(value.value, within=True)
    elif isinstance(value, dict):
        for item in value.values():
            yield from secret_texts(item, within=within)
    elif isinstance(value, list):
        for item in value:
            yield from secret_texts(item, within=within)
    elif within and isinstance(value, str):
        yield value


def mark_secrets(outputs: Any, inputs: Any) -> Any:
    """Mark those parts of `outputs` as secret that come from secret parts of `inputs`, as deep as the shapes agree."""
    if isinstance(outputs, Secret):
        return outputs
    if isinstance(inputs, Secret):
        return Secret(plain(outputs))
    if isinstance(outputs, dict) and isinstance(inputs, dict):
        return {key: mark_secrets(item, inputs.get(key)) for key, item in outputs.items()}
    if isinstance(outputs, list) and isinstance(inputs, list):
        if len(outputs) == len(inputs):
            return [mark_secrets(out, given) for out, given in zip(outputs, inputs, strict=True)]
        return Secret(outputs) if any(True for _ in secret_texts(inputs)) else outputs
    return outputs
