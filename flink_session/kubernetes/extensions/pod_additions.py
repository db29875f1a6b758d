"""What our arguments add to the pods of a role beside Flink's options: priority, spread, ports, secrets, TLS.

The same function serves both roles: the JobManager's pod stands in its Deployment, the TaskManagers' in their template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flink_session.configuration.findings import Finding
from flink_session.kubernetes.extensions.extension import main_container_index
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest, with_value_at

_LISTS_OF_CONTAINER = {"ports": "name", "env": "name", "volumeMounts": "mountPath"}
"""Lists of the main container that grow, and what no two of their items share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodAdditions:
    """Additions to the pods of one role.

    Attributes:
        priority_class: name of a PriorityClass.
        spread_over: labels of nodes; pods of the role spread over their values as evenly as they can.
        ports: of the main container.
        env: variables of the main container.
        volume_mounts: of the main container.
        volumes: of the pod.
        liveness_probe: of the main container.
        init_containers: of the pod; each has the image, the rights and the size of the main container.
    """

    priority_class: str | None = None
    spread_over: tuple[str, ...] = ()
    ports: tuple[Manifest, ...] = ()
    env: tuple[Manifest, ...] = ()
    volume_mounts: tuple[Manifest, ...] = ()
    volumes: tuple[Manifest, ...] = ()
    liveness_probe: Manifest | None = None
    init_containers: tuple[Manifest, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to be added."""
        return self != _NOTHING

    def beside(self, others: PodAdditions) -> PodAdditions:
        """Return these and others, of which each has what is there once only."""
        both = {name: getattr(self, name) + getattr(others, name) for name in _LISTS}
        return replace(
            self,
            priority_class=self.priority_class or others.priority_class,
            liveness_probe=self.liveness_probe or others.liveness_probe,
            **both,
        )

    def added_to(self, spec: Mapping[str, Any], index: int, labels: Mapping[str, str]) -> Manifest:
        """Return a pod's spec with all of it.

        Args:
            spec: the spec.
            index: where the main container stands.
            labels: those that the role's pods have.
        """
        containers = list(spec["containers"])
        containers[index] = self._container(containers[index])
        added: Manifest = {**spec, "containers": containers}
        if self.priority_class is not None:
            added["priorityClassName"] = self.priority_class
        if self.spread_over:
            spread = [_spread(label, labels) for label in self.spread_over]
            added["topologySpreadConstraints"] = [*(spec.get("topologySpreadConstraints") or ()), *spread]
        if self.volumes:
            added["volumes"] = [*(spec.get("volumes") or ()), *self.volumes]
        if self.init_containers:
            main = spec["containers"][index]
            shared = {name: main[name] for name in _SHARED_WITH_MAIN if name in main}
            ours = [{**shared, **container} for container in self.init_containers]
            added["initContainers"] = [*(spec.get("initContainers") or ()), *ours]
        return added

    def _container(self, container: Mapping[str, Any]) -> Manifest:
        added = dict(container)
        lists = {"ports": self.ports, "env": self.env, "volumeMounts": self.volume_mounts}
        for name, items in lists.items():
            present = container.get(name) or ()
            new = [item for item in items if item not in present]
            if new:
                added[name] = [*present, *new]
        if self.liveness_probe is not None:
            added["livenessProbe"] = self.liveness_probe
        return added

    def conflicts(self, spec: Mapping[str, Any], container: Mapping[str, Any], role: str) -> Iterator[Finding]:
        """Find what a pod template says otherwise.

        Args:
            spec: the template's spec.
            container: its main container.
            role: the argument of the role, ``job_manager`` or ``task_manager``.
        """
        fix = "keep one of the two"
        given = spec.get("priorityClassName")
        if self.priority_class is not None and given not in (None, "", self.priority_class):
            rule = f"must not differ from the pod template's priorityClassName, {given}"
            yield Finding(f"{role}.priority_class", self.priority_class, rule, fix)
        for constraint in spec.get("topologySpreadConstraints") or ():
            if constraint.get("topologyKey") in self.spread_over:
                rule = f"must not name {constraint['topologyKey']}, over which the pod template spreads pods already"
                yield Finding(f"{role}.topology_spread", None, rule, fix)
        for name, items in (("ports", self.ports), ("env", self.env), ("volumeMounts", self.volume_mounts)):
            key = _LISTS_OF_CONTAINER[name]
            for item in items:
                same = (other for other in container.get(name) or () if other.get(key) == item[key] and other != item)
                for _ in same:
                    yield _taken(name, item[key])
        names = {volume.get("name") for volume in spec.get("volumes") or ()}
        for volume in self.volumes:
            if volume["name"] in names:
                yield _taken("volumes", volume["name"])
        if self.liveness_probe is not None and container.get("livenessProbe"):
            rule = "must not be restarted by secrets where the pod template has a livenessProbe of its own"
            yield Finding("secrets_restart", None, rule, "remove the probe, or set secrets_restart to false")


_LISTS = ("spread_over", "ports", "env", "volume_mounts", "volumes", "init_containers")
_NOTHING = PodAdditions()
_ARGUMENTS = {"ports": "metrics", "env": "secrets", "volumeMounts": "secrets", "volumes": "secrets"}
_NAMES_OF_TLS = ("flink-session-tls", "flink-session-certificate", "FLINK_SESSION_TLS_PASSWORD", "/opt/flink/tls")
_SHARED_WITH_MAIN = ("image", "imagePullPolicy", "resources", "securityContext")


def _taken(field: str, name: object) -> Finding:
    rule = f"must not add {name} to {field} of the main container, where the pod template has another one"
    argument = "tls" if name in _NAMES_OF_TLS else _ARGUMENTS[field]
    return Finding(f"{argument}, {name}", None, rule, "choose another name, or remove it from the template")


def _spread(label: str, labels: Mapping[str, str]) -> Manifest:
    return {
        "maxSkew": 1,
        "topologyKey": label,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(labels)},
    }


def add_to_job_manager(
    specification: KubernetesJobManagerSpecification,
    parameters: KubernetesJobManagerParameters,
    additions: PodAdditions,
) -> KubernetesJobManagerSpecification:
    """Add to the pod of the Deployment."""
    deployment = specification.deployment
    spec, index = deployment["spec"]["template"]["spec"], main_container_index(deployment)
    added = additions.added_to(spec, index, parameters.selectors)
    return replace(specification, deployment=with_value_at(deployment, ("spec", "template", "spec"), added))
