"""The errors that a user can cause or repair. Everything else that is raised is a defect and keeps its traceback.

EngineError             a UserError, as are flink_session.api_server's ClusterError and RequestError
├── ProjectError        Pulumi.yaml, the stack's configuration file, command-line choices
├── BackendError        where the state is kept: URL, lock, unreadable checkpoint
├── NoStackError        a stack that is not there
├── ChangesError        there are changes, and none were expected
├── DeclinedError       the user said no
├── PassphraseError     missing or wrong passphrase
├── UnsupportedError    something that only the `pulumi` CLI can do
└── StepError           one resource's operation failed
    ├── TakenError      ... since an object of this name is there, and was not made by this resource
    └── UnreadyError    ... after its object was written: it exists, but did not become ready
        └── StoppedError ... as far as anybody has waited: the user has interrupted the run
"""

from __future__ import annotations

from typing import Any

from flink_session.errors import UserError


class EngineError(UserError):
    """Base of the engine's own. `status` is that of the Pulumi CLI in the same case."""


class ProjectError(EngineError):
    """The project, its stack configuration or the command line is wrong."""


class BackendError(EngineError):
    """The state backend cannot be used."""


class NoStackError(EngineError):
    """The stack is not there."""

    status = 6


class ChangesError(EngineError):
    """There are changes where none were expected."""

    status = 7

    def __init__(self) -> None:
        super().__init__("no changes were expected but changes were proposed")


class DeclinedError(EngineError):
    """The user was asked, and said no."""

    status = 8

    def __init__(self) -> None:
        super().__init__("confirmation declined, nothing was changed")


class PassphraseError(EngineError):
    """A secret has to be encrypted or decrypted, and the passphrase is missing or wrong."""


class UnsupportedError(EngineError):
    """The program asks for something that the embedded engine does not do, and the `pulumi` CLI does."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not supported by the embedded engine; use the `pulumi` CLI for this program")


class StepError(EngineError):
    """The operation on one resource failed.

    Attributes:
        uncertain: the request may have been carried out all the same; otherwise the cluster is as it was.
    """

    uncertain = False


class TakenError(StepError):
    """An object of this name is there already, and was not made by this resource.

    Attributes:
        subject: the object, for people.
        predicate: what is wrong with it, and what can be done; the same for all objects with the same cause.
        key: type, namespace and name, by which the state may know it under another URN.
    """

    def __init__(self, subject: str, key: tuple[str, str, str], managers: str) -> None:
        self.subject, self.key = subject, key
        self.predicate = (
            f"already exists and is not part of this stack (it is managed by {managers}); nothing of it was touched. "
            "Choose another name (a session's is its `cluster_id`), delete what is there, or take it into the stack "
            "with the resource option `import_`"
        )
        super().__init__(f"{subject} {self.predicate}")


class UnreadyError(StepError):
    """The object was written but did not become ready; it is kept in the state as such.

    Attributes:
        live: the object as the API server last showed it.
        reasons: what is wrong, one sentence each; they become `initErrors` of the resource's state.
        evidence: what else the user is shown, and no state keeps: lines of a log may hold anything.
    """

    def __init__(self, live: dict[str, Any], reasons: list[str], evidence: list[str] | None = None) -> None:
        super().__init__("\n".join(reasons))
        self.live = live
        self.reasons = reasons
        self.evidence = evidence or []


class StoppedError(UnreadyError):
    """The user has interrupted the run while something was waited for, to be ready or gone; the next run goes on."""
