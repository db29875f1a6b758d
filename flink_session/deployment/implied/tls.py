"""``tls``: the options of REST's TLS, and what must not be said beside it."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.kubernetes.extensions import Tls

_REST = "security.ssl.rest."


def tls_options(tls: Tls, configuration: Configuration, collector: FindingCollector) -> dict[str, str | bool]:
    """Return the options; ``collector`` gets what contradicts them."""
    collector.add(_findings(tls, configuration))
    return tls.options()


def _findings(tls: Tls, configuration: Configuration) -> Iterator[Finding]:
    from flink_session.kubernetes.checks.api_rules import DNS_SUBDOMAIN  # noqa: PLC0415 - it asks as checks do

    fix = "name the Secret of a certificate, as cert-manager makes it"
    if tls.certificate is None:
        yield Finding("tls.certificate", None, "must be given, since it holds certificate and key", fix)
    elif DNS_SUBDOMAIN.broken_by(tls.certificate):
        yield Finding("tls.certificate", tls.certificate, DNS_SUBDOMAIN.rule, fix)
    stores = ("keystore", "truststore", "enabled", "authentication-enabled", "key-password")
    for key, value in configuration.values.items():
        if key.startswith(_REST) and key.removeprefix(_REST).startswith(stores):
            rule = "must not be in the configuration beside the argument tls"
            yield Finding(key, value, rule, f"keep tls and remove {key}")
