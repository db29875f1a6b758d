"""Record the types of a pod's fields, as the Kubernetes client inside Flink declares them.

``python -m tests.conformance.record_pod_model`` reflects them from the classes of the default version's distribution
into ``flink_session/kubernetes/pod_model.json``: for each type its fields, for each field its type. ``[T`` is a list
and ``{T`` a map of text to T.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jpype  # type: ignore[import-untyped]

import flink_session.kubernetes
from tests.conformance.distributions import DEFAULT_FLINK_VERSION
from tests.conformance.jvm import Flink, leave

_SHADED = "org.apache.flink.kubernetes.shaded."
_MODEL = _SHADED + "io.fabric8.kubernetes.api.model."
_SCALARS = {
    "java.lang.String": "string",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Boolean": "boolean",
    _MODEL + "Quantity": "quantity",
    _MODEL + "IntOrString": "int-or-string",
}


def main() -> None:
    """Write the file anew."""
    flink = Flink(DEFAULT_FLINK_VERSION)
    model: dict[str, dict[str, str]] = {}
    waiting = ["Pod"]
    while waiting:
        name = waiting.pop()
        if name not in model:
            model[name] = _fields(name)
            waiting += [field.lstrip("[{") for field in model[name].values() if field.lstrip("[{")[0].isupper()]
    del model["PodStatus"], model["Pod"]["status"]
    reachable = _reachable(model)
    path = Path(flink_session.kubernetes.__file__).parent / "pod_model.json"
    lines = [f"{json.dumps(name)}: {json.dumps(model[name], sort_keys=True)}" for name in sorted(reachable)]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(reachable)} types")
    flink.close()


def _reachable(model: dict[str, dict[str, str]]) -> set[str]:
    found, waiting = set[str](), ["Pod"]
    while waiting:
        name = waiting.pop()
        if name in model and name not in found:
            found.add(name)
            waiting += [field.lstrip("[{") for field in model[name].values()]
    return found


def _fields(name: str) -> dict[str, str]:
    fields = {}
    annotation = jpype.JClass(_SHADED + "com.fasterxml.jackson.annotation.JsonProperty").class_
    for field in jpype.JClass(_MODEL + name).class_.getDeclaredFields():
        declared = field.getAnnotation(annotation)
        if declared is not None:
            fields[str(declared.value())] = _type(field.getGenericType())
    return fields


def _type(java_type: Any) -> str:
    name = str(java_type.getTypeName())
    if name.startswith("java.util.List<"):
        return "[" + _type(java_type.getActualTypeArguments()[0])
    if name.startswith("java.util.Map<"):
        return "{" + _type(java_type.getActualTypeArguments()[1])
    return _SCALARS.get(name) or (name.removeprefix(_MODEL) if name.startswith(_MODEL) else "any")


if __name__ == "__main__":
    main()
    leave()
