"""What a refusal of Flink's means."""

import pytest

from flink_session.client.errors import NotFoundError, RefusedError
from flink_session.client.refusals import deepest_cause, refusal
from tests.unit.client.scripted import ok

DEEP = """org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.
\tat org.apache.flink.runtime.webmonitor.handlers.JarRunHandler.handleRequest(JarRunHandler.java:1)
Caused by: java.util.concurrent.CompletionException: java.lang.IllegalStateException: no table
\t... 3 more
Caused by: java.lang.IllegalStateException: no table
\tat user.Job.main(Job.java:7)
"""


@pytest.mark.parametrize(
    ("stack_trace", "cause"),
    [
        (DEEP, "IllegalStateException: no table"),
        ("org.apache.flink.runtime.rest.handler.RestHandlerException: Not here", "Not here"),
        ("java.lang.NullPointerException", "NullPointerException"),
        ("Caused by: java.io.IOException: java.io.IOException: disk full", "IOException: disk full"),
        ("Caused by: a.B$Inner: x: y", "B$Inner: x: y"),
        ("plain words", "plain words"),
        ("plain words\nand more", "plain words"),
        ("", ""),
    ],
)
def test_the_deepest_cause_is_what_is_told(stack_trace: str, cause: str) -> None:
    assert deepest_cause(stack_trace) == cause


@pytest.mark.parametrize(
    ("status", "errors", "kind"),
    [
        (404, ["Job not found"], NotFoundError),
        (
            500,
            ["Internal server error.", "org.apache.flink.x.FlinkJobNotFoundException: Could not find"],
            NotFoundError,
        ),
        (500, ["Internal server error.", "java.lang.IllegalStateException: FlinkJobNotFoundException"], RefusedError),
    ],
)
def test_what_is_not_there_is_told_from_what_is_refused(status: int, errors: list[str], kind: type) -> None:
    assert type(refusal(ok({"errors": errors}, status), "the job", "there is no job")) is kind
    assert type(refusal(ok({"errors": errors}, status), "the job")) is RefusedError
