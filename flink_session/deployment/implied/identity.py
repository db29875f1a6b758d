"""``service_account_annotations``: an identity in a cloud, for the account that the cluster gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding
from flink_session.kubernetes.checks.api_rules import QUALIFIED_NAME_RULE, is_qualified_name
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_ARGUMENT = "service_account_annotations"
_AZURE, _AZURE_LABEL = "azure.workload.identity/", "azure.workload.identity/use"


def check_identity(
    annotations: Mapping[str, str], configuration: Configuration, *, makes_account: bool
) -> Iterator[Finding]:
    """Find annotations that nobody gets, that are refused, or that a cloud does not heed."""
    if not makes_account:
        rule = "must not be given where the ServiceAccount is one that exists"
        yield Finding(_ARGUMENT, None, rule, "annotate that account, or leave out service_account")
    for name in annotations:
        if not is_qualified_name(name.lower()):
            yield Finding(f"{_ARGUMENT}, {name}", None, QUALIFIED_NAME_RULE, "correct the name")
    if any(name.startswith(_AZURE) for name in annotations):
        for option in (Options.JOB_MANAGER_LABELS, Options.TASK_MANAGER_LABELS):
            text = str(configuration.values.get(option.key, ""))
            if _AZURE_LABEL not in text and f"{option.key}.{_AZURE_LABEL}" not in configuration.values:
                rule = f"has no effect in Azure on pods without the label {_AZURE_LABEL}"
                fix = f"add {option.key}: {{{_AZURE_LABEL}: 'true'}} to configuration"
                yield Finding(f"{_ARGUMENT}, {_AZURE_LABEL} of {option.key}", None, rule, fix, "warning")
