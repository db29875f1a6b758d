"""The endpoints of Flink's REST API that are used here: the one place that knows their paths and parameters.

A test compares this table with the `*Headers` classes of each version of Flink.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .exchange import Request

_PARAMETER = re.compile(r":(\w+)")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint.

    Attributes:
        method: of HTTP.
        path: with its parameters as Flink writes them, `/jobs/:jobid`.
        status: of its answer when all goes well.
        query: the names of its query parameters.
        repeatable: whether it may be carried out twice without harm; a POST only if its body has an id of ours.
    """

    method: str
    path: str
    status: int = 200
    query: tuple[str, ...] = ()
    repeatable: bool = True

    def request(
        self, *, params: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None, **names: str
    ) -> Request:
        """Make a request; `names` are the parameters of the path, which may hold any character."""
        path = _PARAMETER.sub(lambda match: quote(names[match[1]], safe=""), self.path)
        return Request(self.method, path, params or {}, body, repeatable=self.repeatable)


CLUSTER_OVERVIEW = Endpoint("GET", "/overview")
DASHBOARD_CONFIGURATION = Endpoint("GET", "/config")
JOBS_OVERVIEW = Endpoint("GET", "/jobs/overview")
