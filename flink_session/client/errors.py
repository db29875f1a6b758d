"""What can go wrong between a program and a Flink cluster, so that each kind of failure can be told from the others.

FlinkError                       a UserError: its message is one sentence with the cause, and what to do next
├── UnreachableError             no answer from Flink: wrong address, no cluster, no rights, a network that refuses
├── DeadlineError                it took longer than allowed; says what was waited for
├── AmbiguousError               an answer was lost, and whether the request was carried out cannot be found out
├── OperationFailedError         Flink accepted an operation (a savepoint, a stop ...), and it failed there
├── UnexpectedAnswerError        what answered is no Flink, or one that this client does not understand
└── RefusedError                 Flink said no; `http_status`, and `stack_trace`, Flink's own text
    ├── NotFoundError            there is no such job, jar, TaskManager ...
    ├── DisabledError            the cluster's configuration forbids it (`web.submit.enable: false` ...)
    ├── AlreadySubmittedError    a job of this id has been submitted before
    └── SubmissionError          `main()` failed, or the job could not be started; `running` says if one runs anyway
"""

from __future__ import annotations

from flink_session.errors import UserError


class FlinkError(UserError):
    """Base of all errors of the client. `status` is the exit status of a command, as in the table of the docs."""


class UnreachableError(FlinkError):
    """There was no answer from Flink.

    Attributes:
        how: the way in that was tried, as `ClusterClient.access` words it.
    """

    status = 6

    def __init__(self, message: str, how: str = "") -> None:
        super().__init__(message)
        self.how = how


class DeadlineError(FlinkError):
    """The time was up.

    Attributes:
        waiting_for: what had not happened yet; a clause.
        seconds: how long it was waited for.
    """

    status = 4

    def __init__(self, waiting_for: str, seconds: float) -> None:
        super().__init__(f"{waiting_for}: not within {seconds:g} s")
        self.waiting_for = waiting_for
        self.seconds = seconds


class AmbiguousError(FlinkError):
    """An answer was lost, and it cannot be found out whether the request was carried out.

    Attributes:
        job_id: the job that may run.
    """

    def __init__(self, message: str, job_id: str) -> None:
        super().__init__(message)
        self.job_id = job_id


class OperationFailedError(FlinkError):
    """An asynchronous operation failed in Flink.

    Attributes:
        cause: Flink's deepest cause.
        stack_trace: Flink's own text.
    """

    def __init__(self, message: str, cause: str, stack_trace: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.stack_trace = stack_trace


class UnexpectedAnswerError(FlinkError):
    """What answered is no Flink, or one that this client does not understand."""


class RefusedError(FlinkError):
    """Flink said no.

    Attributes:
        http_status: of the answer.
        cause: Flink's deepest cause.
        stack_trace: Flink's own text, of as many lines as it sent.
    """

    status = 5

    def __init__(self, message: str, http_status: int, cause: str = "", stack_trace: str = "") -> None:
        super().__init__(message)
        self.http_status = http_status
        self.cause = cause
        self.stack_trace = stack_trace


class NotFoundError(RefusedError):
    """There is no such thing on this cluster."""

    status = 3


class DisabledError(RefusedError):
    """The cluster's configuration forbids it."""


class AlreadySubmittedError(RefusedError):
    """A job of this id has been submitted to this cluster before, and may have ended since.

    Attributes:
        job_id: that id.
    """

    def __init__(self, message: str, http_status: int, cause: str, stack_trace: str, job_id: str) -> None:
        super().__init__(message, http_status, cause, stack_trace)
        self.job_id = job_id


class SubmissionError(RefusedError):
    """A program could not be run.

    Attributes:
        job_state: of the job with the requested id; None if there is none, and the id can be used again.
    """

    def __init__(self, message: str, http_status: int, cause: str, stack_trace: str, job_state: str | None) -> None:
        super().__init__(message, http_status, cause, stack_trace)
        self.job_state = job_state

    @property
    def running(self) -> bool:
        """Whether a job runs all the same, as after a `main()` that submits and then throws."""
        return self.job_state is not None and self.job_state not in {"FINISHED", "CANCELED", "FAILED", "SUSPENDED"}
