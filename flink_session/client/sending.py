"""Sending one request until it is answered: what may be sent again, and after which pause.

What has not been carried out for sure (no connection, 429, a JobManager that is just being elected) is always sent
again; what may have been carried out only if that changes nothing more, because it reads, or because it carries an id
that Flink knows again. It goes on until the deadline of the call.
"""

from __future__ import annotations

import json
from typing import Final

from .errors import UnreachableError
from .exchange import Call, Pause, Request, Response

_FIRST_PAUSE: Final = 0.01
_LONGEST_PAUSE: Final = 2.0
"""Those of Flink's RestClusterClient, in seconds."""
_LONGEST_RETRY_AFTER: Final = 30.0
_LOST: Final = frozenset({502, 504})
"""Statuses of proxies: what is behind may have done what it was asked."""
_ATTEMPTS: Final = 4
"""How often a request is sent that is not answered at all; an address where nobody listens has to be told of soon."""


def send(request: Request, lost: list[str] | None = None) -> Call[Response]:
    """Send a request, again where that is safe, and give the answer, whatever its status.

    `lost` gets the reason of each try that may have been carried out without an answer.

    Raises:
        UnreachableError: nobody answered.
    """
    pause, unanswered = _FIRST_PAUSE, 0
    lost = [] if lost is None else lost
    while True:
        answer = yield request
        if isinstance(answer, Response):
            if not _is_worth_another(answer, request):
                return answer
            pause = max(pause, retry_after(answer))
            if answer.status in _LOST:
                lost.append(f"HTTP status {answer.status}")
        elif answer is not None:
            unanswered += 1
            if answer.sent:
                lost.append(answer.reason)
            if (answer.sent and not request.repeatable) or answer.final or unanswered == _ATTEMPTS:
                raise UnreachableError(f"{request.method} {request.path}: {answer.reason}", answer.how)
        yield Pause(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _is_worth_another(answer: Response, request: Request) -> bool:
    if answer.status == 429 or (answer.status == 503 and is_election(answer)):
        return True
    return answer.status in _LOST and request.repeatable


def is_election(answer: Response) -> bool:
    """Say whether a 503 is Flink's, while no JobManager leads; others are of a proxy, or of a disabled feature."""
    try:
        errors = json.loads(answer.content).get("errors")
    except (ValueError, AttributeError):
        return False
    return isinstance(errors, list) and "leader election" in " ".join(map(str, errors))


def retry_after(answer: Response) -> float:
    """Give the pause that an answer asks for, in seconds; a date is as good as nothing."""
    wanted = answer.headers.get("retry-after", "")
    return min(float(wanted), _LONGEST_RETRY_AFTER) if wanted.isdecimal() else 0.0
