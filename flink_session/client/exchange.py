"""The terms in which a call is written: it asks for requests and pauses, and is told the answers.

A call is a generator without I/O. So one text serves blocking and asynchronous programs, and a test needs no network.
Who drives it (see `runners`) sends what it yields, and holds it to its deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Gets the bytes that were sent so far, and those of the whole file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is sent as the one part of a multipart form.

    Attributes:
        path: of the file.
        name: what Flink is told that it is called.
        progress: is called as it is sent, and anew from 0 when it has to be sent again.
    """

    path: Path
    name: str
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request of Flink's REST API.

    Attributes:
        path: as Flink documents it, without the prefix of a proxy.
        body: what is sent as JSON; None sends nothing.
        repeatable: whether it may be sent again although it may have been carried out: it then changes nothing more.
        patient: whether its answer may take all the time that is left, as that of a program that runs meanwhile; any
            other is given up after a minute, since the connection may be a dead one.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    upload: Upload | None = None
    repeatable: bool = True
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, of whatever status; `content` is read whole."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """There was no answer.

    Attributes:
        reason: for people: what happened, and what to do about it.
        sent: whether the request may have reached Flink.
        final: whether it would be the same the next time (no rights, a certificate that is not trusted).
        how: the way in that was tried.
        stalled: seconds for which an upload stood still, whereupon it was given up; 0 if that is not why.
        known: whether there has been an answer by this way before.
    """

    reason: str
    sent: bool
    final: bool = False
    how: str = ""
    stalled: float = 0.0
    known: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Asks for a pause, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Within:
    """Sets the deadline of the rest of a call, from now on, unless its user has set one.

    Attributes:
        seconds: the time allowed; None for as long as it takes.
        waiting_for: what is waited for; a clause, for the error.
    """

    seconds: float | None
    waiting_for: str


@dataclass(frozen=True, slots=True)
class WaitingFor:
    """Says what is waited for by now; a clause, for the error. The deadline stays."""

    what: str


@dataclass(frozen=True, slots=True)
class FindAnew:
    """Asks for the way to be found anew, since the JobManager that answers is not the one that leads.

    Attributes:
        reconnect: whether there is to be another connection where nobody can find the way anew, as that of a URL: it
            may come to another JobManager.
    """

    reconnect: bool = False


@dataclass(frozen=True, slots=True)
class Alone:
    """Waits until no other call of this client does what this one is about to do: until then, or its end, it is alone.

    Attributes:
        what: a name for it; None says that it is done.
    """

    what: str | None


@dataclass(frozen=True, slots=True)
class Waited:
    """Another call may have done meanwhile what this one is about to do."""


@dataclass(frozen=True, slots=True)
class Emit:
    """Hands out one value of a call that gives many."""

    value: Any


Effect = Request | Pause | Within | WaitingFor | FindAnew | Alone | Emit
Answer = Response | NoAnswer | Waited | None
"""What an effect is answered with.

Of a request its response or that there was none, of looking for the way that it was not found, of being alone whether
it was waited for; nothing of the others.
"""

Call = Generator[Effect, Answer, T]
"""One call of the client, which ends with a T."""
