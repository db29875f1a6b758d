"""Asks the cluster what a review wants to know: the jobs that run, and what the namespace has and allows.

Whatever cannot be asked is a gap of the review, never a failure of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ClusterError
from flink_session.api_server.kinds import Kind, Manifest
from flink_session.api_server.kubeconfig import ClusterChoice, Connection, open_connection
from flink_session.client import AsyncClusterClient, FlinkError
from flink_session.errors import UserError
from flink_session.kubernetes.checks.quantities import parse_quantity
from flink_session.review.facts import Facts, Namespace, RunningJob
from flink_session.review.sessions import SessionView

from .rights import Account, brought_accounts, missing_rights

T = TypeVar("T")

_DEADLINE = 8.0
"""Seconds that all of it may take: somebody waits for the review."""
_CALL = 4.0
_SECRET = Kind("v1", "Secret", "secrets")
_CONFIG_MAP = Kind("v1", "ConfigMap", "configmaps")
_SERVICE = Kind("v1", "Service", "services")
_QUOTA = Kind("v1", "ResourceQuota", "resourcequotas")
_LIMIT_RANGE = Kind("v1", "LimitRange", "limitranges")
_EVERYWHERE = Kind("v1", "Service", "services", namespaced=False)


async def ask(choice: ClusterChoice, views: Iterable[SessionView]) -> Facts:
    """Ask for the jobs of running sessions, and for the limits of the namespaces of those to be."""
    looked_at = list(views)
    known = sorted({(view.namespace, view.cluster_id) for view in looked_at if view.before and view.cluster_id})
    asked = sorted({view.namespace for view in looked_at if view.after and view.namespace})
    accounts = [account for view in looked_at for account in brought_accounts(view)]
    gaps: list[str] = []
    jobs = asyncio.gather(*(_within(_jobs(choice, *item), f"session {item[1]}", gaps) for item in known))
    try:
        connection = open_connection(choice)
    except UserError as error:
        gaps.append(f"the cluster was not asked: {error}")
        return Facts(dict(zip(known, await jobs, strict=True)), {}, tuple(gaps))
    async with connection.client:
        cluster = Cluster(connection)
        found = await asyncio.gather(*(_within(_namespace(cluster, name, gaps), name, gaps) for name in asked))
        rights = await _within(_rights(connection, accounts, gaps), "the rights of service accounts", gaps) or {}
    spaces = {
        name: replace(space, missing_rights=rights.get(name, {}))
        for name, space in zip(asked, found, strict=True)
        if space is not None
    }
    return Facts(dict(zip(known, await jobs, strict=True)), spaces, tuple(dict.fromkeys(gaps)))


async def _within(work: Awaitable[T], what: str, gaps: list[str]) -> T | None:
    try:
        return await asyncio.wait_for(work, _DEADLINE)
    except TimeoutError:
        gaps.append(f"{what} did not answer within {_DEADLINE:g} s")
    except UserError as error:
        gaps.append(f"{what} was not asked: {str(error).splitlines()[0]}")
    return None


async def _rights(
    connection: Connection, accounts: Iterable[Account], gaps: list[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    rights: dict[str, dict[str, tuple[str, ...]]] = {}
    for account in accounts:
        missing = await missing_rights(connection.client, account)
        if missing is None:
            gaps.append(f"the rights of the service account {account.name} may not be asked for")
        else:
            rights.setdefault(account.namespace, {})[account.name] = missing
    return rights


async def _jobs(choice: ClusterChoice, namespace: str, cluster_id: str) -> tuple[RunningJob, ...]:
    session = AsyncClusterClient.for_session(
        cluster_id, namespace, context=choice.context, kubeconfig=choice.kubeconfig, timeout=_CALL
    )
    async with await session as client:
        running = [job for job in await client.list_jobs() if not job.ended]
        return tuple(await asyncio.gather(*(_job(client, job.id, job.name) for job in running)))


async def _job(client: AsyncClusterClient, job_id: str, name: str) -> RunningJob:
    try:
        detail, checkpoints = await asyncio.gather(client.job(job_id), client.checkpoints(job_id))
    except FlinkError:
        return RunningJob(job_id, name)
    parallelism = max((vertex.parallelism for vertex in detail.vertices), default=0)
    last = checkpoints.latest_completed
    if last is None:
        return RunningJob(job_id, name, parallelism=parallelism)
    age = max(0.0, (detail.now - last.triggered) / 1000)
    return RunningJob(job_id, name, age, last.state_size, parallelism)


async def _namespace(cluster: Cluster, name: str, gaps: list[str]) -> Namespace:
    async def of(kind: Kind) -> list[Manifest] | None:
        try:
            return (await cluster.list(kind, name))[0]
        except ClusterError:
            gaps.append(f"{kind.plural} of namespace {name} may not be listed")
            return None

    secrets, config_maps, quotas, limits, services = await asyncio.gather(
        of(_SECRET), of(_CONFIG_MAP), of(_QUOTA), of(_LIMIT_RANGE), _services(cluster, name)
    )
    balancers = [item for item in services if item["spec"].get("type") == "LoadBalancer"]
    ready = any(((item.get("status") or {}).get("loadBalancer") or {}).get("ingress") for item in balancers)
    return Namespace(
        secrets=_names(secrets),
        config_maps=_names(config_maps),
        free={item["metadata"]["name"]: _free(item) for item in quotas or ()},
        limits={item["metadata"]["name"]: _most(item) for item in limits or ()},
        node_ports=dict(_node_ports(services)),
        has_load_balancers=ready if balancers else None,
    )


async def _services(cluster: Cluster, namespace: str) -> list[Manifest]:
    """List the Services of the cluster, or, where that is not allowed, of the namespace."""
    for kind in (_EVERYWHERE, _SERVICE):
        try:
            return (await cluster.list(kind, namespace))[0]
        except ClusterError:
            continue
    return []


def _names(objects: list[Manifest] | None) -> frozenset[str] | None:
    return None if objects is None else frozenset(item["metadata"]["name"] for item in objects)


def _free(quota: Manifest) -> dict[str, str]:
    """Subtract what is used from what is allowed; in bytes, or in thousandths of a core."""
    status = quota.get("status") or {}
    used, hard = status.get("used") or {}, status.get("hard") or {}
    free = {}
    for resource, most in hard.items():
        one, other = parse_quantity(str(most)), parse_quantity(str(used.get(resource, "0")))
        if one is not None and other is not None:
            free[resource] = f"{round((one - other) * 1000)}m"
    return free


def _most(limits: Manifest) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in (limits.get("spec") or {}).get("limits") or ():
        if item.get("type") == "Container":
            found |= {str(key): str(value) for key, value in (item.get("max") or {}).items()}
    return found


def _node_ports(services: Iterable[Manifest]) -> Iterable[tuple[int, str]]:
    for item in services:
        metadata: dict[str, Any] = item["metadata"]
        for port in item["spec"].get("ports") or ():
            if port.get("nodePort"):
                yield int(port["nodePort"]), f"{metadata.get('namespace')}/{metadata['name']}"
