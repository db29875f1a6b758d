"""Which ways lead to a session cluster on Kubernetes: Flink's `getRestEndpoint`, and what reaches a private session.

Plain values in and out, and a call that asks: who sends its requests to the API server is somebody else's matter.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from flink_session.api_server.kubeconfig import Endpoint

from ..errors import FlinkError, NotFoundError, UnreachableError
from ..exchange import Call, Request, Response
from ..sending import send
from .api_server import ApiServer
from .direct import Direct, Tls
from .port_forward import PortForward
from .service_proxy import ServiceProxy
from .way import Access, Lookup

REST_PORT = "rest"
"""The name of the port in Flink's Services."""
_JOB_MANAGERS = "type=flink-native-kubernetes,component=jobmanager"
_LEADER = "org.apache.flink.k8s.leader.restserver"


@dataclass(frozen=True, slots=True)
class Session:
    """One session cluster, as the API server shows it.

    Attributes:
        service: its rest Service.
        pods: those of its JobManagers.
        leader: the address of the JobManager that leads, of several; empty while none does, None if nobody says so.
        nodes: addresses of nodes that pods can be scheduled on; asked for where the Service is a NodePort.
    """

    cluster_id: str
    namespace: str
    service: dict[str, Any]
    pods: tuple[dict[str, Any], ...] = ()
    leader: str | None = None
    nodes: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        """Whether there are several JobManagers, even if all but one are gone just now."""
        return self.leader is not None or len(self.pods) > 1

    @property
    def pod(self) -> dict[str, Any] | None:
        """The JobManager's pod; of several the leader's, else one that is ready."""
        running = self._running
        return self.leading_pod or next((pod for pod in running if _is_ready(pod)), running[0] if running else None)

    @property
    def leading_pod(self) -> dict[str, Any] | None:
        """The leader's pod; None if that is not known, or gone."""
        leads = (pod for pod in self._running if self.leader and f"//{pod['status']['podIP']}:" in self.leader)
        return next(leads, None)

    @property
    def _running(self) -> list[dict[str, Any]]:
        return [pod for pod in self.pods if pod.get("status", {}).get("podIP") and not _is_going(pod)]


def find_session(cluster_id: str, namespace: str, *, several: bool = False) -> Call[Session]:
    """Find a session cluster by its id; `several` says that it is known to have several JobManagers.

    Raises:
        NotFoundError: there is none; names the most similar one.
        UnreachableError: the API server does not answer, or does not allow to look.
    """
    path = f"/api/v1/namespaces/{namespace}/services/{quote(cluster_id)}-rest"
    try:
        service = yield from get_object(path, "get services")
    except UnreachableError as refused:
        # Who may see one Service alone is not told that there is no other.
        raise (yield from _not_found(cluster_id, namespace, refused)) from refused
    if service is None:
        raise (yield from _not_found(cluster_id, namespace))
    pods = yield from _pods(cluster_id, namespace)
    leader = None
    if several or len(pods) > 1:
        path = f"/api/v1/namespaces/{namespace}/configmaps/{quote(cluster_id)}-cluster-config-map"
        if config_map := (yield from _try(path)):
            leader = str((config_map.get("data") or {}).get(_LEADER, ""))
    nodes: tuple[str, ...] = ()
    if service["spec"].get("type") == "NodePort":
        nodes = tuple(node_addresses(((yield from _try("/api/v1/nodes")) or {}).get("items") or ()))
    return Session(cluster_id, namespace, service, pods, leader, nodes)


def ways(session: Session, endpoint: Endpoint, *, inside: bool, tls: Tls | None = None) -> list[Access]:
    """Give the ways to try, in order; `inside` the cluster its names are resolved.

    Without an own TLS, a session is taken for one of http. A session of several JobManagers is reached by its leader's
    pod wherever that can be named: a jar that one has is unknown to the others.
    """
    spec, status = session.service["spec"], session.service.get("status") or {}
    port = next((entry for entry in spec["ports"] if entry.get("name") == REST_PORT), spec["ports"][0])
    scheme, found = "https" if tls else "http", list[Access]()

    def direct(host: str, number: int, how: str) -> None:
        shown = f"[{host}]" if ":" in host else host
        found.append(Direct(f"{scheme}://{shown}:{number}", tls or Tls(), how=how))

    name = f"{session.cluster_id}-rest"
    if inside:
        direct(f"{name}.{session.namespace}", port["port"], "the Service's name inside the cluster")
    if spec.get("type") == "NodePort" and session.nodes:
        direct(session.nodes[0], port["nodePort"], "the node port")
    if spec.get("type") == "LoadBalancer":
        for ingress in (status.get("loadBalancer") or {}).get("ingress") or ():
            direct(ingress.get("ip") or ingress["hostname"], port["port"], "the load balancer")
            break
    pod, prefix = session.pod, "https:" if tls else ""

    def again(kind: type[Access]) -> Lookup:
        return Lookup(ApiServer(endpoint), lambda: _again(session, endpoint, tls, kind))

    if session.several and pod is not None:
        target = f"pods/{prefix}{pod['metadata']['name']}:{_container_port(pod)}"
        found.append(ServiceProxy(endpoint, session.namespace, target, again(ServiceProxy)))
    else:
        target = f"services/{prefix}{name}:{port.get('name') or port['port']}"
        found.append(ServiceProxy(endpoint, session.namespace, target))
    if pod is not None:
        pod_name, lookup = pod["metadata"]["name"], again(PortForward)
        found.append(PortForward(endpoint, session.namespace, pod_name, _container_port(pod), tls, lookup))
    if tls and tls.certificate_file:
        # The API server has no certificate of ours to show.
        found = [way for way in found if not isinstance(way, ServiceProxy)]
    return found


def _again(session: Session, endpoint: Endpoint, tls: Tls | None, kind: type[Access]) -> Call[Access | None]:
    """Find the way of a kind as it is now; to the leader of several JobManagers, and none while its place is vacant."""
    now = yield from find_session(session.cluster_id, session.namespace, several=session.several)
    if now.leader is not None and now.leading_pod is None:
        return None
    # Where nobody says who leads, it may be another one than this.
    left = session.pod and session.pod["metadata"]["name"]
    now = replace(now, pods=tuple(sorted(now.pods, key=lambda pod: bool(pod["metadata"]["name"] == left))))
    return next((way for way in ways(now, endpoint, inside=False, tls=tls) if isinstance(way, kind)), None)


def list_cluster_ids(namespace: str) -> Call[list[str]]:
    """Give the ids of the native session and application clusters in a namespace."""
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    found = yield from get_object(path, "list deployments", {"labelSelector": _JOB_MANAGERS})
    return sorted(item["metadata"]["name"] for item in (found or {}).get("items") or ())


def _not_found(cluster_id: str, namespace: str, refused: FlinkError | None = None) -> Call[FlinkError]:
    """Say that there is no such session, unless it was refused to look and there may be one."""
    try:
        known = yield from list_cluster_ids(namespace)
    except UnreachableError:
        known = []
    if refused and (not known or cluster_id in known):
        return refused
    if cluster_id in known:
        # Its Service comes after its Deployment, and may be gone before it.
        message = f"session cluster {cluster_id!r} in namespace {namespace!r} has no Service {cluster_id}-rest"
        return NotFoundError(f"{message}: it is not deployed yet, or not any more", 404)
    near = difflib.get_close_matches(cluster_id, known, 1, 0.5)
    there = f"; there is {near[0]!r}" if near else f"; there are {', '.join(known)}" if known else ""
    where = f"there is no session cluster {cluster_id!r} in namespace {namespace!r}"
    return NotFoundError(f"{where} (no Service {cluster_id}-rest){there}", 404)


def _pods(cluster_id: str, namespace: str) -> Call[tuple[dict[str, Any], ...]]:
    selector = f"app={cluster_id},component=jobmanager"
    found = yield from _try(f"/api/v1/namespaces/{namespace}/pods", {"labelSelector": selector})
    return tuple((found or {}).get("items") or ())


def get_object(path: str, right: str, params: dict[str, str] | None = None) -> Call[dict[str, Any] | None]:
    """Read from the API server; None if it is not there."""
    response = yield from send(Request("GET", path, params or {}))
    if response.status == 404:
        return None
    if response.status >= 300:
        refused = f"the API server does not let you {right}: " if response.status == 403 else ""
        raise UnreachableError(refused + _message(response))
    document: dict[str, Any] = json.loads(response.content)
    return document


def _try(path: str, params: dict[str, str] | None = None) -> Call[dict[str, Any] | None]:
    """Read what one can do without."""
    try:
        return (yield from get_object(path, "", params))
    except UnreachableError:
        return None


def _message(response: Response) -> str:
    try:
        return str(json.loads(response.content)["message"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {response.status} of the API server"


def node_addresses(nodes: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Give addresses as Flink looks for them: of schedulable nodes, the external ones first."""
    for kind in ("ExternalIP", "InternalIP"):
        for node in nodes:
            if not node["spec"].get("unschedulable"):
                yield from (item["address"] for item in node["status"].get("addresses") or () if item["type"] == kind)


def _container_port(pod: dict[str, Any]) -> int:
    ports = (port for container in pod["spec"]["containers"] for port in container.get("ports") or ())
    return next((int(port["containerPort"]) for port in ports if port.get("name") == REST_PORT), 8081)


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions") or ()
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def _is_going(pod: dict[str, Any]) -> bool:
    return "deletionTimestamp" in pod["metadata"]
