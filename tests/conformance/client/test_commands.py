"""`flink-session job` on a live session: each command, as people and scripts use it."""

from __future__ import annotations

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click.testing
import pytest

from flink_session.cli.main import main
from flink_session.client import ClusterClient
from tests.conformance.client.conftest import Start
from tests.support.kube import eventually
from tests.support.local_flink import SLOTS, LocalFlink

pytestmark = pytest.mark.conformance

ENDLESS = "dev.flinksession.EndlessCount"
TROUBLE = "dev.flinksession.Trouble"


def job(url: str, verb: str, *words: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["job", verb, "-S", url, *words], catch_exceptions=False)


def done(url: str, verb: str, *words: str) -> str:
    ran = job(url, verb, *words)
    assert ran.exit_code == 0, ran.output
    return ran.stdout.strip()


def document(url: str, verb: str, *words: str) -> Any:
    return json.loads(done(url, verb, "--json", *words))


@pytest.fixture
def url(flink_session: LocalFlink) -> Iterator[str]:
    """The usual session; neither what other tests have left running nor what runs there in this one stays."""
    _end_all(flink_session.url)
    yield flink_session.url
    _end_all(flink_session.url)


def _end_all(url: str) -> None:
    with ClusterClient(url) as client:
        for item in client.list_jobs():
            if not item.ended:
                client.cancel(item.id)
                client.wait_for(item.id, ["CANCELED", "FAILED", "FINISHED"])


def test_from_a_jar_to_a_savepoint_and_on_from_there(url: str, jar: Path, flink_session: LocalFlink) -> None:
    options = ("-Dexecution.checkpointing.interval=500 ms", "-c", ENDLESS, "-p", "2")
    begun = job(url, "submit", "--wait", "checkpoint", *options, str(jar), "a,b", "--c")
    assert begun.exit_code == 0, begun.output
    assert "2. Map -> Sink: Writer (2)  reads 1 by HASH" in begun.stderr
    id_ = begun.stdout.strip()
    (listed,) = document(url, "list")
    assert (listed["id"], listed["name"]) == (id_, "|a,b|--c|")
    # Flink collects its metrics every ten seconds.
    eventually(lambda: document(url, "list")[0]["restarts"] == 0, what="the number of restarts")
    assert listed["tasks"] == {"running": 4, "total": 4}
    assert listed["checkpoint"]["size"] > 0
    assert listed["checkpoint_interval"] == 0.5
    shown = document(url, "show", "@last")
    assert [vertex["parallelism"] for vertex in shown["vertices"]] == [2, 2]
    assert "nothing ails it" in done(url, "why", id_[:6])
    assert done(url, "logs", "@last", "--tail", "1")
    folder = f"file://{flink_session.folder}/savepoints"
    trigger = done(url, "savepoint", "@last", "-p", folder, "--detach")
    assert done(url, "wait", trigger).startswith("file:")
    path = done(url, "stop", id_, "-p", folder)
    again = document(url, "submit", "--from", "last", "--of", "|a,b|--c|", *options, str(jar), "a,b", "--c")
    assert (again["from"], again["jar"]["uploaded"]) == (path, False)
    assert document(url, "show", "@last")["restored_from"]["path"] == path
    assert document(url, "cancel", "|a,b|--c|")["state"] == "CANCELED"
    assert job(url, "wait", "@last", "--for", "finished").exit_code == 1


def test_why_finds_the_cause_in_the_users_own_code(url: str, jar: Path) -> None:
    done(url, "submit", "-d", "-Drestart-strategy.type=none", "-c", TROUBLE, str(jar), "fails")
    assert job(url, "wait", "@last", "--for", "finished").exit_code == 1
    (cause,) = document(url, "why", "Trouble")["causes"]
    assert cause["cause"] == "NumberFormatException: record 6 is rotten"
    assert cause["frame"].startswith("dev.flinksession.Trouble$Rotten.map(Trouble.java:")
    assert cause["taskmanager"]


def test_a_job_that_lacks_slots_says_so_in_numbers(url: str, jar: Path) -> None:
    ran = job(url, "submit", "--timeout", "2", "-c", ENDLESS, "-p", str(SLOTS + 2), str(jar))
    assert ran.exit_code == 4
    assert f"the job needs {SLOTS + 2} slots, the session has {SLOTS}" in ran.stderr
    assert document(url, "why", "@last")["slots"]["needed"] == SLOTS + 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-c", "dev.flinksession.EndlesCount"], "the jar has dev.flinksession.EndlessCount"),
        (["-c", TROUBLE], "ArrayIndexOutOfBoundsException"),
        (["-c", ENDLESS, "--from", "file:///nowhere"], "hint: there is no savepoint at this path"),
    ],
)
def test_a_program_that_cannot_start(words: list[str], said: str, url: str, jar: Path) -> None:
    ran = job(url, "submit", *words, str(jar))
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert said in ran.stderr
    assert "\tat " not in ran.stderr


def test_jars_of_the_web_and_of_the_image(url: str, jar: Path) -> None:
    class Files(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(jar.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}"
        done(url, "submit", "--wait", "finished", f"{place}/{jar.name}?signature=secret", "1000")
        ran = job(url, "submit", f"{place}/none.jar?signature=secret")
        assert (ran.exit_code, "secret" in ran.stderr) == (3, False)
        assert "HTTP status 404" in ran.stderr
        server.shutdown()
    bounded = ("-c", "dev.flinksession.BoundedCount")
    assert document(url, "submit", "--wait", "finished", *bounded, f"local://{jar}", "1000")["state"] == "FINISHED"


def test_rescaling(sessions: tuple[LocalFlink, LocalFlink], jar: Path) -> None:
    url = sessions[1].url
    done(url, "submit", "-c", ENDLESS, "-p", "1", str(jar))
    try:
        found = document(url, "rescale", "EndlessCount", "2")
        assert (found["reached"], {vertex["parallelism"] for vertex in found["vertices"]}) == (True, {2})
    finally:
        done(url, "cancel", "EndlessCount")
    refused = job(sessions[0].url, "rescale", "EndlessCount", "2")
    assert refused.exit_code in (3, 5)


def test_ctrl_c_leaves_the_job_alone(url: str, jar: Path) -> None:
    words = ("submit", "-S", url, "-c", ENDLESS, "-p", str(SLOTS + 1), str(jar))
    command = [sys.executable, "-m", "flink_session.cli.main", "job", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert process.stderr
    for line in process.stderr:
        if "reads 1 by HASH" in line:
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    match = re.search("goes on if it has been submitted by now: flink-session job wait ([0-9a-f]{32}) -S", err)
    assert match, err
    assert document(url, "show", match[1])["state"] in ("RUNNING", "CREATED")


def test_uploads_that_are_switched_off(start: Start, jar: Path) -> None:
    flink = start("jobmanager", **{"web.submit.enable": "false"})
    ran = job(flink.url, "submit", str(jar))
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "since web.submit.enable is false in its configuration" in ran.stderr
    flink.stop()
    gone = job(flink.url, "list")
    assert (gone.exit_code, f"error: no answer from {flink.url}: GET /jobs/overview: " in gone.stderr) == (6, True)
