"""The endpoints of the SQL Gateway's REST API that are used here, of its version 2, which Flink has since 1.17.

A test compares this table with the `*Headers` classes of Flink's gateway.
"""

from __future__ import annotations

from ..endpoints import Endpoint

VERSION = "v2"

VERSIONS = Endpoint("GET", "/api_versions")
SESSION_OPEN = Endpoint("POST", "/sessions")
SESSION = Endpoint("GET", "/sessions/:session_handle")
SESSION_CLOSE = Endpoint("DELETE", "/sessions/:session_handle")
HEARTBEAT = Endpoint("POST", "/sessions/:session_handle/heartbeat")
STATEMENT = Endpoint("POST", "/sessions/:session_handle/statements", repeatable=False)
OPERATION_STATUS = Endpoint("GET", "/sessions/:session_handle/operations/:operation_handle/status")
OPERATION_CLOSE = Endpoint("DELETE", "/sessions/:session_handle/operations/:operation_handle/close")
RESULT = Endpoint("GET", "/sessions/:session_handle/operations/:operation_handle/result/:token", query=("rowFormat",))
