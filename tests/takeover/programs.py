"""Random programs: lists of resources for `program`, and what a user may make of one in the next commit.

Nothing waits for pods. What is known to be changed by each update, with either tool, is left out: `ignore_changes` of
`stringData`, which becomes `data`; with the CLI also a Role with `rules: []`.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

Resource = dict[str, Any]
Program = list[Resource]

_IMAGE = "localhost/flink-session/pause:1"
_NAMESPACE = {"$config": "namespace"}
_UNAWAITED = {"pulumi.com/skipAwait": "true"}
_PATHS = (
    *("metadata.labels", "metadata.annotations", "metadata.labels.a", "data", "data.k", 'data["a.b"]'),
    *("spec", "spec.ports[0].port", "spec.ports[*].port", "spec.template.spec.containers[*].env", "spec.replicas"),
    *("spec.template.spec.containers[0].image", "spec.template.spec", "spec.template.metadata.annotations"),
    *("rules", "subjects", "spec.selector", "nothing.there"),
)


class Author:
    """Writes programs and changes them; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._choose = self._random.choice

    def write(self) -> Program:
        """Give a program of four to ten resources."""
        program: Program = []
        for number in range(self._random.randint(4, 10)):
            kinds = ["Component", "Component", "Provider", *([""] * 10)]
            kind = self._choose(kinds) or self._choose(list(_SPECS) + ["ConfigMap"] * 3 + ["Secret", "Deployment"])
            resource: Resource = {"kind": kind, "name": f"r{number}", "opts": self._options(program, kind)}
            if "parent" in resource["opts"] and self._maybe(0.6):
                resource["name"] = f"{resource['opts']['parent']}-r{number}"
            program.append(resource | {"inputs": self._inputs(kind, resource["name"], _named(program, "ConfigMap"))})
        return program

    def change(self, program: Program) -> Program:
        """Give the program after one to five changes."""
        program = copy.deepcopy(program)
        changes: list[Callable[[Program, Resource], None]] = [
            *[self._change_inputs] * 5,
            self._rename_object,
            self._rename_resource,
            self._rename_component,
            self._move,
            self._switch_provider,
            self._change_options,
            self._drop_options,
            self._remove,
        ]
        for _ in range(self._random.randint(1, 5)):
            customs = [resource for resource in program if resource["kind"] not in ("Component", "Provider")]
            if customs:
                self._choose(changes)(program, self._choose(customs))
        return program

    def _maybe(self, probability: float) -> bool:
        return self._random.random() < probability

    def _some(self, values: dict[str, Any], probability: float) -> dict[str, Any]:
        return {key: value for key, value in values.items() if self._maybe(probability)}

    def _options(self, before: Program, kind: str) -> dict[str, Any]:
        components, customs = _named(before, "Component"), _named(before, *_SPECS)
        options: dict[str, Any] = {}
        if components and self._maybe(0.35):
            options["parent"] = self._choose(components)
        if kind in ("Component", "Provider"):
            return options if kind == "Component" else {}
        if (providers := _named(before, "Provider")) and self._maybe(0.4):
            options["provider"] = self._choose(providers)
        if customs:
            other = self._choose(customs)
            options |= self._some({"depends_on": [other]}, 0.25)
            options |= self._some({"deleted_with": other, "replace_with": [other]}, 0.07)
        options |= self._some({"ignore_changes": self._random.sample(_PATHS, 2)}, 0.2)
        options |= self._some({"replace_on_changes": [self._choose([*_PATHS, "*"])]}, 0.15)
        options |= self._some({"delete_before_replace": self._maybe(0.5)}, 0.15)
        options |= self._some(
            {
                "additional_secret_outputs": [self._choose(["data", "spec", "metadata"])],
                "custom_timeouts": {self._choose(["create", "update", "delete"]): self._choose(["30s", "1m30s"])},
                "hide_diffs": [self._choose(_PATHS)],
                "replacement_trigger": self._choose("ab"),
                "retain_on_delete": True,
                "protect": True,
            },
            0.07,
        )
        return options

    def _inputs(self, kind: str, name: str, config_maps: list[str]) -> dict[str, Any]:
        if kind == "Component":
            return self._choose([{}, {"a": self._choose("12")}])
        if kind == "Provider":
            return {"namespace": _NAMESPACE, **self._some({"enable_config_map_mutable": True}, 0.5)}
        metadata: dict[str, Any] = {"namespace": _NAMESPACE, **self._some({"name": name}, 0.8)}
        # A Job without labels gets those of its pods, which the CLI takes away again, and this engine does not.
        metadata |= self._some({"labels": {self._choose("abc"): self._choose("xyz")}}, 1 if kind == "Job" else 0.5)
        annotations = self._some({f"example.org/{self._choose('abc')}": self._choose("xyz")}, 0.3)
        if kind in ("Deployment", "StatefulSet", "Job", "Ingress", "PersistentVolumeClaim", "Service"):
            annotations |= _UNAWAITED
        if annotations:
            metadata["annotations"] = annotations
        other = {"$name": self._choose(config_maps)} if config_maps and self._maybe(0.4) else self._choose("pqr")
        return {"metadata": metadata, **_SPECS[kind](self, name, other)}

    def _pod(self, name: str, **spec: Any) -> dict[str, Any]:
        containers = []
        for number in range(self._random.randint(1, 2)):
            container: dict[str, Any] = {"name": f"c{number}", "image": _IMAGE}
            requests = {"cpu": self._choose(["100m", "0.1", 0.5, 1, "1"]), "memory": self._choose(["64Mi", "0.5Gi"])}
            environment = [{"name": f"E{index}", "value": self._choose(["", "a"])} for index in range(2)]
            ports = [{"container_port": 80 + index, "name": f"p{index}"} for index in range(2)]
            arguments = [self._choose("abc")] * self._random.randint(0, 2)
            more: dict[str, Any] = {
                "env": environment,
                "resources": {"requests": requests},
                "ports": ports,
                "args": arguments,
            }
            containers.append(container | self._some(more, 0.35))
        extras: dict[str, Any] = {"volumes": [{"name": "v", "empty_dir": {}}], "host_network": self._maybe(0.5)}
        extras["termination_grace_period_seconds"] = self._choose([0, 5])
        annotations = self._some({"annotations": {"n": self._choose("12")}}, 0.5)
        return {
            "metadata": {"labels": {"app": name}, **annotations},
            "spec": {"containers": containers, **self._some(extras, 0.3), **spec},
        }

    def _config_map(self, _name: str, other: Any) -> dict[str, Any]:
        data = {self._choose(["k", "l", "a.b"]): self._choose([other, "1", "2", ""]) for _ in range(2)}
        data |= self._some({"t": {"$config": "token"}}, 0.2)
        return {"data": data, **self._some({"immutable": True, "binary_data": {"b": "YWJj"}}, 0.1)}

    def _secret(self, _name: str, _other: Any) -> dict[str, Any]:
        text = {self._choose("kl"): self._choose([{"$config": "token"}, "plain"])}
        data = {self._choose("kl"): self._choose(["YWJj", "eHl6"])}
        return {**self._choose([{"string_data": text}, {"data": data}]), **self._some({"type": "Opaque"}, 0.4)}

    def _service(self, _name: str, _other: Any) -> dict[str, Any]:
        ports = [
            {"port": 80 + index, "name": f"p{index}", **self._some({"target_port": self._choose([80, "http"])}, 0.4)}
            for index in range(self._random.randint(1, 3))
        ]
        selector = self._some({"selector": {"app": self._choose("xy")}}, 0.6)
        plain = {"ports": ports, **selector}
        external = {"type": "ExternalName", "external_name": self._choose(["a.example", "b.example"])}
        spec = [plain, plain, plain | {"cluster_ip": "None"}, plain | {"type": "NodePort"}, external]
        return {"spec": self._choose(spec)}

    def _service_account(self, _name: str, _other: Any) -> dict[str, Any]:
        return self._some({"automount_service_account_token": self._maybe(0.5)}, 0.5)

    def _role(self, _name: str, _other: Any) -> dict[str, Any]:
        rule = {"api_groups": [""], "resources": [self._choose(["pods", "configmaps"])], "verbs": ["get"]}
        return {"rules": [rule] * self._random.randint(1, 2)}

    def _role_binding(self, _name: str, other: Any) -> dict[str, Any]:
        subject = {"kind": "ServiceAccount", "name": other, "namespace": _NAMESPACE}
        role = {"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": self._choose([other, "s", "t"])}
        return {"role_ref": role, "subjects": [subject] * self._random.randint(0, 1)}

    def _deployment(self, name: str, _other: Any) -> dict[str, Any]:
        more = {"strategy": {"type": self._choose(["Recreate", "RollingUpdate"])}, "revision_history_limit": 1}
        selector = {"match_labels": {"app": name}}
        return {"spec": {"replicas": 0, "selector": selector, "template": self._pod(name), **self._some(more, 0.3)}}

    def _stateful_set(self, name: str, _other: Any) -> dict[str, Any]:
        selector = {"match_labels": {"app": name}}
        service = self._choose("st")
        return {"spec": {"replicas": 0, "selector": selector, "template": self._pod(name), "service_name": service}}

    def _cron_job(self, name: str, _other: Any) -> dict[str, Any]:
        template = self._pod(name, restart_policy="Never")
        schedule = self._choose(["0 0 1 1 *", "0 0 2 1 *"])
        return {"spec": {"schedule": schedule, "suspend": True, "job_template": {"spec": {"template": template}}}}

    def _job(self, name: str, _other: Any) -> dict[str, Any]:
        template = self._pod(name, restart_policy="Never")
        return {"spec": {"suspend": True, "template": template, "completions": self._choose([1, 2])}}

    def _network_policy(self, _name: str, _other: Any) -> dict[str, Any]:
        ingress = {"ingress": [{"ports": [{"port": self._choose([80, "http"])}]}]}
        return {"spec": {"pod_selector": {}, "policy_types": ["Ingress"], **self._some(ingress, 0.5)}}

    def _pod_disruption_budget(self, _name: str, _other: Any) -> dict[str, Any]:
        limit = {self._choose(["min_available", "max_unavailable"]): self._choose([1, "50%"])}
        return {"spec": {**limit, "selector": {"match_labels": {"app": self._choose("xy")}}}}

    def _ingress(self, _name: str, other: Any) -> dict[str, Any]:
        path = {"path": "/", "path_type": "Prefix", "backend": {"service": {"name": other, "port": {"number": 80}}}}
        return {"spec": {"rules": [{"host": f"{self._choose('ab')}.example", "http": {"paths": [path]}}]}}

    def _claim(self, _name: str, _other: Any) -> dict[str, Any]:
        resources = {"requests": {"storage": self._choose(["1Gi", "2Gi"])}}
        return {"spec": {"access_modes": ["ReadWriteOnce"], "resources": resources, "storage_class_name": ""}}

    def _quota(self, _name: str, _other: Any) -> dict[str, Any]:
        return {"spec": {"hard": {"count/widgets.example.org": self._choose(["5", "6"])}}}

    def _limit_range(self, _name: str, _other: Any) -> dict[str, Any]:
        return {"spec": {"limits": [{"type": "Container", "max": {"cpu": self._choose(["8", "9"])}}]}}

    def _change_inputs(self, program: Program, resource: Resource) -> None:
        before = program[: program.index(resource)]
        fresh = self._inputs(resource["kind"], resource["name"], _named(before, "ConfigMap"))
        key = self._choose(list(fresh))
        if key != "metadata":
            resource["inputs"][key] = fresh[key]
            return
        part = self._choose(["labels", "annotations"])
        resource["inputs"]["metadata"].pop(part, None)
        resource["inputs"]["metadata"] |= {part: fresh[key][part]} if part in fresh[key] else {}

    def _rename_object(self, _program: Program, resource: Resource) -> None:
        resource["inputs"]["metadata"]["name"] = f"{resource['name']}-new"

    def _rename_resource(self, program: Program, resource: Resource) -> None:
        _rename(program, {resource["name"]: f"{resource['name']}n"}, resource)

    def _rename_component(self, program: Program, _resource: Resource) -> None:
        components = [resource for resource in program if resource["kind"] == "Component"]
        if not components:
            return
        component = self._choose(components)
        name = component["name"]
        children = {item["name"] for item in program if item["opts"].get("parent") == name}
        followers = {child: f"{name}n{child.removeprefix(name)}" for child in children if child.startswith(f"{name}-")}
        _rename(program, {name: f"{name}n", **followers}, component)

    def _move(self, program: Program, resource: Resource) -> None:
        components = _named(program[: program.index(resource)], "Component")
        if components and (new := self._choose(components)) != (old := resource["opts"].get("parent")):
            resource["opts"]["parent"] = new
            resource["opts"].setdefault("aliases", []).append({"parent": old})

    def _switch_provider(self, program: Program, resource: Resource) -> None:
        providers = _named(program[: program.index(resource)], "Provider")
        if resource["opts"].pop("provider", None) is None and providers:
            resource["opts"]["provider"] = self._choose(providers)

    def _change_options(self, program: Program, resource: Resource) -> None:
        fresh = self._options(program[: program.index(resource)], resource["kind"])
        resource["opts"] |= {key: option for key, option in fresh.items() if key not in ("parent", "provider")}

    def _drop_options(self, _program: Program, resource: Resource) -> None:
        for key in ("protect", "retain_on_delete", "ignore_changes", "depends_on"):
            resource["opts"].pop(key, None)

    def _remove(self, program: Program, resource: Resource) -> None:
        used = any(
            f"'{resource['name']}'" in str((item["opts"], item["inputs"])) for item in program if item != resource
        )
        if not used:
            program.remove(resource)


_SPECS: dict[str, Callable[[Author, str, Any], dict[str, Any]]] = {
    "ConfigMap": Author._config_map,
    "CronJob": Author._cron_job,
    "Deployment": Author._deployment,
    "Ingress": Author._ingress,
    "Job": Author._job,
    "LimitRange": Author._limit_range,
    "NetworkPolicy": Author._network_policy,
    "PersistentVolumeClaim": Author._claim,
    "PodDisruptionBudget": Author._pod_disruption_budget,
    "ResourceQuota": Author._quota,
    "Role": Author._role,
    "RoleBinding": Author._role_binding,
    "Secret": Author._secret,
    "Service": Author._service,
    "ServiceAccount": Author._service_account,
    "StatefulSet": Author._stateful_set,
}


def _named(program: Program, *kinds: str) -> list[str]:
    return [resource["name"] for resource in program if resource["kind"] in kinds]


def _rename(program: Program, names: dict[str, str], aliased: Resource) -> None:
    """Rename resources wherever they are named, but not their objects; the first gets an alias."""

    def renamed(given: Any) -> Any:
        if isinstance(given, dict):
            return {key: renamed(item) for key, item in given.items()}
        if isinstance(given, list):
            return [renamed(item) for item in given]
        return names.get(given, given) if isinstance(given, str) else given

    old = aliased["name"]
    for resource in program:
        metadata = resource["inputs"].get("metadata")
        resource |= {"name": names.get(resource["name"], resource["name"]), "opts": renamed(resource["opts"])}
        resource["inputs"] = renamed(resource["inputs"]) | ({"metadata": metadata} if metadata else {})
    aliased["opts"].setdefault("aliases", []).append({"name": old})
