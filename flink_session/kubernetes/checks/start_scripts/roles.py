"""Each role's container as its scripts find it: the configuration file, and the variables with whoever set them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.options import ConfigOption, to_text
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.later_options import TASK_MANAGER_ENVIRONMENT_PREFIX
from flink_session.kubernetes.checks.names import is_official_image
from flink_session.kubernetes.checks.pod_template.paths import main_container_index
from flink_session.kubernetes.checks.reading import readable
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.pod_template import load_pod_template, parse_pod_template
from flink_session.kubernetes.start_scripts import java_options
from flink_session.kubernetes.start_scripts.java_options import JavaOptions, Role, Source
from flink_session.kubernetes.start_scripts.symbols import Symbols

SET_BY_SCRIPTS = frozenset(
    (
        *("CLASS_TO_RUN", "FLINK_BIN_DIR", "FLINK_CONF_DIR", "FLINK_HOME", "FLINK_LIB_DIR", "FLINK_LOG_DIR"),
        *("FLINK_LOG_PREFIX", "FLINK_OPT_DIR", "FLINK_PID_DIR", "FLINK_PLUGINS_DIR", "JAVA_HOME", "JAVA_RUN"),
        *("MAX_LOG_FILE_NUMBER", "ROOT_LOG_LEVEL", "SERVICE"),
    )
)
"""Variables that have a value when ``flink-console.sh`` evaluates the options of Java, whatever the container has."""

SET_BY_SHELL = frozenset(
    (
        *("BASHPID", "BASH_VERSION", "EPOCHSECONDS", "EUID", "HOME", "HOSTNAME", "HOSTTYPE", "OSTYPE", "PATH", "PPID"),
        *("PWD", "RANDOM", "SECONDS", "UID"),
    )
)
_SET_BY_IMAGE = frozenset(("FLINK_HOME", "JAVA_HOME", "JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL"))
_SET_BY_KUBERNETES = re.compile(r"KUBERNETES_\w+|\w+_SERVICE_(?:HOST|PORT\w*)|\w+_PORT(?:_\d+_(?:TCP|UDP)\w*)?")


@dataclass(frozen=True)
class RoleInPod:
    """One role, and what its scripts read.

    Attributes:
        scripts: which Java options are its own.
        title: what people call it.
        prefix: of the options that set its variables.
        entrypoint_args: the option that follows its command line.
        configuration: as its file has it.
        flink_version: the release.
        variables: of its container, by name, in the order in which Kubernetes takes them; ``text`` is empty where the
            value is somewhere else.
        elsewhere: names of variables whose values are in a Secret or the like.
        is_open: whether others may set variables that nobody here knows: an image of the user's, or ``envFrom``.
    """

    scripts: Role
    title: str
    prefix: str
    entrypoint_args: ConfigOption[str]
    configuration: Configuration
    flink_version: FlinkVersion
    variables: Mapping[str, Source]
    elsewhere: frozenset[str]
    is_open: bool

    @cached_property
    def java_options(self) -> JavaOptions:
        """Its Java options; those from a Secret are left out."""
        known = {name: source for name, source in self.variables.items() if name not in self.elsewhere}
        return java_options.java_options(self.configuration, self.scripts, known)

    def symbols(self, *more: frozenset[str]) -> Symbols:
        """Return symbols for what is known in its container only, and in its scripts with ``SET_BY_SCRIPTS``."""
        return Symbols(_Known(frozenset().union(self.variables, SET_BY_SHELL, _SET_BY_IMAGE, *more)))


def is_of_a_service(name: str) -> bool:
    """Tell whether a variable is one that Kubernetes sets for a Service."""
    return _SET_BY_KUBERNETES.fullmatch(name) is not None


class _Known:
    """Names of variables that are set; those of Services are not known one by one."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def __contains__(self, name: object) -> bool:
        return name in self._names or (isinstance(name, str) and is_of_a_service(name))


def roles(parameters: KubernetesJobManagerParameters) -> Iterator[RoleInPod]:
    """Yield both roles."""
    configuration = parameters.configuration
    image = readable(configuration, Options.CONTAINER_IMAGE) or parameters.flink_version.default_image
    for scripts, title, prefix, args, template, flinks in (
        (
            java_options.JOB_MANAGER,
            "the JobManager",
            MASTER_ENVIRONMENT_PREFIX,
            Options.JOB_MANAGER_ENTRYPOINT_ARGS,
            Options.JOB_MANAGER_POD_TEMPLATE,
            (constants.POD_IP_ENVIRONMENT,),
        ),
        (
            java_options.TASK_MANAGER,
            "a TaskManager",
            TASK_MANAGER_ENVIRONMENT_PREFIX,
            Options.TASK_MANAGER_ENTRYPOINT_ARGS,
            Options.TASK_MANAGER_POD_TEMPLATE,
            ("_POD_NODE_ID", "FLINK_TM_JVM_MEM_OPTS"),
        ),
    ):
        place, container = _main_container(parameters, template)
        variables, elsewhere = _from_template(place, container)
        for name, value in sorted(configuration.with_prefix(prefix).items()):
            variables[name] = Source(f"{prefix}.{name}", to_text(value))
            elsewhere.discard(name)
        for name, source in _set_by_flink(configuration, flinks):
            variables[name] = source
            elsewhere.add(name)
        is_open = not is_official_image(image) or "envFrom" in container or "image" in container
        yield RoleInPod(
            scripts,
            title,
            prefix,
            args,
            configuration,
            parameters.flink_version,
            variables,
            frozenset(elsewhere),
            is_open,
        )


def _main_container(
    parameters: KubernetesJobManagerParameters, template: ConfigOption[str | None]
) -> tuple[str, Manifest]:
    """Return the main container of a role's pod template and where it is; an empty one where none can be read."""
    path = readable(parameters.configuration, template)
    text = parameters.client_files.text(path) if path else None
    if text is None:
        return "", {}
    try:
        container = load_pod_template(text, parameters.flink_version).main_container
    except ValueError:
        return "", {}
    index = main_container_index(parse_pod_template(text)) if container else None
    return f"{parameters.configuration.key_of(template)}, spec.containers[{index}]", container


def _from_template(place: str, container: Manifest) -> tuple[dict[str, Source], set[str]]:
    variables, elsewhere = dict[str, Source](), set[str]()
    for index, item in enumerate(container.get("env", [])):
        name = item.get("name")
        if name:
            variables[name] = Source(f"{place}.env[{index}]", item.get("value") or "")
            if "valueFrom" in item:
                elsewhere.add(name)
    return variables, elsewhere


def _set_by_flink(configuration: Configuration, names: tuple[str, ...]) -> Iterator[tuple[str, Source]]:
    """Yield the variables that Flink sets behind the user's."""
    for name in names:
        yield name, Source(name, "")
    if configuration.contains(Options.FLINK_LOG_DIR):
        yield constants.FLINK_LOG_DIR_ENVIRONMENT, Source(Options.FLINK_LOG_DIR.key, "")
    option = Options.KUBERNETES_ENV_SECRET_KEY_REF
    for item in readable(configuration, option) or ():
        if item.get("env"):
            yield item["env"], Source(option.key, "")
    if configuration.contains(Options.HADOOP_CONF_CONFIG_MAP):
        yield constants.HADOOP_CONF_DIR_ENVIRONMENT, Source(Options.HADOOP_CONF_CONFIG_MAP.key, "")
