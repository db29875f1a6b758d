"""External resources, such as GPUs: each that is listed needs an amount under its name, or Flink ignores it.

Mirrors ``ExternalResourceUtils``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.catalogue.spelling import nearest_key
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import to_text
from flink_session.kubernetes.checks.later_options import LaterOptions
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

_PREFIX = "external-resource"
_AMOUNT = "amount"
_NONE = ("none",)


def check_external_resources(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find resources that are listed without an amount, or configured and not listed."""
    configuration = parameters.configuration
    amounts = {
        key.rpartition(".")[0]: value
        for key, value in configuration.with_prefix(_PREFIX).items()
        if key.rpartition(".")[2] == _AMOUNT
    }
    option = LaterOptions.EXTERNAL_RESOURCE_LIST
    listed = readable(configuration, option)
    if listed is None or listed == _NONE:
        return
    for name in listed:
        key = f"{_PREFIX}.{name}.{_AMOUNT}"
        if name not in amounts:
            near = nearest_key(name, amounts)
            fix = f"write {near}" if near else f"set {key}"
            fix = f"write {';'.join(part.strip() for part in name.split(','))}" if "," in name else fix
            yield Finding(option.key, None, f"names {name}, and there is no {key}, so that Flink ignores it", fix)
        elif to_text(amounts[name]).lstrip("-+").isdecimal() and int(to_text(amounts[name])) < 1:
            yield Finding(key, amounts[name], "must be at least 1, else Flink ignores the resource", "raise it")
    near_misses = {nearest_key(name, amounts) for name in listed if name not in amounts}
    for name in (name for name in amounts if name not in listed and name not in near_misses):
        rule = f"has no effect, since {option.key} does not name {name}"
        yield Finding(f"{_PREFIX}.{name}.{_AMOUNT}", None, rule, "add it there, or remove it", "warning")
