"""SQL at a real gateway: its endpoints by Flink's own classes, and statements, rows and errors as they are."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flink_session.client import AsyncClusterClient, ClusterClient, Direct, errors
from flink_session.client.endpoints import Endpoint
from flink_session.client.sql import endpoints
from flink_session.client.sql.session import SqlSession
from tests.conformance.client.conftest import starter
from tests.conformance.client.rest_headers import gateway_headers
from tests.conformance.distributions import DEFAULT_FLINK_VERSION, scripts, sql_gateway
from tests.conformance.jvm import Flink
from tests.support.both_clients import Held, client_of, sql_of
from tests.support.local_flink import LocalFlink
from tests.support.local_gateway import local_gateway

pytestmark = pytest.mark.conformance

VERSION = os.environ.get("FLINK_SESSION_CONFORMANCE_VERSION", DEFAULT_FLINK_VERSION)
NOT_OFFERED = {
    ("GET", "/info"): "GET /overview of the cluster says the version",
    ("POST", "/sessions/:session_handle/configure-session"): "a statement as any other",
    ("GET", "/sessions/:session_handle/complete-statement"): "for editors",
    (
        "POST",
        "/sessions/:session_handle/operations/:operation_handle/cancel",
    ): "it leaves the job of a query alone",
}


@pytest.fixture(scope="module")
def flink_session(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalFlink]:
    """A session of this module's own: Flink 2.2.1 ends a TaskManager whose query is closed while it begins.

    (A NullPointerException of `CollectSinkFunction.accumulateFinalResults`.)
    """
    with starter(home, tmp_path_factory) as start:
        yield start()


@pytest.fixture(scope="module")
def client(flink_session: LocalFlink, mode: type[ClusterClient | AsyncClusterClient]) -> Iterator[ClusterClient]:
    """A client of it."""
    with client_of(mode, Held(Direct(flink_session.url))) as client:
        yield client


@pytest.fixture(autouse=True)
def _revived(request: pytest.FixtureRequest) -> None:
    if "gateway" in request.fixturenames:
        request.getfixturevalue("flink_session").revive()


@pytest.fixture(scope="module")
def gateway_jar() -> Any:
    found = sql_gateway(VERSION)
    if found is None or scripts(VERSION) is None:
        pytest.skip(f"the SQL Gateway of Flink {VERSION} is not here: dev/conformance {VERSION} downloads it")
    return found


@pytest.fixture(scope="module")
def gateway(gateway_jar: Any, flink_session: LocalFlink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    bin_folder = scripts(VERSION)
    assert bin_folder
    with local_gateway(bin_folder, gateway_jar, flink_session, tmp_path_factory.mktemp("gateway") / "home") as url:
        yield url


@pytest.fixture
def sql(client: ClusterClient, gateway: str) -> Iterator[SqlSession]:
    with sql_of(client, gateway, {"execution.runtime-mode": "batch"}) as session:
        yield session


def test_the_endpoints_are_flinks(flink: Flink, gateway_jar: Any) -> None:
    flinks = {(item.method, item.path): item for item in gateway_headers(gateway_jar, "V2")}
    ours = {(item.method, item.path): item for item in vars(endpoints).values() if isinstance(item, Endpoint)}
    assert set(ours) <= set(flinks)
    assert set(flinks) - set(ours) == set(NOT_OFFERED)
    for route, endpoint in ours.items():
        assert flinks[route].status == endpoint.status, route
        assert set(endpoint.query) <= flinks[route].query, route


VALUES: list[tuple[str, Any]] = [
    ("CAST(1 AS TINYINT)", 1),
    ("CAST(9007199254740993 AS BIGINT)", 9007199254740993),
    ("CAST('12345678901234567890.1234567' AS DECIMAL(38, 7))", Decimal("12345678901234567890.1234567")),
    ("CAST(100 AS DECIMAL(10, 2))", Decimal("100.00")),
    ("CAST(1e20 AS DOUBLE)", 1e20),
    ("CAST('Infinity' AS DOUBLE)", math.inf),
    ("TRUE", True),
    ("CAST('y' AS CHAR(3))", "y  "),
    ("DATE '2024-02-29'", datetime.date(2024, 2, 29)),
    ("TIME '12:34:56'", datetime.time(12, 34, 56)),
    ("TIMESTAMP '2024-02-29 12:34:56.123456'", datetime.datetime(2024, 2, 29, 12, 34, 56, 123456)),
    ("TIMESTAMP '2024-02-29 12:34:56.123456789'", "2024-02-29T12:34:56.123456789"),
    ("X'CAFE'", b"\xca\xfe"),
    ("ARRAY[DATE '2024-01-01']", [datetime.date(2024, 1, 1)]),
    ("MAP['a', CAST(1.5 AS DECIMAL(3, 2))]", {"a": Decimal("1.50")}),
    ("CAST(ROW(1, X'00') AS ROW<a INT, b BYTES>)", {"a": 1, "b": b"\x00"}),
    ("INTERVAL '1' DAY", datetime.timedelta(days=1)),
    ("INTERVAL '2' MONTH", 2),
    ("CAST(NULL AS INT)", None),
]


def test_values(sql: SqlSession) -> None:
    statement = sql.execute("SELECT " + ", ".join(f"{text} AS c{index}" for index, (text, _) in enumerate(VALUES)))
    assert statement.is_query
    assert [column.name for column in statement.columns] == [f"c{index}" for index in range(len(VALUES))]
    (row,) = sql.fetch(statement)
    assert dict(enumerate(row)) == {index: value for index, (_, value) in enumerate(VALUES)}
    assert [type(value) for value in row] == [type(value) for _, value in VALUES]


def test_a_time_of_a_zone_is_not_taken_for_one_of_utc(sql: SqlSession) -> None:
    """The gateway writes the session's local time with a Z; so it stays a text."""
    sql.execute("SET 'table.local-time-zone' = 'Asia/Tokyo'")
    assert list(sql.fetch(sql.execute("SELECT TO_TIMESTAMP_LTZ(0, 3)"))) == [("1970-01-01T09:00:00Z",)]
    assert sql.configuration()["table.local-time-zone"] == "Asia/Tokyo"


def test_an_insert_is_a_job(sql: SqlSession, client: ClusterClient) -> None:
    sql.execute("CREATE TEMPORARY TABLE source (x INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3')")
    sql.execute("CREATE TEMPORARY TABLE sink (x INT) WITH ('connector' = 'blackhole')")
    statement = sql.execute("INSERT INTO sink SELECT x FROM source")
    assert statement.job_id
    assert list(sql.fetch(statement)) == [(statement.job_id,)]
    assert client.job_result(statement.job_id).status == "SUCCEEDED"


def test_changes_have_their_kind(sql: SqlSession) -> None:
    query = "SELECT COUNT(*) FROM (VALUES (1), (2)) AS t(x)"
    statement = sql.execute(query, {"execution.runtime-mode": "streaming"})
    rows = [(row.kind, *row) for row in sql.fetch(statement)]
    assert rows == [("INSERT", 1), ("UPDATE_BEFORE", 1), ("UPDATE_AFTER", 2)]


def test_whoever_leaves_a_query_ends_its_job(sql: SqlSession, client: ClusterClient) -> None:
    sql.execute("CREATE TEMPORARY TABLE endless (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '10')")
    statement = sql.execute("SELECT x FROM endless", {"execution.runtime-mode": "streaming"})
    assert statement.job_id
    rows = sql.fetch(statement)
    assert len(next(rows)) == 1
    assert client.job(statement.job_id).state == "RUNNING"
    rows.close()  # type: ignore[attr-defined]
    assert client.within(30).wait_for(statement.job_id, ["CANCELED"]).state == "CANCELED"


def test_closing_a_session_ends_its_queries(client: ClusterClient, gateway: str) -> None:
    with sql_of(client, gateway, {}) as sql:
        sql.execute("CREATE TEMPORARY TABLE endless (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')")
        job_id = sql.execute("SELECT x FROM endless").job_id
        assert job_id
    assert client.within(30).wait_for(job_id, ["CANCELED"]).state == "CANCELED"


@pytest.mark.parametrize(
    ("statement", "cause"),
    [
        ("SELECT * FROM nowhere", "Object 'nowhere' not found"),
        ("SELEC 1", "Non-query expression"),
        ("SELECT 1 / (x - x) FROM (VALUES (1)) AS t(x)", "by zero"),
        ("SELECT MAP[1, 'a']", "a MAP whose keys are no texts"),
    ],
)
def test_errors_have_the_deepest_cause(sql: SqlSession, statement: str, cause: str) -> None:
    with pytest.raises(errors.OperationFailedError, match=cause):
        list(sql.fetch(sql.execute(statement)))


def test_what_is_gone_is_told_so(sql: SqlSession) -> None:
    statement = sql.execute("SHOW CATALOGS")
    assert sql.status(statement) == "FINISHED"
    sql.close_statement(statement)
    with pytest.raises(errors.NotFoundError):
        sql.status(statement)
    sql.heartbeat()


def test_without_a_gateway(client: ClusterClient, flink_session: LocalFlink) -> None:
    with pytest.raises(errors.NotFoundError, match=r"no sql-gateway\.endpoint\.rest\.address: pass the URL"):
        client.sql()
    with pytest.raises(errors.UnexpectedAnswerError, match="no SQL Gateway behind this address"):
        client.sql(flink_session.url)
