"""A call that is driven by hand: no network, no clock."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from flink_session.client.exchange import Answer, Call, Emit, FindAnew, NoAnswer, Pause, Request, Response, Within

T = TypeVar("T")


def ok(document: Any, status: int = 200, **headers: str) -> Response:
    return Response(status, json.dumps(document).encode(), headers)


class Script:
    """Answers the requests of calls in order, and notes what they did."""

    def __init__(self, *answers: Response | NoAnswer) -> None:
        self.answers = list(answers)
        self.effects: list[Request | FindAnew] = []
        self.pauses: list[float] = []
        self.ways: list[NoAnswer | None] = []
        """What looking for the way comes to, in order; then it is always found."""
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
                    self.effects.append(effect)
                    answer = self.answers.pop(0)
                case FindAnew():
                    self.effects.append(effect)
                    answer = self.ways.pop(0) if self.ways else None
                case Pause():
                    self.pauses.append(effect.seconds)
                case Within():
                    self.deadlines.append(effect)
                case Emit():
                    self.emitted.append(effect.value)

    @property
    def requests(self) -> list[Request]:
        return [effect for effect in self.effects if isinstance(effect, Request)]

    def asked(self) -> Iterable[str]:
        return [
            f"{effect.method} {effect.path}" if isinstance(effect, Request) else "who leads?" for effect in self.effects
        ]
