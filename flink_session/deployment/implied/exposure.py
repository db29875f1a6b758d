"""``expose``: options of the rest Service, and what must be there before a session may be reached from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import SecurityOptions
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.yaml_writer import dump_flow
from flink_session.kubernetes.extensions import Exposure, Tls
from flink_session.kubernetes.extensions.exposure import KNOWN_CLASS
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_OF_ROUTES = {"host": ("Ingress", "HTTPRoute"), "ingress_class": ("Ingress",), "certificate": ("Ingress",)}
_OF_ROUTES |= {"gateway": ("HTTPRoute",), "auth_proxy": ("Ingress", "HTTPRoute")}
"""What only some ways have."""
_REQUIRED = {"Ingress": ("host",), "HTTPRoute": ("host", "gateway")}
_PATH = re.compile(r"(/[A-Za-z0-9_.~-]+)*/?")


def exposure_options(
    exposure: Exposure, tls: Tls | None, configuration: Configuration, collector: FindingCollector
) -> dict[str, str]:
    """Return the options of a rest Service that is reached from outside; ``collector`` gets what is missing."""
    collector.add(_findings(exposure, tls, configuration))
    if exposure.type is None or exposure.is_route:
        return {}
    values = {Options.REST_SERVICE_EXPOSED_TYPE.key: exposure.type}
    if exposure.annotations:
        values[Options.REST_SERVICE_ANNOTATIONS.key] = dump_flow(dict(exposure.annotations))
    return values


def _findings(exposure: Exposure, tls: Tls | None, configuration: Configuration) -> Iterator[Finding]:
    if exposure.type is None:
        rule, fix = "must be given, since it says how", "write NodePort, LoadBalancer, Ingress or HTTPRoute"
        yield Finding("expose.type", None, rule, fix)
        return
    yield from _protection(exposure, tls, configuration)
    for name, types in _OF_ROUTES.items():
        value = getattr(exposure, name)
        if value not in (None, False) and exposure.type not in types:
            yield Finding(f"expose.{name}", value, f"must not be there with {exposure.type}", f"remove expose.{name}")
    for name in _REQUIRED.get(exposure.type, ()):
        if not getattr(exposure, name):
            yield Finding(f"expose.{name}", None, f"must be given with {exposure.type}", "add it")
    yield from _path(exposure)
    if not exposure.is_route:
        for option in (Options.REST_SERVICE_EXPOSED_TYPE, Options.REST_SERVICE_ANNOTATIONS):
            if configuration.contains(option) and (option is Options.REST_SERVICE_EXPOSED_TYPE or exposure.annotations):
                rule = f"must not be there beside {option.key} or the argument that stands for it"
                yield Finding("expose", None, rule, "keep one of the two")


def _protection(exposure: Exposure, tls: Tls | None, configuration: Configuration) -> Iterator[Finding]:
    """Find a session that everybody who reaches it could use."""
    collector = FindingCollector()
    by_options = collector.attempt(configuration.get, SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED)
    by_options = by_options and collector.attempt(configuration.get, SecurityOptions.SSL_REST_ENABLED)
    asks_for_certificates = by_options or (tls is not None and tls.client_authentication)
    if asks_for_certificates or exposure.unprotected or (exposure.auth_proxy and exposure.is_route):
        return
    rule = "must not let everybody who reaches it run code in the cluster: Flink's REST API asks for no password"
    ways = "set tls with client_authentication" + (
        ", or expose.auth_proxy where a proxy in front asks who it is" if exposure.is_route else ""
    )
    yield Finding("expose", None, rule, f"{ways}, or expose.unprotected to let it be so")


def _path(exposure: Exposure) -> Iterator[Finding]:
    path, key = exposure.path, "expose.path"
    if not path.startswith("/") or not _PATH.fullmatch(path):
        rule = "must be a path of letters, digits, '-', '.', '_' and '~' between slashes"
        yield Finding(key, path, rule, "write it as /flink/analytics")
    elif exposure.prefix and not exposure.is_route:
        yield Finding(key, path, f"must not be there with {exposure.type}", "remove expose.path")
    elif exposure.prefix and exposure.type == "Ingress" and exposure.ingress_class != KNOWN_CLASS:
        rule = "must be taken away before Flink is asked, and how an Ingress of this class does it is not known here"
        fix = "give the session a host of its own, or take HTTPRoute, or say it in expose.annotations"
        if not exposure.annotations:
            yield Finding(key, path, rule, fix)
