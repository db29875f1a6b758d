"""Sending one request until it is answered: what may be sent again, and after which pause.

What has not been carried out for sure (no connection, 429, a JobManager that is just being elected) is always sent
again; what may have been carried out only if that changes nothing more, because it reads, or because it carries an id
that Flink knows again. It goes on until the deadline of the call, or until there is no hope.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, TypeVar

from .errors import DeadlineError, FlinkError, UnreachableError
from .exchange import Answer, Call, FindAnew, NoAnswer, Pause, Request, Response

T = TypeVar("T")

_FIRST_PAUSE: Final = 0.01
_LONGEST_PAUSE: Final = 2.0
"""Those of Flink's RestClusterClient, in seconds."""
_LONGEST_RETRY_AFTER: Final = 30.0
_LOST: Final = frozenset({502, 504})
"""Statuses of proxies: what is behind may have done what it was asked."""
_ATTEMPTS: Final = 4
"""How often a request is sent that nobody takes; an address where nobody listens has to be told of soon.

One that has answered before is taken for a JobManager that restarts.
"""
_LOSSES: Final = 10
"""How often a request is sent that is taken, and not answered."""


def send(request: Request, lost: list[str] | None = None) -> Call[Response]:
    """Send a request, again where that is safe, and give the answer, whatever its status.

    `lost` gets the reason of each try that may have been carried out without an answer.

    Raises:
        UnreachableError: nobody answered.
        DeadlineError: an upload stood still.
    """
    pause, tries = _FIRST_PAUSE, _Tries(request, [] if lost is None else lost)
    while True:
        answer = yield request
        if isinstance(answer, Response):
            if not _is_worth_another(answer, request):
                return answer
            pause = max(pause, retry_after(answer))
        error = tries.end_with(answer)
        try:
            # What is lost because the time is up is told so.
            yield Pause(0.0 if error else pause)
        except DeadlineError as late:
            raise DeadlineError(f"{late.waiting_for} ({_reason(answer)})", late.seconds) from None
        if error:
            raise error
        if isinstance(answer, Response) and is_election(answer):
            # It may be another one that is elected.
            yield FindAnew()
        pause = min(pause * 2, _LONGEST_PAUSE)


class _Tries:
    """The tries of one request, and when there is no hope."""

    def __init__(self, request: Request, lost: list[str]) -> None:
        self._request, self._lost, self._untaken = request, lost, 0

    def end_with(self, answer: Answer) -> FlinkError | None:
        """Take a try that came to nothing; give the error with which to end."""
        if isinstance(answer, Response) and answer.status in _LOST:
            self._lost.append(f"HTTP status {answer.status}")
        if not isinstance(answer, NoAnswer):
            return None
        if answer.stalled and self._request.upload:
            what = f"the upload of {self._request.upload.path}, which stands still, to go on"
            return DeadlineError(what, answer.stalled)
        if answer.sent:
            self._lost.append(answer.reason)
        self._untaken += not answer.sent and not answer.known
        hopeless = self._untaken == _ATTEMPTS or len(self._lost) >= _LOSSES
        if answer.final or hopeless or (answer.sent and not self._request.repeatable):
            return UnreachableError(f"{self._request.method} {self._request.path}: {answer.reason}", answer.how)
        return None


def send_or_find(request: Request, find: Callable[[], Call[T | None]], lost: list[str]) -> Call[Response | T]:
    """Send what should not be carried out twice: after a lost answer, it is looked first whether it has been.

    Gives what `find` finds then. `lost` gets the reasons, as of `send`, and its errors are raised.
    """
    pause = _FIRST_PAUSE
    while True:
        losses = len(lost)
        try:
            response = yield from send(request, lost)
        except UnreachableError:
            if len(lost) == losses or len(lost) >= _LOSSES:
                raise
        else:
            if response.status not in _LOST or len(lost) >= _LOSSES:
                return response
            lost.append(f"HTTP status {response.status}")
        found = yield from find()
        if found is not None:
            return found
        yield Pause(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def find_leader(pause: float) -> Call[None]:
    """Go to the JobManager that leads, as soon as one does; first comes a pause, in seconds.

    Raises:
        UnreachableError: there is none, and never will be.
        DeadlineError: there is none yet.
    """
    reason = "this JobManager does not lead"
    while True:
        try:
            yield Pause(pause)
        except DeadlineError as late:
            raise DeadlineError(f"{late.waiting_for} ({reason})", late.seconds) from None
        answer = yield FindAnew(reconnect=True)
        if not isinstance(answer, NoAnswer):
            return
        reason = answer.reason
        if answer.final:
            raise UnreachableError(answer.reason, answer.how)
        pause = min(max(pause, _FIRST_PAUSE) * 2, _LONGEST_PAUSE)


def _reason(answer: Answer) -> str:
    if isinstance(answer, NoAnswer):
        return answer.reason
    if isinstance(answer, Response) and answer.status == 503:
        return "no JobManager has been elected yet"
    return f"HTTP status {answer.status}" if isinstance(answer, Response) else ""


def _is_worth_another(answer: Response, request: Request) -> bool:
    if answer.status == 429 or is_election(answer):
        return True
    return answer.status in _LOST and request.repeatable


def is_election(answer: Response) -> bool:
    """Say whether it is Flink's 503 while no JobManager leads; others are of a proxy, or of a disabled feature."""
    if answer.status != 503:
        return False
    try:
        errors = json.loads(answer.content).get("errors")
    except (ValueError, AttributeError):
        return False
    return isinstance(errors, list) and "leader election" in " ".join(map(str, errors))


def retry_after(answer: Response) -> float:
    """Give the pause that an answer asks for, in seconds; a date is as good as nothing."""
    wanted = answer.headers.get("retry-after", "")
    return min(float(wanted), _LONGEST_RETRY_AFTER) if wanted.isdecimal() else 0.0
