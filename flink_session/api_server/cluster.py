"""The Kubernetes API: objects as JSON, with every field kept, over one pool of connections."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import builtins
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from .errors import ApiError, ClusterError, RequestError
from .kinds import POD, Kind, Manifest

if TYPE_CHECKING:
    from httpx2 import Response

    from .kubeconfig import Connection

_APPLY = "application/apply-patch+yaml"
_JSON_PATCH = "application/json-patch+json"
_MERGE_PATCH = "application/merge-patch+json"
_TOUCHED = "flink-session/try-again"
_ATTEMPTS = 15
"""How often a request is made before it counts as failed; with the pauses, about a minute."""
_PAUSE = 0.4
"""Seconds before a request is tried again; twice as long each time."""
_LONGEST_PAUSE = 5.0
_LONGEST_RETRY_AFTER = 60.0
_WATCH_SECONDS = 120
"""After which a watch is begun anew, so that a connection that has died unnoticed is not waited on for ever."""
_RETRIED = {429, 500, 502, 503, 504}
_ATTEMPTS_AT_500 = 3
"""How often an apply is made that is answered 500, which also says that a field is unknown, and that stays so."""


heard_warning: ContextVar[Callable[[str], None]] = ContextVar("heard_warning")
"""Gets what the API server warns of (deprecated versions, Pod Security), in the context of whoever asks."""
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')

_LOST = "flink_session.lost"
"""Says of a response whether an earlier try may have been carried out, without an answer."""


class Cluster:
    """One API server. Transient refusals (429, 5xx, a dropped connection) are tried again before they count."""

    def __init__(self, connection: Connection, concurrency: int = 32) -> None:
        """Use at most `concurrency` requests at a time; watches do not count."""
        self._connection = connection
        self._client = connection.client
        self._slots = asyncio.Semaphore(concurrency)
        self.namespace, self.server = connection.namespace, connection.server
        self._resolved: dict[tuple[str, str], Kind] = {}
        self._clock = datetime.now(UTC), time.monotonic()

    @property
    def now(self) -> datetime:
        """The time by the API server's own clock, as of its last answer, which this machine's may be far from."""
        said, heard = self._clock
        return said + timedelta(seconds=time.monotonic() - heard)

    async def check_reachable(self) -> None:
        """Raise ClusterError, with what to do about it, if the API server does not answer or knows us not."""
        import httpx2

        source = self._connection.source
        try:
            try:
                response = await self._client.get("/version")
            except httpx2.TransportError:
                # One lost connection is no news yet; a server that is not there has to be told of soon.
                await asyncio.sleep(_PAUSE)
                response = await self._client.get("/version")
        except (httpx2.TransportError, httpx2.InvalidURL, OSError) as error:
            raise ClusterError(
                f"the Kubernetes API server {self.server} of {source} cannot be reached: "
                f"{str(error) or type(error).__name__}; start the cluster, or set KUBECONFIG to one that runs"
            ) from error
        except Exception as error:
            if type(error).__module__.startswith("lightkube"):
                raise ClusterError(f"{source}: {error}") from error
            raise
        if response.status_code == 401:
            raise ClusterError(f"the Kubernetes API server {self.server} refuses the credentials of {source}")

    async def resolve(self, kind: Kind) -> Kind | None:
        """Give a kind with its plural and scope, asked of the API server once; None if it has no such kind."""
        if kind.plural:
            return kind
        name = kind.api_version, kind.kind
        if name not in self._resolved:
            response = await self._request("GET", kind.root)
            if response.status_code == 404:
                return None
            for item in _body(response, f"the kinds of {kind.api_version} cannot be listed").get("resources") or []:
                if "/" not in item["name"]:
                    known = Kind(kind.api_version, item["kind"], item["name"], item["namespaced"])
                    self._resolved[kind.api_version, item["kind"]] = known
        return self._resolved.get(name)

    async def get(self, kind: Kind, namespace: str, name: str) -> Manifest | None:
        """Read an object; None if there is none."""
        response = await self._request("GET", kind.path(namespace, name))
        if response.status_code == 404:
            return None
        return _body(response, f"{kind.kind} {kind.identity(namespace, name)} cannot be read")

    async def list(self, kind: Kind, namespace: str, **parameters: str) -> tuple[builtins.list[Manifest], str]:
        """List objects; also gives the resource version to watch from."""
        body = _body(
            await self._request("GET", kind.path(namespace), params=parameters), f"{kind.plural} cannot be listed"
        )
        return body.get("items") or [], body["metadata"]["resourceVersion"]

    async def apply(
        self, kind: Kind, body: Manifest, manager: str, *, force: bool = False, dry_run: bool = False
    ) -> tuple[Manifest, bool]:
        """Server-side apply; the second result says whether the object was created, as far as anybody can know.

        Where an answer was lost, the object may be that of the first try, which a controller has written to since.
        """
        metadata = body["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        parameters = {"fieldManager": manager, "force": str(force).lower(), "fieldValidation": "Strict"}
        if dry_run:
            parameters["dryRun"] = "All"
        response = await self._request(
            "PATCH", kind.path(namespace, name), params=parameters, content=json.dumps(body), content_type=_APPLY
        )
        live = _body(response, f"{kind.kind} {kind.identity(namespace, name)} was refused by the Kubernetes API server")
        return live, response.status_code == 201 or (not dry_run and response.extensions[_LOST])

    async def try_patch(self, kind: Kind, patch: Manifest, manager: str) -> Manifest:
        """Give what an object would be with a merge patch, in which null removes a field; a dry run."""
        metadata = patch["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        response = await self._request(
            "PATCH",
            kind.path(namespace, name),
            params={"fieldManager": manager, "fieldValidation": "Strict", "dryRun": "All"},
            content=json.dumps(patch),
            content_type=_MERGE_PATCH,
        )
        return _body(response, f"{kind.kind} {kind.identity(namespace, name)} cannot be changed")

    async def set_managed_fields(
        self, kind: Kind, live: Manifest, fields: builtins.list[Manifest], manager: str
    ) -> None:
        """Replace `metadata.managedFields` of exactly this version of the object."""
        metadata = live["metadata"]
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": fields},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]},
        ]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        response = await self._request(
            "PATCH",
            kind.path(namespace, name),
            params={"fieldManager": manager},
            content=json.dumps(patch),
            content_type=_JSON_PATCH,
        )
        _body(response, f"the fields of {kind.kind} {kind.identity(namespace, name)} cannot be taken over")

    async def touch(self, kind: Kind, namespace: str, name: str) -> None:
        """Change an object and change it back, so that its controller looks at it now, however long it would pause."""
        for value in ("yes", None):
            patch = {"metadata": {"annotations": {_TOUCHED: value}}}
            response = await self._request(
                "PATCH",
                kind.path(namespace, name),
                params={"fieldManager": "flink-session-touch"},
                content=json.dumps(patch),
                content_type=_MERGE_PATCH,
            )
            _body(response, f"{kind.kind} {kind.identity(namespace, name)} cannot be touched")

    async def log(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool) -> str:
        """Read the last lines that a container has printed, or that its previous run has."""
        parameters = {"container": container, "tailLines": str(lines), "previous": str(previous).lower()}
        response = await self._request("GET", f"{POD.path(namespace, pod)}/log", params=parameters)
        if not response.is_success:
            _body(response, f"the log of pod {namespace}/{pod} cannot be read")
        return response.text

    async def delete(
        self, kind: Kind, namespace: str, name: str, uid: str = "", propagation: str = "Foreground"
    ) -> bool:
        """Begin to delete an object and what it owns; False if it, with this uid, is not there."""
        body: Manifest = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if uid:
            body["preconditions"] = {"uid": uid}
        response = await self._request(
            "DELETE", kind.path(namespace, name), content=json.dumps(body), content_type="application/json"
        )
        if response.status_code == 404 or (uid and response.status_code == 409):
            return False
        _body(response, f"{kind.kind} {kind.identity(namespace, name)} cannot be deleted")
        return True

    async def watch(self, kind: Kind, namespace: str, **parameters: str) -> AsyncIterator[tuple[str, Manifest]]:
        """Yield (`ADDED` | `MODIFIED` | `DELETED`, object): first all there are, then every change, for ever.

        A watch that ends or breaks is begun anew: `RELISTED`, with an empty object, says that what was known before no
        longer counts, and `SYNCED` that all there are have been yielded.
        """
        import httpx2

        while True:
            objects, version = await self.list(kind, namespace, **parameters)
            yield "RELISTED", {}
            for listed in objects:
                # In a list, objects do not say what they are.
                yield "ADDED", {"apiVersion": kind.api_version, "kind": kind.kind, **listed}
            yield "SYNCED", {}
            query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(_WATCH_SECONDS)}
            timeout = httpx2.Timeout(30, read=_WATCH_SECONDS + 30)
            try:
                async with self._client.stream(
                    "GET", kind.path(namespace), params={**parameters, **query}, timeout=timeout
                ) as response:
                    async for line in response.aiter_lines():
                        event = json.loads(line or '{"type": "BOOKMARK", "object": {}}')
                        if response.status_code != 200 or event["type"] == "ERROR":
                            break
                        yield event["type"], event["object"]
            except (httpx2.TransportError, ValueError):
                # ValueError: a proxy has closed the stream in the middle of a line.
                pass
            await asyncio.sleep(_PAUSE)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: str | None = None,
        content_type: str = "",
    ) -> Response:
        import httpx2

        headers = {"Content-Type": content_type} if content_type else {}
        unanswered = False
        for attempt in range(1, _ATTEMPTS + 1):
            pause = min(_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE)
            try:
                async with self._slots:
                    response = await self._client.request(method, path, params=params, content=content, headers=headers)
            except httpx2.TransportError as error:
                unanswered = True
                if attempt == _ATTEMPTS:
                    text = str(error) or type(error).__name__
                    lost = RequestError(f"the Kubernetes API server {self.server} stopped answering: {text}")
                    lost.uncertain = True
                    raise lost from error
            else:
                if method != "GET":
                    # What it says of our own questions is none of the user's business.
                    _pass_warnings_on(response)
                self._hear_time(response)
                status = response.status_code
                last = _ATTEMPTS_AT_500 if status == 500 and method == "PATCH" else _ATTEMPTS
                if status not in _RETRIED or attempt >= last:
                    response.extensions[_LOST] = unanswered
                    return response
                unanswered = unanswered or status >= 500
                # An API server gives seconds; a proxy may give a date, which is as good as nothing.
                wanted = response.headers.get("Retry-After", "")
                pause = max(pause, min(float(wanted), _LONGEST_RETRY_AFTER) if wanted.isdecimal() else 0)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    def _hear_time(self, response: Response) -> None:
        with contextlib.suppress(KeyError, ValueError):  # a proxy may leave it out, or write what it likes
            said = parsedate_to_datetime(response.headers["Date"]).replace(tzinfo=UTC)  # HTTP knows no other zone
            self._clock = said, time.monotonic()


def _pass_warnings_on(response: Response) -> None:
    hear = heard_warning.get(None)
    for header in response.headers.get_list("Warning") if hear else ():
        for text in _WARNING.findall(header):
            hear(text.replace('\\"', '"').replace("\\\\", "\\"))  # type: ignore[misc] # the loop is empty without


def _body(response: Response, what: str) -> Manifest:
    try:
        body = response.json()
    except ValueError:
        body = {"message": response.text.strip()[:500] or None}
    if not isinstance(body, dict):
        body = {}
    if response.is_success:
        return body
    raise ApiError(response.status_code, body, what)
