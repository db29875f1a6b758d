"""Fields of a pod template that are none of a pod's: misspelt, or in the wrong place. Flink says nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flink_session.configuration.catalogue.spelling import nearest_key
from flink_session.kubernetes.pod_model import pod_model


def unknown_fields(document: Any) -> Iterator[tuple[str, str | None]]:
    """Yield the path of each field that the pod's model does not know, and the known field that is most like it."""
    for name in ("metadata", "spec"):
        yield from _unknown(pod_model()["Pod"][name], document.get(name), name)


def _unknown(type_name: str, value: Any, path: str) -> Iterator[tuple[str, str | None]]:
    if type_name[0] == "[" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(type_name[1:], item, f"{path}[{index}]")
    elif type_name in pod_model() and isinstance(value, dict):
        fields = pod_model()[type_name]
        for name, item in value.items():
            if name in fields:
                yield from _unknown(fields[name], item, f"{path}.{name}")
            else:
                yield f"{path}.{name}", nearest_key(str(name), fields)
