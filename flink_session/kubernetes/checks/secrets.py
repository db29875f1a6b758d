"""Secrets in clear text: what is in the configuration ends up in a ConfigMap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, is_sensitive
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_REFERENCES_TO_SECRETS = tuple(
    option.key
    for option in (
        Options.KUBERNETES_SECRETS,
        Options.KUBERNETES_ENV_SECRET_KEY_REF,
        Options.CONTAINER_IMAGE_PULL_SECRETS,
    )
)
_SETTINGS_OF_TOKENS = ("security.delegation.token", "security.kerberos.fetch.delegation-token")
_PASSWORD_IN_ADDRESS = re.compile(r"\w://[^/\s:@]*:[^/\s@]+@")
_PROPERTY = re.compile(r"-D([^\s=]+)=(?!\$)")
"""A property on a command line, unless its value is a variable's."""
_ANY_PROPERTY = re.compile(r"-D\s*([^\s=]+)=")
_RULE = "must not be in the configuration, which everybody who may read ConfigMaps can read"
_FIX = (
    "put it under `secrets` of the session, or into a Kubernetes Secret that kubernetes.env.secretKeyRef or"
    " kubernetes.secrets name"
)


def check_secrets(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find values of keys that Flink itself masks, and passwords in addresses. No message holds them."""
    configuration: Configuration = parameters.configuration
    for key, value in configuration.values.items():
        if is_sensitive(key):
            if not _holds_no_secret(key):
                yield Finding(key, value, _RULE, _FIX)
        elif isinstance(value, str) and _PASSWORD_IN_ADDRESS.search(value):
            yield Finding(key, None, f"has a password in an address, which {_RULE}", _FIX)
        elif isinstance(value, str):
            for name in filter(is_sensitive, _PROPERTY.findall(value)):
                yield Finding(key, None, f"has the value of {name}, which {_RULE}", _FIX)


def mentions_secret(text: str) -> bool:
    """Tell whether a text has a password in an address, or sets a property that is a secret by its name."""
    return bool(_PASSWORD_IN_ADDRESS.search(text)) or any(map(is_sensitive, _ANY_PROPERTY.findall(text)))


def _holds_no_secret(key: str) -> bool:
    """Tell whether the key looks like a secret only because it speaks of one."""
    return key.startswith(_SETTINGS_OF_TOKENS) or any(
        key == option or key.startswith(option + ".") for option in _REFERENCES_TO_SECRETS
    )
