"""Plain kubeconfigs, read without lightkube: its import would take longer than all else that a quick command does.

Plain is what has certificates or a token, and nothing that needs a program, a file that is read again, or a password;
of anything else `plain` says so, and lightkube reads it. Both give the same options of an HTTP client.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import base64
import binascii
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CLUSTER_KEYS = {"server", "certificate-authority", "certificate-authority-data", "extensions"}
_USER_KEYS = {"client-certificate", "client-certificate-data", "client-key", "client-key-data", "token"}
_CONTEXT_KEYS = {"cluster", "user", "namespace", "extensions"}


@dataclass(frozen=True, slots=True)
class Plain:
    """What a context says.

    Attributes:
        options: of an HTTP client, but for what all have alike.
        namespace: of the context; `default` where it names none.
    """

    options: dict[str, Any]
    server: str
    namespace: str


def plain(document: Mapping[str, Any], context: str) -> Plain | None:
    """Read a context of a kubeconfig; None for one that is not plain, or that may be wrong.

    Raises OSError, ssl.SSLError for files that cannot be read, and certificates that are none.
    """
    found = _named(document, "contexts", "context", context or document.get("current-context"), _CONTEXT_KEYS)
    if found is None:
        return None
    cluster = _named(document, "clusters", "cluster", found.get("cluster"), _CLUSTER_KEYS)
    user = _named(document, "users", "user", found.get("user"), _USER_KEYS)
    if cluster is None or user is None or not str(cluster.get("server", "")).startswith("https://"):
        return None
    try:
        tls = _tls(cluster, user)
    except (binascii.Error, UnicodeDecodeError):
        return None
    if tls is None:
        return None
    auth = _bearer(user["token"]) if user.get("token") else None
    server = str(cluster["server"])
    options = {"base_url": server, "verify": tls, "auth": auth}
    return Plain(options, server, str(found.get("namespace") or "default"))


def _named(
    document: Mapping[str, Any], plural: str, kind: str, name: object, known: set[str]
) -> Mapping[str, Any] | None:
    """Give the body of an entry that has text alone, and nothing but what is known here."""
    for entry in document.get(plural) or ():
        if isinstance(entry, dict) and name and entry.get("name") == name:
            body = entry.get(kind)
            if not isinstance(body, dict) or not body.keys() <= known:
                return None
            texts = (isinstance(value, str) or key == "extensions" for key, value in body.items())
            return body if all(texts) else None
    return None


def _tls(cluster: Mapping[str, str], user: Mapping[str, str]) -> ssl.SSLContext | None:
    if "certificate-authority" in cluster:
        context = ssl.create_default_context(cafile=cluster["certificate-authority"])
    elif "certificate-authority-data" in cluster:
        text = base64.b64decode(cluster["certificate-authority-data"], validate=True).decode()
        context = ssl.create_default_context(cadata=text)
    else:
        return None
    pair = [user.keys() & {f"client-{part}", f"client-{part}-data"} for part in ("certificate", "key")]
    if any(pair):
        if not all(pair):
            return None
        _load(context, user)
    return context


def _load(context: ssl.SSLContext, user: Mapping[str, str]) -> None:
    """Load a certificate of the client's own; Python takes it from files alone, which are gone at once."""
    with tempfile.TemporaryDirectory(prefix="flink-session-") as folder:
        paths = []
        for part in ("certificate", "key"):
            if data := user.get(f"client-{part}-data"):
                path = Path(folder) / part
                path.touch(0o600)
                path.write_bytes(base64.b64decode(data, validate=True))
                paths.append(str(path))
            else:
                paths.append(user[f"client-{part}"])
        context.load_cert_chain(*paths)


def _bearer(token: str) -> Any:
    import httpx2

    class Bearer(httpx2.Auth):
        def auth_flow(self, request: httpx2.Request) -> Any:
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    return Bearer()
