"""Our typed options are Flink's: key, default, and the keys that stand in for it."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from flink_session.configuration import ConfigOption, core_options
from flink_session.configuration.catalogue import option_catalogue
from flink_session.kubernetes import kubernetes_config_options
from flink_session.kubernetes.checks.later_options import LaterOptions, StorageOptions
from flink_session.memory import options as memory_options

CATALOGUE = option_catalogue("2.3")
CLASSES = [
    value
    for module in (core_options, kubernetes_config_options, memory_options)
    for value in vars(module).values()
    if isinstance(value, type) and value.__name__.endswith("Options") and value.__module__ == module.__name__
]
OPTIONS: dict[str, ConfigOption[Any]] = {
    option.key: option
    for holder in (*CLASSES, LaterOptions, StorageOptions)
    for option in vars(holder).values()
    if isinstance(option, ConfigOption)
}
INTERNAL = {"$internal.deployment.config-dir", "internal.cluster.execution-mode"}
DEFAULT_OF_OUR_OWN = {"kubernetes.container.image.ref", "taskmanager.memory.network.max"}


def test_every_option_of_kubernetes_is_there() -> None:
    declared = {key for key in CATALOGUE.entries if key.startswith(("kubernetes.", "high-availability.kubernetes."))}
    assert declared - OPTIONS.keys() == set()


@pytest.mark.parametrize("key", sorted(OPTIONS.keys() - INTERNAL))
def test_an_option_is_flinks(key: str) -> None:
    option, entry = OPTIONS[key], CATALOGUE.entries[key]
    assert (option.fallback_keys, option.deprecated_keys) == (entry.fallback_keys, entry.deprecated_keys)
    if key in DEFAULT_OF_OUR_OWN:
        return
    if entry.default is None:
        assert option.default in (None, (), {})
    else:
        default = option.default.value if isinstance(option.default, Enum) else option.default
        assert default == option.parse(entry.default) or str(default) == entry.default
