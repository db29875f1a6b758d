"""Statements and rows of the SQL Gateway, without one; tests/conformance/client/test_sql.py asks a real one."""

from datetime import date
from typing import Any

import pytest

from flink_session.client.errors import NotFoundError, OperationFailedError, UnexpectedAnswerError
from flink_session.client.exchange import NoAnswer, Request, Response
from flink_session.client.runners import Blocking
from flink_session.client.sql.calls import execute, fetch, gateway_url, open_session
from flink_session.client.sql.models import Row, Statement
from flink_session.client.sql.values import converter, read_rows
from tests.unit.client.scripted import Script, ok

COLUMNS = [{"name": "d", "logicalType": {"type": "DATE", "nullable": True}}]


def batch(*rows: Any, type_: str = "PAYLOAD", token: int | None = None, kind: str = "INSERT") -> Response:
    found: dict[str, Any] = {
        "resultType": type_,
        "isQueryResult": True,
        "jobID": "j",
        "results": {"columns": COLUMNS, "data": [{"kind": kind, "fields": [row]} for row in rows]},
    }
    if token is not None:
        found["nextResultUri"] = f"/v2/sessions/s/operations/o/result/{token}?rowFormat=JSON"
    return ok(found)


NOT_READY = ok({"resultType": "NOT_READY", "nextResultUri": "/v2/sessions/s/operations/o/result/0?rowFormat=JSON"})
FAILED = ok({"errors": ["Internal server error.", "<Exception\norg.x.A: a\nCaused by: org.x.B: no such table"]}, 500)


def executed(*answers: Response) -> tuple[Statement, Script]:
    script = Script(ok({"operationHandle": "o"}), *answers)
    return script.run(execute("s", "SELECT  d\nFROM t", {"a": "b"})), script


def test_a_statement_is_waited_for() -> None:
    statement, script = executed(NOT_READY, NOT_READY, batch(token=1))
    assert (statement.handle, statement.is_query, statement.job_id) == ("o", True, "j")
    assert [column.name for column in statement.columns] == ["d"]
    assert script.requests[0].body == {"statement": "SELECT  d\nFROM t", "executionConfig": {"a": "b"}}
    assert not script.requests[0].repeatable
    assert script.requests[1].path == "/v2/sessions/s/operations/o/result/0"
    assert script.requests[1].params == {"rowFormat": "JSON"}
    assert len(script.pauses) == 2


def test_rows_are_fetched_until_the_end_and_the_statement_is_closed() -> None:
    statement, _ = executed(batch("2024-02-29", token=1))
    script = Script(batch(token=2), batch(None, token=3, kind="DELETE"), batch(type_="EOS"), ok({"status": "CLOSED"}))
    script.run(fetch("s", statement))
    assert script.emitted == [(date(2024, 2, 29),), (None,)]
    assert [row.kind for row in script.emitted] == ["INSERT", "DELETE"]
    assert [request.path.rpartition("/")[2] for request in script.requests] == ["1", "2", "3", "close"]
    # Only where there is nothing new is there a pause.
    assert len(script.pauses) == 1


def test_a_failure_has_the_deepest_cause() -> None:
    with pytest.raises(OperationFailedError, match=r"^SELECT d FROM t failed: B: no such table$"):
        executed(FAILED)


@pytest.mark.parametrize("left_by", [GeneratorExit, KeyboardInterrupt])
def test_whoever_leaves_ends_the_statement(left_by: type[BaseException]) -> None:
    statement, _ = executed(batch("2024-02-29", token=1))
    sent: list[Request] = []

    def send(request: Request, seconds: float | None) -> Response | NoAnswer:
        sent.append(request)
        if left_by is KeyboardInterrupt and request.method == "GET":
            raise KeyboardInterrupt
        return ok({"status": "CLOSED"})

    rows = Blocking(send, None).iterate(fetch("s", statement))
    assert next(rows) == (date(2024, 2, 29),)
    if left_by is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            next(rows)
    else:
        rows.close()  # type: ignore[attr-defined]
    assert (sent[-1].method, sent[-1].path) == ("DELETE", "/v2/sessions/s/operations/o/close")


def test_opening_a_session() -> None:
    script = Script(ok({"versions": ["V1", "V2"]}), ok({"sessionHandle": "s"}))
    assert script.run(open_session({"a": "b"})) == "s"
    assert script.requests[1].body == {"properties": {"a": "b"}}
    with pytest.raises(UnexpectedAnswerError, match="has V1; v2 is needed"):
        Script(ok({"versions": ["V1"]})).run(open_session({}))
    with pytest.raises(UnexpectedAnswerError, match="no SQL Gateway behind this address: Not found"):
        Script(ok({"errors": ["Not found"]}, 404)).run(open_session({}))


def test_the_gateway_that_is_configured() -> None:
    entries = [{"key": "sql-gateway.endpoint.rest.address", "value": "sql.flink"}]
    assert Script(ok(entries)).run(gateway_url()) == "http://sql.flink:8083"
    with pytest.raises(NotFoundError, match="pass the URL of its SQL Gateway"):
        Script(ok([])).run(gateway_url())


def test_values_that_python_has_not_stay_as_they_are() -> None:
    assert converter({"type": "DATE"})("12345-01-01") == "12345-01-01"
    assert converter({"type": "RAW"})("x") == "x"
    assert converter({"type": "TIMESTAMP_WITH_LOCAL_TIME_ZONE", "precision": 3})("1970-01-01T09:00:00Z").endswith("Z")
    assert str(converter({"type": "DECIMAL", "scale": 2})(read_rows(b"1E+2"))) == "100.00"


def test_a_row_is_a_tuple() -> None:
    row = Row([1, 2], "DELETE")
    assert tuple(row) == (1, 2)
    assert row.kind == "DELETE"
