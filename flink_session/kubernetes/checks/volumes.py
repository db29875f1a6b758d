"""What is mounted where: Secrets and folders of Flink's in one container, each at a path of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import DeploymentOptions
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.api_rules import DNS_LABEL
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_SECRET_VOLUME_SUFFIX = "-volume"  # noqa: S105 - no password
_FOLDERS: tuple[ConfigOption[str], ...] = (DeploymentOptions.USER_ARTIFACTS_BASE_DIR, Options.FLINK_CONF_DIR)
_HIDING = {"/", "/bin", "/etc", "/lib", "/opt", "/opt/flink", "/opt/flink/bin", "/opt/flink/lib", "/usr", "/usr/bin"}
"""Paths at which a mount hides Flink or the system beneath it, in an image made as Flink's own are."""
_FLINKS_VOLUMES = (
    constants.USER_ARTIFACTS_VOLUME,
    constants.FLINK_CONF_VOLUME,
    constants.HADOOP_CONF_VOLUME,
    constants.KERBEROS_KEYTAB_VOLUME,
    constants.KERBEROS_KRB5_VOLUME,
    constants.POD_TEMPLATE_VOLUME,
)


def check_volumes(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find volumes that are refused, that collide, or that hide what the container needs."""
    configuration = parameters.configuration
    paths: dict[str, str] = {}
    for option in _FOLDERS:
        yield from _folder(configuration, option)
        path = _normal(readable(configuration, option) or option.default)
        if path in paths:
            own, other = sorted((option.key, paths[path]), key=configuration.values.__contains__, reverse=True)
            yield Finding(own, path, f"must not be the folder of {other} too", "choose another folder")
        paths.setdefault(path, option.key)
    for secret, path in (readable(configuration, Options.KUBERNETES_SECRETS) or {}).items():
        yield from _secret(secret, path)
        if path and _normal(path) in paths:
            # The option's key looks like a secret, so that its value would be masked: a path is none.
            rule = f"must not mount {secret} at {path}, where {paths[_normal(path)]} is mounted too"
            yield Finding(Options.KUBERNETES_SECRETS.key, None, rule, "mount it elsewhere")
        paths.setdefault(_normal(path), f"the Secret {secret}")
    if parameters.flink_version.has_persistent_volume_claims:
        yield from _claims(configuration, paths)


def _claims(configuration: Configuration, paths: dict[str, str]) -> Iterator[Finding]:
    """Find claims mounted where something else is; two claims at one path are a finding of Flink's."""
    key = Options.KUBERNETES_PERSISTENT_VOLUME_CLAIMS.key
    for claim, path in (readable(configuration, Options.KUBERNETES_PERSISTENT_VOLUME_CLAIMS) or {}).items():
        if _normal(path) in paths:
            rule = f"must not be where {paths[_normal(path)]} is mounted too"
            yield Finding(f"{key}, {claim}", path, rule, "mount it elsewhere")
        elif _normal(path) in _HIDING:
            yield Finding(f"{key}, {claim}", path, "hides what the image has there", "mount it elsewhere", "warning")


def _normal(path: str) -> str:
    return posixpath.normpath(posixpath.join("/", path))


def _folder(configuration: Configuration, option: ConfigOption[str]) -> Iterator[Finding]:
    folder = configuration.values.get(option.key)
    if folder is not None and not str(folder).startswith("/"):
        yield Finding(
            option.key, folder, "must be an absolute path", f"remove it to get {option.default}, or correct it"
        )


def _secret(secret: str, path: str) -> Iterator[Finding]:
    key, volume = Options.KUBERNETES_SECRETS.key, secret + _SECRET_VOLUME_SUFFIX
    if DNS_LABEL.broken_by(volume):
        rule = (
            f"must not mount {secret!r}: the volume {volume} must consist of at most 63 lower-case letters, digits and"
            " '-', and start with no '-'"
        )
        yield Finding(key, None, rule, "mount it by the pod template, under a volume's name of your own")
    elif volume in _FLINKS_VOLUMES:
        rule = f"must not mount {secret}, whose volume {volume} would have the name of one of Flink's"
        yield Finding(key, None, rule, "give the Secret another name")
    if not path:
        yield Finding(key, None, f"must say where {secret} is mounted", "write it as name:/path")
    elif not path.startswith("/"):
        rule = f"mounts {secret} at {path}, which is taken from the root of the container"
        yield Finding(key, None, rule, f"write {_normal(path)}", "warning")
    elif _normal(path) in _HIDING:
        rule = f"mounts {secret} at {path}, and hides what the image has there"
        yield Finding(key, None, rule, "mount it in a folder of its own", "warning")
