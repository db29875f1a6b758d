"""`job submit`: from a jar to a job all of whose tasks run, and nothing that is left to guess when it does not."""

from __future__ import annotations

import difflib
import re
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from flink_session.cli.output import talk, write_json
from flink_session.cli.target import Target
from flink_session.client import ClusterClient, Program, RefusedError, SubmissionError
from flink_session.client.calls.jars import ClaimMode
from flink_session.client.calls.snapshots import new_id
from flink_session.client.models.jars import Jar
from flink_session.client.models.jobs import JobOverview

from . import origins
from .edge import NOT_FOUND, USAGE, JobError, command_line, left_by_interrupt, on_session
from .figures import size
from .jars import Source, classes, opened
from .knowing.looking import look_closely
from .knowing.naming import short
from .listing import now
from .showing.documents import Document
from .showing.plans import plan_lines
from .showing.progress import ProgressLine, upload_text
from .waiting import slots_told, until

WAITS = ("running", "checkpoint", "finished")
_RECENT = 600_000
"""Milliseconds; clocks of different machines are not further apart."""
_DIGEST = re.compile(r"-([0-9a-f]{12})\.jar$")


@dataclass
class Submission:
    """One submission, as it goes on.

    Attributes:
        job_id: chosen here, so that it is known whatever answer is lost.
        sent: whether it may have reached Flink.
        jar: where the jar was there already; None where it was uploaded.
        origin: the path that it begins from; empty for none.
    """

    target: Target
    source: Source
    program: Program
    job_id: str
    sent: bool = False
    jar: Jar | None = None
    origin: str = ""

    def left(self) -> str:
        """Say what is so, when the user leaves."""
        if not self.sent:
            return "nothing was submitted"
        again = command_line(self.target, "wait", self.job_id)
        return f"job {self.job_id} goes on if it has been submitted by now: {again}"

    def progress(self, line: ProgressLine, sent: int, total: int) -> None:
        """Show how far the upload is; what comes after its end may have been carried out."""
        if sent < total:
            line.say(upload_text(f"uploading {self.source.name}", sent, total, line.elapsed))
        else:
            line.say(f"{self.source.name} is sent, and its main() runs", last=True)
        self.sent = self.sent or sent >= total

    def is_known(self, jar: Jar) -> None:
        """Say that the jar need not be uploaded."""
        self.jar, self.sent = jar, True
        digest = _DIGEST.search(jar.name)
        if self.source.kind != "image":
            talk(f"{self.source.name} is there already" + (f" (sha {digest[1]})" if digest else ""))


@click.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": False})
@on_session
@click.argument("jar")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--class", "-c", "entry_class", metavar="CLASS", help="With the main(); else the one of the manifest.")
@click.option("--parallelism", "-p", type=click.IntRange(min=1), help="Else that of the session.")
@click.option(
    "--from",
    "origin",
    default=origins.FRESH,
    metavar="last|PATH|fresh",
    help="Begin with the state of a savepoint or checkpoint: of this PATH, or the last one of the job of the same "
    "name.  [fresh]",
)
@click.option("--of", "former", metavar="NAME", help="With --from last: the name of that job; else it is asked for.")
@click.option("--allow-non-restored-state", is_flag=True, help="Drop state that belongs to no operator any more.")
@click.option(
    "--claim-mode",
    type=click.Choice(["no_claim", "claim", "legacy"], case_sensitive=False),
    help="Who owns the savepoint afterwards.  [no_claim]",
)
@click.option("-D", "options", multiple=True, metavar="KEY=VALUE", help="An option of Flink, for this job alone.")
@click.option("--wait", "wait_for", type=click.Choice(WAITS), default="running", help="What to wait for.  [running]")
@click.option("--detach", "-d", is_flag=True, help="Wait for nothing.")
@click.option("--dry-run", is_flag=True, help="Upload the jar, show the plan, and run nothing but main().")
def submit(
    target: Target,
    as_json: bool,
    jar: str,
    arguments: Sequence[str],
    entry_class: str | None,
    parallelism: int | None,
    origin: str,
    former: str | None,
    allow_non_restored_state: bool,
    claim_mode: str | None,
    options: Sequence[str],
    wait_for: str,
    detach: bool,
    dry_run: bool,
) -> None:
    """Run JAR with ARGUMENTS, wait until all its tasks run, and print the job's id.

    JAR is a file, an http(s):// URL, which is fetched here, or local:///PATH of a jar in the session's image.
    """
    if former is not None and origin != origins.LAST:
        raise JobError("--of goes with --from last", USAGE)
    configuration = flink_options(options)
    source = Source.read(jar, entry_class, configuration)
    mode: ClaimMode | None = claim_mode.upper() if claim_mode else None  # type: ignore[assignment]
    program = Program(
        entry_class,
        tuple(arguments),
        parallelism,
        None,
        allow_non_restored_state,
        mode,
        {**configuration, **source.configuration},
    )
    submission = Submission(target, source, program, new_id())
    with left_by_interrupt(submission.left), ProgressLine() as line:
        fetching = f"fetching {source.name}"
        with (
            opened(source, lambda got, total: line.say(upload_text(fetching, got, total, line.elapsed))) as path,
            target.connect() as client,
        ):
            line.clear()
            if dry_run:
                _show_plan(client, path, program, as_json=as_json)
                return
            submission.program = begin_from(client, path, program, origin, former)
            submission.origin = submission.program.savepoint_path or ""
            run(client, path, submission)
            document = follow(client, submission, None if detach else wait_for)
    if as_json:
        write_json(document)
    else:
        click.echo(submission.job_id)


def flink_options(words: Sequence[str]) -> dict[str, str]:
    """Read `KEY=VALUE`s; a key alone is true, as for Flink. Raises click.BadParameter."""
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not key.strip():
            raise click.BadParameter(f"-D{word}: it is -DKEY=VALUE")
        found[key.strip()] = value if equals else "true"
    return found


def begin_from(client: ClusterClient, path: Path, program: Program, origin: str, former: str | None) -> Program:
    """Give the program with what it begins from. Raises JobError."""
    if origin == origins.FRESH:
        return program
    if origin != origins.LAST:
        return replace(program, savepoint_path=origin)
    name = former
    if name is None:
        # A program's name is known to its main() alone, which is run once more for that.
        name = str(client.plan_jar(client.upload_jar(path).id, program).get("name") or "")
    job = origins.former(name, client.list_jobs(), lambda id_: bool(client.job(id_).timestamps.get("RUNNING")))
    if abs(now() - job.end_time) < _RECENT:
        # What Flink says of its checkpoints may be from before its end, and its last savepoint not in it.
        with ProgressLine() as line:
            line.say(f"{job.name} has just ended: waiting for Flink's statistics of it")
            time.sleep(client.features().refresh_interval / 1000 + 0.2)
    look = look_closely(client, job, now=0)
    state = origins.last_state(origins.Ended(job, look.checkpoints, look.configuration))
    talk(f"from {state.path} of {job.name} ({short(job.id)}, {job.state}): {state.what}")
    return replace(program, savepoint_path=state.path)


def run(client: ClusterClient, path: Path, submission: Submission) -> None:
    """Upload and run; what Flink says is wrong gets what can be seen of it from here."""
    with ProgressLine() as line:
        try:
            client.submit(
                path,
                submission.program,
                job_id=submission.job_id,
                progress=lambda sent, total: submission.progress(line, sent, total),
                known=submission.is_known,
            )
        except SubmissionError as error:
            if more := _nearest_class(path, submission, error):
                raise JobError(f"{error}; {more}", error.status, error.stack_trace) from error
            raise
    if submission.source.kind == "image":
        talk(f"{submission.source.place} of the image is run")
    elif submission.jar is None:
        talk(f"{submission.source.name} is uploaded ({size(path.stat().st_size)})")


def follow(client: ClusterClient, submission: Submission, wait_for: str | None) -> Document:
    """Show the plan, and wait for what the user wants to wait for; give the document."""
    job_id = submission.job_id
    job = _overview(client, job_id)
    talk(f"job {job.name} ({job_id}) is submitted")
    try:
        plan = client.job_plan(job_id)
    except RefusedError:
        plan = {}
    for text in plan_lines(plan):
        talk(f"  {text}")
    document: Document = {
        "id": job_id,
        "name": job.name,
        "state": job.state,
        "jar": {"name": submission.source.name, "uploaded": submission.jar is None},
        "from": submission.origin or None,
    }
    if wait_for:
        with slots_told(client, job_id):
            found, said, _ = until(client, job, wait_for, timeout=submission.target.timeout)
        document |= found
        talk(said)
    else:
        talk(command_line(submission.target, "wait", job_id))
    talk(f"see its logs: {command_line(submission.target, 'logs', job_id)}")
    return document


def _overview(client: ClusterClient, job_id: str) -> JobOverview:
    found = next((job for job in client.list_jobs() if job.id == job_id), None)
    if found is None:
        raise JobError(f"job {job_id} was submitted, and is gone: the JobManager has restarted", NOT_FOUND)
    return found


def _show_plan(client: ClusterClient, path: Path, program: Program, *, as_json: bool) -> None:
    plan = client.plan_jar(client.upload_jar(path).id, program)
    if as_json:
        write_json({"name": plan.get("name"), "plan": plan})
        return
    talk(f"the plan of {plan.get('name') or path.name}:")
    for line in plan_lines(plan):
        click.echo(line)


def _nearest_class(path: Path, submission: Submission, error: SubmissionError) -> str:
    """Name the class that may have been meant, where the jar has not the one that was to be run."""
    wanted = submission.program.entry_class
    if wanted is None or wanted not in error.cause or submission.source.kind == "image":
        return ""
    try:
        known = classes(path)
    except (OSError, zipfile.BadZipFile):
        return ""
    near = difflib.get_close_matches(wanted, known, 1, 0.6) if wanted not in known else []
    return f"the jar has {near[0]}" if near else ""
