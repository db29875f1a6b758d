"""Deadlines: the user's for a whole call, else the call's own for each of its parts."""

import time
from collections.abc import Callable

import pytest

from flink_session.client import runners
from flink_session.client.errors import DeadlineError
from flink_session.client.exchange import Call, Pause, Request, Response, WaitingFor, Within
from flink_session.client.runners import Blocking

OK = Response(200, b"{}")


class Clock:
    """Goes only where it is sent."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(runners, "time", clock)
    assert time.monotonic() > 0
    return clock


def taking(clock: Clock, seconds: float) -> Callable[[Request, float | None], Response]:
    def send(_request: Request, _left: float | None) -> Response:
        clock.now += seconds
        return OK

    return send


def two_parts() -> Call[str]:
    yield Within(None, "the first part")
    yield Request("POST", "/first")
    yield Within(60.0, "the second part")
    yield Request("POST", "/second")
    yield WaitingFor("what is left of it")
    yield Pause(20.0)
    yield Request("GET", "/")
    return "done"


def test_each_part_has_a_time_of_its_own(clock: Clock) -> None:
    assert Blocking(taking(clock, 39.0), None).run(two_parts()) == "done"
    with pytest.raises(DeadlineError, match="what is left of it: not within 60 s"):
        Blocking(taking(clock, 41.0), None).run(two_parts())


def test_the_users_time_is_for_the_whole(clock: Clock) -> None:
    assert Blocking(taking(clock, 39.0), 137.0).run(two_parts()) == "done"
    with pytest.raises(DeadlineError, match="the second part: not within 39 s"):
        Blocking(taking(clock, 39.0), 39.0).run(two_parts())
