"""What can go wrong between us and an API server.

UserError
├── ClusterError      no kubeconfig, no connection, no permission to even start
└── RequestError      one request failed
    └── ApiError      ... because the API server said no
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flink_session.errors import UserError


class ClusterError(UserError):
    """The Kubernetes cluster cannot be reached at all."""


class RequestError(UserError):
    """One request failed.

    Attributes:
        uncertain: the request may have been carried out all the same; otherwise the cluster is as it was.
    """

    uncertain = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that another manager owns, as a refused server-side apply reports it."""

    field: str
    manager: str


class ApiError(RequestError):
    """The API server said no."""

    def __init__(self, code: int, status: dict[str, Any], what: str) -> None:
        self.code = code
        self.uncertain = code >= 500
        self.reason: str = status.get("reason") or ""
        self.details: dict[str, Any] = status.get("details") or {}
        super().__init__(f"{what}: {status.get('message') or f'HTTP status {code}'}")

    @property
    def conflicts(self) -> list[Conflict]:
        """The fields that a server-side apply was refused for."""
        found = []
        for cause in self.details.get("causes") or []:
            if cause.get("reason") == "FieldManagerConflict":
                parts = str(cause.get("message", "")).split('"')
                found.append(Conflict(str(cause.get("field", "?")), parts[1] if len(parts) > 1 else "?"))
        return found
