"""Calls to the SQL Gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..calls.cluster import configuration
from ..calls.polling import POLLS
from ..endpoints import Endpoint
from ..errors import FlinkError, NotFoundError, OperationFailedError, RefusedError, UnexpectedAnswerError
from ..exchange import Call, Emit, Pause, Request, Response, Within
from ..reading import read, read_json
from ..refusals import ask, refusal
from ..sending import send
from . import endpoints
from .models import Batch, Row, Statement
from .values import converter, read_rows

_ADDRESS, _PORT = "sql-gateway.endpoint.rest.address", "sql-gateway.endpoint.rest.port"
_DEFAULT_PORT = "8083"
_BEFORE_THE_JOB = 600.0
"""Seconds until a statement has its first results; a query's job may wait for slots."""


def gateway_url() -> Call[str]:
    """Give the address of the SQL Gateway that the cluster's configuration names. Raises NotFoundError."""
    configured = yield from configuration()
    if not configured.get(_ADDRESS):
        raise NotFoundError(f"the cluster's configuration has no {_ADDRESS}: pass the URL of its SQL Gateway", 404)
    return f"http://{configured[_ADDRESS]}:{configured.get(_PORT, _DEFAULT_PORT)}"


def open_session(properties: Mapping[str, str]) -> Call[str]:
    """Open a session with these options of Flink, and give its handle.

    Raises:
        UnexpectedAnswerError: it is no SQL Gateway, or one of before Flink 1.17.
    """
    try:
        document = yield from ask(endpoints.VERSIONS.request(), "the SQL Gateway's versions")
    except RefusedError as error:
        raise UnexpectedAnswerError(f"there is no SQL Gateway behind this address: {error.cause}") from error
    known = read(document, list[str], "versions")
    if endpoints.VERSION.upper() not in known:
        raise UnexpectedAnswerError(f"this SQL Gateway has {', '.join(known)}; {endpoints.VERSION} is needed")
    body = {"properties": dict(properties)}
    document = yield from ask(_request(endpoints.SESSION_OPEN, body), "a session of the SQL Gateway")
    return read(document, str, "sessionHandle")


def session_configuration(session: str) -> Call[dict[str, str]]:
    """Give the options that hold in the session: its own, and those of `SET`. Raises NotFoundError."""
    request = _request(endpoints.SESSION, session_handle=session)
    return read((yield from _ask(request, "the session's options")), dict[str, str], "properties")


def heartbeat(session: str) -> Call[None]:
    """Keep the session open: it ends when it is not used for ten minutes (`sql-gateway.session.idle-timeout`)."""
    yield from _ask(_request(endpoints.HEARTBEAT, session_handle=session), "the session's heartbeat")


def close_session(session: str) -> Call[None]:
    """Close the session, and with it all that its statements still do; jobs of INSERTs go on."""
    yield from _ask(_request(endpoints.SESSION_CLOSE, session_handle=session), "the session cannot be closed")


def execute(session: str, statement: str, options: Mapping[str, str] | None = None) -> Call[Statement]:
    """Execute one statement, and wait for its first results; `options` of Flink hold for it alone.

    If this is interrupted, the statement is cancelled.

    Raises:
        OperationFailedError: the statement is wrong, or fails; `cause` is Flink's deepest.
        NotFoundError: the session has been closed, or has ended for want of use.
        UnreachableError: no answer; the statement may have been carried out.
    """
    yield Within(_BEFORE_THE_JOB, f"the first results of {_shown(statement)}")
    body = {"statement": statement, "executionConfig": dict(options or {})}
    request = _request(endpoints.STATEMENT, body, session_handle=session)
    handle = read((yield from _ask(request, _shown(statement))), str, "operationHandle")
    where = {"session_handle": session, "operation_handle": handle, "token": "0"}
    first = endpoints.RESULT.request(params={"rowFormat": "JSON"}, body=None, **where)
    try:
        for pause in POLLS():
            batch = yield from _batch(_of_version(first), statement)
            if batch.type != "NOT_READY" and batch.results:
                columns = tuple(batch.results.columns)
                return Statement(handle, columns, batch.is_query, batch.job_id, batch)
            yield Pause(pause)
    except FlinkError:
        raise
    except BaseException:
        yield _closing(session, handle)
        raise
    raise AssertionError("polls never end")


def fetch(session: str, statement: Statement) -> Call[None]:
    """Give the rows of a statement as they come; of a streaming query without end.

    Rows that were given once are not given again. If this is left before the end, or interrupted, the statement is
    cancelled, and the job of a query with it.

    Raises:
        OperationFailedError: it fails; `cause` is Flink's deepest.
    """
    yield Within(None, "the rows of a statement")
    converters = [converter(column.type) for column in statement.columns]
    batch, pauses = statement.first, POLLS()
    try:
        while True:
            for row in batch.results.data if batch.results else ():
                values = (convert(value) for convert, value in zip(converters, row.fields, strict=True))
                yield Emit(Row(values, row.kind))  # type: ignore[arg-type]
                pauses = POLLS()
            if batch.type == "EOS" or not batch.next:
                break
            if not (batch.results and batch.results.data):
                yield Pause(next(pauses))
            path, _, query = batch.next.partition("?")
            params = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
            batch = yield from _batch(Request("GET", path, params), "the statement")
    except FlinkError:
        raise
    except BaseException:
        yield _closing(session, statement.handle)
        raise
    yield from close_statement(session, statement)


def status(session: str, statement: Statement) -> Call[str]:
    """Give how far a statement is: RUNNING, FINISHED, CANCELED, ERROR ... Raises NotFoundError."""
    request = _request(endpoints.OPERATION_STATUS, session_handle=session, operation_handle=statement.handle)
    return read((yield from _ask(request, "the statement's status")), str, "status")


def close_statement(session: str, statement: Statement) -> Call[None]:
    """End a statement, the job of a query with it, and let the gateway forget it; the job of an INSERT goes on.

    `fetch` does so at the end. (Flink's own `cancel` leaves the job of a query alone once that has begun.)
    """
    yield from _ask(_closing(session, statement.handle), "the statement cannot be closed")


def _closing(session: str, handle: str) -> Request:
    return _request(endpoints.OPERATION_CLOSE, session_handle=session, operation_handle=handle)


def _request(endpoint: Endpoint, body: Mapping[str, Any] | None = None, **names: str) -> Request:
    return _of_version(endpoint.request(params=None, body=body, **names))


def _of_version(request: Request) -> Request:
    return replace(request, path=f"/{endpoints.VERSION}{request.path}")


def _ask(request: Request, what: str) -> Call[Any]:
    response = yield from send(request)
    if response.status >= 300:
        raise _refusal(response, what)
    return read_json(response, what)


def _batch(request: Request, statement: str) -> Call[Batch]:
    response = yield from send(request)
    if response.status >= 300:
        raise _refusal(response, _shown(statement))
    return Batch.from_json(read_rows(response.content))


def _refusal(response: Response, what: str) -> FlinkError:
    """Tell a session or statement that is gone from one that fails: all are answered with 500."""
    error = refusal(response, what)
    if not isinstance(error, RefusedError):
        return error
    if "does not exist" in error.cause or "Can not find the submitted operation" in error.cause:
        return NotFoundError(f"{what}: {error.cause}", error.http_status, error.cause, error.stack_trace)
    if "Could not map response to JSON" in error.cause:
        hint = "the SQL Gateway cannot write this result as JSON; it cannot so with a MAP whose keys are no texts"
        return OperationFailedError(f"{what}: {hint}", error.cause, error.stack_trace)
    if response.status == 500:
        return OperationFailedError(f"{what} failed: {error.cause}", error.cause, error.stack_trace)
    return error


def _shown(statement: str) -> str:
    """The beginning of a statement, on one line; its end may hold a password."""
    words = " ".join(statement.split())
    return words if len(words) <= 40 else f"{words[:40]}..."
