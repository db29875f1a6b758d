"""The client's endpoints are what Flink's own classes say, and what is left out is left out on purpose."""

from __future__ import annotations

import re

import pytest

from flink_session.client import endpoints
from flink_session.client.endpoints import Endpoint
from tests.conformance.client.rest_headers import Headers, rest_headers
from tests.conformance.jvm import Flink

pytestmark = pytest.mark.conformance

Route = tuple[str, str]

OURS: dict[Route, Endpoint] = {
    (item.method, item.path): item for item in vars(endpoints).values() if isinstance(item, Endpoint)
}

_KILLS = "a GET that ends a job: nothing that looks harmless may do that"
_OVERVIEW = "GET /jobs/overview says it, and more"
_LOGS = "one of the files of the log folder, which are all read by name"
_RESULTS = "results that a Table program caches for later ones: of use to that program alone"
_SUBTASKS = "a single subtask: the vertex's own numbers are what a person or a program decides by"
_COORDINATORS = "numbers of coordinators inside the JobManager, which its own metrics have as well"
_WEB_UI = "for the pages of Flink's web UI"
_APPLICATIONS = "in the newest versions only; an application that `run` makes has its job's id"
_RESCALES = "in the newest versions only; which parallelism a job has is in GET /jobs/:jobid"
_DIED = "always answered with 503: Flink has switched it off (FLINK-12312)"
NOT_OFFERED: dict[Route, str] = {
    ("GET", "/jobs/:jobid/yarn-cancel"): _KILLS,
    ("GET", "/jobs/:jobid/yarn-stop"): _KILLS,
    ("POST", "/jobs"): "takes a job graph that Java has serialized",
    ("POST", "/jobs/:jobid/coordinators/:operatorid"): "takes a request that Java has serialized",
    ("POST", "/jobs/:jobid/coordinators/:operatorUid"): "takes a request that Java has serialized",
    ("PATCH", "/jobs/:jobid/clientHeartbeat"): "ends a job whose client goes away: ours may go away",
    ("PATCH", "/jobs/:jobid/rescaling"): _DIED,
    ("GET", "/jobs/:jobid/rescaling/:triggerid"): _DIED,
    ("GET", "/jars/:jarid/plan"): "the same as POST, which also takes arguments that have commas",
    ("GET", "/jobs"): _OVERVIEW,
    ("GET", "/jobs/:jobid/status"): f"{_OVERVIEW}; and it says 500 of a job that is not there",
    ("GET", "/jobmanager/log"): _LOGS,
    ("GET", "/jobmanager/stdout"): _LOGS,
    ("GET", "/taskmanagers/:taskmanagerid/log"): _LOGS,
    ("GET", "/taskmanagers/:taskmanagerid/stdout"): _LOGS,
    ("GET", "/datasets"): _RESULTS,
    ("DELETE", "/datasets/:datasetid"): _RESULTS,
    ("GET", "/datasets/delete/:triggerid"): _RESULTS,
    ("GET", "/jobs/metrics"): "numbers of different jobs, added up",
    ("GET", "/jobs/:jobid/checkpoints/details/:checkpointid/subtasks/:vertexid"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/accumulators"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/jm-operator-metrics"): _COORDINATORS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/metrics"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/subtasks/:subtaskindex"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/subtasks/:subtaskindex/attempts/:attempt"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/subtasks/:subtaskindex/attempts/:attempt/accumulators"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/subtasks/:subtaskindex/metrics"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/subtasks/accumulators"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/subtasktimes"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/watermarks"): _SUBTASKS,
    ("GET", "/jobs/:jobid/vertices/:vertexid/flamegraph"): _WEB_UI,
    ("GET", "/jobs/:jobid/jobmanager/config"): _WEB_UI,
    ("GET", "/jobs/:jobid/jobmanager/environment"): _WEB_UI,
    ("GET", "/jobs/:jobid/jobmanager/log-url"): _WEB_UI,
    ("GET", "/jobs/:jobid/taskmanagers/:taskmanagerid/log-url"): _WEB_UI,
    ("GET", "/:*"): _WEB_UI,
    ("GET", "/applications/overview"): _APPLICATIONS,
    ("GET", "/applications/:applicationid"): _APPLICATIONS,
    ("POST", "/applications/:applicationid/cancel"): _APPLICATIONS,
    ("GET", "/applications/:applicationid/exceptions"): _APPLICATIONS,
    ("GET", "/applications/:applicationid/jobmanager/config"): _APPLICATIONS,
    ("POST", "/jars/:jarid/run-application"): _APPLICATIONS,
    ("GET", "/jobs/:jobid/rescales/config"): _RESCALES,
    ("GET", "/jobs/:jobid/rescales/details/:rescaleuuid"): _RESCALES,
    ("GET", "/jobs/:jobid/rescales/history"): _RESCALES,
    ("GET", "/jobs/:jobid/rescales/overview"): _RESCALES,
    ("GET", "/jobs/:jobid/rescales/summary"): _RESCALES,
}
"""Why, by method and path of any version."""

_IN_THE_BODY = {"entry-class", "parallelism", "programArg", "program-args", "savepointPath", "allowNonRestoredState"}
NOT_SENT: dict[Route, set[str]] = {
    ("POST", "/jars/:jarid/plan"): _IN_THE_BODY,
    ("POST", "/jars/:jarid/run"): _IN_THE_BODY,
    ("GET", "/jobs/:jobid/accumulators"): {"includeSerializedValue"},
    ("GET", "/jobs/:jobid/exceptions"): {"failureLabelFilter"},
}
"""Query parameters that are left out: those of a jar are in the body, where a comma separates nothing."""


@pytest.fixture(scope="module")
def theirs(flink: Flink) -> dict[Route, Headers]:
    """What this Flink offers."""
    found = rest_headers(flink)
    by_route = {(item.method, item.path): item for item in found}
    assert len(by_route) == len(found) > 80
    return by_route


def test_every_endpoint_of_flink_is_offered_or_left_out_with_a_reason(theirs: dict[Route, Headers]) -> None:
    assert theirs.keys() - OURS.keys() - NOT_OFFERED.keys() == set()
    assert OURS.keys() & NOT_OFFERED.keys() == set()


def test_every_endpoint_of_ours_is_one_of_flinks(theirs: dict[Route, Headers]) -> None:
    assert OURS.keys() - theirs.keys() == set()


@pytest.mark.parametrize("route", OURS, ids=" ".join)
def test_parameters_and_status_are_flinks(route: Route, theirs: dict[Route, Headers]) -> None:
    ours, flinks = OURS[route], theirs[route]
    assert set(re.findall(r":(\w+)", ours.path)) == flinks.parameters
    assert flinks.status in (ours.status, None)
    assert set(ours.query) <= flinks.query
    assert flinks.query - set(ours.query) <= NOT_SENT.get(route, set())


def test_gets_that_end_a_job_are_flinks_and_never_ours(theirs: dict[Route, Headers]) -> None:
    deadly = {route for route, reason in NOT_OFFERED.items() if reason == _KILLS}
    assert deadly <= theirs.keys()
    assert not deadly & OURS.keys()
