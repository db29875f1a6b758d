"""References to variables where nobody replaces them: Flink takes ``${NAME}`` in its configuration for what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.catalogue import option_catalogue
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX
from flink_session.configuration.findings import Finding, is_sensitive
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.secrets import mentions_secret
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

REFERENCE = re.compile(
    r"\$\{([A-Za-z_]\w*)(?::?[-=+?][^}]*)?\}|\$\(([A-Za-z_]\w*)\)|(?<![\w$])\$([A-Z_][A-Z0-9_]+)(?![\w.])"
)
"""A variable as shells and Kubernetes write it; ``Outer$Inner`` is a class, and ``${a.b}`` is Hadoop's own."""

_READ_BY_A_SHELL = (
    *("env.java.opts", "env.java.default-opts", MASTER_ENVIRONMENT_PREFIX, TASK_MANAGER_ENVIRONMENT_PREFIX),
    *("kubernetes.jobmanager.entrypoint.args", "kubernetes.taskmanager.entrypoint.args"),
)
_PASSED_ON = ("map", "list<map>")
"""Types whose values are somebody else's text, as annotations are."""


def check_literal_references(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find values that somebody expects to be replaced; of keys that are not Flink's, a warning."""
    catalogue = None
    for key, value in parameters.configuration.values.items():
        if not isinstance(value, str) or "$" not in value or key.startswith(_READ_BY_A_SHELL) or is_sensitive(key):
            continue
        match = REFERENCE.search(value)
        if match is None:
            continue
        catalogue = catalogue or option_catalogue(parameters.flink_version.series)
        option = catalogue.lookup(key)
        is_flinks = option is not None and option.by in ("key", "deprecated") and option.entry.type not in _PASSED_ON
        rule = f"is taken literally: in Flink's configuration nobody replaces {match[0]}"
        fix = f"write the value; a program can fill {match[0]} in before it deploys"
        shown = None if mentions_secret(value) else value
        yield Finding(key, shown, rule, fix, "error" if is_flinks else "warning")
