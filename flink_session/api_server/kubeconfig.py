"""Which cluster, as whom: kubeconfig files found and merged as kubectl does it, or the service account of a pod."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import ClusterError

if TYPE_CHECKING:
    from httpx2 import AsyncClient

_FILE_KEYS = {"certificate-authority", "client-certificate", "client-key", "tokenFile"}
_IN_CLUSTER = "the service account of this pod"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    """Which cluster the user wants: three options of the Pulumi provider. Empty means the usual default.

    `kubeconfig` is a path, or the content of a file.
    """

    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """An HTTP client that is authenticated to one API server, and where it came from."""

    client: AsyncClient
    server: str
    source: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One API server and how to authenticate to it, before anything is opened.

    Attributes:
        options: of an HTTP client of either kind; with credentials, so never to be shown.
        source: where it came from, for people.
        namespace: that of the context, or the one that was chosen.
        context: its name; empty in a pod.
    """

    options: dict[str, Any] = field(repr=False)
    server: str
    source: str
    namespace: str
    context: str = ""


def open_connection(choice: ClusterChoice) -> Connection:
    """Prepare a connection; nothing is sent yet.

    Raises:
        ClusterError: there is no kubeconfig, or it is wrong.
    """
    import httpx2

    endpoint = find_endpoint(choice)
    return Connection(httpx2.AsyncClient(**endpoint.options), endpoint.server, endpoint.source, endpoint.namespace)


def find_endpoint(choice: ClusterChoice) -> Endpoint:
    """Find the API server; nothing is opened yet. Raises ClusterError, as `open_connection` does."""
    document, source = _load(choice)
    if document is not None:
        _require_context(choice.context, document, source)
        if (found := _plain(document, choice, source)) is not None:
            return found
    return _by_lightkube(document, choice, source)


def _plain(document: dict[str, Any], choice: ClusterChoice, source: str) -> Endpoint | None:
    """Do without lightkube, where that is possible; None otherwise."""
    import httpx2

    from .plain import plain

    try:
        found = plain(document, choice.context)
    except OSError as error:
        raise ClusterError(f"{source} cannot be used: {type(error).__name__}: {error}") from error
    if found is None:
        return None
    options = {
        **found.options,
        "timeout": httpx2.Timeout(30, connect=5),
        "trust_env": urlsplit(found.server).hostname not in _LOOPBACK,
        "transport": None,
        "proxy": None,
        "http2": False,
        "limits": httpx2.Limits(max_connections=None, max_keepalive_connections=64),
    }
    context = choice.context or document.get("current-context") or ""
    return Endpoint(options, found.server, source, choice.namespace or found.namespace, context)


def _by_lightkube(document: dict[str, Any] | None, choice: ClusterChoice, source: str) -> Endpoint:
    """Find it by lightkube, which knows exec plugins, passwords, token files, and a pod's service account."""
    import httpx2
    from lightkube.config.client_adapter import ConnectionParams
    from lightkube.config.kubeconfig import PROXY_CONF, KubeConfig
    from lightkube.config.models import User
    from lightkube.core.exceptions import ConfigError

    try:
        config = KubeConfig.from_service_account() if document is None else KubeConfig.from_dict(document)
        single = config.get(choice.context or None) or PROXY_CONF
        if single.user is None:
            single = single._replace(user=User())
        server = str(single.cluster.server)
        timeout = httpx2.Timeout(30, connect=5)
        parameters = ConnectionParams(timeout=timeout, trust_env=urlsplit(server).hostname not in _LOOPBACK)
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=64)
        options = {**parameters.httpx_params(single), "limits": limits}
    except ConfigError as error:
        raise ClusterError(f"{source}: {error}") from error
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ClusterError(f"{source} cannot be used: {type(error).__name__}: {error}") from error
    context = choice.context or (document or {}).get("current-context") or ""
    return Endpoint(options, server, source, choice.namespace or single.namespace, context)


def _require_context(name: str, document: dict[str, Any], source: str) -> None:
    """Raise ClusterError, with the contexts that there are, for one that is not."""
    names = [str(entry.get("name")) for entry in document.get("contexts") or [] if isinstance(entry, dict)]
    if name and names and name not in names:
        raise ClusterError(f"{source} has no context {name!r}; it has {', '.join(sorted(names))}")


def _load(choice: ClusterChoice) -> tuple[dict[str, Any] | None, str]:
    """Give the kubeconfig, and what to call it; None in its place means a pod's service account."""
    if "\n" in choice.kubeconfig or choice.kubeconfig.lstrip().startswith("{"):
        return _parse(
            choice.kubeconfig, Path.cwd(), "the kubeconfig in kubernetes:kubeconfig"
        ), "the kubeconfig in kubernetes:kubeconfig"
    if choice.kubeconfig:
        named = [Path(choice.kubeconfig).expanduser()]
    else:
        named = [Path(part).expanduser() for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    candidates = named or [Path.home() / ".kube" / "config"]
    paths = [path for path in candidates if path.is_file()]
    listed = os.pathsep.join(str(path) for path in candidates)
    if not paths:
        if not named and "KUBERNETES_SERVICE_HOST" in os.environ:
            return None, _IN_CLUSTER
        raise ClusterError(
            f"no Kubernetes cluster to use: no kubeconfig at {listed}; set KUBECONFIG to one, or start a cluster"
        )
    merged: dict[str, Any] = {}
    for path in paths:
        _merge(merged, _read(path))
    for key in ("clusters", "contexts"):
        merged.setdefault(key, [])
    return merged, f"the kubeconfig {os.pathsep.join(str(path) for path in paths)}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return _parse(path.read_text(encoding="utf-8"), path.parent, f"the kubeconfig {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise ClusterError(f"the kubeconfig {path} cannot be read: {error}") from error


def _parse(text: str, folder: Path, source: str) -> dict[str, Any]:
    import yaml

    from flink_session.yaml_graph import SafeLoader

    try:
        document = yaml.load(text, SafeLoader)  # noqa: S506 (it is a safe one)
    except yaml.YAMLError as error:
        raise ClusterError(f"{source} is not valid YAML") from error
    if not isinstance(document, dict):
        raise ClusterError(f"{source} is not a kubeconfig")
    for entry in (document.get("clusters") or []) + (document.get("users") or []):
        body = entry.get("cluster") or entry.get("user") or {}
        for key in _FILE_KEYS & body.keys():
            body[key] = str(folder / body[key])
    return document


def _merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    """Merge as kubectl does: whatever came first stays."""
    for key in ("clusters", "contexts", "users"):
        known = into.setdefault(key, [])
        names = {entry.get("name") for entry in known}
        known += [entry for entry in other.get(key) or [] if entry.get("name") not in names]
    if not into.get("current-context"):
        into["current-context"] = other.get("current-context")
