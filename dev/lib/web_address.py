"""Prints the address at which a session's REST endpoint answers from this machine; exits with 1 where none does.

Tried in this order: the endpoint itself (a load balancer, a node port), the rest Service's own address (on the node of
dev/ the Service range is routed to the host).
"""

import sys
import time
from collections.abc import Iterator

import httpx2
from lightkube.config.client_adapter import Client, ConnectionParams
from lightkube.config.kubeconfig import KubeConfig


def candidates(endpoint: str, cluster_id: str, namespace: str) -> Iterator[str]:
    """The addresses to try."""
    yield endpoint
    with Client(KubeConfig.from_env().get(), ConnectionParams(timeout=5)) as client:
        service = client.get(f"/api/v1/namespaces/{namespace}/services/{cluster_id}-rest").raise_for_status().json()
    address = service["spec"].get("clusterIP")
    if address not in {None, "", "None"}:
        yield f"{endpoint.partition('://')[0]}://{address}:{service['spec']['ports'][0]['port']}"


def answers(address: str) -> bool:
    """Whether Flink's REST API is there. Certificates are not judged: only reachability is asked."""
    try:
        return httpx2.get(f"{address}/config", timeout=3, verify=False, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def main() -> int:
    """Try the candidates, for a while: kube-proxy learns of a new Service a moment after the API server."""
    addresses = list(candidates(*sys.argv[1:4]))
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        for address in addresses:
            if answers(address):
                print(address)
                return 0
        time.sleep(0.3)
    return 1


if __name__ == "__main__":
    sys.exit(main())
