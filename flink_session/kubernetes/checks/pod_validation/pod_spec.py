"""A pod as a whole: names that its containers share, ports of the node, and what fields of it must agree."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.kubernetes.checks.api_rules import DNS_SUBDOMAIN, TextRule
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Path
from flink_session.kubernetes.checks.pod_validation.field_rules import DNS_SEARCH, is_ip
from flink_session.kubernetes.checks.pod_validation.object_rule import check_labels, named, repeated
from flink_session.kubernetes.checks.pod_validation.resources import check_overhead, check_pod_resources
from flink_session.kubernetes.checks.pod_validation.scheduling import check_spreads
from flink_session.kubernetes.manifests import Manifest

_NAMED_ONCE = ("volumes", "resourceClaims", "schedulingGates")
_MOST_SERVERS, _MOST_SEARCHES, _LONGEST_SEARCHES = 3, 32, 2048


def check_pod_spec(spec: Manifest) -> Iterator[Fault]:
    """Find what is wrong between the parts of a pod."""
    for field in _NAMED_ONCE:
        yield from repeated(named(spec.get(field, []), ("spec", field), "name"))
    names = (named(spec.get(field, []), ("spec", field), "name") for field in ("containers", "initContainers"))
    yield from repeated((pair for pairs in names for pair in pairs), "must be the name of one container only")
    yield from _host_ports(spec)
    yield from _host(spec)
    yield from _dns(spec)
    yield from _admission(spec)
    yield from check_labels(spec.get("nodeSelector", {}), ("spec", "nodeSelector"))
    yield from check_spreads(spec)
    yield from check_pod_resources(spec)
    yield from check_overhead(spec.get("overhead", {}), ("spec", "overhead"))
    for index, secret in enumerate(spec.get("imagePullSecrets", [])):
        if DNS_SUBDOMAIN.broken_by(secret.get("name") or ""):
            path = ("spec", "imagePullSecrets", index, "name")
            yield Fault(path, DNS_SUBDOMAIN.rule, "name an existing Secret", secret.get("name"), refused=False)
    for index, alias in enumerate(spec.get("hostAliases", [])):
        for number, name in enumerate(alias.get("hostnames", [])):
            yield from _matches(name, ("spec", "hostAliases", index, "hostnames", number), DNS_SUBDOMAIN)


def _matches(text: str | None, path: Path, rule: TextRule) -> Iterator[Fault]:
    if rule.broken_by(text or ""):
        yield Fault(path, rule.rule, value=text)


def _host_ports(spec: Manifest) -> Iterator[Fault]:
    """Find ports of the node that are asked for twice; on the node's network, each port of a container is one."""
    network = spec.get("hostNetwork")
    together: list[tuple[Path, object]] = []
    for field in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(field, [])):
            own: list[tuple[Path, object]] = []
            for number, port in enumerate(container.get("ports", [])):
                path = ("spec", field, index, "ports", number, "hostPort")
                host_port = port.get("hostPort") or (port.get("containerPort") if network else None)
                if network and field == "containers" and host_port != port.get("containerPort"):
                    rule = "must be the containerPort, since the pod is on the node's network"
                    yield Fault(path, rule, "remove it", host_port)
                if host_port:
                    own.append((path, (port.get("protocol") or "TCP", port.get("hostIP") or "", host_port)))
            # Init containers run one after the other.
            if field == "containers":
                together += own
            else:
                yield from repeated(own, "must be a port of the node that no other port of the container has")
    yield from repeated(together, "must be a port of the node that no other container has")


def _host(spec: Manifest) -> Iterator[Fault]:
    if spec.get("hostUsers") is False:
        for name in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(name):
                yield Fault(("spec", "hostUsers"), f"must not be false beside {name}", f"remove it, or {name}")
        for field in ("containers", "initContainers"):
            for index, container in enumerate(spec.get(field, [])):
                if "volumeDevices" in container:
                    rule = "must not be there, since spec.hostUsers is false"
                    yield Fault(("spec", field, index, "volumeDevices"), rule, "remove one of them")
    if spec.get("hostPID") and spec.get("shareProcessNamespace"):
        yield Fault(("spec", "shareProcessNamespace"), "must not be true beside hostPID", "remove one of them")
    if "ephemeralContainers" in spec:
        yield Fault(("spec", "ephemeralContainers"), "must not be there in a new pod", "remove them")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield Fault(("spec", "nodeName"), "must not be there beside schedulingGates", "remove one of them")


def _dns(spec: Manifest) -> Iterator[Fault]:
    config, path = spec.get("dnsConfig", {}), ("spec", "dnsConfig")
    servers, searches = config.get("nameservers", []), config.get("searches", [])
    if spec.get("dnsPolicy") == "None" and not servers:
        rule = "must come with spec.dnsConfig.nameservers"
        yield Fault(("spec", "dnsPolicy"), rule, "name the servers, or remove it", "None")
    if len(servers) > _MOST_SERVERS:
        yield Fault((*path, "nameservers"), f"must be at most {_MOST_SERVERS}", "remove the others")
    for index, server in enumerate(servers):
        if not is_ip(server or ""):
            yield Fault((*path, "nameservers", index), "must be an IP address", value=server)
    if len(searches) > _MOST_SEARCHES or len(" ".join(map(str, searches))) > _LONGEST_SEARCHES:
        rule = f"must be at most {_MOST_SEARCHES}, of {_LONGEST_SEARCHES} characters together"
        yield Fault((*path, "searches"), rule, "remove some")
    for index, search in enumerate(searches):
        if search != ".":
            yield from _matches((search or "").removesuffix("."), (*path, "searches", index), DNS_SEARCH)


def _admission(spec: Manifest) -> Iterator[Fault]:
    """Find what the admission plugins refuse that are always on."""
    named_class = spec.get("priorityClassName")
    for name, default in (("priority", 0), ("preemptionPolicy", "PreemptLowerPriority")):
        if spec.get(name, default) != default:
            rule = (
                f"must be that of the PriorityClass {named_class}" if named_class else "must come from a PriorityClass"
            )
            fix = "remove it" if named_class else "set spec.priorityClassName instead"
            yield Fault(("spec", name), rule, fix, spec[name], refused=not named_class)
    if "overhead" in spec and not spec.get("runtimeClassName"):
        yield Fault(("spec", "overhead"), "must come from a RuntimeClass", "set spec.runtimeClassName instead")
