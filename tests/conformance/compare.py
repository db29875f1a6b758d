"""When our answer is Flink's, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.cases import Built, Case, without_configuration_text
from tests.conformance.named_keys import same_option
from tests.conformance.ours import Findings

_HASH_ORDERED = {
    "containerized.master.env.": ("env",),
    "kubernetes.secrets": ("volumes", "volumeMounts"),
    "kubernetes.persistent-volume-claims": ("volumes", "volumeMounts"),
}
"""Options whose entries Flink puts into these lists in the order of a Java hash map, which nobody has asked for."""


def differences(case: Case, flink: Built | frozenset[str], ours: Built | Findings, version: str) -> list[str]:
    """Return what differs; nothing, where our answer is as good as Flink's.

    Args:
        case: what was asked.
        flink: what Flink builds; of a refusal, the options that it names.
        ours: our answer.
        version: the release of Flink.
    """
    if not isinstance(flink, Built):
        return _of_refusals(flink, ours, version)
    if flink.configuration is None:
        # Flink writes a file that it cannot read: nobody can use that, and ours must be better.
        better = isinstance(ours, Findings) or ours.configuration is not None
        return [] if better else ["neither Flink nor we write a file that Flink reads"]
    if flink.lost:
        # Flink builds, but the cluster does not get what was configured: an error here.
        lost = f"Flink loses {', '.join(flink.lost)}, and we do not object"
        return [] if isinstance(ours, Findings) else [lost]
    if isinstance(ours, Findings):
        return [f"Flink builds it, and we object: {ours}"]
    expected, actual = (_comparable(case, built) for built in (flink, ours))
    return list(_paths("", expected, actual))


def _of_refusals(named: frozenset[str], ours: Built | Findings, version: str) -> list[str]:
    if not isinstance(ours, Findings):
        return [f"Flink refuses it ({', '.join(sorted(named))}), and we build it"]
    keys = [finding.key for finding in ours.errors]
    named = named.union(*(_in_our_words(name) for name in named))
    if not named or any(same_option(key, name, version) for key in keys for name in named):
        return []
    return [f"Flink objects to {', '.join(sorted(named))}, we to {', '.join(keys)}"]


def _in_our_words(key: str) -> tuple[str, ...]:
    """Return the options that we may name where Flink names this one: what the user has set, or set wrongly."""
    if key == "taskmanager.cpu.cores":
        # Where no cores are set, Flink takes the slots for them.
        return ("taskmanager.numberOfTaskSlots",)
    if key.endswith(".fraction"):
        # A minimum above its maximum is to Flink a fault of the fraction.
        return key.replace(".fraction", ".min"), key.replace(".fraction", ".max")
    return ()


def _comparable(case: Case, built: Built) -> dict[str, Any]:
    objects = {f"{item['kind']} {item['metadata']['name']}": item for item in without_configuration_text(built.objects)}
    keys = (*case.dynamic_properties, *(built.configuration or ()))
    lists = {name for prefix, names in _HASH_ORDERED.items() for name in names if _sets(keys, prefix)}
    pod = built.objects[0]["spec"]["template"]["spec"]
    for part in (pod, pod["containers"][-1]):
        for name in lists & part.keys():
            part[name] = sorted(part[name], key=lambda item: str(item.get("name", "")))
    return {"order": list(objects), "objects": objects, "configuration": _typed(built.configuration)}


def _sets(keys: tuple[str, ...], prefix: str) -> bool:
    return any(key.startswith(prefix) for key in keys)


def _typed(values: dict[str, Any] | None) -> dict[str, str]:
    """Keep 1, 1.0, true and '1' apart, which Python would call equal."""
    return {key: f"{type(value).__name__} {value!r}" for key, value in (values or {}).items()}


def _paths(path: str, expected: Any, actual: Any) -> Iterator[str]:
    """Find the places where two JSON values differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(expected.keys() | actual.keys()):
            if key not in actual:
                yield f"{path}.{key}: missing, Flink has {expected[key]!r}"
            elif key not in expected:
                yield f"{path}.{key}: {actual[key]!r}, Flink has none"
            else:
                yield from _paths(f"{path}.{key}", expected[key], actual[key])
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, pair in enumerate(zip(expected, actual, strict=True)):
            yield from _paths(f"{path}[{index}]", *pair)
    elif path.endswith((".limits.cpu", ".requests.cpu")) and _is_same_number(expected, actual):
        return
    elif expected != actual or type(expected) is not type(actual):
        yield f"{path}: {actual!r}, Flink has {expected!r}"


def _is_same_number(expected: str, actual: str) -> bool:
    """Tell whether two texts are one double: before Java 19, ``Double.toString`` does not always find the shortest."""
    try:
        return float(expected) == float(actual) and len(actual) <= len(expected)
    except ValueError:
        return False
