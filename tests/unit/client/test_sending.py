"""What is sent again, and what never."""

from pathlib import Path

import pytest

from flink_session.client.errors import DeadlineError, UnreachableError
from flink_session.client.exchange import Call, FindAnew, NoAnswer, Request, Response, Upload
from flink_session.client.sending import send, send_or_find
from tests.unit.client.scripted import Script, ok

READ = Request("GET", "/jobs/overview")
WRITE = Request("POST", "/jars/x/run", repeatable=False)
ELECTION = ok({"errors": ["Service temporarily unavailable due to an ongoing leader election. Please refresh."]}, 503)
LOST = NoAnswer("connection reset", sent=True)
UNSENT = NoAnswer("connection refused", sent=False)


@pytest.mark.parametrize("request_", [READ, WRITE])
@pytest.mark.parametrize("refusal", [ELECTION, ok({}, 429), UNSENT])
def test_what_was_not_carried_out_is_sent_again(request_: Request, refusal: Response | NoAnswer) -> None:
    script = Script(refusal, refusal, ok({"fine": True}))
    assert script.run(send(request_)).status == 200
    assert len(script.requests) == 3
    assert script.pauses == sorted(script.pauses)


@pytest.mark.parametrize("lost", [LOST, ok({}, 502), ok({}, 504)])
def test_what_may_have_been_carried_out_is_only_sent_again_where_that_is_harmless(lost: Response | NoAnswer) -> None:
    assert Script(lost, ok({})).run(send(READ)).status == 200
    script = Script(lost)
    if isinstance(lost, Response):
        assert script.run(send(WRITE)) is lost
    else:
        with pytest.raises(UnreachableError, match="connection reset"):
            script.run(send(WRITE))
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [200, 202, 400, 404, 409, 500])
def test_an_answer_is_an_answer(status: int) -> None:
    script = Script(ok({"errors": ["no"]}, status))
    assert script.run(send(READ)).status == status
    assert not script.pauses


def test_while_a_leader_is_elected_it_is_asked_which() -> None:
    script = Script(ELECTION, ELECTION, ok({}))
    script.run(send(READ))
    assert script.asked() == [*["GET /jobs/overview", "who leads?"] * 2, "GET /jobs/overview"]
    assert FindAnew(reconnect=False) in script.effects


def test_a_503_that_is_not_an_election_is_an_answer() -> None:
    assert Script(ok({"kind": "Status", "message": "no endpoints available"}, 503)).run(send(READ)).status == 503


def test_retry_after_is_heeded_within_reason() -> None:
    script = Script(ok({}, 429, **{"retry-after": "7"}), ok({}, 429, **{"retry-after": "86400"}), ok({}))
    script.run(send(READ))
    assert script.pauses[0] == 7
    assert script.pauses[1] == 30


def test_nobody_at_the_address_is_told_of_soon() -> None:
    script = Script(*[UNSENT] * 10)
    with pytest.raises(UnreachableError, match="GET /jobs/overview: connection refused"):
        script.run(send(READ))
    assert len(script.requests) < 6
    assert sum(script.pauses) < 3


def test_an_address_that_has_answered_before_is_waited_for() -> None:
    restarting = NoAnswer("connection refused", sent=False, known=True)
    script = Script(*[restarting] * 30, ok({}))
    assert script.run(send(WRITE)).status == 200
    assert sum(script.pauses) > 30


def test_what_would_be_the_same_the_next_time_is_not_tried_again() -> None:
    script = Script(NoAnswer("the certificate is not trusted", sent=False, final=True))
    with pytest.raises(UnreachableError, match="not trusted"):
        script.run(send(READ))
    assert len(script.requests) == 1


class Finder:
    """Finds what it is told, one after the other."""

    def __init__(self, *found: str | None) -> None:
        self.found = list(found)

    def __call__(self) -> Call[str | None]:
        return self.found.pop(0)
        yield


@pytest.mark.parametrize("lost", [LOST, ok({}, 502), ok({}, 504)])
def test_what_may_have_been_carried_out_is_looked_for_before_it_is_sent_again(lost: Response | NoAnswer) -> None:
    reasons: list[str] = []
    script, done = Script(lost, lost, ok({})), Finder(None, None)
    answer = script.run(send_or_find(WRITE, done, reasons))
    assert isinstance(answer, Response)
    assert (len(script.requests), done.found, len(reasons)) == (3, [], 2)
    script = Script(lost)
    assert script.run(send_or_find(WRITE, Finder("it is there"), [])) == "it is there"
    assert len(script.requests) == 1


def test_what_was_not_sent_is_not_looked_for() -> None:
    with pytest.raises(UnreachableError):
        Script(*[UNSENT] * 4).run(send_or_find(WRITE, Finder(), []))
    refused = Script(ok({}, 400)).run(send_or_find(WRITE, Finder(), []))
    assert isinstance(refused, Response)


def test_it_ends_where_answers_are_lost_for_ever() -> None:
    script = Script(*[LOST] * 100)
    with pytest.raises(UnreachableError):
        script.run(send_or_find(WRITE, Finder(*[None] * 100), []))
    assert len(script.requests) == 10
    with pytest.raises(UnreachableError):
        script.run(send(READ))
    assert len(script.requests) == 20


def test_an_upload_that_stands_still_is_out_of_time() -> None:
    upload = Request("POST", "/jars/upload", upload=Upload(Path("a.jar"), "a.jar"), repeatable=False)
    stalled = NoAnswer("it stands still", sent=True, final=True, stalled=30)
    with pytest.raises(DeadlineError, match=r"upload of a\.jar.*: not within 30 s"):
        Script(stalled).run(send_or_find(upload, Finder(), []))
