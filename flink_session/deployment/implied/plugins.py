"""``plugins``, and the file system that ``state_storage`` needs: jars that the image's entry point takes from ``opt/``.

They are named in ``ENABLE_BUILT_IN_PLUGINS`` of both roles, behind what the user has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.catalogue import JarCatalogue, jar_catalogue
from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.deployment.session_cluster_options import SessionClusterOptions
from flink_session.kubernetes.checks.implementations import (
    SWITCH,
    MainContainer,
    enabled_jars,
    is_below,
    main_containers,
)
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

_NAME = re.compile(r"(?:flink-)?(?P<name>[a-z0-9-]+?)(?:-[0-9][\w.]*)?(?:\.jar)?")
_FILE_SYSTEM = "-fs-"


def enabled_plugins(
    options: SessionClusterOptions,
    configuration: Configuration,
    version: FlinkVersion,
    files: ClientFiles,
    collector: FindingCollector,
) -> dict[str, str]:
    """Return the variable of each role, with what is to be added to it."""
    jars = jar_catalogue(version.series)
    artifacts = []
    for name in options.plugins or ():
        artifact, finding = _artifact(name, jars)
        artifacts += [artifact] if artifact else []
        collector.add((finding,) if finding else ())
    scheme = (options.state_storage or "").partition(":")[0]
    variables: dict[str, str] = {}
    for container in main_containers(KubernetesJobManagerParameters(configuration, version, files)):
        if scheme == "file":
            collector.add(_not_shared(options, container))
        variable = container.variables.get(SWITCH)
        if variable is not None and variable.value is None:
            rule = "must be text here, so that jars can be added to it"
            collector.add((Finding(variable.key, None, rule, "write it as text, or leave out plugins"),))
            continue
        present = enabled_jars(variable.value or "") if variable else []
        known = [*artifacts, *(re.sub(r"-[0-9][\w.]*\.jar$", "", jar) for jar in present)]
        # A list without anything in it says that the image has what is needed.
        wanted = jars.file_systems.get(scheme, ()) if options.plugins != () else ()
        needed = artifacts if not wanted or any(jar in wanted for jar in known) else [*artifacts, wanted[0]]
        release = container.release or str(version)
        added = [f"{artifact}-{release}.jar" for artifact in needed]
        added = [jar for jar in dict.fromkeys(added) if jar not in present]
        if added:
            variables[f"{container.prefix}.{SWITCH}"] = ";".join([*present, *added])
    return variables


def _artifact(name: str, jars: JarCatalogue) -> tuple[str | None, Finding | None]:
    """Return the artifact of a plugin that somebody names, or what is wrong with the name."""
    match = _NAME.fullmatch(name)
    artifact = f"flink-{match['name']}" if match else name
    plugins = [known for known in jars.artifacts("opt") if _FILE_SYSTEM in known]
    if artifact in plugins:
        return artifact, None
    key, rule = f"plugins, {name}", f"is no plugin that is switched on in Flink {jars.series}"
    if artifact in jars.artifacts("plugins"):
        return None, Finding(key, None, rule, "remove it: the image has it in plugins/, where it is on")
    first = jars.first_series_with(artifact)
    if first is not None:
        return None, Finding(key, None, rule, f"remove it, or run Flink {first}, the first to have it")
    names = ", ".join(known.removeprefix("flink-") for known in sorted(plugins))
    return None, Finding(key, None, rule, f"use one of {names}")


def _not_shared(options: SessionClusterOptions, container: MainContainer) -> Iterator[Finding]:
    """Find a folder in the container, where no other pod finds what is written there."""
    path = re.sub(r"^file:(//)?", "", options.state_storage or "")
    if container.opaque or any(is_below(path, mount) for mount in container.mounts):
        return
    rule = "must be on a volume that the pods of both roles mount, since each pod has files of its own"
    yield Finding("state_storage", options.state_storage, rule, f"mount a shared volume at {path} in pod_template")
