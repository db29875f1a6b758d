"""The selected stack and backend: the files in which the Pulumi CLI remembers them, so that both mean the same."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ..errors import BackendError
from .backend import write_atomically
from .project import Project


def logged_in_backend() -> str | None:
    """Give the URL of the backend that `pulumi login` was last used for. Raises BackendError for a damaged file."""
    url = _read(_home() / "credentials.json").get("current")
    return url if isinstance(url, str) else None


class Workspace:
    """The settings of one project for the current user, `$PULUMI_HOME/workspaces/<project>-<hash>-workspace.json`."""

    def __init__(self, project: Project, backend_url: str) -> None:
        """`backend_url` tells apart the stacks that are selected in different backends."""
        # Not for security: it is the name that the CLI gives to the file.
        digest = hashlib.sha1(str(project.file).encode(), usedforsecurity=False).hexdigest()
        self._path = _home() / "workspaces" / f"{project.name}-{digest}-workspace.json"
        self._project, self._url = project.name, backend_url

    @property
    def selected(self) -> str | None:
        """The name of the selected stack. Raises BackendError if the file is damaged."""
        document = _read(self._path)
        name = (document.get("stacks") or {}).get(self._url) or document.get("stack") or ""
        return name.removeprefix(f"organization/{self._project}/") or None

    def select(self, full_name: str | None) -> None:
        """Select a stack, or none. Raises BackendError."""
        stacks = dict(_read(self._path).get("stacks") or {})
        if full_name is None:
            stacks.pop(self._url, None)
        else:
            stacks[self._url] = full_name
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps({"stacks": stacks}, indent=4))
        except OSError as error:
            raise BackendError(f"the selected stack cannot be saved in {self._path}: {error}") from error


def _home() -> Path:
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi").expanduser()


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BackendError(f"{path}, in which the Pulumi CLI keeps its choices, cannot be read: {error}") from error
    return document if isinstance(document, dict) else {}
