"""Jars and submissions: a jar is uploaded once, whoever asks, and a job runs once, whatever answer is lost."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .. import endpoints
from ..errors import (
    AlreadySubmittedError,
    AmbiguousError,
    DeadlineError,
    DisabledError,
    FlinkError,
    NotFoundError,
    RefusedError,
    SubmissionError,
    UnreachableError,
)
from ..exchange import Call, Progress, Request, Response, Upload, Within
from ..models.jars import Jar
from ..models.jobs import Job
from ..reading import read_json
from ..refusals import ask, deepest_cause, error_text, refusal
from ..sending import send
from .snapshots import new_id

ClaimMode = Literal["NO_CLAIM", "CLAIM", "LEGACY"]
_SUBMISSION = 180.0
"""Seconds that `main()` and the job's initialisation may take, unless the user says otherwise."""
_DIGITS = 12
"""Of the hash in a jar's name; more than enough to tell the jars of one cluster apart."""
_OF_A_PLAN = {"entryClass", "programArgsList", "parallelism", "jobId"}
_DISABLED = "this cluster takes no jars"


@dataclass(frozen=True, slots=True)
class Program:
    """What to run of a jar, and how.

    Attributes:
        entry_class: with the `main` to call; None for the one that the jar's manifest names.
        arguments: of `main`, each as it is to arrive.
        parallelism: None for the cluster's default.
        savepoint_path: what to restore from.
        allow_non_restored_state: whether state that belongs to no operator any more may be dropped.
        claim_mode: who owns the savepoint afterwards; None for Flink's default.
        configuration: Flink options for this job alone.
    """

    entry_class: str | None = None
    arguments: Sequence[str] = ()
    parallelism: int | None = None
    savepoint_path: str | None = None
    allow_non_restored_state: bool = False
    claim_mode: ClaimMode | None = None
    configuration: Mapping[str, str] = field(default_factory=dict)

    def body(self, job_id: str | None) -> dict[str, Any]:
        """Give what Flink is sent. 2.x ignores `programArgs` without a word; the list is what all versions take."""
        entries = {
            "entryClass": self.entry_class,
            "programArgsList": list(self.arguments),
            "parallelism": self.parallelism,
            "jobId": job_id,
            "savepointPath": self.savepoint_path,
            "allowNonRestoredState": self.allow_non_restored_state if self.savepoint_path else None,
            "claimMode": self.claim_mode,
            "flinkConfiguration": dict(self.configuration) or None,
        }
        return {key: value for key, value in entries.items() if value is not None}


_AS_IT_IS = Program()


def list_jars() -> Call[list[Jar]]:
    """Give the jars that were uploaded to this JobManager. Raises DisabledError (`web.submit.enable: false`)."""
    try:
        document = yield from ask(endpoints.JARS.request(), "the jars cannot be listed", not_found=_DISABLED)
    except NotFoundError as error:
        raise _disabled(error) from error
    return [Jar.from_json(entry) for entry in document["files"]]


def upload_jar(path: Path | str, *, progress: Progress | None = None) -> Call[Jar]:
    """Upload a jar, unless the very same one is there already, and give it.

    The JobManager keeps it under a name with a hash of its content. The deadline is on standstill, 30 s, not on the
    whole of it; `progress` is called with the bytes that were sent, and those of the file.

    Raises:
        RefusedError: it is no jar, or is not there.
        DisabledError: `web.submit.enable` is false.
    """
    if not Path(path).is_file():
        raise RefusedError(f"there is no file {path}", 400)
    if not zipfile.is_zipfile(path):
        raise RefusedError(f"{path} is no jar: it is no zip archive", 400)
    name = jar_name(Path(path))
    known = [jar for jar in (yield from list_jars()) if jar.name == name]
    if known:
        return max(known, key=lambda jar: jar.uploaded)
    return (yield from _upload(Path(path), name, progress))


def jar_name(path: Path) -> str:
    """Give the name under which a jar is uploaded: its own with a hash of its content. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]
    return f"{path.name.removesuffix('.jar')}-{digest}.jar"


def delete_jar(jar_id: str) -> Call[None]:
    """Delete a jar; jobs that run are not harmed. Nothing happens where it is gone already."""
    response = yield from send(endpoints.JAR_DELETE.request(jarid=jar_id))
    if response.status >= 300 and _no_jar(jar_id, response) is None:
        raise refusal(response, f"the jar {jar_id} cannot be deleted")


def plan_jar(jar_id: str, program: Program = _AS_IT_IS) -> Call[dict[str, Any]]:
    """Give the plan of what a jar would run; this calls its `main()` in the JobManager.

    Raises:
        NotFoundError: there is no such jar.
        RefusedError: `main()` fails.
    """
    body = {key: value for key, value in program.body(None).items() if key in _OF_A_PLAN}
    response = yield from send(endpoints.JAR_PLAN.request(jarid=jar_id, body=body))
    if response.status >= 300:
        raise _no_jar(jar_id, response) or refusal(response, f"the jar {jar_id} has no plan")
    plan: dict[str, Any] = read_json(response, "the plan")["plan"]
    return plan


def run_jar(jar_id: str, program: Program = _AS_IT_IS, *, job_id: str | None = None) -> Call[str]:
    """Run a jar that was uploaded, and give the id of its job: exactly one, whatever answer is lost on the way.

    `job_id` chooses that id. Flink takes each id once in the life of a JobManager, so the same call again runs nothing
    more, and raises AlreadySubmittedError.

    Raises:
        SubmissionError: `main()` failed or the job could not start; `running` says whether a job runs all the same.
        AlreadySubmittedError: a job of this id was submitted before this call.
        NotFoundError: this JobManager has no such jar.
        DisabledError: `web.submit.enable` is false.
        AmbiguousError: the answer was lost, and the cluster with it.
        DeadlineError: `main()` took longer than three minutes, or what `within` says.
    """
    chosen = job_id or new_id()
    yield Within(_SUBMISSION, f"the submission of job {chosen}")
    lost: list[str] = []
    try:
        response = yield from send(endpoints.JAR_RUN.request(jarid=jar_id, body=program.body(chosen)), lost)
    except (UnreachableError, DeadlineError) as error:
        if not lost:
            raise
        raise AmbiguousError(
            f"job {chosen} was submitted, and no answer came: {error}; "
            "it may run: look for it under this id, or submit again under it, which runs it once",
            chosen,
        ) from error
    if response.status < 300:
        return str(read_json(response, "the submission")["jobid"])
    error_ = yield from _judged(response, jar_id, chosen, sent_before=bool(lost))
    if error_ is None:
        return chosen
    raise error_


def submit(
    path: Path | str,
    program: Program = _AS_IT_IS,
    *,
    job_id: str | None = None,
    progress: Progress | None = None,
) -> Call[str]:
    """Upload a jar if it is not there, run it, and give the id of its job. Raises as `upload_jar` and `run_jar` do.

    Where several JobManagers answer and the one that is to run it has not seen the jar, it is uploaded once more.
    """
    chosen = job_id or new_id()
    jar = yield from upload_jar(path, progress=progress)
    try:
        return (yield from run_jar(jar.id, program, job_id=chosen))
    except NotFoundError:
        again = yield from _upload(Path(path), jar.name, progress)
        return (yield from run_jar(again.id, program, job_id=chosen))


def _upload(path: Path, name: str, progress: Progress | None) -> Call[Jar]:
    yield Within(None, f"the upload of {path}")
    endpoint = endpoints.JAR_UPLOAD
    response = yield from send(Request(endpoint.method, endpoint.path, upload=Upload(path, name, progress)))
    if response.status == 404:
        raise _disabled(refusal(response, _DISABLED))
    if response.status >= 300:
        raise refusal(response, f"{path} cannot be uploaded")
    id_ = str(read_json(response, "the upload")["filename"]).rpartition("/")[2]
    return Jar(id=id_, name=name, uploaded=0)


def _judged(response: Response, jar_id: str, job_id: str, *, sent_before: bool) -> Call[FlinkError | None]:
    """Say what a refused submission means; None if the job runs, by an earlier try whose answer was lost."""
    stack_trace = error_text(response)
    if missing := _no_jar(jar_id, response):
        return missing
    if response.status == 404:
        return _disabled(refusal(response, _DISABLED))
    cause = deepest_cause(stack_trace)
    if "DuplicateJobSubmissionException" in stack_trace or "DuplicateApplicationSubmissionException" in stack_trace:
        if sent_before:
            return None
        message = f"job {job_id} was submitted to this cluster before, and may have ended since"
        return AlreadySubmittedError(message, response.status, cause, stack_trace)
    # A `main()` may submit, and then throw; and a job that cannot start has used its id up.
    found = yield from send(endpoints.JOB.request(jobid=job_id))
    state = Job.from_json(read_json(found, f"job {job_id}")).state if found.status == 200 else None
    more = f"; yet its job {job_id} is {state}" if state else ""
    return SubmissionError(f"the program failed: {cause}{more}", response.status, cause, stack_trace, state)


def _no_jar(jar_id: str, response: Response) -> NotFoundError | None:
    """Flink says 500 or 400 of a jar that is not there."""
    text = error_text(response)
    if f"{jar_id} does not exist" not in text:
        return None
    return NotFoundError(
        f"this JobManager has no jar {jar_id}: jars are lost when it restarts, and each JobManager has its own",
        response.status,
        deepest_cause(text),
        text,
    )


def _disabled(error: FlinkError) -> DisabledError:
    return DisabledError(
        f"{_DISABLED}: web.submit.enable is false in its configuration", getattr(error, "http_status", 404)
    )
