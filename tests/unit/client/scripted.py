"""A call that is driven by hand: no network, no clock."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from flink_session.client.exchange import Answer, Call, Emit, NoAnswer, Pause, Request, Response, Within

T = TypeVar("T")


def ok(document: Any, status: int = 200, **headers: str) -> Response:
    return Response(status, json.dumps(document).encode(), headers)


class Script:
    """Answers the requests of calls in order, and notes what they did."""

    def __init__(self, *answers: Response | NoAnswer) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.pauses: list[float] = []
        self.deadlines: list[Within] = []
        self.emitted: list[Any] = []

    def run(self, call: Call[T]) -> T:
        answer: Answer = None
        while True:
            try:
                effect = call.send(answer)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
            answer = None
            match effect:
                case Request():
                    self.requests.append(effect)
                    answer = self.answers.pop(0)
                case Pause():
                    self.pauses.append(effect.seconds)
                case Within():
                    self.deadlines.append(effect)
                case Emit():
                    self.emitted.append(effect.value)

    def asked(self) -> Iterable[str]:
        return [f"{request.method} {request.path}" for request in self.requests]
