"""``secrets`` as they are written: a text for each name, or a map that says where it is and what it becomes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from flink_session.configuration.findings import Finding, FindingCollector, illegal
from flink_session.kubernetes.extensions import Secret

VALUE_TO_COME = "\0"
"""Stands for a value that is not known yet; no variable of a process can have it."""
VALUES = ("value", "base64")
"""Where a map has the value itself."""


class SecretSettings(BaseModel):
    """One secret, as a map."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str | None = None
    base64: str | None = None
    secret: str | None = None
    key: str | None = None
    file: bool = False


def read_secrets(given: Mapping[str, str | SecretSettings], collector: FindingCollector) -> tuple[Secret, ...]:
    """Return the secrets in the core's own type; ``collector`` gets what is wrong with the maps, and no value."""
    secrets = []
    for name, item in given.items():
        settings = SecretSettings(value=item) if isinstance(item, str) else item
        if sum(value is not None for value in (settings.value, settings.base64, settings.secret)) != 1:
            rule, fix = "must have one of value, base64 and secret", "keep the one that you mean"
            collector.add((Finding(f"secrets, {name}", None, rule, fix),))
            continue
        if settings.key is not None and settings.secret is None:
            rule = "must not have a key without secret, the Secret that it is in"
            collector.add((Finding(f"secrets, {name}", None, rule, "add secret, or remove key"),))
        field = VALUES[settings.value is None]
        value = None if settings.secret is not None else getattr(settings, field)
        known = None if value in (None, VALUE_TO_COME) else collector.attempt(secret_value, name, field, value)
        secrets.append(
            Secret(
                name=name,
                secret=settings.secret,
                key=name if settings.key is None else settings.key,
                is_file=settings.file,
                value=known,
            )
        )
    return tuple(secrets)


def secret_value(name: str, field: str, value: object) -> bytes:
    """Return the bytes of a value.

    Args:
        name: of the secret.
        field: how it is written, ``value`` or ``base64``.
        value: what is written.

    Raises:
        IllegalConfigurationError: it is no text, or no base64; the value is not said.
    """
    if not isinstance(value, str):
        raise illegal(f"secrets, {name}", None, "must be text", "write it in quotes, or in base64")
    if field == "value":
        return value.encode()
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        rule = "must be base64"
        raise illegal(f"secrets, {name}", None, rule, "write it as `base64 FILE` prints it") from None


def without_values(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, Any]]]:
    """Take the values out of ``secrets`` as they were given.

    Returns:
        The same with :data:`VALUE_TO_COME` for each, and by names how each is written, and the value.
    """
    left: dict[str, Any] = {}
    values: dict[str, tuple[str, Any]] = {}
    for name, item in given.items():
        if not isinstance(item, Mapping):
            values[name], left[name] = ("value", item), VALUE_TO_COME
            continue
        left[name] = dict(item)
        for field in VALUES:
            if item.get(field) is not None:
                values[name], left[name][field] = (field, item[field]), VALUE_TO_COME
    return left, values
