"""Values of rows as Python has them, where it is certain what they are.

The gateway writes rows as JSON. A TIMESTAMP_LTZ stays the text that it sends: it is the time of the session's zone,
with a `Z` after it as if it were that of UTC, but inside a ROW it is that of UTC. A time of more than six digits of a
second stays a text as well, for Python has no more.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any

Convert = Callable[[Any], Any]

_DIGITS = Context(prec=60)
"""More than DECIMAL has, which is 38."""
_PYTHONS_DIGITS = 6
"""Of a second."""


def read_rows(content: bytes) -> Any:
    """Parse an answer, with numbers as they are written: a DECIMAL has more digits than a float."""
    return json.loads(content, parse_float=Decimal)


def converter(logical_type: Mapping[str, Any]) -> Convert:
    """Give what makes a value of Flink's type one of Python. None stays None."""
    convert = _converter(logical_type)
    return lambda value: None if value is None else convert(value)


def _converter(logical_type: Mapping[str, Any]) -> Convert:
    name = str(logical_type.get("type"))
    if name == "ARRAY":
        element = converter(logical_type["elementType"])
        return lambda values: [element(value) for value in values]
    if name in ("MAP", "MULTISET"):
        # Their keys are texts: the gateway has no others.
        value = converter(logical_type.get("valueType") or {})
        return lambda values: {key: value(item) for key, item in values.items()}
    if name == "ROW":
        fields = {field["name"]: converter(field["fieldType"]) for field in logical_type["fields"]}
        return lambda values: {key: fields[key](item) for key, item in values.items()}
    if name == "DECIMAL":
        scale = Decimal(1).scaleb(-int(logical_type["scale"]))
        return lambda value: Decimal(value).quantize(scale, context=_DIGITS)
    if name in ("TIMESTAMP_WITHOUT_TIME_ZONE", "TIME_WITHOUT_TIME_ZONE"):
        if logical_type.get("precision", math.inf) > _PYTHONS_DIGITS:
            return _as_it_is
        return _text_to(datetime.fromisoformat if name.startswith("TIMESTAMP") else time.fromisoformat)
    return _BY_NAME.get(name, _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


def _text_to(read: Convert) -> Convert:
    """Keep a text that Python cannot read, as a date of the year 12345."""

    def convert(value: Any) -> Any:
        try:
            return read(value)
        except (TypeError, ValueError):
            return value

    return convert


_BY_NAME: dict[str, Convert] = {
    # `NaN` and `Infinity` are texts.
    "FLOAT": float,
    "DOUBLE": float,
    "DATE": _text_to(date.fromisoformat),
    "BINARY": base64.b64decode,
    "VARBINARY": base64.b64decode,
    "INTERVAL_DAY_TIME": lambda value: timedelta(milliseconds=int(value)),
}
