"""The selected stack of a project: the file in which the Pulumi CLI remembers it, so that both mean the same."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from .backend import write_atomically
from .errors import BackendError
from .project import Project


class Workspace:
    """The settings of one project for the current user, `$PULUMI_HOME/workspaces/<project>-<hash>-workspace.json`."""

    def __init__(self, project: Project, backend_url: str) -> None:
        """`backend_url` tells apart the stacks that are selected in different backends."""
        home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi").expanduser()
        # Not for security: it is the name that the CLI gives to the file.
        digest = hashlib.sha1(str(project.file).encode(), usedforsecurity=False).hexdigest()
        self._path = home / "workspaces" / f"{project.name}-{digest}-workspace.json"
        self._project, self._url = project.name, backend_url

    @property
    def selected(self) -> str | None:
        """The name of the selected stack. Raises BackendError if the file is damaged."""
        document = self._read()
        name = (document.get("stacks") or {}).get(self._url) or document.get("stack") or ""
        return name.removeprefix(f"organization/{self._project}/") or None

    def select(self, full_name: str | None) -> None:
        """Select a stack, or none. Raises BackendError."""
        stacks = dict(self._read().get("stacks") or {})
        if full_name is None:
            stacks.pop(self._url, None)
        else:
            stacks[self._url] = full_name
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps({"stacks": stacks}, indent=4))
        except OSError as error:
            raise BackendError(f"the selected stack cannot be saved in {self._path}: {error}") from error

    def _read(self) -> dict[str, Any]:
        try:
            document = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise BackendError(f"{self._path}, which names the selected stack, cannot be read: {error}") from error
        return document if isinstance(document, dict) else {}
