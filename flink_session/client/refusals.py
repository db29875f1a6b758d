"""What a refusal of Flink's means: one sentence with the deepest cause out of a page of stack trace."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from .errors import NotFoundError, RefusedError, UnexpectedAnswerError
from .exchange import Call, Request, Response
from .reading import read_json
from .sending import send

_CAUSE: Final = re.compile(r"^(?:Caused by: )?((?:[a-z_$][\w$]*\.)+[A-Z][\w$.]*)(?:: (.*))?$")
_OF_REST: Final = {"RestHandlerException", "HandlerRequestException"}
"""Exceptions whose names say nothing that their messages do not."""


def deepest_cause(stack_trace: str) -> str:
    """Give the last `Caused by` of a Java stack trace, without the package of its class: `Class: message`."""
    cause = ""
    for line in stack_trace.splitlines():
        if match := _CAUSE.match(line.strip()):
            name = match[1].rpartition(".")[2]
            # What comes from another process is serialized, with its class in its message.
            message = (match[2] or "").removeprefix(f"{match[1]}: ")
            cause = (message if name in _OF_REST else f"{name}: {message}") if message else name
    return cause or stack_trace.strip().partition("\n")[0]


def ask(request: Request, what: str, *, not_found: str = "") -> Call[Any]:
    """Send a request, and give the JSON of its answer.

    `what` says what was wanted ("the jobs cannot be listed"); `not_found` what a 404 means.

    Raises:
        UnreachableError: nobody answered.
        RefusedError: Flink said no.
        UnexpectedAnswerError: it is no Flink that answered.
    """
    response = yield from send(request)
    if response.status < 300:
        return read_json(response, what)
    raise refusal(response, what, not_found)


def refusal(response: Response, what: str, not_found: str = "") -> RefusedError | UnexpectedAnswerError:
    """Make an error of a refusal; `not_found` is what a 404 means, and a 500 for a job that is not there."""
    stack_trace = error_text(response)
    cause = deepest_cause(stack_trace)
    message = f"{what}: {cause or f'HTTP status {response.status}'}"
    if not_found and (response.status == 404 or cause.startswith("FlinkJobNotFoundException")):
        return NotFoundError(not_found, response.status, cause, stack_trace)
    return RefusedError(message, response.status, cause, stack_trace)


def error_text(response: Response) -> str:
    """Give what Flink says is wrong: the last of `errors`, where the stack trace is."""
    try:
        document = json.loads(response.content)
    except ValueError:
        return response.content.decode(errors="replace").strip()[:2000]
    errors = document.get("errors") if isinstance(document, dict) else None
    if isinstance(errors, list) and errors:
        return "\n".join(str(error) for error in errors if error != "Internal server error.")
    return str(document.get("message", "")) if isinstance(document, dict) else ""
