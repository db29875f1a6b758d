"""The annotations `pulumi.com/*` by which an object says how it wants to be handled: those that are honoured, read."""

from __future__ import annotations

from typing import Any

from ..errors import StepError, UnsupportedError
from ..model.values import plain
from .waits import wait_for
from .waits.waiting import DEFAULT_TIMEOUT

FORCE = "pulumi.com/patchForce"
SKIP_AWAIT = "pulumi.com/skipAwait"
_TIMEOUT = "pulumi.com/timeoutSeconds"
_PROPAGATION = "pulumi.com/deletionPropagationPolicy"
_REFUSED = ("pulumi.com/replaceUnready", "pulumi.com/patchFieldManager")
_UNAWAITED_DELETES = {
    *("Pod", "Deployment", "DaemonSet", "StatefulSet", "Job", "ReplicationController", "Namespace"),
}
"""Kinds whose deletion, too, is not waited for with skipAwait; what the Pulumi provider does."""


def check_annotations(manifest: dict[str, Any]) -> None:
    """Raise StepError for an annotation whose value cannot be understood, UnsupportedError for one not honoured."""
    for name in _REFUSED:
        if _get(manifest, name) is not None:
            raise UnsupportedError(f"the annotation {name}")
    seconds_to_wait(manifest, None)
    if (expressions := _get(manifest, wait_for.ANNOTATION)) is not None:
        wait_for.expressions(expressions)


def is_on(manifest: dict[str, Any], name: str) -> bool:
    """Say whether a switch is on."""
    return str(_get(manifest, name)).lower() == "true"


def seconds_to_wait(manifest: dict[str, Any], custom: float | None) -> float:
    """Give the seconds to wait: those of `custom_timeouts`, else of the annotation, else the default."""
    if custom is not None:
        return custom
    text = _get(manifest, _TIMEOUT) or str(DEFAULT_TIMEOUT)
    try:
        return float(text)
    except ValueError:
        raise StepError(f"the annotation {_TIMEOUT} is {text!r}, which is not a number of seconds") from None


def propagation(manifest: dict[str, Any]) -> str:
    """Give how what an object owns is deleted with it, in the API server's words."""
    wanted = str(_get(manifest, _PROPAGATION)).capitalize()
    return wanted if wanted in ("Orphan", "Background") else "Foreground"


def waits_for_deletion(manifest: dict[str, Any], kind: str) -> bool:
    """Say whether a delete is done only when the object is gone."""
    return not (kind in _UNAWAITED_DELETES and is_on(manifest, SKIP_AWAIT))


def _get(manifest: dict[str, Any], name: str) -> str | None:
    metadata = plain(manifest.get("metadata") or {})
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    value = annotations.get(name) if isinstance(annotations, dict) else None
    return value if isinstance(value, str) else None
