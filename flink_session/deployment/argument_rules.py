"""What each argument of a session cluster takes, in words: the rule that a wrong value breaks, and how to write it."""

from __future__ import annotations

import re

from flink_session.configuration.findings import Finding

ADD_CLUSTER_ID = "add it to the arguments, for example as {'cluster_id': 'my-session'}"
"""Where a program puts the cluster's name."""

_TEXT = "must be text"
_TEMPLATE = ("must be a map, text of YAML, or the path of a file", "write it as {spec: {containers: []}}")
_FILES = "must be a map of the texts of files by their names"
_MEMORY = ("must be an amount of memory with a clear unit", "write it as 1600Mi or 2Gi")
_LABELS = ("must be a map of the labels of nodes", "write it as {topology.kubernetes.io/zone: a}")
_TOLERATIONS = ("must be a list of tolerations", "write it as [{key: dedicated, operator: Exists}]")
_PRIORITY = (_TEXT, "name an existing PriorityClass")
_SPREAD = ("must be a list of labels of nodes", "write it as [topology.kubernetes.io/zone]")
_SLOTS = ("must be an integer of at least 1", "write it as 2")
_PEERS = ("must be a list of peers of a NetworkPolicy", "write it as [{podSelector: {matchLabels: {app: proxy}}}]")
_CORES = ("must be a number of cores greater than 0", "write it as 2, 0.5 or 500m")

RULES: dict[str, tuple[str, str]] = {
    "cluster_id": (_TEXT, "write it as 'my-session'"),
    "namespace": (_TEXT, "write it as 'default'"),
    "flink_version": ("must be a Flink version", "write it as '2.2' or '2.2.1'"),
    "image": (_TEXT, "write it as 'registry/name:tag'"),
    "image_pull_policy": ("must be IfNotPresent, Always or Never", "write one of these"),
    "image_pull_secrets": ("must be a list of the names of Secrets", "write it as ['registry']"),
    "service_account": (_TEXT, "name an existing ServiceAccount"),
    "service_account_annotations": ("must be a map of annotations", "write it as {eks.amazonaws.com/role-arn: name}"),
    "pod_security": ("must be restricted or none", "write one of these"),
    "owner_reference_permission": ("must be true or false", "write one of these"),
    "job_manager": (
        "must be a map of cpu, memory and other arguments of the role",
        "write it as {cpu: 1, memory: 2Gi}",
    ),
    "job_manager.cpu": _CORES,
    "job_manager.memory": _MEMORY,
    "job_manager.pod_template": _TEMPLATE,
    "job_manager.node_selector": _LABELS,
    "job_manager.tolerations": _TOLERATIONS,
    "job_manager.priority_class": _PRIORITY,
    "job_manager.topology_spread": _SPREAD,
    "task_manager": (
        "must be a map of memory, slots and other arguments of the role",
        "write it as {memory: 4Gi, slots: 2}",
    ),
    "task_manager.cpu": _CORES,
    "task_manager.memory": _MEMORY,
    "task_manager.slots": _SLOTS,
    "task_manager.min_slots": _SLOTS,
    "task_manager.max_slots": _SLOTS,
    "task_manager.idle_timeout": ("must be a duration with its unit", "write it as 90s or 10min"),
    "task_manager.pod_template": _TEMPLATE,
    "task_manager.node_selector": _LABELS,
    "task_manager.tolerations": _TOLERATIONS,
    "high_availability": ("must be a map of storage_dir and replicas", "write it as {storage_dir: s3://bucket/ha}"),
    "high_availability.storage_dir": (_TEXT, "name a folder in durable storage, as s3://bucket/ha"),
    "high_availability.replicas": ("must be an integer of at least 1", "write it as 2"),
    "ha_data": ("must be keep or delete", "write one of these"),
    "suspended": ("must be true or false", "write one of these"),
    "task_manager.priority_class": _PRIORITY,
    "task_manager.topology_spread": _SPREAD,
    "state_storage": (_TEXT, "write it as s3://bucket/flink or file:///state"),
    "plugins": ("must be a list of plugins", "write it as [s3-fs-hadoop]"),
    "secrets": ("must be a map of secrets by their names", "write it as {NAME: value}"),
    "secrets_restart": ("must be true or false", "write one of these"),
    "metrics": ("must be a map of port, annotations and pod_monitor", "write it as {} or {port: 9249}"),
    "metrics.port": ("must be the number of a port", "write it as 9249"),
    "metrics.annotations": ("must be true or false", "write one of these"),
    "metrics.pod_monitor": ("must be true or false", "write one of these"),
    "metrics.pod_monitor_labels": ("must be a map of labels", "write it as {release: prometheus}"),
    "pod_disruption_budget": ("must be true or false", "write one of these"),
    "tls": ("must be a map of certificate and client_authentication", "write it as {certificate: session-tls}"),
    "tls.certificate": (_TEXT, "name the Secret of a certificate, as cert-manager makes it"),
    "tls.client_authentication": ("must be true or false", "write one of these"),
    "expose": ("must be a map of type and what belongs to it", "write it as {type: Ingress, host: flink.example.org}"),
    "expose.type": ("must be NodePort, LoadBalancer, Ingress or HTTPRoute", "write one of these"),
    "expose.host": (_TEXT, "write it as flink.example.org"),
    "expose.path": (_TEXT, "write it as /flink/analytics"),
    "expose.ingress_class": (_TEXT, "name an existing IngressClass"),
    "expose.certificate": (_TEXT, "name the Secret of the host's certificate"),
    "expose.gateway": (_TEXT, "name a Gateway, as gateways/public or public"),
    "expose.annotations": ("must be a map of annotations", "write it as {cert-manager.io/cluster-issuer: letsencrypt}"),
    "expose.auth_proxy": ("must be true or false", "write one of these"),
    "expose.unprotected": ("must be true or false", "write one of these"),
    "network_policy": ("must be a map of clients and other peers", "write it as {} or {clients: [{podSelector: {}}]}"),
    "network_policy.clients": _PEERS,
    "network_policy.scrapers": _PEERS,
    "network_policy.destinations": _PEERS,
    "network_policy.api_server": ("must be a list of ranges of addresses", "write it as [192.0.2.1/32]"),
    "adopt": ("must be true or false", "write one of these"),
    "additions": ("must be a map of the names of additions", "write it as {readiness_probe: true}"),
    **{
        f"additions.{name}": ("must be true or false", "write one of these")
        for name in (
            *("configuration_checksum", "readiness_probe", "startup_probe", "recreate_strategy", "access"),
            *("blob_server_address", "session_affinity", "shared_uploads"),
        )
    },
    "rest_service_exposed_type": (
        "must be ClusterIP, Headless_ClusterIP, NodePort or LoadBalancer",
        "write one of these",
    ),
    "rest_service_node_address": (_TEXT, "write the address of a node, as '192.0.2.1'"),
    "configuration": ("must be a map of Flink options", "write it as {parallelism.default: 2}"),
    "log_configuration": (_FILES, "write it as {log4j-console.properties: text}"),
    "logging": ("must be a map with levels", "write it as {levels: {org.apache.flink: DEBUG}}"),
    "logging.levels": ("must be a map of levels by loggers", "write it as {org.apache.flink: DEBUG}"),
    "pod_template": _TEMPLATE,
    "hadoop_configuration": (_FILES, "write it as {core-site.xml: text}"),
    "delete_guard": ("must be true or false", "write one of these"),
    "allow_job_loss": ("must be true or false", "write one of these"),
    "ready_timeout": ("must be a whole number of seconds, minutes or hours", "write it as 90s, 10m or 1h"),
}
"""Every argument, and those of a group behind its name."""
_ITEMS = {
    "image_pull_secrets": ("must be text", "name a Secret"),
    "log_configuration": ("must be text", "give the text of the file"),
    "hadoop_configuration": ("must be text", "give the text of the file"),
    "logging.levels": ("must be TRACE, DEBUG, INFO, WARN, ERROR or OFF", "write one of these, in quotes"),
    "service_account_annotations": ("must be text", "write the value of the annotation"),
    "plugins": ("must be text", "name a plugin, as s3-fs-hadoop"),
    "secrets": (
        "must be text, or a map of value or base64, or of secret and key, and of file",
        "write it as NAME: value, or as NAME: {secret: existing, key: password, file: true}",
    ),
    "expose.annotations": ("must be text", "write the value of the annotation"),
    "network_policy.clients": ("must be a map", "write it as {podSelector: {}}"),
    "network_policy.scrapers": ("must be a map", "write it as {podSelector: {}}"),
    "network_policy.destinations": ("must be a map", "write it as {podSelector: {}}"),
    "network_policy.api_server": ("must be text", "write it as 192.0.2.1/32"),
    "metrics.pod_monitor_labels": ("must be text", "write the value of the label"),
    "job_manager.topology_spread": ("must be text", "write the label of a node"),
    "task_manager.topology_spread": ("must be text", "write the label of a node"),
    "job_manager.node_selector": ("must be text", "write the value of the label"),
    "job_manager.tolerations": ("must be a map", "write it as {key: dedicated, operator: Exists}"),
    "task_manager.node_selector": ("must be text", "write the value of the label"),
    "task_manager.tolerations": ("must be a map", "write it as {key: dedicated, operator: Exists}"),
}
"""The same for what a list or a map holds."""
_BY_SPELLING = {
    spelling: name for name in RULES for spelling in (name, re.sub(r"_([a-z])", lambda match: match[1].upper(), name))
}
GROUPS = (
    "job_manager",
    "task_manager",
    "high_availability",
    "logging",
    "metrics",
    "tls",
    "expose",
    "network_policy",
    "additions",
)
"""Arguments that hold further ones."""


def finding_of(kind: str, path: tuple[int | str, ...], value: object, add_cluster_id: str) -> Finding:
    """Say what is wrong with the shape of an argument.

    Args:
        kind: pydantic's type of the error.
        path: where it is; of a union behind it, the alternative that was tried.
        value: what was given there.
        add_cluster_id: says where to put the cluster's name, if it is missing.
    """
    names = [str(part) for part in path]
    depth = 2 if names[0] in GROUPS else 1
    name = ".".join(names[:depth])
    if kind == "extra_forbidden" and len(path) <= depth:
        from flink_session.deployment.argument_names import advice_on  # noqa: PLC0415 - it reads the catalogue

        return Finding(name, None, "is not an argument of a session cluster", advice_on(tuple(names), value))
    if kind == "missing":
        return Finding(name, None, "must be given, since it names the cluster", add_cluster_id)
    if name in _ITEMS and len(path) > depth:
        part = f"item {names[depth]}" if isinstance(path[depth], int) else names[depth]
        return Finding(f"{name}, {part}", None, *_ITEMS[name])
    rule, fix = RULES[name]
    if isinstance(value, (str, bool, int, float)) and not _may_hold_much(name):
        return Finding(name, value, rule, fix)
    return Finding(name, None, f"{rule}, and is {_kind_of(value)}", fix)


def argument_called(key: str) -> str | None:
    """Return the argument of a name, in snake_case or camelCase, if there is one."""
    return _BY_SPELLING.get(key)


def must_not_be_secret(name: str) -> Finding:
    """Say that an argument, or an option in one, is a secret of Pulumi's."""
    fix = "put it under `secrets`, which makes a variable or a file of it in both roles, and let Flink read it there"
    rule = "must not be a secret, since it would be readable in the Deployment or the ConfigMap"
    return Finding(name, None, rule, fix)


def given_twice(name: str, *spellings: str) -> Finding:
    """Say that an argument is there in two spellings."""
    return Finding(name, None, f"is given twice, as {' and '.join(spellings)}", "keep one of them")


def _may_hold_much(name: str) -> bool:
    """Tell whether the value may be long, or hold what nobody should see, if it is another than it should be."""
    return name in (*GROUPS, *_ITEMS, "configuration", "secrets_restart") or name.endswith("pod_template")


def _kind_of(value: object) -> str:
    for types, kind in ((bool, "true or false"), ((int, float), "a number"), (str, "text"), (dict, "a map")):
        if isinstance(value, types):
            return kind
    return "a list" if isinstance(value, (list, tuple)) else f"of the type {type(value).__name__}"
