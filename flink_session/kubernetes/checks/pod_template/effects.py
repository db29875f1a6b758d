"""What becomes of a pod template's fields: which ones Flink overwrites, ignores or drops, and what to set instead.

Flink says none of this to the user: it takes the template, and then its own values win.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from flink_session.configuration.findings import is_sensitive
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes import constants
from flink_session.kubernetes.checks.flinks_pod import JOB_MANAGER, FlinksPod
from flink_session.kubernetes.checks.pod_template.paths import main_container_index
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.manifests import Manifest

Fate = Literal["overwritten", "ignored", "dropped"]


@dataclass(frozen=True, slots=True)
class FieldEffect:
    """A field of a template that does not reach the pod as it is.

    Attributes:
        path: the field, as it stands in the template.
        value: what the template has there.
        fate: ``overwritten``, another value is there; ``ignored``, it is there and nobody looks; ``dropped``, it is
            left out.
        by: who decides: an option, or Flink itself.
        instead: what to do, as an imperative without a full stop.
        expected: whether a template has the field for other reasons, so that nobody needs to be told: the name of a
            pod, say.
    """

    path: str
    value: object
    fate: Fate
    by: str
    instead: str
    expected: bool = False


def field_effects(pod: Manifest, template: FlinkPod, flinks: FlinksPod) -> Iterator[FieldEffect]:
    """Compare a template with what Flink makes of it; ``pod`` is the template with all containers in their places."""
    metadata, spec = template.pod.get("metadata", {}), template.pod.get("spec", {})
    yield from _metadata(metadata, flinks)
    yield from _account(spec, flinks)
    yield from _spec(spec, flinks)
    main = main_container_index(pod)
    if main is not None:
        yield from _container(template.main_container, f"spec.containers[{main}]", flinks)


def _metadata(metadata: Manifest, flinks: FlinksPod) -> Iterator[FieldEffect]:
    of_pods = flinks.role == JOB_MANAGER
    for name in ("name", "generateName", "namespace", "ownerReferences"):
        if name not in metadata or (name == "namespace" and not of_pods):
            continue
        fate: Fate = "ignored" if of_pods or name == "generateName" else "overwritten"
        by = "the Deployment" if of_pods else "Flink"
        yield FieldEffect(f"metadata.{name}", metadata[name], fate, by, "remove it", name != "ownerReferences")
    own = (constants.LABEL_TYPE_KEY, constants.LABEL_APP_KEY, constants.LABEL_COMPONENT_KEY)
    for field in ("labels", "annotations"):
        option = f"kubernetes.{flinks.role}.{field}"
        for name in _differing(metadata.get(field, {}), flinks.metadata.get(field, {})):
            by = "Flink" if field == "labels" and name in own else option
            path = f"metadata.{field}[{name}]"
            yield FieldEffect(
                path, metadata[field][name], "overwritten", by, "remove it" if by == "Flink" else f"set it in {by}"
            )


def _account(spec: Manifest, flinks: FlinksPod) -> Iterator[FieldEffect]:
    key = flinks.configuration.key_of(flinks.account)
    given = [spec[name] for name in ("serviceAccount", "serviceAccountName") if name in spec]
    wins = flinks.spec["serviceAccountName"] if key else next(iter(given), None)
    for name in ("serviceAccount", "serviceAccountName"):
        if name in spec and spec[name] != wins:
            by = key or "spec.serviceAccount"
            yield FieldEffect(f"spec.{name}", spec[name], "overwritten", by, f"set {by}")


def _spec(spec: Manifest, flinks: FlinksPod) -> Iterator[FieldEffect]:
    network = "kubernetes.hostnetwork.enabled"
    if spec.get("hostNetwork", flinks.spec["hostNetwork"]) != flinks.spec["hostNetwork"]:
        yield FieldEffect("spec.hostNetwork", spec["hostNetwork"], "overwritten", network, f"set {network}")
    policy = spec.get("dnsPolicy", "").strip()
    if policy and flinks.spec["hostNetwork"] and policy != flinks.spec["dnsPolicy"]:
        yield FieldEffect("spec.dnsPolicy", policy, "overwritten", network, f"remove it, or {network}")
    restart = spec.get("restartPolicy")
    if restart and flinks.role != JOB_MANAGER and restart != flinks.spec["restartPolicy"]:
        yield FieldEffect("spec.restartPolicy", restart, "overwritten", "Flink", "remove it", restart == "Always")
    for name in _differing(spec.get("nodeSelector", {}), flinks.spec.get("nodeSelector", {})):
        option = f"kubernetes.{flinks.role}.node-selector"
        value = spec["nodeSelector"][name]
        yield FieldEffect(f"spec.nodeSelector[{name}]", value, "overwritten", option, f"set it in {option}")


def _container(container: Manifest, path: str, flinks: FlinksPod) -> Iterator[FieldEffect]:
    options: tuple[tuple[str, ConfigOption[object]], ...] = (
        ("image", Options.CONTAINER_IMAGE),
        ("imagePullPolicy", Options.CONTAINER_IMAGE_PULL_POLICY),
    )
    for name, option in options:
        key = flinks.configuration.key_of(option)
        if key and name in container and container[name] != flinks.container[name]:
            yield FieldEffect(
                f"{path}.{name}", container[name], "overwritten", key, f"set {key}, or remove one of them"
            )
    for name, instead in (
        ("command", f"set {Options.KUBERNETES_ENTRY_PATH.key}"),
        ("args", f"set kubernetes.{flinks.role}.entrypoint.args to what is to follow Flink's own"),
    ):
        if name in container and container[name] != flinks.container[name]:
            yield FieldEffect(f"{path}.{name}", container[name], "overwritten", "Flink", instead)
    yield from _resources(container.get("resources", {}), f"{path}.resources", flinks)
    flinks_variables = {item.get("name") for item in flinks.container["env"]}
    for index, item in enumerate(container.get("env", [])):
        if "name" in item and item["name"] in flinks_variables:
            by = f"Flink, or an option, which sets {item['name']}"
            value = None if is_sensitive(item["name"]) else item.get("value")
            yield FieldEffect(f"{path}.env[{index}]", value, "overwritten", by, "remove it")


def _resources(resources: Manifest, path: str, flinks: FlinksPod) -> Iterator[FieldEffect]:
    memory = f"{flinks.role}.memory.process.size"
    settings = {"cpu": f"kubernetes.{flinks.role}.cpu.amount", "memory": memory}
    for field in ("requests", "limits"):
        for name, value in resources.get(field, {}).items():
            if name not in settings or (
                flinks.role == JOB_MANAGER and value == flinks.container["resources"][field][name]
            ):
                continue
            setting = settings[name]
            if field == "limits":
                setting += f" and kubernetes.{flinks.role}.{name}.limit-factor"
            yield FieldEffect(f"{path}.{field}.{name}", value, "overwritten", setting, f"set {setting}")


def _differing(template: Manifest, flinks: Manifest) -> Iterator[str]:
    return (name for name, value in template.items() if flinks.get(name, value) != value)
