"""Where in a user's pod template something stands that was found in the pod which Flink makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flink_session.kubernetes import constants
from flink_session.kubernetes.manifests import Manifest

if TYPE_CHECKING:
    from flink_session.kubernetes.checks.pod_validation import Path

_MISSING = object()


def main_container_index(template: Manifest) -> int | None:
    """Return where a template has the main container: of several, Flink takes the last."""
    containers = template.get("spec", {}).get("containers", [])
    found = [index for index, item in enumerate(containers) if item.get("name") == constants.MAIN_CONTAINER_NAME]
    return found[-1] if found else None


class TemplatePaths:
    """Leads from a pod back to its template.

    Flink takes the main container out of the template and puts it behind the others; to lists it appends what is its
    own. So but for containers an index stays what it was, and what is behind the template's last item is Flink's.
    """

    def __init__(self, template: Manifest, pod: Manifest) -> None:
        self._template, self._pod = template, pod
        containers = template.get("spec", {}).get("containers", [])
        names = [item.get("name") for item in containers]
        self._containers = [index for index, name in enumerate(names) if name != constants.MAIN_CONTAINER_NAME]
        self._containers.append(main_container_index(template))  # type: ignore[arg-type]

    def find(self, path: Path) -> Path | None:
        """Return where the template says what the pod has at ``path``; ``None`` where it is Flink that says so."""
        place = self._place(path)
        if place is None:
            return None
        there = next(length for length in range(len(path), -1, -1) if _value(self._pod, path[:length]) is not _MISSING)
        written, built = _value(self._template, place[:there]), _value(self._pod, path[:there])
        overwritten = not isinstance(built, (dict, list)) and built != written
        return None if written is _MISSING or overwritten else place

    def _place(self, path: Path) -> Path | None:
        if path[:2] != ("spec", "containers") or len(path) == 2:
            return path
        index = self._containers[int(path[2])]
        return None if index is None else ("spec", "containers", index, *path[3:])


def _value(item: Any, path: Path) -> Any:
    for step in path:
        try:
            item = item[step]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return item
