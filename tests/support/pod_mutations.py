"""Pod templates for the API server to judge: good ones, and such as somebody has spoilt in some places.

What is good is written down beside this module. What spoils a pod follows from its model: a value of another kind, a
field too few or too many, an item that is there twice.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from flink_session.kubernetes.pod_model import pod_model
from tests.support.pod_values import GOOD, KEYS_OF_MAPS, SPICE, SPOILT, Manifest

_ALWAYS = {
    "Container": ("image",),
    "ContainerPort": ("containerPort",),
    "EnvVar": ("name",),
    "HostAlias": ("ip",),
    "PodAffinityTerm": ("topologyKey", "labelSelector"),
    "PodReadinessGate": ("conditionType",),
    "PodResourceClaim": ("name", "resourceClaimName"),
    "PodSchedulingGate": ("name",),
    "SeccompProfile": ("type",),
    "AppArmorProfile": ("type",),
    "TopologySpreadConstraint": ("maxSkew", "topologyKey", "whenUnsatisfiable", "labelSelector"),
    "VolumeMount": ("mountPath",),
    "WeightedPodAffinityTerm": ("weight", "podAffinityTerm"),
}
_ONE_OF = {
    "EnvFromSource": ("configMapRef", "secretRef"),
    "EnvVarSource": ("configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef"),
    "Probe": ("exec", "httpGet", "tcpSocket", "grpc"),
    "Volume": tuple(GOOD["Volume"]),
}
_NOT_ADDED = {
    *("ephemeralContainers", "runtimeClassName", "overhead", "windowsOptions", "image", "iscsi", "fc", "stopSignal"),
    *("resourceVersion", "restartPolicy"),
    *("clusterTrustBundle", "seLinuxChangePolicy", "seLinuxOptions", "volumeAttributesClassName", "creationTimestamp"),
    *("deletionTimestamp", "managedFields", "namespace", "serviceAccount", "serviceAccountName", "ownerReferences"),
    *("uid", "generation", "deletionGracePeriodSeconds", "selfLink", "photonPersistentDisk", "flocker", "quobyte"),
    *("scaleIO", "storageos", "azureDisk", "rbd", "cephfs", "dataSourceRef", "priorityClassName", "finalizers"),
}
"""What is not tried: its verdict depends on the cluster, or nobody writes it any more."""
_NAMES = ("a", "b", "c-1", "logs", "0")


@dataclass(frozen=True)
class _Place:
    """A value of a pod: who holds it and as what, its type, and where it is."""

    holder: Any
    step: Any
    type_name: str
    path: str

    @property
    def value(self) -> Any:
        return self.holder[self.step]

    def put(self, value: Any) -> str:
        """Change the value, and say so."""
        said = f"{str(self.value)[:150]} becomes {str(value)[:150]}"
        self.holder[self.step] = value
        return said


class PodTemplates:
    """Draws pod templates, each time others, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def draw(self) -> tuple[Manifest, list[str]]:
        """Return a template, and in words what has been spoilt in it, if anything."""
        pod = self._pod()
        spoilt = [self._spoil(pod) for _ in range(self._random.choice((0, 1, 1, 1, 2, 2, 3)))]
        return pod, spoilt

    def _pod(self) -> Manifest:
        spec = self._object("PodSpec", fields=self._random.choice((0, 0, 2, 5)))
        for field in ("activeDeadlineSeconds",):
            spec.pop(field, None)
        spec["volumes"] = [
            {"name": name, **self._object("Volume", 0)} for name in self._some(_NAMES, self._random.randrange(4))
        ]
        names = [*self._some(("side", "car", "x"), self._random.randrange(3)), "flink-main-container"]
        self._random.shuffle(names)
        if self._random.random() < 0.1:
            names.remove("flink-main-container")
        spec["containers"] = [self._container(name, spec["volumes"]) for name in names]
        spec["initContainers"] = [
            self._container(name, spec["volumes"], init=True)
            for name in self._some(("init", "native", "y"), self._random.choice((0, 1, 1, 2)))
        ]
        metadata = self._object("ObjectMeta", self._random.choice((0, 1, 2)))
        metadata.pop("finalizers", None)
        return {"metadata": metadata, "spec": spec}

    def _container(self, name: str, volumes: list[Manifest], *, init: bool = False) -> Manifest:
        container = {"name": name, **self._object("Container", self._random.choice((0, 1, 3, 6)))}
        mounts = [volume["name"] for volume in volumes] + ["flink-config-volume"]
        container["volumeMounts"] = [
            {"name": self._random.choice(mounts), **self._object("VolumeMount", 1), "mountPath": path}
            for path in self._some(("/x", "/y", "/z"), self._random.randrange(3))
        ]
        if init and self._random.random() < 0.5:
            container["restartPolicy"] = "Always"
        elif init:
            for field in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle"):
                container.pop(field, None)
        return container

    def _some(self, items: tuple[Any, ...], number: int) -> list[Any]:
        return self._random.sample(items, min(number, len(items)))

    def _object(self, type_name: str, fields: int | None = None) -> Manifest:
        good = GOOD[type_name]
        number = self._random.randrange(3) if fields is None else fields
        members = _ONE_OF.get(type_name, ())
        names = {*self._some(tuple(name for name in good if name not in members), number), *_ALWAYS.get(type_name, ())}
        if members:
            names.add(self._random.choice(members))
        if "valueFrom" in names:
            names.discard("value")
        return {name: self._good(type_name, name) for name in sorted(names)}

    def _good(self, type_name: str, field: str) -> Any:
        values = GOOD.get(type_name, {}).get(field)
        if values:
            return copy.deepcopy(self._random.choice(values))
        return self._value(pod_model()[type_name][field])

    def _value(self, field_type: str) -> Any:
        """Make a value of a type, good if it is known what is."""
        if field_type[0] == "[":
            return [self._value(field_type[1:]) for _ in range(self._random.choice((1, 1, 2)))]
        if field_type[0] == "{":
            return {self._random.choice(("a", "cpu", "x/y")): self._value(field_type[1:])}
        if field_type in SPOILT:
            return self._random.choice(("a", "b") if field_type == "string" else SPOILT[field_type])
        if field_type in GOOD:
            return self._object(field_type)
        model = pod_model()[field_type]
        names = [name for name in model if name not in _NOT_ADDED]
        return {name: self._value(model[name]) for name in self._some(tuple(names), self._random.randrange(3))}

    def _spoil(self, pod: Manifest) -> str:
        by_field: dict[str, list[_Place]] = {}
        for where, type_name in (("metadata", "ObjectMeta"), ("spec", "PodSpec")):
            for place in (_Place(pod, where, type_name, where), *_places(type_name, pod[where], where)):
                # Each field is as likely as any other, however often it is there.
                field = re.sub(r"\[[^]]*\]", "", place.path).replace("initContainers", "containers")
                by_field.setdefault(field, []).append(place)
        often: list[Callable[[_Place], str | None]] = [self._replace, self._spice, self._add]
        ways = [*often, *often, self._remove, self._repeat, self._empty, self._make_anew, self._rename]
        while True:
            place = self._random.choice(by_field[self._random.choice(sorted(by_field))])
            if (said := self._random.choice(ways)(place)) is not None:
                return f"{place.path}: {said}"

    def _replace(self, place: _Place) -> str | None:
        if place.step == "restartPolicy" and "image" in place.holder:
            return None  # Kubernetes 1.34 drops a policy that all others refuse
        return place.put(self._random.choice(SPOILT[place.type_name])) if place.type_name in SPOILT else None

    def _remove(self, place: _Place) -> str | None:
        if place.path in ("metadata", "spec"):
            return None
        del place.holder[place.step]
        return "removed"

    def _repeat(self, place: _Place) -> str | None:
        if not isinstance(place.value, list) or not place.value:
            return None
        again = copy.deepcopy(self._random.choice(place.value))
        if isinstance(again, dict) and again and self._random.random() < 0.5:
            del again[self._random.choice(sorted(again))]
        place.value.append(again)
        return f"{str(again)[:150]} once more"

    def _add(self, place: _Place) -> str | None:
        if place.type_name not in pod_model() or not isinstance(place.value, dict):
            return None
        names = [name for name in pod_model()[place.type_name] if name not in place.value and name not in _NOT_ADDED]
        if not names:
            return None
        name = self._random.choice(names)
        place.value[name] = self._good(place.type_name, name)
        return f"{name} added: {str(place.value[name])[:150]}"

    def _spice(self, place: _Place) -> str | None:
        if place.type_name not in SPICE or not isinstance(place.value, dict) or place.path == "spec.resources":
            return None
        name = self._random.choice(sorted(SPICE[place.type_name]))
        place.value[name] = copy.deepcopy(self._random.choice(SPICE[place.type_name][name]))
        return f"{name} set: {str(place.value[name])[:150]}"

    def _empty(self, place: _Place) -> str | None:
        return place.put(type(place.value)()) if isinstance(place.value, (dict, list)) and place.value else None

    def _make_anew(self, place: _Place) -> str | None:
        return place.put(self._object(place.type_name)) if place.type_name in GOOD else None

    def _rename(self, place: _Place) -> str | None:
        if place.type_name[0] != "{" or not place.value:
            return None
        name, other = self._random.choice(sorted(place.value)), self._random.choice(KEYS_OF_MAPS)
        place.value[other] = place.value.pop(name)
        return f"{name} renamed {other}"


def _places(type_name: str, item: Any, path: str) -> Iterator[_Place]:
    """Yield each value in an object."""
    for name, value in list(item.items()):
        field_type = pod_model()[type_name].get(name)
        if field_type is None:
            continue
        here = f"{path}.{name}"
        yield _Place(item, name, field_type, here)
        if field_type[0] == "[":
            for index, one in enumerate(value):
                yield _Place(value, index, field_type[1:], f"{here}[{index}]")
                if isinstance(one, dict):
                    yield from _places(field_type[1:], one, f"{here}[{index}]")
        elif field_type[0] == "{":
            yield from (_Place(value, key, field_type[1:], f"{here}[{key}]") for key in list(value))
        elif isinstance(value, dict):
            yield from _places(field_type, value, here)
