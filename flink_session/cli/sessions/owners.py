"""Which stack a session is of: by the uid of its Deployment, which the state of that stack has.

The Pulumi CLI's provider and the embedded engine both record an object whole, so both know it by its uid, which no
other object of any cluster ever has. Names would not do: two clusters have sessions of one name.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DEPLOYMENT_TYPE = "kubernetes:apps/v1:Deployment"


@dataclass(frozen=True, slots=True)
class Owner:
    """A stack; `selected` says whether it is the one of the project in this folder."""

    project: str
    stack: str
    selected: bool = False

    def __str__(self) -> str:
        return "this stack" if self.selected else f"{self.project}/{self.stack}"


def owners(cwd: Path, uids: Collection[str]) -> dict[str, Owner]:
    """Give the stacks that have these Deployments, by uid: of the backend in use, and of that of the user's home.

    What cannot be read, or is no backend of files, knows nothing.
    """
    if not uids:
        return {}
    roots, selected = _backends(cwd)
    found: dict[str, Owner] = {}
    for path in (path for root in roots for path in sorted((root / ".pulumi" / "stacks").glob("*/*.json"))):
        try:
            content = path.read_bytes()
            if any(uid.encode() in content for uid in uids):
                state = json.loads(content)["checkpoint"]["latest"]
                project, stack = path.parent.name, path.stem
                owner = Owner(project, stack, (project, stack) == selected)
                found.update(dict.fromkeys(deployments_of(state, uids), owner))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return found


def deployments_of(state: Mapping[str, Any], uids: Collection[str]) -> Iterator[str]:
    """Give those of the uids that Deployments in a state have."""
    for resource in state.get("resources") or ():
        if resource.get("type") == _DEPLOYMENT_TYPE and not resource.get("delete"):
            metadata = (resource.get("outputs") or {}).get("metadata")
            uid = metadata.get("uid") if isinstance(metadata, Mapping) else None
            if isinstance(uid, str) and uid in uids:
                yield uid


def _backends(cwd: Path) -> tuple[list[Path], tuple[str, str] | None]:
    """Give the folders of the backend in use and of Pulumi's default, and the selected stack of the project here."""
    from flink_session.engine.errors import EngineError
    from flink_session.engine.stack.backend import backend_directory
    from flink_session.engine.stack.project import find_project
    from flink_session.engine.stack.target import Target, backend_of

    project, selected, roots = None, None, [backend_directory("file://~", cwd)]
    with contextlib.suppress(EngineError):
        project = find_project(cwd)
    with contextlib.suppress(EngineError):
        roots.append(backend_of(project)[1])
    if project:
        with contextlib.suppress(EngineError):
            selected = (project.name, Target.find(cwd, None).stack)
    return roots, selected
