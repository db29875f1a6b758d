"""``network_policy``: what is wrong with its peers, and where nobody would be let in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.kubernetes.extensions import Extensions, NetworkPolicies
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_SELECTORS = ("podSelector", "namespaceSelector")


def check_network_policies(
    policies: NetworkPolicies, extensions: Extensions, configuration: Configuration, collector: FindingCollector
) -> None:
    """Find peers that the API server refuses, and policies that have no effect or shut everybody out."""
    collector.add(_findings(policies, extensions))
    if collector.attempt(configuration.get, Options.KUBERNETES_HOSTNETWORK_ENABLED):
        rule = "has no effect on pods in their node's network"
        fix = "remove kubernetes.hostnetwork.enabled"
        collector.add((Finding("network_policy", None, rule, fix),))


def _findings(policies: NetworkPolicies, extensions: Extensions) -> Iterator[Finding]:
    for name in ("clients", "scrapers", "destinations"):
        for index, peer in enumerate(getattr(policies, name) or ()):
            yield from _peer(f"network_policy.{name}, item {index}", peer)
    for index, cidr in enumerate(policies.api_server):
        if not _is_cidr(cidr):
            key = f"network_policy.api_server, item {index}"
            yield Finding(key, cidr, "must be a range of addresses", "write it as 192.0.2.1/32")
    if policies.api_server and policies.destinations is None:
        rule = "has no effect without network_policy.destinations, since all may be reached"
        yield Finding("network_policy.api_server", None, rule, "add destinations, as [], or remove it")
    if policies.scrapers and extensions.metrics is None:
        yield Finding("network_policy.scrapers", None, "must have metrics to read", "add metrics, as {}, or remove it")
    if extensions.exposure is not None and not policies.clients:
        rule = "must say who may reach REST, where expose leads somebody to it"
        fix = "add who comes that way, as the pods of the proxy or a range of addresses"
        yield Finding("network_policy.clients", None, rule, fix)


def _peer(key: str, peer: Mapping[str, Any]) -> Iterator[Finding]:
    fields = [name for name in (*_SELECTORS, "ipBlock") if name in peer]
    others = peer.keys() - set(fields)
    fix = "write it as {podSelector: {matchLabels: {app: proxy}}} or {ipBlock: {cidr: 192.0.2.0/24}}"
    if others or not fields or ("ipBlock" in fields and len(fields) > 1):
        yield Finding(key, None, "must have podSelector and namespaceSelector, one of them, or ipBlock", fix)
        return
    if "ipBlock" in fields:
        block = peer["ipBlock"]
        if not isinstance(block, Mapping) or not _is_cidr(block.get("cidr")):
            yield Finding(f"{key}, ipBlock", None, "must have the range of addresses cidr", fix)
    elif not all(isinstance(peer[name], Mapping) for name in fields):
        yield Finding(key, None, "must have maps as selectors", fix)


def _is_cidr(text: object) -> bool:
    try:
        return isinstance(text, str) and "/" in text and bool(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return False
