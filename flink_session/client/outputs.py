"""What the outputs of a `FlinkSessionCluster` say of where it is; plain values in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAMES = {"cluster_id": "clusterId", "namespace": "namespace", "rest_endpoint": "restEndpoint"}
"""Outputs as a Python program exports them, and as a component that is exported whole has them."""


@dataclass(frozen=True, slots=True)
class SessionOutputs:
    """Where a session is; empty where the outputs do not say it. There is a URL, or cluster id and namespace."""

    cluster_id: str
    namespace: str
    rest_endpoint: str

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> SessionOutputs:
        """Read outputs. Raises ValueError, naming it, for one that is needed and missing, or that is no text."""
        found = {ours: _text(outputs, ours, pulumis) for ours, pulumis in _NAMES.items()}
        missing = [name for name in ("cluster_id", "namespace") if not found[name]]
        if missing and not found["rest_endpoint"]:
            raise ValueError(f"outputs: there is no {' and no '.join(missing)}, nor rest_endpoint; {_hint(outputs)}")
        return cls(**found)

    @property
    def missing(self) -> str:
        """What a session would be found on Kubernetes by, and is not there; empty where nothing is missing."""
        return " and ".join(name for name in ("cluster_id", "namespace") if not getattr(self, name))


def _text(outputs: Mapping[str, Any], *names: str) -> str:
    name = next((name for name in names if name in outputs), "")
    value = outputs[name] if name else None
    if value is not None and not isinstance(value, str):
        # The value may be a secret.
        raise ValueError(f"outputs: {name} is {_kind(value)}, and should be a text")
    return value or ""


def _kind(value: object) -> str:
    if type(value).__name__ == "Output":
        return "an Output of Pulumi, known only in its `apply`"
    return f"a value of the type {type(value).__name__}"


def _hint(outputs: Mapping[str, Any]) -> str:
    inside = [key for key, value in outputs.items() if isinstance(value, Mapping) and "clusterId" in value]
    if inside:
        return f"outputs[{inside[0]!r}] has them: pass that"
    return f"there are {', '.join(sorted(map(str, outputs))) or 'none'}"
