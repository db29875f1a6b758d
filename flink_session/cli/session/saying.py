"""What a session's command ends with: where the session is, how it is reached, and what to do next."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint
from flink_session.errors import UserError

from ..target import Target
from .starting import Action, Started

if TYPE_CHECKING:
    from flink_session.client import ClusterClient


@dataclass(frozen=True, slots=True)
class Reached:
    """A session that was deployed or retrieved, and how it is reached.

    Attributes:
        address: the URL of its REST API and web UI, as Flink's script prints it.
        way: how it is reached from here; empty where it is not.
        jobs: those that would suffer from a change that was not applied.
    """

    started: Started
    address: str
    way: str
    jobs: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        wanted = self.started.wanted
        return {
            "cluster_id": wanted.cluster_id,
            "namespace": wanted.namespace,
            "context": self.started.endpoint.context,
            "action": _SAID[self.started.action],
            "owner": self.started.owner or "flink-session session",
            "differs_from_options": self.started.pending,
            "web_interface_url": self.address,
            "reached_by": self.way or None,
        }


_SAID = {Action.DEPLOY: "deployed", Action.RESUME: "deployed", Action.RETRIEVE: "retrieved", Action.COMPARE: "compared"}


def target_of(started: Started) -> Target:
    """Give what other commands connect to."""
    wanted = started.wanted
    return Target(wanted.cluster_id, wanted.namespace, started.endpoint.context, wanted.kubeconfig)


def address_of(client: ClusterClient | None, service: Mapping[str, Any] | None, started: Started) -> str:
    """Give the URL of the web UI: the one that was found to answer, else that inside the cluster."""
    from flink_session.client import Direct  # noqa: PLC0415 (slow to import)

    if client is not None and isinstance(client.access, Direct):
        return client.access.url
    wanted = started.wanted
    ports = ((service or {}).get("spec") or {}).get("ports") or [{"name": "rest", "port": 8081}]
    port = next((item["port"] for item in ports if item.get("name") == "rest"), ports[0]["port"])
    options = wanted.arguments.get("configuration") or {}
    scheme = "https" if str(options.get("security.ssl.rest.enabled", "")).lower() == "true" else "http"
    return f"{scheme}://{wanted.cluster_id}-rest.{wanted.namespace}:{port}"


def options_to_find(started: Started) -> str:
    """Give the options that other commands need to mean this session; none where it is the one they find."""
    wanted, words = started.wanted, []
    usual = _usual_context()
    context = "" if started.endpoint.context == usual else started.endpoint.context
    if context:
        words += ["--context", context]
    namespace = "" if wanted.namespace == started.endpoint.namespace else wanted.namespace
    if namespace:
        words += ["-n", namespace]
    if not _is_found(Target(os.environ.get("FLINK_SESSION", ""), namespace, context, cwd=Path()), started):
        words = ["-S", wanted.cluster_id, *words]
    return shlex.join(words)


def _usual_context() -> str | None:
    try:
        return find_endpoint(ClusterChoice()).context
    except UserError:
        return None


def _is_found(target: Target, started: Started) -> bool:
    try:
        found = target.resolved()
    except UserError:
        return False
    namespace = found.namespace or started.endpoint.namespace
    context = found.context or started.endpoint.context
    wanted = (started.wanted.cluster_id, started.wanted.namespace, started.endpoint.context)
    return (found.session, namespace, context) == wanted


def next_commands(options: str, kubeconfig: str = "") -> list[str]:
    """Give the three commands that most people want next."""
    before = f"KUBECONFIG={shlex.quote(kubeconfig)} " if kubeconfig else ""
    after = f" {options}" if options else ""
    return [f"{before}flink-session {words}{after}" for words in ("job submit JOB.jar", "session ui", "session stop")]
