"""A project that both tools run, and what is compared of what they do: states, previews and live objects."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lightkube.utils.quantity import parse_quantity

from tests.support.kube import Kube
from tests.takeover.programs import Program

Tool = Literal["pulumi", "flink-session"]
OTHER: dict[Tool, Tool] = {"pulumi": "flink-session", "flink-session": "pulumi"}

_PROJECT = f"""name: takeover
runtime: {{name: python, options: {{virtualenv: {sys.prefix}}}}}
backend: {{url: "file://./state"}}
"""
_DECIDED_ANEW = {
    *("uid", "creationTimestamp", "resourceVersion", "generation", "managedFields", "status", "time"),
    *("clusterIP", "clusterIPs", "nodePort", "created", "modified", "sourcePosition", "stackTrace"),
}
_GROUPS = (
    *("api/v1", "apis/apps/v1", "apis/batch/v1", "apis/rbac.authorization.k8s.io/v1", "apis/networking.k8s.io/v1"),
    "apis/policy/v1",
)
_OF_CONTROLLERS = {"events", "endpoints", "pods", "replicasets", "controllerrevisions"}
_OF_THE_NAMESPACE = {"ConfigMap/kube-root-ca.crt", "ServiceAccount/default"}
_PARTS_OF_A_REPLACEMENT = {"create-replacement", "delete-replaced", "read-replacement"}


@dataclass(frozen=True)
class Outcome:
    """What a command has ended with."""

    status: int
    stdout: str
    text: str

    @property
    def succeeded(self) -> bool:
        return self.status == 0


@dataclass(frozen=True)
class Preview:
    """The digest of a preview: what is to be done by resource, with the reasons to replace it, and the errors."""

    operations: dict[str, list[str]]
    reasons: dict[str, list[str]]
    counts: dict[str, int]
    errors: list[str]


class Workbench:
    """One project with one stack for each tool, in namespaces of their own."""

    def __init__(self, folder: Path, kube: Kube, kubeconfig: str, namespaces: dict[Tool, str]) -> None:
        self._folder, self._kube, self._namespaces = folder, kube, namespaces
        (folder / "state").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(_PROJECT)
        shutil.copy(Path(__file__).with_name("program.py"), folder / "__main__.py")
        self._environment = os.environ | {
            "KUBECONFIG": kubeconfig,
            "PULUMI_CONFIG_PASSPHRASE": "pass",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        for stack, namespace in namespaces.items():
            self.run("pulumi", f"stack init {stack}")
            for setting in (f"namespace {namespace}", "resources program.json", "--secret token s3cr3tvalue"):
                self.run("pulumi", f"config set --stack {stack} {setting}")

    def use(self, program: Program) -> None:
        """Let this be the program from now on."""
        (self._folder / "program.json").write_text(json.dumps(program))

    def run(self, tool: Tool, command: str) -> Outcome:
        """Run a command of a tool."""
        found = shutil.which("pulumi") if tool == "pulumi" else Path(sys.executable).with_name("flink-session")
        arguments = [str(found), *command.split(), "--non-interactive"]
        environment = self._environment
        ended = subprocess.run(
            arguments, cwd=self._folder, env=environment, capture_output=True, text=True, check=False
        )
        return Outcome(ended.returncode, ended.stdout, f"{tool} {command}:\n{ended.stdout}{ended.stderr}")

    def preview(self, tool: Tool, stack: Tool) -> Preview:
        """Preview a stack. Raises ValueError if that gives no digest."""
        digest = json.loads(self._neutral(self.run(tool, f"preview --json --stack {stack}").stdout, stack))
        operations: dict[str, list[str]] = {}
        reasons: dict[str, list[str]] = {}
        for step in digest["steps"]:
            if "::pulumi:providers:" in step["urn"] or step["op"] in {"same", *_PARTS_OF_A_REPLACEMENT}:
                continue
            operations[step["urn"]] = sorted([*operations.get(step["urn"], []), step["op"]])
            reasons[step["urn"]] = sorted(step.get("replaceReasons") or [])
        said = digest.get("diagnostics") or []
        errors = [item["message"] for item in said if item["severity"] == "error"]
        return Preview(operations, reasons, digest["changeSummary"], errors)

    def state(self, stack: Tool) -> dict[str, Any]:
        """Give a stack's resources by URN, without what is decided anew and what each tool writes in its own way."""
        exported = self.run("pulumi", f"stack export --show-secrets --stack {stack}").stdout
        deployment = json.loads(self._neutral(exported, stack))["deployment"]
        assert not deployment.get("pending_operations")
        resources: dict[str, Any] = {}
        for entry in deployment.get("resources") or []:
            if "default_VERSION" in entry["urn"]:
                continue
            properties = entry.get("propertyDependencies") or {}
            found = _bare({key: _opened(value) for key, value in entry.items()})
            if entry.get("ignoreChanges"):
                # The CLI records what is there as the inputs, defaults included.
                del found["inputs"], found["outputs"]["__inputs"]
            found["dependencies"] = sorted(entry.get("dependencies") or [])
            found["propertyDependencies"] = {key: sorted(urns) for key, urns in properties.items() if urns}
            resources.setdefault(entry["urn"], []).append(found)
        return resources

    def live(self, stack: Tool) -> dict[str, Any]:
        """Give what is in a stack's namespace by kind and name, without what is decided anew for each."""
        return {name: _without(item, _DECIDED_ANEW) for name, (_, item) in self._listed(stack).items()}

    def drift(self, stack: Tool) -> None:
        """Annotate the first object of a stack's namespace by somebody else's hand, and delete the last of several."""
        paths = [path for path, _ in self._listed(stack).values()]
        headers = {"Content-Type": "application/merge-patch+json"}
        for path in paths[:1]:
            patch = {"metadata": {"annotations": {"drift": "yes"}}}
            self._kube.http.patch(path, json=patch, headers=headers).raise_for_status()
        for path in paths[1:][-1:]:
            self._kube.http.delete(path).raise_for_status()

    def _listed(self, stack: Tool) -> dict[str, tuple[str, Any]]:
        """Give the API server's path of each object, and the object, in the order of their names."""
        objects: dict[str, tuple[str, Any]] = {}
        for group in _GROUPS:
            for kind in self._kube.http.get(f"/{group}").raise_for_status().json()["resources"]:
                plural = kind["name"]
                if "/" in plural or not kind["namespaced"] or "list" not in kind["verbs"] or plural in _OF_CONTROLLERS:
                    continue
                collection = f"/{group}/namespaces/{self._namespaces[stack]}/{plural}"
                for item in self._kube.http.get(collection).raise_for_status().json()["items"]:
                    if "deletionTimestamp" not in item["metadata"]:
                        found = json.loads(self._neutral(json.dumps(item), stack))
                        name = f"{kind['kind']}/{found['metadata']['name']}"
                        objects[name] = f"{collection}/{item['metadata']['name']}", found
        return {name: objects[name] for name in sorted(objects) if name not in _OF_THE_NAMESPACE}

    def _neutral(self, text: str, stack: Tool) -> str:
        """Leave out of a text whose stack it is about, and what is random."""
        for pattern, by in (
            (re.escape(self._namespaces[stack]), "NAMESPACE"),
            (rf"pulumi:{stack}::", "pulumi:STACK::"),
            (rf"Stack::takeover-{stack}", "Stack::takeover"),
            (r"\b((?:r\d+n*-)*r\d+n*)-[0-9a-f]{8}\b", r"\1-HASH"),
            (r"(?<=[:\"])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b", "UUID"),
            (r"(pulumi-kubernetes|flink-session)-[0-9a-f]{8}", "MANAGER"),
            (r"\bdefault_\d[0-9_a-z]*", "default_VERSION"),
        ):
            text = re.sub(pattern, by, text)
        return text


def _opened(value: Any) -> Any:
    """Give a value of an exported state with its secrets as values, marked."""
    if isinstance(value, list):
        return [_opened(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "plaintext" in value:
        return {"secret": _opened(json.loads(value["plaintext"]))}
    return {key: _opened(item) for key, item in value.items()}


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return [_without(item, keys) for item in value] if isinstance(value, list) else value


def _bare(value: Any, key: str = "") -> Any:
    """Leave out what is decided anew, and what Go leaves out; write quantities in one way."""
    if isinstance(value, dict):
        bare = {name: _bare(item, key if key in ("requests", "max") else name) for name, item in value.items()}
        return {
            name: item for name, item in bare.items() if name not in _DECIDED_ANEW and item not in (None, "", {}, [])
        }
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if value is False or value == 0:
        return None
    return str(parse_quantity(str(value))) if key in ("requests", "max") else value
