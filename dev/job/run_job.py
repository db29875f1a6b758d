"""Runs a job on a Flink session cluster over REST, to its end: ``run_job.py REST_URL JAR``.

Uploads the jar, submits it and waits until the job has ended. Progress is on stderr, the job's id on stdout. Exits with
1 and the job's exception when it does not finish. It needs the standard library alone, so it runs from any machine.
"""

import contextlib
import http.client
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

ENDED = {"FINISHED", "FAILED", "CANCELED", "SUSPENDED"}

# A proxy that the environment names is for the outside world, not for this cluster.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class JobError(Exception):
    """What went wrong, in words for the person who ran this."""


def say(text: str) -> None:
    """Shows progress."""
    print(text, file=sys.stderr, flush=True)


def call(url: str, data: bytes | None = None, content_type: str = "application/json") -> Any:
    """Sends a request (POST if there is data); the JSON answer. Raises `JobError` with Flink's own error text."""
    request = urllib.request.Request(url, data=data, headers={"Content-Type": content_type} if data is not None else {})
    try:
        with OPENER.open(request, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        with contextlib.suppress(ValueError, KeyError, TypeError):
            text = "\n".join(json.loads(text)["errors"])
        raise JobError(f"{url}: HTTP {error.code}\n{text}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise JobError(f"{url}: {getattr(error, 'reason', error)}") from error


def wait_for_cluster(rest: str) -> None:
    """Waits, for two minutes at most, until the JobManager answers: it may just have been started."""
    deadline = time.monotonic() + 120
    waiting = False
    while not answers(rest, final=time.monotonic() > deadline):
        if not waiting:
            say(f"· waiting for {rest} to answer")
            waiting = True
        time.sleep(1)


def answers(rest: str, *, final: bool) -> bool:
    """Whether the JobManager answers. The last try raises what is wrong instead."""
    try:
        call(f"{rest}/overview")
    except JobError:
        if final:
            raise
        return False
    return True


def upload(rest: str, jar: Path) -> str:
    """Uploads the jar; the id under which Flink keeps it."""
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="{jar.name}"\r\n'
        "Content-Type: application/x-java-archive\r\n\r\n"
    )
    body = head.encode() + jar.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    answer = call(f"{rest}/jars/upload", body, f"multipart/form-data; boundary={boundary}")
    return str(answer["filename"]).rsplit("/", 1)[-1]


def wait(rest: str, job: str) -> str:
    """Waits for the job's end; the state in which it ended. Shows each change, and every ten seconds that it waits."""
    shown, shown_at = "", 0.0
    while True:
        details = call(f"{rest}/jobs/{job}")
        tasks = ", ".join(f"{count} {state.lower()}" for state, count in details["status-counts"].items() if count)
        state = f"{details['state']}, vertices: {tasks}"
        if state != shown or time.monotonic() - shown_at > 10:
            say(f"  {details['duration'] / 1000:.0f}s: {state}")
            shown, shown_at = state, time.monotonic()
        if details["state"] in ENDED:
            return str(details["state"])
        time.sleep(0.5)


def root_exception(rest: str, job: str) -> str:
    """The exception that ended the job, as Flink recorded it."""
    entries = call(f"{rest}/jobs/{job}/exceptions")["exceptionHistory"]["entries"]
    return str(entries[0]["stacktrace"]) if entries else "Flink recorded no exception"


def run(rest: str, jar: Path) -> None:
    """Uploads the jar, runs it to its end, and takes it off the cluster again."""
    wait_for_cluster(rest)
    say(f"· uploading {jar.name} to {rest}")
    jar_id = upload(rest, jar)
    try:
        job = str(call(f"{rest}/jars/{jar_id}/run", b"{}")["jobid"])
        say(f"· job {job} is submitted, waiting for its end")
        state = wait(rest, job)
        if state != "FINISHED":
            raise JobError(f"job {job} ended as {state}:\n{root_exception(rest, job)}")
    finally:
        OPENER.open(urllib.request.Request(f"{rest}/jars/{jar_id}", method="DELETE"), timeout=60).close()
    print(job)


def main() -> int:
    """The command."""
    rest, jar = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    if not jar.is_file():
        say(f"error: {jar}: there is no such file")
        return 1
    try:
        run(rest, jar)
    except JobError as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
