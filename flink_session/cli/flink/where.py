"""Which session Flink's options mean: `-m`, `-t`, and the keys of `-D` that say where, not what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flink_session.cli.target import Target

from .parsing import ArgumentsError, CommandLine

_CLUSTER_ID, _NAMESPACE, _CONTEXT = "kubernetes.cluster-id", "kubernetes.namespace", "kubernetes.context"
_KUBECONFIG = "kubernetes.config.file"
_TARGETS = {"remote", "kubernetes-session"}
_OF_A_CLIENT = ("kubernetes.", "rest.", "execution.target", "execution.attached", "client.", "$internal.")
"""Beginnings of keys that say how to reach a session: nothing of a job."""
DEFAULT_PORT = "8081"


def session(line: CommandLine, target: Target) -> Target:
    """Give the session that the options name, else that of `target`. Raises ArgumentsError."""
    found = line.properties
    kind = line.value("t") or line.value("e") or found.get("execution.target") or ""
    if kind and kind not in _TARGETS:
        raise ArgumentsError(
            f"the target {kind!r} is no session: it is kubernetes-session, with -Dkubernetes.cluster-id=ID, or remote, "
            "with -m HOST:PORT"
        )
    address = line.value("m") or _address(found)
    if address == "yarn-cluster":
        raise ArgumentsError("-m yarn-cluster: there is no YARN here; name the session by -m HOST:PORT")
    if address and kind != "kubernetes-session":
        return replace(target, session=_url(address, secure=found.get("security.ssl.rest.enabled") == "true"))
    named = replace(
        target,
        session=found.get(_CLUSTER_ID, target.session),
        namespace=found.get(_NAMESPACE, target.namespace),
        context=found.get(_CONTEXT, target.context),
        kubeconfig=found.get(_KUBECONFIG, target.kubeconfig),
    )
    if kind == "remote" and not named.session:
        raise ArgumentsError("the target remote takes -m HOST:PORT")
    return named


def of_job(properties: Mapping[str, str]) -> dict[str, str]:
    """Give the options that are for the job."""
    return {key: value for key, value in properties.items() if not key.startswith(_OF_A_CLIENT)}


def _address(found: Mapping[str, str]) -> str | None:
    host = found.get("rest.address") or found.get("jobmanager.rpc.address")
    return f"{host}:{found.get('rest.port', DEFAULT_PORT)}" if host and _CLUSTER_ID not in found else None


def _url(address: str, *, secure: bool) -> str:
    if address.startswith(("http://", "https://")):
        return address
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal():
        raise ArgumentsError(f"-m {address}: it is HOST:PORT, or a URL")
    return f"{'https' if secure else 'http'}://{host}:{port}"
