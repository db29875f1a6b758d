"""An API server in memory, behind the transport seam of httpx: apply, dry runs, watches, status.

What it knows of ownership is what the engine relies on: which manager set which field, that a field goes when its last
owner no longer sets it, and that taking the field of another manager needs force.
"""

from __future__ import annotations

import asyncio
import copy
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2

Manifest = dict[str, Any]

NOW = "2026-11-22T22:13:44Z"


class FakeApi:
    """The objects by path, the requests that were made, and switches for what goes wrong."""

    def __init__(self, *, namespaces: tuple[str, ...] = ("default",), ready: bool = True) -> None:
        self.objects: dict[str, Manifest] = {}
        self.requests: list[str] = []
        self.ready = ready
        self.before: Callable[[httpx2.Request], httpx2.Response | None] = lambda _: None
        self._version = 100
        self._watchers: list[tuple[str, asyncio.Queue[Manifest]]] = []
        for name in namespaces:
            self.put(
                f"/api/v1/namespaces/{name}", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            )

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(self._handle))

    def writes(self) -> list[str]:
        return [request for request in self.requests if not request.startswith("GET") and "dryRun" not in request]

    def put(self, path: str, manifest: Manifest, manager: str = "kubectl", operation: str = "Update") -> Manifest:
        """Store an object as if some other client had made it."""
        live = _stamped(copy.deepcopy(manifest))
        live["metadata"]["managedFields"] = [_entry(live, manager, operation, _fields(manifest))]
        return self._store(path, live)

    async def _handle(self, request: httpx2.Request) -> httpx2.Response:
        return self.answer(request)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Carry out a request."""
        path, query = request.url.path, {key: values[0] for key, values in parse_qs(request.url.query.decode()).items()}
        flag = " dryRun" if "dryRun" in query else ""
        self.requests.append(f"{request.method} {path}{flag}")
        if (early := self.before(request)) is not None:
            return early
        if path == "/version":
            return httpx2.Response(200, json={"gitVersion": "v1.34.4"})
        if path.endswith("/subjectaccessreviews"):
            return httpx2.Response(201, json={"status": {"allowed": True}})
        if request.method == "GET":
            return self._get(path, query)
        if request.method == "DELETE":
            return self._delete(path, json.loads(request.content))
        if request.headers["content-type"] == "application/json-patch+json":
            live = self.objects[path]
            for step in json.loads(request.content):
                live["metadata"][step["path"].rsplit("/", 1)[-1]] = step["value"]
            return httpx2.Response(200, json=live)
        if request.headers["content-type"] == "application/merge-patch+json":
            if "dryRun" in query:
                return httpx2.Response(200, json=_merge_patched(self.objects[path], json.loads(request.content)))
            return httpx2.Response(
                200, json=self._store(path, self.objects[path])
            )  # as far as anybody here asks for it
        return self._apply(path, query, json.loads(request.content))

    def _get(self, path: str, query: dict[str, str]) -> httpx2.Response:
        if path in self.objects:
            return httpx2.Response(200, json=self.objects[path])
        if resources := _discovered(path) + self._defined(path):
            return httpx2.Response(200, json={"resources": resources})
        if path.rsplit("/", 1)[-1] not in _PLURALS | self._plurals:
            return _status(404, "NotFound", f"{path} not found")
        if query.get("watch"):
            queue: asyncio.Queue[Manifest] = asyncio.Queue()
            self._watchers.append((path, queue))
            return httpx2.Response(200, content=_events(queue))
        name = dict(part.split("=") for part in query.get("fieldSelector", "").split(",") if part).get("metadata.name")
        items = [
            live
            for known, live in self.objects.items()
            if known.startswith(path + "/")
            and "/" not in known[len(path) + 1 :]
            and name in (None, live["metadata"]["name"])
        ]
        return httpx2.Response(200, json={"items": items, "metadata": {"resourceVersion": str(self._version)}})

    def _delete(self, path: str, options: Manifest) -> httpx2.Response:
        live = self.objects.get(path)
        if live is None:
            return _status(404, "NotFound", "not found")
        if options.get("preconditions", {}).get("uid") not in (None, live["metadata"]["uid"]):
            return _status(409, "Conflict", "the UID in the precondition does not match")
        if live["metadata"].get("finalizers"):
            live["metadata"]["deletionTimestamp"] = NOW
            self._notify("MODIFIED", path, live)
            return httpx2.Response(200, json=live)
        self.remove(path)
        return httpx2.Response(200, json=live)

    def remove(self, path: str) -> None:
        """Let an object be gone; with a definition, all objects of its kind."""
        live = self.objects.pop(path)
        self._notify("DELETED", path, live)
        if path.startswith(_DEFINITIONS):
            group, plural = live["spec"]["group"], live["spec"]["names"]["plural"]
            gone = [p for p in self.objects if p.startswith(f"/apis/{group}/") and f"/{plural}/" in p]
            for lost in gone:
                self.remove(lost)

    def _defined(self, path: str) -> list[Manifest]:
        specs = [live["spec"] for known, live in self.objects.items() if known.startswith(_DEFINITIONS)]
        return [
            {"name": spec["names"]["plural"], "kind": spec["names"]["kind"], "namespaced": spec["scope"] != "Cluster"}
            for spec in specs
            if path in {f"/apis/{spec['group']}/{version['name']}" for version in spec["versions"]}
        ]

    @property
    def _plurals(self) -> set[str]:
        definitions = (live for known, live in self.objects.items() if known.startswith(_DEFINITIONS))
        return {live["spec"]["names"]["plural"] for live in definitions}

    def _apply(self, path: str, query: dict[str, str], body: Manifest) -> httpx2.Response:
        manager, dry_run, force = query["fieldManager"], "dryRun" in query, query.get("force") == "true"
        collection = path.rsplit("/", 1)[0]
        if "/namespaces/" in collection:
            namespace = collection.split("/namespaces/")[1].split("/")[0]
            if f"/api/v1/namespaces/{namespace}" not in self.objects:
                details = {"name": namespace, "kind": "namespaces"}
                return _status(404, "NotFound", f'namespaces "{namespace}" not found', details)
        old = self.objects.get(path)
        live = (
            copy.deepcopy(old)
            if old
            else _stamped(_defaulted({key: body[key] for key in ("apiVersion", "kind")} | {"metadata": {}}))
        )
        entries: list[Manifest] = live["metadata"].pop("managedFields", [])
        applied = _fields({key: value for key, value in body.items() if key not in ("apiVersion", "kind")})
        applied = {leaf for leaf in applied if leaf not in (("metadata", "name"), ("metadata", "namespace"))}
        causes = [
            {
                "reason": "FieldManagerConflict",
                "message": f'conflict with "{entry["manager"]}"',
                "field": "." + ".".join(map(str, leaf)),
            }
            for entry in entries
            for leaf in sorted(_leaves(entry), key=str)
            if leaf in applied
            and (entry["manager"], entry["operation"]) != (manager, "Apply")
            and _value(live, leaf) != _value(body, leaf)
        ]
        if causes and not force:
            return _status(409, "Conflict", f"Apply failed with {len(causes)} conflicts", {"causes": causes})
        mine = next((e for e in entries if (e["manager"], e["operation"]) == (manager, "Apply")), None)
        others = [entry for entry in entries if entry is not mine]
        owned_by_others = {leaf for entry in others for leaf in _leaves(entry)}
        for leaf in (_leaves(mine) if mine else set()) - applied - owned_by_others:
            _remove(live, leaf)
        _merge(live, body)
        live = _defaulted(live)
        generation = live["metadata"].get("generation")
        if generation and old and old.get("spec") != live.get("spec"):
            live["metadata"]["generation"] = generation + 1
        live["metadata"]["managedFields"] = [_entry(live, manager, "Apply", applied), *others]
        if not dry_run:
            self._store(path, live)
        return httpx2.Response(200 if old else 201, json=live)

    def _store(self, path: str, live: Manifest) -> Manifest:
        self._version += 1
        live["metadata"]["resourceVersion"] = str(self._version)
        if live["kind"] == "Deployment" and self.ready:
            self._roll_out(live)
        if live["kind"] == "CustomResourceDefinition" and self.ready:
            live["status"] = {"conditions": [{"type": "Established", "status": "True"}]}
        if live["kind"] == "Service" and self.ready:
            self._add_endpoints(path, live)
        known = path in self.objects
        self.objects[path] = live
        self._notify("MODIFIED" if known else "ADDED", path, live)
        return live

    def _roll_out(self, live: Manifest) -> None:
        replicas = live["spec"].get("replicas", 1)
        counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), replicas)
        live["status"] = {"observedGeneration": live["metadata"]["generation"], **counts}
        live["metadata"].setdefault("annotations", {})["deployment.kubernetes.io/revision"] = str(
            live["metadata"]["generation"]
        )

    def _add_endpoints(self, path: str, live: Manifest) -> None:
        name, namespace = live["metadata"]["name"], live["metadata"]["namespace"]
        slice_path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices/{name}-1"
        self.objects[slice_path] = {
            "metadata": {"name": f"{name}-1", "namespace": namespace},
            "endpoints": [{"conditions": {"ready": True}}],
        }
        self.objects[f"/api/v1/namespaces/{namespace}/endpoints/{name}"] = {
            "metadata": {"name": name, "namespace": namespace},
            "subsets": [{"addresses": [{"ip": "10.0.0.7"}]}],
        }

    def _notify(self, event: str, path: str, live: Manifest) -> None:
        for watched, queue in self._watchers:
            if path.rsplit("/", 1)[0] == watched:
                queue.put_nowait({"type": event, "object": live})


_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
KINDS = {
    "/apis/apps/v1": {"StatefulSet": "statefulsets", "ReplicaSet": "replicasets"},
    "/apis/networking.k8s.io/v1": {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"},
    "/apis/policy/v1": {"PodDisruptionBudget": "poddisruptionbudgets"},
    "/apis/example.com/v1": {"Cron": "crons"},
    "/apis/apiextensions.k8s.io/v1": {"CustomResourceDefinition": "customresourcedefinitions"},
    "/api/v1": {"PersistentVolumeClaim": "persistentvolumeclaims", "Pod": "pods"},
}
"""What this API server says of kinds that the engine does not know."""
_PLURALS = {plural for kinds in KINDS.values() for plural in kinds.values()} | {
    *("configmaps", "secrets", "services", "serviceaccounts", "roles", "rolebindings", "namespaces"),
    *("deployments", "replicasets", "pods", "events", "endpoints", "endpointslices"),
}


async def _events(queue: asyncio.Queue[Manifest]) -> AsyncIterator[bytes]:
    while True:
        yield json.dumps(await queue.get()).encode() + b"\n"


def _discovered(path: str) -> list[Manifest]:
    return [
        {"name": plural, "kind": kind, "namespaced": kind != "CustomResourceDefinition"}
        for kind, plural in KINDS.get(path, {}).items()
    ]


def _status(code: int, reason: str, message: str, details: Manifest | None = None) -> httpx2.Response:
    return httpx2.Response(
        code, json={"kind": "Status", "reason": reason, "message": message, "details": details or {}}
    )


def _stamped(live: Manifest) -> Manifest:
    live["metadata"] |= {"uid": str(uuid.uuid4()), "creationTimestamp": NOW}
    if live["kind"] == "Deployment":
        live["metadata"]["generation"] = 1
    return live


def _defaulted(live: Manifest) -> Manifest:
    spec = live.get("spec", {})
    if live["kind"] == "Secret":
        live.setdefault("type", "Opaque")
    if live["kind"] == "Service" and spec:
        spec.setdefault("clusterIP", "10.96.0.7")
        live.setdefault("status", {"loadBalancer": {}})
    if live["kind"] == "Deployment" and spec:
        spec.setdefault("revisionHistoryLimit", 10)
        for container in spec.get("template", {}).get("spec", {}).get("containers", []):
            container.setdefault("imagePullPolicy", "IfNotPresent")
            for quantities in container.get("resources", {}).values():
                quantities.update({key: "1" if value == "1.0" else value for key, value in quantities.items()})
    return live


def _entry(live: Manifest, manager: str, operation: str, leaves: set[tuple[str | int, ...]]) -> Manifest:
    fields: Manifest = {}
    for leaf in leaves:
        node = fields
        for part in leaf:
            node = node.setdefault(f"f:{part}" if isinstance(part, str) else f"i:{part}", {})
    return {
        "apiVersion": live["apiVersion"],
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        "manager": manager,
        "operation": operation,
    }


def _leaves(entry: Manifest) -> set[tuple[str | int, ...]]:
    def walk(node: Manifest, path: tuple[str | int, ...]) -> set[tuple[str | int, ...]]:
        if not node:
            return {path}
        return set().union(
            *(walk(item, (*path, int(key[2:]) if key.startswith("i:") else key[2:])) for key, item in node.items())
        )

    return walk(entry["fieldsV1"], ()) - {()}


def _fields(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    if isinstance(value, dict) and value:
        return set().union(*(_fields(item, (*path, key)) for key, item in value.items()))
    if isinstance(value, list) and value:
        return set().union(*(_fields(item, (*path, index)) for index, item in enumerate(value)))
    return {path}


def _value(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _remove(value: Any, path: tuple[str | int, ...]) -> None:
    owner = _value(value, path[:-1])
    if isinstance(owner, dict):
        owner.pop(path[-1], None)


def _merge_patched(live: Manifest, patch: Manifest) -> Manifest:
    def patched(old: Any, new: Any) -> Any:
        if not isinstance(new, dict):
            return copy.deepcopy(new)
        kept = dict(old) if isinstance(old, dict) else {}
        for key, value in new.items():
            kept[key] = None if value is None else patched(kept.get(key), value)
        return {key: value for key, value in kept.items() if value is not None}

    return _defaulted(patched(live, patch))


def _merge(live: Any, body: Any) -> Any:
    if isinstance(live, dict) and isinstance(body, dict):
        for key, value in body.items():
            live[key] = _merge(live[key], value) if key in live else copy.deepcopy(value)
        return live
    if isinstance(live, list) and isinstance(body, list) and len(live) == len(body):
        return [_merge(one, other) for one, other in zip(live, body, strict=True)]
    return copy.deepcopy(body)
