"""Labels, annotations and node selectors: what the API server takes, and what Flink makes of the user's."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.findings import Finding
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.api_rules import (
    LABEL_VALUE,
    LONGEST_ANNOTATIONS,
    QUALIFIED_NAME_RULE,
    is_qualified_name,
)
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_POD_LABELS = (Options.JOB_MANAGER_LABELS, Options.TASK_MANAGER_LABELS)
_SERVICE_LABELS = (Options.REST_SERVICE_LABELS, Options.INTERNAL_SERVICE_LABELS)
_NODE_SELECTORS = (Options.JOB_MANAGER_NODE_SELECTOR, Options.TASK_MANAGER_NODE_SELECTOR)
_ANNOTATIONS = (
    Options.JOB_MANAGER_ANNOTATIONS,
    Options.TASK_MANAGER_ANNOTATIONS,
    Options.REST_SERVICE_ANNOTATIONS,
    Options.INTERNAL_SERVICE_ANNOTATIONS,
)
_OWN_LABELS = (constants.LABEL_TYPE_KEY, constants.LABEL_APP_KEY, constants.LABEL_COMPONENT_KEY)


def check_metadata(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find labels, annotations and node selectors that are refused, or that change what Flink looks for."""
    for option in (*_POD_LABELS, *_SERVICE_LABELS, *_NODE_SELECTORS):
        items = readable(parameters.configuration, option) or {}
        yield from _qualified_names(option, items)
        for name, value in items.items():
            if LABEL_VALUE.broken_by(value):
                yield Finding(f"{option.key}, {name}", value, LABEL_VALUE.rule, "correct it")
    for option in _ANNOTATIONS:
        items = readable(parameters.configuration, option) or {}
        # The API server does not mind capitals in front of the '/' here.
        yield from _qualified_names(option, {name.lower(): value for name, value in items.items()})
        if sum(len(f"{name}{value}".encode()) for name, value in items.items()) > LONGEST_ANNOTATIONS:
            yield Finding(option.key, None, "must have at most 256 KiB together", "shorten the annotations")
    yield from _own_labels(parameters)


def _qualified_names(option: ConfigOption[dict[str, str]], items: dict[str, str]) -> Iterator[Finding]:
    for name in items:
        if not is_qualified_name(name):
            yield Finding(f"{option.key}, {name}", None, QUALIFIED_NAME_RULE, "correct the name")


def _own_labels(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    for option in _POD_LABELS:
        for name in readable(parameters.configuration, option) or {}:
            if name in _OWN_LABELS:
                yield Finding(
                    f"{option.key}, {name}", None, "has no effect, since Flink sets it", "remove it", "warning"
                )
    for option in _SERVICE_LABELS:
        for name, value in (readable(parameters.configuration, option) or {}).items():
            if name in _OWN_LABELS:
                rule = "replaces a label of Flink's, by which people and tools find what belongs to the cluster"
                yield Finding(f"{option.key}, {name}", value, rule, "choose another name", "warning")
