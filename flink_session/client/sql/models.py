"""Answers of the SQL Gateway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ..reading import Model, of

RowKind = Literal["INSERT", "UPDATE_BEFORE", "UPDATE_AFTER", "DELETE"]


class Column(Model):
    """A column of a result; `type` is Flink's logical type, as `{"type": "BIGINT", "nullable": true}`."""

    name: str
    type: dict[str, Any] = of("logicalType")
    comment: str | None = of("comment", default=None)


class RowData(Model):
    """A row as it is sent."""

    kind: str
    fields: list[Any]


class Results(Model):
    """Some rows of a result."""

    columns: list[Column]
    data: list[RowData]


class Batch(Model):
    """GET …/result/:token.

    Attributes:
        type: NOT_READY, PAYLOAD or EOS.
        next: the path of the next batch; None at the end.
    """

    type: str = of("resultType")
    next: str | None = of("nextResultUri", default=None)
    is_query: bool = of("isQueryResult", default=False)
    job_id: str | None = of("jobID", default=None)
    results: Results | None = of("results", default=None)


class Row(tuple[Any, ...]):
    """A row: a tuple of its values, and what it says of the result.

    Attributes:
        kind: `INSERT`, but for streaming queries whose results change: `UPDATE_BEFORE`, `UPDATE_AFTER`, `DELETE`.
    """

    kind: RowKind

    def __new__(cls, values: Iterable[Any], kind: RowKind = "INSERT") -> Row:
        """Make a row of values."""
        row = super().__new__(cls, values)
        row.kind = kind
        return row


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was begun, when its first results are there.

    Attributes:
        handle: of its operation.
        columns: of its rows.
        is_query: whether its rows come from a job that runs for them (SELECT); else they are few, and there.
        job_id: of the job that it has started, of a query or an INSERT; None if there is none.
        first: the first batch of its rows.
    """

    handle: str
    columns: tuple[Column, ...]
    is_query: bool
    job_id: str | None
    first: Batch
