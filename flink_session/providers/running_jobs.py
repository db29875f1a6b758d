"""Which jobs of a session would be lost: asked of the session itself, from wherever the engine runs."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flink_session.errors import UserError

_LOOKING = 10.0
"""Seconds that the API server has to say whether there is a session."""
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class SessionAddress:
    """Where a session is, as it is recorded in the state.

    Attributes:
        cluster_id: its name.
        namespace: where its objects are.
        scheme: of its REST API, ``http`` or ``https``.
        kubeconfig: a path, or the content of a file; empty for that of the environment.
        context: its context; empty for the current one.
    """

    cluster_id: str
    namespace: str
    scheme: str = "http"
    kubeconfig: str = ""
    context: str = ""

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> SessionAddress:
        """Read the properties of a guard."""
        return cls(
            str(properties["clusterId"]),
            str(properties["namespace"]),
            str(properties.get("restScheme") or "http"),
            str(properties.get("kubeconfig") or ""),
            str(properties.get("context") or ""),
        )


class UnknownJobsError(UserError):
    """Whether jobs run cannot be found out."""


def running_jobs(address: SessionAddress) -> list[str]:
    """Give the names of all jobs that have not ended, with their states.

    A session that is not there, or that is suspended, runs none.

    Raises:
        UnknownJobsError: it cannot be asked.
    """
    from flink_session.client import ClusterClient, NotFoundError, Tls

    try:
        if not _has_job_manager(address):
            return []
        # The API server's proxy trusts any certificate, and sees no more than the names of jobs.
        tls = Tls(verify=False) if address.scheme == "https" else None
        with ClusterClient.for_session(
            address.cluster_id, address.namespace, context=address.context, kubeconfig=address.kubeconfig, tls=tls
        ) as client:
            jobs = client.list_jobs()
    except NotFoundError as error:
        raise UnknownJobsError(f"its JobManager is there, and its rest Service is not ({error})") from error
    except UserError as error:
        raise UnknownJobsError(str(error)) from error
    return [f"{job.name} ({job.state})" for job in jobs if not job.ended]


def _has_job_manager(address: SessionAddress) -> bool:
    """Tell whether there is a Deployment with at least one JobManager."""
    import httpx2

    from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint

    endpoint = find_endpoint(ClusterChoice(address.kubeconfig, address.context))
    path = f"/apis/apps/v1/namespaces/{address.namespace}/deployments/{address.cluster_id}"
    try:
        with contextlib.closing(httpx2.Client(**{**endpoint.options, "timeout": _LOOKING})) as http:
            response = http.get(path)
    except httpx2.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise UnknownJobsError(f"the API server {endpoint.server} does not answer: {reason}") from error
    if response.status_code == 404:
        return False
    if response.status_code >= 300:
        raise UnknownJobsError(f"the API server {endpoint.server} says: {_message(response.text)}")
    return bool(response.json()["spec"].get("replicas", 1))


def _message(text: str) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text[:200]


def listed(jobs: Iterable[str]) -> str:
    """Name jobs in a sentence, the first ones of many."""
    names = list(jobs)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{len(names)} running job{'s' if len(names) > 1 else ''}: {', '.join(names[:_MOST_NAMED])}{more}"
