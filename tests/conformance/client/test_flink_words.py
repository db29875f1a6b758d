"""`flink-session flink` beside the official `flink`, on one session: the same words, the same status."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import click.testing
import pytest

from flink_session.cli.main import main
from flink_session.client import ClusterClient
from tests.support.local_flink import LocalFlink

pytestmark = pytest.mark.conformance

Run = Callable[..., tuple[int, str]]
ENDLESS, BOUNDED = "dev.flinksession.EndlessCount", "dev.flinksession.BoundedCount"
NOBODY = "0" * 32


@pytest.fixture(scope="module")
def official(home: Path, flink_session: LocalFlink, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the official command."""
    folder = Path(os.environ.get("FLINK_SESSION_TEST_FLINK_HOME") or home)
    if not (folder / "bin" / "flink").exists():
        pytest.skip("FLINK_SESSION_TEST_FLINK_HOME names no distribution of Flink")
    env = {
        **os.environ,
        "FLINK_CONF_DIR": str(folder / "conf"),
        "FLINK_LOG_DIR": str(tmp_path_factory.mktemp("log")),
        "JVM_ARGS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }

    def run(*words: str) -> tuple[int, str]:
        ran = subprocess.run(
            [folder / "bin" / "flink", *words], env=env, capture_output=True, text=True, timeout=120, check=False
        )
        return ran.returncode, ran.stdout

    return run


def ours(*words: str) -> tuple[int, str]:
    ran = click.testing.CliRunner().invoke(main, ["flink", *words], catch_exceptions=False)
    return ran.exit_code, ran.stdout


@pytest.fixture
def job(flink_session: LocalFlink, jar: Path) -> Iterator[Callable[[], str]]:
    """Begins jobs; they end with the test."""
    begun = []
    with ClusterClient(flink_session.url) as client:

        def begin() -> str:
            code, said = ours("run", "-d", "-m", address(flink_session), "-c", ENDLESS, str(jar))
            assert code == 0
            begun.append(said.split()[-1])
            client.wait_for_running(begun[-1])
            return begun[-1]

        yield begin
        for job_id in begun:
            if not client.job(job_id).ended:
                client.cancel(job_id)
                client.wait_for(job_id, ["CANCELED"])


def address(flink: LocalFlink) -> str:
    return flink.url.removeprefix("http://")


def alike(said: tuple[int, str]) -> tuple[int, str]:
    """What was said, but for ids, paths of savepoints, and times."""
    text = re.sub(r"savepoint-[0-9a-f]{6}-[0-9a-f]{12}", "savepoint-X", said[1])
    return said[0], re.sub(r"Job Runtime: \d+ ms", "Job Runtime: N ms", re.sub(r"\b[0-9a-f]{32}\b", "ID", text)).strip()


def test_jobs_are_listed_alike(official: Run, flink_session: LocalFlink, job: Callable[[], str]) -> None:
    job()
    where = ("-m", address(flink_session))
    for options in (["-a"], ["-r"], ["--scheduled"]):
        assert ours("list", *where, *options) == official("list", *where, *options)


def test_programs_are_run_alike(official: Run, flink_session: LocalFlink, jar: Path, job: Callable[[], str]) -> None:
    where = ("-m", address(flink_session))
    attached = ("run", *where, "-p2", "--class", BOUNDED, str(jar), "1000")
    assert alike(ours(*attached)) == alike(official(*attached))
    detached = ("run", "-d", *where, "-Dpipeline.name=other", "-c", BOUNDED, str(jar), "1000")
    assert alike(ours(*detached)) == alike(official(*detached))
    failing = ("run", *where, "-c", "no.Such", str(jar))
    assert ours(*failing) == official(*failing) == (1, "")


def test_savepoints_are_made_alike(official: Run, flink_session: LocalFlink, job: Callable[[], str]) -> None:
    where, folder, id_ = ("-m", address(flink_session)), f"file://{flink_session.folder}/savepoints", job()
    attached = ("savepoint", *where, id_, folder)
    made = ours(*attached)
    assert alike(made) == alike(official(*attached))
    detached = ("savepoint", *where, "-detached", "-type", "native", id_, folder)
    assert alike(ours(*detached)) == alike(official(*detached))
    (path,) = re.findall("Path: (.*)", made[1])
    disposal = ("savepoint", *where, "-d", path)
    assert ours(*disposal) == (
        0,
        f"Disposing savepoint '{path}'.\nWaiting for response...\nSavepoint '{path}' disposed.\n",
    )


def test_jobs_are_ended_alike(official: Run, flink_session: LocalFlink, job: Callable[[], str]) -> None:
    where, folder = ("-m", address(flink_session)), f"file://{flink_session.folder}/savepoints"
    for verb, *options in (("stop", "-p", folder), ("stop", "--drain", "-p", folder), ("cancel",)):
        words = (verb, *where, *options)
        assert alike(ours(*words, job())) == alike(official(*words, job()))


@pytest.mark.parametrize(
    "words",
    [
        ["cancel", "xyz"],
        ["cancel"],
        ["stop"],
        ["savepoint"],
        ["list", "--nope"],
        ["run", "nowhere.jar"],
        ["cancel", NOBODY],
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_said_alike(words: list[str], official: Run, flink_session: LocalFlink) -> None:
    verb, *rest = words
    asked = (verb, "-m", address(flink_session), *rest)
    assert ours(*asked) == official(*asked)
