"""Out of a stack trace: why, where, and what to do about it."""

from datetime import UTC, datetime

import pytest

from flink_session.cli.job.knowing.causes import causes, user_frame
from flink_session.cli.job.knowing.excerpts import around
from flink_session.cli.job.knowing.hints import hint_for
from flink_session.client.models.jobs import JobException

ROTTEN = """java.lang.RuntimeException: a record cannot be read
\tat dev.flinksession.Trouble$Rotten.map(Trouble.java:51)
\tat org.apache.flink.streaming.api.operators.StreamMap.processElement(StreamMap.java:37)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.lang.NumberFormatException: record 6 is rotten
\tat java.base/java.lang.Integer.parseInt(Integer.java:652)
\t... 22 more
"""
MODULE = "java.lang.Exception: x\n\tat app//my.Job.lambda$main$0(Job.java:3)\n"


def exception(task: str, time: int, trace: str = ROTTEN, taskmanager: str = "tm") -> JobException:
    return JobException("java.lang.RuntimeException", trace, time, task, taskmanager, "host:1")


@pytest.mark.parametrize(
    ("trace", "frame"),
    [
        (ROTTEN, "dev.flinksession.Trouble$Rotten.map(Trouble.java:51)"),
        (MODULE, "my.Job.lambda$main$0(Job.java:3)"),
        ("java.lang.Exception\n\tat org.apache.flink.X.y(X.java:1)", ""),
    ],
)
def test_the_users_own_line_that_is_nearest_to_the_cause(trace: str, frame: str) -> None:
    assert user_frame(trace) == frame


def test_each_cause_is_told_once() -> None:
    found = causes(
        [
            exception("Map (2/4) - execution #3", 30, taskmanager="newest"),
            exception("Map (1/4) - execution #2", 20),
            exception("Sink (1/1)", 25, "java.lang.Error: full"),
            exception("Map (1/4)", 10),
        ]
    )
    assert [(cause.text, cause.task, cause.count) for cause in found] == [
        ("NumberFormatException: record 6 is rotten", "Map", 3),
        ("Error: full", "Sink", 1),
    ]
    assert (found[0].first, found[0].last, found[0].taskmanager) == (10, 30, "newest")


def test_what_ends_a_job_is_told_with_the_task_that_did_it() -> None:
    wrapped = f"org.apache.flink.runtime.JobException: Recovery is suppressed\nCaused by: {ROTTEN}"
    ends = JobException(
        "x", wrapped, 30, concurrent=[exception("Map (1/1)", 29), exception("Sink (1/1)", 28, "a.b.C: d")]
    )
    assert [(cause.text, cause.task, cause.count) for cause in causes([ends])] == [
        ("NumberFormatException: record 6 is rotten", "Map", 1),
        ("C: d", "Sink", 1),
    ]
    alone = JobException("x", wrapped, 30)
    assert [cause.task for cause in causes([alone])] == [""]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory 'x'", "no savepoint"),
        (
            "IllegalStateException: Failed to rollback to checkpoint/savepoint file:/x. Cannot map",
            "--allow-non-restored",
        ),
        ("Caused by: java.lang.ClassNotFoundException: com.my.Job", "com.my.Job is neither in the program's jar"),
        (
            "java.lang.NoClassDefFoundError: org/apache/flink/connector/kafka/X",
            "org.apache.flink.connector.kafka.X is of",
        ),
        ("UnsupportedFileSystemSchemeException: Could not find a file system implementation for scheme 's3'.", "s3://"),
        ("jobmanager.scheduler.NoResourceAvailableException: Could not", "too few free slots"),
        ("java.lang.OutOfMemoryError: Metaspace. The", "jvm-metaspace.size"),
        ("x. Please set the option execution.checkpointing.savepoint-dir", "name a directory"),
    ],
)
def test_known_failures_have_a_hint(text: str, said: str) -> None:
    assert said in (hint_for(text) or "")


def test_the_hint_is_about_the_deepest_cause() -> None:
    causes = ("NoResourceAvailableException: x", "ClassNotFoundException: a.B", "ClassNotFoundException: c.D")
    text = "\nCaused by: ".join(causes)
    assert (hint_for(text) or "").startswith("c.D ")
    assert hint_for("java.lang.IllegalStateException: never seen") is None


def stamp(seconds: int) -> str:
    return datetime.fromtimestamp(1_800_000_000 + seconds, UTC).strftime("%Y-%m-%d %H:%M:%S,000")


def test_a_log_around_a_moment_whatever_zone_it_is_in() -> None:
    lines = [f"{stamp(3600 + at)} {level} said at {at}" for at, level in ((0, "WARN"), (50, "WARN"), (58, "INFO"))]
    text = "\n".join([*lines, f"{stamp(3660)} ERROR it broke", "java.lang.Exception: x", "\tat a", "\tat b", "\tat c"])
    found = around(text, 1_800_000_060_000, modified=1_800_000_060_500)
    assert [line.partition(",000 ")[2] or line for line in found] == [
        "WARN said at 50",
        "ERROR it broke",
        "java.lang.Exception: x",
        "    at a",
        "    at b",
    ]
    quiet = around("\n".join(lines[-1:]), 1_800_000_060_000, modified=1_800_000_058_000)
    assert quiet == [lines[-1]]
    assert around("no log at all", 1, modified=1) == []
