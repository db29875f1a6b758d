"""Services that cannot get what they ask for: a node port that is taken, a load balancer that nobody provides."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import Facts
from ..model import Finding
from ..sessions import SessionView


def services(view: SessionView, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each."""
    namespace = facts.namespaces.get(view.namespace)
    if namespace is None or view.after is None:
        return
    for item in view.after.objects:
        spec, name = item.get("spec"), item["metadata"]["name"]
        if item["kind"] != "Service" or not isinstance(spec, dict):
            continue
        for port in spec.get("ports") or ():
            number = port.get("nodePort") if isinstance(port, dict) else None
            owner = namespace.node_ports.get(number) if isinstance(number, int) else None
            if owner and owner != f"{view.namespace}/{name}":
                yield Finding(
                    severity="error",
                    rule="node-port-taken",
                    subject=f"Service {name}",
                    message=f"the node port {number} is taken by the Service {owner}",
                    fix="choose another one, or leave it out: then the API server chooses",
                )
        if spec.get("type") == "LoadBalancer" and namespace.has_load_balancers is False:
            yield Finding(
                severity="warning",
                rule="no-load-balancer",
                subject=f"Service {name}",
                message="no Service of type LoadBalancer in this cluster has an address: `up` would wait for one until "
                "its timeout",
                fix="set rest_service_exposed_type to ClusterIP or NodePort, unless something provides load balancers",
            )
