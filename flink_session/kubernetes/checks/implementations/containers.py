"""The main containers of both roles, as far as their options and pod templates say what is in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.names import image_tag, is_official_image
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.pod_template import load_pod_template

FLINK_HOME = "/opt/flink"
LIB, OPT, PLUGINS = f"{FLINK_HOME}/lib", f"{FLINK_HOME}/opt", f"{FLINK_HOME}/plugins"

_VARIANT = r"(?:scala_[0-9.]+)?-?(?:java[0-9]+)?"
_OFFICIAL_TAG = re.compile(rf"(?:latest|(?P<release>[0-9]+(?:\.[0-9]+)*)(?:-{_VARIANT})?|{_VARIANT})")
"""How the Flink project tags its images; somebody's own may be called ``flink`` too."""
_ROLES = (
    (MASTER_ENVIRONMENT_PREFIX, Options.JOB_MANAGER_POD_TEMPLATE),
    (TASK_MANAGER_ENVIRONMENT_PREFIX, Options.TASK_MANAGER_POD_TEMPLATE),
)
_OTHER_FOLDERS = ("FLINK_HOME", "FLINK_LIB_DIR", "FLINK_OPT_DIR", "FLINK_PLUGINS_DIR")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a container.

    Attributes:
        key: where it is set, as a finding names it.
        value: its value; ``None`` where that comes from elsewhere.
    """

    key: str
    value: str | None


@dataclass(frozen=True, slots=True)
class MainContainer:
    """The main container of one role.

    Attributes:
        prefix: the option under which its variables are set.
        variables: those of the options and of the pod template, by their names.
        mounts: where something is mounted.
        official: whether the image and what starts in it are Flink's own.
        opaque: whether a pod template changes it so that nobody knows what is in it.
        release: the release in the image, if it is Flink's own; ``None`` where its tag says no more than the series.
    """

    prefix: str
    variables: Mapping[str, Variable]
    mounts: tuple[str, ...]
    official: bool
    opaque: bool
    release: str | None

    def shows(self, *folders: str) -> bool:
        """Tell whether these folders are as in Flink's own image."""
        hidden = any(_overlap(mount, folder) for mount in self.mounts for folder in folders)
        elsewhere = any(name in self.variables for name in _OTHER_FOLDERS)
        return self.official and not self.opaque and not hidden and not elsewhere


def main_containers(parameters: KubernetesJobManagerParameters) -> Iterator[MainContainer]:
    """Yield the JobManager's and the TaskManagers' main container."""
    configuration = parameters.configuration
    official, release = _image(parameters)
    for prefix, template in _ROLES:
        container = _template(parameters, template)
        written = container or {}
        opaque = container is None or "envFrom" in written or "lifecycle" in written
        variables = {
            **_variables_of(written, configuration.key_of(template) or template.key),
            **_variables_in(configuration, prefix),
        }
        mounts = [mount.get("mountPath", "") for mount in written.get("volumeMounts", ())]
        yield MainContainer(prefix, variables, (*mounts, *_mounts(parameters)), official, opaque, release)


def _image(parameters: KubernetesJobManagerParameters) -> tuple[bool, str | None]:
    """Return whether the image is Flink's own, and of which release."""
    configuration, version = parameters.configuration, parameters.flink_version
    if readable(configuration, Options.KUBERNETES_ENTRY_PATH) != Options.KUBERNETES_ENTRY_PATH.default:
        return False, None
    image = readable(configuration, Options.CONTAINER_IMAGE)
    if image is None:
        return not configuration.contains(Options.CONTAINER_IMAGE), str(version)
    tag = _OFFICIAL_TAG.fullmatch(image_tag(image) or "latest")
    if tag is None or not is_official_image(image):
        return False, None
    release = tag["release"] or ""
    if release and not f"{release}.".startswith(f"{version.series}."):
        return False, None  # that they disagree is said elsewhere
    return True, release if release.count(".") > 1 else None


def _template(parameters: KubernetesJobManagerParameters, option: ConfigOption[str | None]) -> dict[str, Any] | None:
    """Return the main container of a pod template; ``None`` where it cannot be read."""
    path = readable(parameters.configuration, option)
    if path is None:
        return None if parameters.configuration.contains(option) else {}
    content = parameters.client_files.by_path.get(path)
    if content is None:
        return None
    try:
        return dict(load_pod_template(content, parameters.flink_version).main_container)
    except ValueError:
        return None


def _variables_of(container: Mapping[str, Any], key: str) -> dict[str, Variable]:
    variables = {}
    for item in container.get("env", ()):
        value = item.get("value", "")
        known = "valueFrom" not in item and "$(" not in value
        variables[item.get("name", "")] = Variable(f"{key}, {item.get('name')}", value if known else None)
    return variables


def _variables_in(configuration: Configuration, prefix: str) -> dict[str, Variable]:
    variables = {
        name: Variable(f"{prefix}.{name}", str(value) if "$(" not in str(value) else None)
        for name, value in configuration.with_prefix(prefix).items()
    }
    option = Options.KUBERNETES_ENV_SECRET_KEY_REF
    for item in readable(configuration, option) or ():
        variables[item.get("env", "")] = Variable(option.key, None)
    return variables


def _mounts(parameters: KubernetesJobManagerParameters) -> Iterator[str]:
    """Yield where the options mount something, in both roles."""
    configuration = parameters.configuration
    yield from (readable(configuration, Options.KUBERNETES_SECRETS) or {}).values()
    if parameters.flink_version.has_persistent_volume_claims:
        yield from (readable(configuration, Options.KUBERNETES_PERSISTENT_VOLUME_CLAIMS) or {}).values()


def is_below(path: str, folder: str) -> bool:
    """Tell whether a path is in a folder, or the folder itself."""
    path, folder = (posixpath.normpath("/" + name.strip("/")) for name in (path, folder))
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _overlap(path: str, folder: str) -> bool:
    return is_below(path, folder) or is_below(folder, path)
