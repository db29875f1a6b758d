"""Property values: JSON, plus what JSON cannot say: not known yet, secret, and a reference to another resource.

Inputs and outputs are plain dicts and lists all through the engine. The three classes here stand in them as leaves or,
for Secret, around any value. The wire codec and the state codec are the only ones that know how each is written down.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
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


def rebuilt(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Give the same objects and lists, with what is neither (a secret, for one) replaced by what `leaf` gives."""
    if isinstance(value, dict):
        return {key: rebuilt(item, leaf) for key, item in value.items()}
    return [rebuilt(item, leaf) for item in value] if isinstance(value, list) else leaf(value)


def with_keys(value: Any, names: Mapping[str, str]) -> Any:
    """Give the value with some keys renamed, at any depth."""
    if isinstance(value, Secret):
        return Secret(with_keys(value.value, names), value.ciphertext)
    if isinstance(value, dict):
        return {names.get(key, key): with_keys(item, names) for key, item in value.items()}
    return [with_keys(item, names) for item in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """Give the value without its secret marks; for the API server only."""
    return rebuilt(value, lambda leaf: plain(leaf.value) if isinstance(leaf, Secret) else leaf)


def masked(value: Any) -> Any:
    """Give the value with every secret replaced by `[secret]`; for people."""
    return rebuilt(value, lambda leaf: SECRET_MASK if isinstance(leaf, Secret) else leaf)


def without_ciphertext(value: Any) -> Any:
    """Give the value with its secrets to be encrypted anew."""
    return rebuilt(value, lambda leaf: Secret(without_ciphertext(leaf.value)) if isinstance(leaf, Secret) else leaf)


def with_secrets(outputs: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Give outputs with those of `additionalSecretOutputs` marked as secret."""
    plain_ones = (key for key in keys if key in outputs and not isinstance(outputs[key], Secret))
    return {**outputs, **{key: Secret(outputs[key]) for key in plain_ones}}


def leaves(value: Any, *, opened: bool = True) -> Iterator[Any]:
    """Yield all that is neither object nor list, what is nearer to the top first; what is in secrets, if `opened`."""
    waiting = [value]
    for item in waiting:  # it grows on the way
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif opened and isinstance(item, Secret):
            waiting.append(item.value)
        else:
            yield item


def contains_unknown(value: Any) -> bool:
    """Say whether any part of the value is not known yet."""
    return any(leaf is UNKNOWN or getattr(leaf, "id", None) is UNKNOWN for leaf in leaves(value))


def secret_texts(value: Any) -> Iterator[str]:
    """Yield every string that is inside a secret, to keep them out of messages."""
    secrets = (leaf for leaf in leaves(value, opened=False) if isinstance(leaf, Secret))
    return (text for secret in secrets for text in leaves(secret) if isinstance(text, str))


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
