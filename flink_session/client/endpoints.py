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
        patient: whether it runs a program before it answers.
    """

    method: str
    path: str
    status: int = 200
    query: tuple[str, ...] = ()
    repeatable: bool = True
    patient: bool = False

    def request(
        self, *, params: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None, **names: str
    ) -> Request:
        """Make a request; `names` are the parameters of the path, which may hold any character."""
        path = _PARAMETER.sub(lambda match: quote(names[match[1]], safe=""), self.path)
        return Request(self.method, path, params or {}, body, repeatable=self.repeatable, patient=self.patient)


CLUSTER_OVERVIEW = Endpoint("GET", "/overview")
DASHBOARD_CONFIGURATION = Endpoint("GET", "/config")
SHUTDOWN = Endpoint("DELETE", "/cluster")

JOBMANAGER_CONFIGURATION = Endpoint("GET", "/jobmanager/config")
JOBMANAGER_ENVIRONMENT = Endpoint("GET", "/jobmanager/environment")
JOBMANAGER_METRICS = Endpoint("GET", "/jobmanager/metrics", query=("get",))
JOBMANAGER_LOGS = Endpoint("GET", "/jobmanager/logs")
JOBMANAGER_LOG = Endpoint("GET", "/jobmanager/logs/:filename")
JOBMANAGER_THREAD_DUMP = Endpoint("GET", "/jobmanager/thread-dump")
JOBMANAGER_PROFILE = Endpoint("POST", "/jobmanager/profiler", repeatable=False)
JOBMANAGER_PROFILES = Endpoint("GET", "/jobmanager/profiler")
JOBMANAGER_PROFILE_FILE = Endpoint("GET", "/jobmanager/profiler/:filename")

TASKMANAGERS = Endpoint("GET", "/taskmanagers")
TASKMANAGERS_METRICS = Endpoint("GET", "/taskmanagers/metrics", query=("get", "agg", "taskmanagers"))
TASKMANAGER = Endpoint("GET", "/taskmanagers/:taskmanagerid")
TASKMANAGER_METRICS = Endpoint("GET", "/taskmanagers/:taskmanagerid/metrics", query=("get",))
TASKMANAGER_LOGS = Endpoint("GET", "/taskmanagers/:taskmanagerid/logs")
TASKMANAGER_LOG = Endpoint("GET", "/taskmanagers/:taskmanagerid/logs/:filename")
TASKMANAGER_THREAD_DUMP = Endpoint("GET", "/taskmanagers/:taskmanagerid/thread-dump")
TASKMANAGER_PROFILE = Endpoint("POST", "/taskmanagers/:taskmanagerid/profiler", repeatable=False)
TASKMANAGER_PROFILES = Endpoint("GET", "/taskmanagers/:taskmanagerid/profiler")
TASKMANAGER_PROFILE_FILE = Endpoint("GET", "/taskmanagers/:taskmanagerid/profiler/:filename")

JARS = Endpoint("GET", "/jars")
JAR_UPLOAD = Endpoint("POST", "/jars/upload", repeatable=False)
JAR_DELETE = Endpoint("DELETE", "/jars/:jarid")
JAR_PLAN = Endpoint("POST", "/jars/:jarid/plan", patient=True)
JAR_RUN = Endpoint("POST", "/jars/:jarid/run", repeatable=False, patient=True)

JOBS_OVERVIEW = Endpoint("GET", "/jobs/overview")
JOB = Endpoint("GET", "/jobs/:jobid")
JOB_CANCEL = Endpoint("PATCH", "/jobs/:jobid", status=202, query=("mode",))
JOB_CONFIGURATION = Endpoint("GET", "/jobs/:jobid/config")
JOB_PLAN = Endpoint("GET", "/jobs/:jobid/plan")
JOB_EXCEPTIONS = Endpoint("GET", "/jobs/:jobid/exceptions", query=("maxExceptions",))
JOB_ACCUMULATORS = Endpoint("GET", "/jobs/:jobid/accumulators")
JOB_RESULT = Endpoint("GET", "/jobs/:jobid/execution-result")
JOB_METRICS = Endpoint("GET", "/jobs/:jobid/metrics", query=("get",))
VERTEX_BACKPRESSURE = Endpoint("GET", "/jobs/:jobid/vertices/:vertexid/backpressure")
VERTEX_SUBTASK_METRICS = Endpoint(
    "GET", "/jobs/:jobid/vertices/:vertexid/subtasks/metrics", query=("get", "agg", "subtasks")
)
VERTEX_TASKMANAGERS = Endpoint("GET", "/jobs/:jobid/vertices/:vertexid/taskmanagers")
JOB_REQUIREMENTS = Endpoint("GET", "/jobs/:jobid/resource-requirements")
JOB_RESCALE = Endpoint("PUT", "/jobs/:jobid/resource-requirements")

CHECKPOINTS = Endpoint("GET", "/jobs/:jobid/checkpoints")
CHECKPOINT_CONFIGURATION = Endpoint("GET", "/jobs/:jobid/checkpoints/config")
CHECKPOINT = Endpoint("GET", "/jobs/:jobid/checkpoints/details/:checkpointid")
CHECKPOINT_TRIGGER = Endpoint("POST", "/jobs/:jobid/checkpoints", status=202)
CHECKPOINT_STATUS = Endpoint("GET", "/jobs/:jobid/checkpoints/:triggerid")
SAVEPOINT_TRIGGER = Endpoint("POST", "/jobs/:jobid/savepoints", status=202)
STOP_TRIGGER = Endpoint("POST", "/jobs/:jobid/stop", status=202)
SAVEPOINT_STATUS = Endpoint("GET", "/jobs/:jobid/savepoints/:triggerid")
DISPOSAL_TRIGGER = Endpoint("POST", "/savepoint-disposal", repeatable=False)
DISPOSAL_STATUS = Endpoint("GET", "/savepoint-disposal/:triggerid")
