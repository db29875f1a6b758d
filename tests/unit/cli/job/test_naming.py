"""Jobs are named without copying ids, and never guessed."""

import pytest

from flink_session.cli.job.knowing.naming import AmbiguousJobError, NoJobError, choose
from flink_session.client.models.jobs import JobOverview


def job(id_: str, name: str = "count", state: str = "RUNNING", started: int = 0) -> JobOverview:
    return JobOverview(id_.ljust(32, "0"), name, state, started, -1, 0, {})


JOBS = [
    job("abcd1", "count", "FINISHED", 1),
    job("abcd2", "count", "RUNNING", 2),
    job("beef1", "other", "FAILED", 3),
    job("beef2", "other", "FAILED", 4),
    job("0123a", "twice", "RUNNING", 5),
    job("0123b", "twice", "RUNNING", 6),
    job("feed1", "dead", "RUNNING", 7),
    job("dead1", "x", "RUNNING", 0),
]


@pytest.mark.parametrize(
    ("word", "id_"),
    [
        ("@last", "feed1"),
        ("count", "abcd2"),
        ("other", "beef2"),
        ("abcd1", "abcd1"),
        ("ABCD1", "abcd1"),
        ("beef10", "beef1"),
        ("dead", "feed1"),
        ("dead1", "dead1"),
        ("0123a".ljust(32, "0"), "0123a"),
    ],
)
def test_what_a_word_means(word: str, id_: str) -> None:
    assert choose(word, JOBS).id == id_.ljust(32, "0")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("abcd", r"begins with abcd:\n  abcd2000  RUNNING  count\n  abcd1000  FINISHED  count$"),
        ("twice", r"2 jobs called 'twice' run: name one by its id:\n  0123b000  RUNNING  twice\n  0123a000"),
    ],
)
def test_what_may_be_several_is_listed(word: str, said: str) -> None:
    with pytest.raises(AmbiguousJobError, match=said) as caught:
        choose(word, JOBS)
    assert caught.value.status == 2


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Cuont", r"there is no job 'Cuont'; there is 'count' \(abcd2000, RUNNING\)"),
        ("abc", "at least 4 digits; there are:\n  feed1"),
        ("zzz", "there are:\n"),
        ("f" * 32, "there are:"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(word: str, said: str) -> None:
    with pytest.raises(NoJobError, match=said) as caught:
        choose(word, JOBS)
    assert caught.value.status == 3


@pytest.mark.parametrize("word", ["@last", "count"])
def test_a_session_without_jobs(word: str) -> None:
    with pytest.raises(NoJobError, match="remembers no"):
        choose(word, [])


def test_a_list_has_an_end() -> None:
    with pytest.raises(AmbiguousJobError, match="and 8 more"):
        choose("aaaa", [job(f"aaaa{number:02}") for number in range(20)])
