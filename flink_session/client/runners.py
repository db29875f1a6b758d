"""Driving calls: one runner for blocking programs, one for asynchronous ones; all that knows of clocks is here."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

from .errors import DeadlineError
from .exchange import (
    Alone,
    Answer,
    Call,
    Effect,
    Emit,
    FindAnew,
    NoAnswer,
    Pause,
    Request,
    Response,
    WaitingFor,
    Within,
)
from .turns import Turn, Turns

T = TypeVar("T")

DEFAULT_SECONDS = 30.0
"""The deadline of a call that names none."""
_LAST_SECONDS = 5.0
"""What the last request of a call has that was interrupted."""


class _Deadline:
    """The deadline of one call: the user's, else the call's own."""

    def __init__(self, chosen: float | None) -> None:
        self._since = time.monotonic()
        self._chosen = chosen
        self._seconds: float | None = DEFAULT_SECONDS if chosen is None else chosen
        self._waiting_for = "an answer of Flink"

    def take(self, effect: Within | WaitingFor) -> None:
        if isinstance(effect, WaitingFor):
            self._waiting_for = effect.what
            return
        self._waiting_for = effect.waiting_for
        if self._chosen is None:
            self._since, self._seconds = time.monotonic(), effect.seconds

    @property
    def left(self) -> float | None:
        """Seconds; None for no end."""
        return None if self._seconds is None else max(0.0, self._since + self._seconds - time.monotonic())

    def allows(self, seconds: float) -> bool:
        """Say whether a pause would end before it."""
        return self.left is None or seconds < self.left

    def error(self) -> DeadlineError:
        return DeadlineError(self._waiting_for, self._seconds or 0.0)


class Blocking:
    """Runs calls of a blocking program."""

    def __init__(
        self,
        send: Callable[[Request, float | None], Response | NoAnswer],
        seconds: float | None,
        find_anew: Callable[[FindAnew, float | None], NoAnswer | None] | None = None,
    ) -> None:
        """`send` sends a request once, within so many seconds; `seconds` is the user's deadline for every call.

        `find_anew` finds the way anew; without it, there is one way.
        """
        self._send, self._seconds, self._find_anew = send, seconds, find_anew
        self._turns = Turns()

    def within(self, seconds: float) -> Blocking:
        """Give one with another deadline, for the same client."""
        other = Blocking(self._send, seconds, self._find_anew)
        other._turns = self._turns
        return other

    def run(self, call: Call[T]) -> T:
        """Run a call to its end, and give its result. Raises what it raises, and DeadlineError."""
        result: list[T] = []
        for _ in self._drive(call, result.append):
            raise AssertionError("a call that gives many values is iterated over")
        return result[0]

    def iterate(self, call: Call[None]) -> Iterator[Any]:
        """Give the values of a call that has many."""
        return self._drive(call, lambda _: None)

    def _drive(self, call: Call[T], end: Callable[[T], None]) -> Iterator[Any]:
        deadline, turn = _Deadline(self._seconds), Turn(self._turns)
        answer: Answer = None
        try:
            while True:
                try:
                    effect = _step(call, answer, deadline)
                except StopIteration as stop:
                    end(stop.value)
                    return
                answer = None
                if isinstance(effect, Request):
                    answer = self._send(effect, deadline.left)
                elif isinstance(effect, FindAnew):
                    answer = self._find_anew(effect, deadline.left) if self._find_anew else None
                elif isinstance(effect, Alone):
                    answer = turn.take(effect.what, deadline.left)
                elif isinstance(effect, Pause):
                    time.sleep(effect.seconds)
                elif isinstance(effect, Emit):
                    yield effect.value
        except BaseException as error:
            # Interrupted, or left: a call may end what it has begun.
            if (request := _last_request(call, error)) is not None:
                self._send(request, _LAST_SECONDS)
            raise
        finally:
            turn.end()


class Awaiting:
    """Runs calls of an asynchronous program."""

    def __init__(
        self,
        send: Callable[[Request, float | None], Awaitable[Response | NoAnswer]],
        seconds: float | None,
        find_anew: Callable[[FindAnew, float | None], Awaitable[NoAnswer | None]] | None = None,
    ) -> None:
        """As of `Blocking`."""
        self._send, self._seconds, self._find_anew = send, seconds, find_anew
        self._turns = Turns()

    def within(self, seconds: float) -> Awaiting:
        """As of `Blocking`."""
        other = Awaiting(self._send, seconds, self._find_anew)
        other._turns = self._turns
        return other

    async def run(self, call: Call[T]) -> T:
        """Run a call to its end, and give its result. Raises what it raises, and DeadlineError."""
        result: list[T] = []
        async for _ in self._drive(call, result.append):
            raise AssertionError("a call that gives many values is iterated over")
        return result[0]

    def iterate(self, call: Call[None]) -> AsyncIterator[Any]:
        """Give the values of a call that has many."""
        return self._drive(call, lambda _: None)

    async def _drive(self, call: Call[T], end: Callable[[T], None]) -> AsyncIterator[Any]:
        import asyncio  # noqa: PLC0415 (a blocking program does without it)

        deadline, turn = _Deadline(self._seconds), Turn(self._turns)
        answer: Answer = None
        try:
            while True:
                try:
                    effect = _step(call, answer, deadline)
                except StopIteration as stop:
                    end(stop.value)
                    return
                answer = None
                if isinstance(effect, Request):
                    answer = await self._send(effect, deadline.left)
                elif isinstance(effect, FindAnew):
                    answer = await self._find_anew(effect, deadline.left) if self._find_anew else None
                elif isinstance(effect, Alone):
                    answer = await turn.take_awaiting(effect.what, deadline.left)
                elif isinstance(effect, Pause):
                    await asyncio.sleep(effect.seconds)
                elif isinstance(effect, Emit):
                    yield effect.value
        except BaseException as error:
            if (request := _last_request(call, error)) is not None:
                await self._send(request, _LAST_SECONDS)
            raise
        finally:
            turn.end()


def _last_request(call: Call[Any], error: BaseException) -> Request | None:
    """End a call with an error from outside; gives the one request that it may want to be sent, whatever it answers."""
    try:
        effect = call.throw(error)
    except BaseException as same:
        if same is error or isinstance(same, StopIteration):
            return None
        raise
    try:
        call.close()
    except RuntimeError:
        raise AssertionError("a call that was ended asks for one request at most") from error
    return effect if isinstance(effect, Request) else None


def _step(call: Call[Any], answer: Answer, deadline: _Deadline) -> Effect:
    """Let a call go on, with the answer or with the news that its time is up."""
    effect = call.send(answer)
    while isinstance(effect, (Within, WaitingFor)):
        deadline.take(effect)
        effect = call.send(None)
    out_of_time = (isinstance(effect, Pause) and not deadline.allows(effect.seconds)) or (
        isinstance(effect, (Request, FindAnew)) and not deadline.allows(0.0)
    )
    return call.throw(deadline.error()) if out_of_time else effect
