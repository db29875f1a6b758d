"""What a command line and Flink's configuration folder ask for: plain values in, the arguments of a component out.

Mirrors ``KubernetesSessionCli.getEffectiveConfiguration``: the folder's configuration, over it `-D`. The target is
always a session on Kubernetes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flink_session.configuration import (
    Configuration,
    Finding,
    FlinkVersion,
    IllegalConfigurationError,
    distribution_configuration,
)
from flink_session.configuration.catalogue import option_catalogue
from flink_session.configuration.core_options import DeploymentOptions
from flink_session.configuration.options import ConfigOption, boolean
from flink_session.deployment.client_run import files_named_by
from flink_session.deployment.planning import plan
from flink_session.deployment.session import SessionCluster
from flink_session.kubernetes import KubernetesConfigOptions as Options
from flink_session.kubernetes import constants

ATTACHED = ConfigOption[bool]("execution.attached", boolean, False)
"""Mirrors ``DeploymentOptions.ATTACHED``."""

_NAMES = {"cluster_id": Options.CLUSTER_ID.key, "namespace": Options.NAMESPACE.key, "flink_version": "--flink-version"}
"""The arguments that findings may name, and what they are here."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What Flink's client finds on its machine.

    Attributes:
        configuration: of its configuration folder; None where no folder is named.
        log_configuration: the files of that folder, by name.
        hadoop_configuration: those of Hadoop's, by name.
        here: where relative paths start.
    """

    configuration: Configuration | None = None
    log_configuration: Mapping[str, str] = field(default_factory=dict)
    hadoop_configuration: Mapping[str, str] = field(default_factory=dict)
    here: Path = Path("/")


@dataclass(frozen=True, slots=True)
class Said:
    """What the command line says.

    Attributes:
        properties: `-D`, as `key=value`; `key` alone means `true`.
        cluster_id, namespace, context: have options of their own here; empty where those are not used.
        target: `-t`, or `-e`.
        attached: `-a` or `-d`; None where neither is used.
    """

    properties: tuple[str, ...] = ()
    cluster_id: str = ""
    namespace: str = ""
    context: str = ""
    target: str = ""
    attached: bool | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The session that is asked for.

    Attributes:
        cluster_id, namespace: which it is; empty where that was not said.
        context, kubeconfig: of which cluster; empty for the usual ones.
        attached: whether the command stays.
        arguments: of the component, by the names of its arguments.
        has_options: whether anything was said of how the session is to be, beyond which one it is.
        findings: what gets lost, or was said twice.
    """

    cluster_id: str
    namespace: str
    context: str
    kubeconfig: str
    attached: bool
    arguments: Mapping[str, Any]
    has_options: bool
    findings: tuple[Finding, ...] = ()

    def named(self, cluster_id: str) -> Wanted:
        """Give the same session under this id."""
        return replace(self, cluster_id=cluster_id, arguments={"cluster_id": cluster_id, **self.arguments})

    def within(self, namespace: str) -> Wanted:
        """Give the same session in this namespace."""
        return replace(self, namespace=namespace, arguments={**self.arguments, "namespace": namespace})

    def plan(self, read_file: Callable[[str], bytes]) -> SessionCluster:
        """Plan it. Raises IllegalConfigurationError, with everything that is wrong, in terms of Flink's options."""
        mine = tuple(item for item in self.findings if item.severity == "error")
        try:
            cluster = plan(dict(self.arguments), read_file)[1]
        except IllegalConfigurationError as error:
            found, warnings = _in_flinks_words((*mine, *error.findings)), _in_flinks_words(error.warnings)
            raise IllegalConfigurationError(found, warnings) from None
        if mine:
            raise IllegalConfigurationError(mine, _in_flinks_words(cluster.warnings))
        return cluster


def dynamic_properties(properties: Iterable[str]) -> dict[str, str]:
    """Read `-D` as Flink does: the first `=` splits, the last of several wins, and a key alone means `true`."""
    pairs = (text.partition("=") for text in properties)
    return {key.strip(): value if separator else "true" for key, separator, value in pairs if key.strip()}


def wanted(said: Said, version: FlinkVersion, environment: Environment) -> Wanted:
    """Bring together what was said."""
    dynamic = dynamic_properties(said.properties)
    base = environment.configuration or Configuration()
    effective = base.with_values(dynamic)
    findings = [*_without_value(said.properties, version), *_other_target(said.target)]

    def take(option: ConfigOption[Any], own: str, flag: str) -> str:
        """Take an option out that has a place of its own here."""
        nonlocal effective
        value = effective.get(option) if effective.contains(option) else None
        in_file = option.key not in dynamic
        effective = effective.without(option.keys)
        if own and value and str(value) != own and not in_file:
            rule = f"must not be given beside {flag}, which says {own!r}"
            findings.append(Finding(f"-D{option.key}", value, rule, "keep one of them"))
        return own or (str(value) if value is not None else "")

    cluster_id = take(Options.CLUSTER_ID, said.cluster_id, "CLUSTER_ID")
    namespace = take(Options.NAMESPACE, said.namespace, "--namespace")
    context = take(Options.CONTEXT, said.context, "--context")
    kubeconfig = take(Options.KUBE_CONFIG_FILE, "", "")
    attached = effective.get(ATTACHED) if said.attached is None else said.attached
    effective = effective.without(DeploymentOptions.TARGET.keys)
    own = _absolute(_own(effective, version), environment.here)
    arguments: dict[str, Any] = {"flink_version": str(version), "configuration": own}
    if environment.configuration is not None:
        arguments["log_configuration"] = _those(
            environment.log_configuration, constants.log_configuration_files(version)
        )
    if hadoop := _those(environment.hadoop_configuration, constants.HADOOP_CONFIGURATION_FILES):
        arguments["hadoop_configuration"] = hadoop
    which = (Options.CLUSTER_ID, Options.NAMESPACE, Options.CONTEXT, Options.KUBE_CONFIG_FILE, ATTACHED)
    about = {key for option in (*which, DeploymentOptions.TARGET) for key in option.keys}
    result = Wanted(
        cluster_id=cluster_id,
        namespace=namespace,
        context=context,
        kubeconfig=str(environment.here / kubeconfig) if kubeconfig else "",
        attached=attached,
        arguments=arguments,
        has_options=bool(dynamic.keys() - about) or environment.configuration is not None,
        findings=tuple(findings),
    )
    result = result.within(namespace) if namespace else result
    return result.named(cluster_id) if cluster_id else result


def _own(effective: Configuration, version: FlinkVersion) -> dict[str, Any]:
    """Leave out what the distribution says as well, which every session stands on."""
    distribution = distribution_configuration(version).values
    return {key: value for key, value in effective.values.items() if distribution.get(key) != value}


def _absolute(own: dict[str, Any], here: Path) -> dict[str, Any]:
    """Let paths of files mean the same wherever the program runs."""
    named = set(files_named_by(Configuration(own)))
    return {
        key: str(here / value) if value in named and not posixpath.isabs(value) else value for key, value in own.items()
    }


def _those(files: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: files[name] for name in names if name in files}


def _without_value(properties: Iterable[str], version: FlinkVersion) -> Iterable[Finding]:
    catalogue = option_catalogue(version.series)
    for text in properties:
        key, separator, _ = text.partition("=")
        match = catalogue.lookup(key.strip())
        if not key.strip():
            yield Finding(f"-D{text}", None, "has no key", "write -Dkey=value")
        elif not separator and match is not None and match.by == "key" and match.entry.type != "boolean":
            rule = "has no value, which means true to Flink, and this option is no switch"
            yield Finding(f"-D{key}", None, rule, f"write -D{key}=VALUE, without blanks around the =")


def _other_target(target: str) -> Iterable[Finding]:
    if target and target.lower() != constants.SESSION_TARGET:
        rule = f"must be {constants.SESSION_TARGET}, the only thing that this command deploys"
        yield Finding("-t", target, rule, "leave -t out")


def _in_flinks_words(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(replace(item, key=_NAMES.get(item.key, item.key)) for item in findings)
