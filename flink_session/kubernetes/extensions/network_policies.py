"""Who may reach the pods of a session, and what these may reach: a NetworkPolicy for each role.

The pods of a session reach each other as Flink needs it. TaskManagers listen on ports that they choose themselves, for
data and for the JobManager's questions about metrics, so among them it is all ports. What the kubelet asks, and a
port-forward, comes from the pod's own node, which no policy keeps out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flink_session.configuration.core_options import HighAvailabilityOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.high_availability import HighAvailabilityMode, keeps_leaders_in_config_maps
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters, fixed_port
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest

JOB_MANAGER_POLICY, TASK_MANAGER_POLICY = "flink-session-jobmanager", "flink-session-taskmanager"
"""The beginnings of the names of the two."""
_API_SERVER_PORTS = (443, 6443)
"""Of its Service, and of the usual server behind it: it depends on the engine which of them it compares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicies:
    """What is asked for.

    Attributes:
        clients: peers of a NetworkPolicy that may reach REST and the web UI.
        scrapers: peers that may reach the port of metrics.
        destinations: peers that the pods may reach beside each other, DNS and the API server; ``None`` for any.
        api_server: CIDRs of the API server; none for any address with its ports.
        metrics_port: the port of metrics, if there is one.
    """

    clients: Sequence[Mapping[str, Any]] = ()
    scrapers: Sequence[Mapping[str, Any]] = ()
    destinations: Sequence[Mapping[str, Any]] | None = None
    api_server: Sequence[str] = ()
    metrics_port: int | None = None


def add_network_policies(
    specification: KubernetesJobManagerSpecification,
    parameters: KubernetesJobManagerParameters,
    policies: NetworkPolicies,
) -> KubernetesJobManagerSpecification:
    """Add a NetworkPolicy for the JobManager, and one for the TaskManagers."""
    job_manager = parameters.selectors
    task_manager = constants.component_labels(parameters.cluster_id, constants.LABEL_COMPONENT_TASK_MANAGER)
    configuration = parameters.configuration
    ports = [parameters.rpc_port, parameters.blob_server_port]
    if HighAvailabilityMode.of(configuration).is_active:
        # RPC is at this port then, unless it is 0.
        ports.append(fixed_port(configuration, HighAvailabilityOptions.HA_JOB_MANAGER_PORT_RANGE))
    fixed = _ports(*filter(None, dict.fromkeys(ports)))
    to_job_manager = [
        _from([_pods(task_manager)], fixed),
        # One that stands by asks the leader, and its port of metrics is any.
        *([_from([_pods(job_manager)])] if parameters.replicas > 1 else ()),
        *_from_others(policies.clients, parameters.rest_bind_port),
        *_from_others(policies.scrapers, policies.metrics_port),
    ]
    to_task_managers = [
        _from([_pods(parameters.common_labels)]),
        *_from_others(policies.scrapers, policies.metrics_port),
    ]
    # TaskManagers learn from ConfigMaps who leads, where there is high availability.
    asks = keeps_leaders_in_config_maps(configuration)
    from_job_manager = _egress(policies, parameters, api_server=True)
    from_task_managers = _egress(policies, parameters, api_server=asks)
    added = (
        _policy(JOB_MANAGER_POLICY, job_manager, to_job_manager, from_job_manager, parameters),
        _policy(TASK_MANAGER_POLICY, task_manager, to_task_managers, from_task_managers, parameters),
    )
    return replace(specification, accompanying_resources=(*specification.accompanying_resources, *added))


def _egress(
    policies: NetworkPolicies, parameters: KubernetesJobManagerParameters, *, api_server: bool
) -> list[Manifest] | None:
    """Return what a role's pods may reach; ``None`` for anything."""
    if policies.destinations is None:
        return None
    rules: list[Manifest] = [{"to": [_pods(parameters.common_labels)]}]
    rules.append({"ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]})
    if api_server:
        rule: Manifest = {"ports": _ports(*_API_SERVER_PORTS)}
        if policies.api_server:
            rule["to"] = [{"ipBlock": {"cidr": cidr}} for cidr in policies.api_server]
        rules.append(rule)
    if policies.destinations:
        rules.append({"to": [dict(peer) for peer in policies.destinations]})
    return rules


def _from(peers: Iterable[Mapping[str, Any]], ports: list[Manifest] | None = None) -> Manifest:
    rule: Manifest = {"from": [dict(peer) for peer in peers]}
    return rule if ports is None else {**rule, "ports": ports}


def _from_others(peers: Sequence[Mapping[str, Any]], port: int | None) -> Iterator[Manifest]:
    """Yield the rule of peers; without any there is none, since a rule without peers would mean everybody."""
    if peers and port is not None:
        yield _from(peers, _ports(port))


def _pods(labels: Mapping[str, str]) -> Manifest:
    return {"podSelector": {"matchLabels": dict(labels)}}


def _ports(*numbers: int) -> list[Manifest]:
    return [{"protocol": "TCP", "port": number} for number in numbers]


def _policy(
    begins: str,
    labels: Mapping[str, str],
    ingress: list[Manifest],
    egress: list[Manifest] | None,
    parameters: KubernetesJobManagerParameters,
) -> Manifest:
    spec: Manifest = {"podSelector": {"matchLabels": dict(labels)}, "policyTypes": ["Ingress"], "ingress": ingress}
    if egress is not None:
        spec |= {"policyTypes": ["Ingress", "Egress"], "egress": egress}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"{begins}-{parameters.cluster_id}", "labels": dict(parameters.common_labels)},
        "spec": spec,
    }
