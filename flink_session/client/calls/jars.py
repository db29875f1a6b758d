"""Jars and submissions: a jar is uploaded once, whoever asks, and a job runs once, whatever answer is lost."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from ..exchange import Alone, Call, Progress, Response, Upload, Within
from ..models.jars import Jar
from ..models.jobs import Job
from ..reading import read, read_json
from ..refusals import deepest_cause, error_text, refusal
from ..sending import find_leader, send, send_or_find
from .cluster import features
from .snapshots import new_id

ClaimMode = Literal["NO_CLAIM", "CLAIM", "LEGACY"]
_SUBMISSION = 180.0
"""Seconds that `main()` and the job's initialisation may take, unless the user says otherwise."""
_LOST_FOR = 60.0
"""Seconds that a JobManager may be away that dies during an upload."""
_DIGITS = 12
"""Of the hash in a jar's name; more than enough to tell the jars of one cluster apart."""
_ODD = re.compile(r"[^A-Za-z0-9.-]+")
"""What is not left as it is on its way through a form, a file system and a URL."""
_LONGEST_NAME = 100
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0)
"""Seconds before a program is run again by a JobManager that may be the one that leads."""
_MAY_HAVE_ARRIVED = "RecipientUnreachableException"
_FAILED_TO_HAND_ON = ("Could not connect to BlobServer", "FencingTokenException", _MAY_HAVE_ARRIVED)
"""What a JobManager that does not lead says, or one whose leader is no more: the blob server is the leader's."""
_OF_A_PLAN = {"entryClass", "programArgsList", "parallelism", "jobId"}


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
    response = yield from send(endpoints.JARS.request())
    if response.status >= 300:
        raise (yield from _refused(response, "the jars cannot be listed"))
    return read(read_json(response, "the jars"), list[Jar], "files")


def upload_jar(
    path: Path | str, *, progress: Progress | None = None, known: Callable[[Jar], None] | None = None
) -> Call[Jar]:
    """Upload a jar, unless the very same one is there already, and give it.

    The JobManager keeps it under a name with a hash of its content. The deadline is on standstill, 30 s, not on the
    whole of it; `progress` is called with the bytes that were sent, and those of the file, `known` with a jar that was
    there already.

    Raises:
        RefusedError: it is no jar, or is not there.
        DisabledError: `web.submit.enable` is false.
    """
    if not Path(path).is_file():
        raise RefusedError(f"there is no file {path}", 400)
    if not zipfile.is_zipfile(path):
        raise RefusedError(f"{path} is no jar: it is no zip archive", 400)
    name = jar_name(Path(path))
    found = yield from _known(name)
    if found is None:
        # Many that submit one jar at a time upload it once.
        if (yield Alone(name)) is not None:
            found = yield from _known(name)
        if found is None:
            found = yield from _upload(Path(path), name, progress)
            yield Alone(None)
            return found
        yield Alone(None)
    if known:
        known(found)
    return found


def jar_name(path: Path) -> str:
    """Give the name under which a jar is uploaded: its own with a hash of its content. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]
    stem = _ODD.sub("-", path.name.removesuffix(".jar"))[:_LONGEST_NAME]
    return f"{stem}-{digest}.jar"


def delete_jar(jar_id: str) -> Call[None]:
    """Delete a jar; jobs that run are not harmed. Nothing happens where it is gone already."""
    response = yield from send(endpoints.JAR_DELETE.request(jarid=jar_id))
    if response.status >= 300 and not _no_jar(jar_id, response):
        raise (yield from _refused(response, f"the jar {jar_id} cannot be deleted", jar_id))


def plan_jar(jar_id: str, program: Program = _AS_IT_IS) -> Call[dict[str, Any]]:
    """Give the plan of what a jar would run; this calls its `main()` in the JobManager.

    Raises:
        NotFoundError: there is no such jar.
        RefusedError: `main()` fails.
    """
    body = {key: value for key, value in program.body(None).items() if key in _OF_A_PLAN}
    response = yield from send(endpoints.JAR_PLAN.request(jarid=jar_id, body=body))
    if response.status >= 300:
        raise (yield from _refused(response, f"the jar {jar_id} has no plan", jar_id))
    return read(read_json(response, "the plan"), dict[str, Any], "plan")


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
    request = endpoints.JAR_RUN.request(jarid=jar_id, body=program.body(chosen))
    try:
        answer = yield from _by_leader(lambda: send_or_find(request, lambda: _state(chosen), lost), lost)
    except (UnreachableError, DeadlineError) as error:
        if not lost:
            raise
        raise AmbiguousError(
            f"job {chosen} was submitted, and no answer came: {error}; "
            "it may run: look for it under this id, or submit again under it, which runs it once",
            chosen,
        ) from error
    if not isinstance(answer, Response):
        return chosen
    if answer.status < 300:
        return read(read_json(answer, "the submission"), str, "jobid")
    error_ = yield from _judged(answer, jar_id, chosen, sent_before=bool(lost))
    if error_ is None:
        return chosen
    raise error_


def submit(
    path: Path | str,
    program: Program = _AS_IT_IS,
    *,
    job_id: str | None = None,
    progress: Progress | None = None,
    known: Callable[[Jar], None] | None = None,
) -> Call[str]:
    """Upload a jar if it is not there, run it, and give the id of its job. Raises as `upload_jar` and `run_jar` do.

    Where several JobManagers answer and the one that is to run it has not seen the jar, it is uploaded once more.
    """
    chosen = job_id or new_id()
    jar = yield from upload_jar(path, progress=progress, known=known)
    try:
        return (yield from run_jar(jar.id, program, job_id=chosen))
    except NotFoundError:
        again = yield from _upload(Path(path), jar.name, progress)
        return (yield from run_jar(again.id, program, job_id=chosen))


def _upload(path: Path, name: str, progress: Progress | None) -> Call[Jar]:
    what = f"the upload of {path}"

    def find() -> Call[Jar | None]:
        # An upload may take any time; a JobManager that was lost in it may not.
        yield Within(_LOST_FOR, f"{what}, in which the JobManager was lost, to go on")
        found = yield from _known(name)
        yield Within(None, what)
        return found

    yield Within(None, what)
    request = replace(endpoints.JAR_UPLOAD.request(), upload=Upload(path, name, progress))
    answer = yield from send_or_find(request, find, [])
    if isinstance(answer, Jar):
        return answer
    if answer.status >= 300:
        raise (yield from _refused(answer, f"{path} cannot be uploaded"))
    id_ = read(read_json(answer, "the upload"), str, "filename").rpartition("/")[2]
    return Jar(id=id_, name=name, uploaded=0)


def _by_leader(run: Callable[[], Call[Response | str]], lost: list[str]) -> Call[Response | str]:
    """Run by the JobManager that leads. Another one calls `main()`, and then cannot hand on what that submits."""
    answer = yield from run()
    for pause in _PAUSES:
        stack_trace = error_text(answer) if isinstance(answer, Response) and answer.status >= 300 else ""
        if not any(name in stack_trace for name in _FAILED_TO_HAND_ON):
            break
        if _MAY_HAVE_ARRIVED in stack_trace:
            lost.append(deepest_cause(stack_trace))
        yield from find_leader(pause)
        answer = yield from run()
    return answer


def _known(name: str) -> Call[Jar | None]:
    """Find the jar of a name; of several the newest."""
    known = [jar for jar in (yield from list_jars()) if jar.name == name]
    return max(known, key=lambda jar: jar.uploaded, default=None)


def _state(job_id: str) -> Call[str | None]:
    """Give the state of a job; None if there is none."""
    found = yield from send(endpoints.JOB.request(jobid=job_id))
    return Job.from_json(read_json(found, f"job {job_id}")).state if found.status == 200 else None


def _judged(response: Response, jar_id: str, job_id: str, *, sent_before: bool) -> Call[FlinkError | None]:
    """Say what a refused submission means; None if the job runs, by an earlier try whose answer was lost."""
    stack_trace = error_text(response)
    if response.status == 404 or _no_jar(jar_id, response):
        return (yield from _refused(response, f"the jar {jar_id} cannot be run", jar_id))
    cause = deepest_cause(stack_trace)
    if "DuplicateJobSubmissionException" in stack_trace or "DuplicateApplicationSubmissionException" in stack_trace:
        if sent_before:
            return None
        message = f"job {job_id} was submitted to this cluster before, and may have ended since"
        return AlreadySubmittedError(message, response.status, cause, stack_trace, job_id)
    # A `main()` may submit, and then throw; and a job that cannot start has used its id up.
    state = yield from _state(job_id)
    more = f"; yet its job {job_id} is {state}" if state else ""
    return SubmissionError(f"the program failed: {cause}{more}", response.status, cause, stack_trace, state)


def _no_jar(jar_id: str, response: Response) -> bool:
    """Say whether Flink does not know a jar: it says so with 500, or 400."""
    return f"{jar_id} does not exist" in error_text(response)


def _refused(response: Response, what: str, jar_id: str = "") -> Call[FlinkError]:
    """Make an error of a refusal about jars; where `web.submit.enable` is false, their endpoints are not there."""
    error = refusal(response, what)
    if not isinstance(error, RefusedError):
        return error
    if jar_id and _no_jar(jar_id, response):
        gone = "jars are lost when it restarts, and each JobManager has its own"
        message = f"this JobManager has no jar {jar_id}: {gone}"
        return NotFoundError(message, error.http_status, error.cause, error.stack_trace)
    if error.http_status == 404 and not (yield from features()).submit:
        message = f"{what}: this cluster takes no jars, since web.submit.enable is false in its configuration"
        return DisabledError(message, error.http_status, error.cause, error.stack_trace)
    return error
