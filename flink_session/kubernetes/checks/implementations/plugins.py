"""``ENABLE_BUILT_IN_PLUGINS``: jars that the entry point of Flink's image takes from ``opt/``, and ends without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.catalogue import JarCatalogue, jar_catalogue
from flink_session.configuration.findings import Finding, Severity
from flink_session.kubernetes.checks.implementations.containers import OPT, MainContainer, main_containers
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

SWITCH = "ENABLE_BUILT_IN_PLUGINS"

_COMMA = re.compile(r"\.jar\s*,")
_JAR = re.compile(r"(?:.*/)?(?P<name>[A-Za-z][\w.-]*?)(?:-(?P<version>[0-9][\w.-]*?))?(?:\.jar)?")
_OF_ANY_VERSION = re.compile(r"flink-shaded-netty-tcnative-.*\.jar")


def check_plugins(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find jars that are not in the image, or not written so that its entry point reads them."""
    for container in main_containers(parameters):
        variable = container.variables.get(SWITCH)
        if variable is None or not variable.value:
            continue
        if _COMMA.search(variable.value):
            separated = ";".join(filter(None, re.split(r"[\s,;]+", variable.value)))
            rule = "must have ; between two jars, since the image's entry point takes a comma for a part of a name"
            severity: Severity = "error" if container.official else "warning"
            yield Finding(variable.key, variable.value, rule, f"write {separated}", severity)
        elif container.shows(OPT):
            for name in enabled_jars(variable.value):
                yield from _jar(name, variable.key, container, parameters)


def enabled_jars(value: str) -> list[str]:
    """Return the names of the jars, as the entry point reads them: white space separates as well."""
    return value.replace(";", " ").split()


def _jar(
    name: str, key: str, container: MainContainer, parameters: KubernetesJobManagerParameters
) -> Iterator[Finding]:
    jars = jar_catalogue(parameters.flink_version.series)
    release = container.release or str(parameters.flink_version)
    written = _JAR.fullmatch(name)
    of_any_patch = (
        container.release is None and written is not None and (written["version"] or "").startswith(jars.series)
    )
    in_image = jars.names("opt", written["version"] if of_any_patch and written else release)
    if name in in_image or _OF_ANY_VERSION.fullmatch(name):
        return
    rule = f"names {name}, which is not in {OPT} of Flink's own image of {release}, so that no container starts"
    yield Finding(key, None, rule, _way_out(name, written["name"] if written else name, jars, release))


def _way_out(name: str, artifact: str, jars: JarCatalogue, release: str) -> str:
    jar = jars.artifacts("opt").get(artifact)
    if jar is not None:
        return f"write {jar.format(version=release)}"
    for folder in ("plugins", "lib"):
        if artifact in jars.artifacts(folder):
            return f"remove it, since it is in {folder}/ already"
    first = jars.first_series_with(artifact)
    if first is not None:
        return f"remove it, or run Flink {first}, the first to have it"
    near = jars.nearest("opt", artifact)
    return f"write {near.format(version=release)}" if near else "correct it, or bring the jar in an image of your own"
