"""Which session cluster a command is for: by id, by URL, by stack, or the one that there is.

So that nobody types an id who has only one session: without any option it is the one of the project's selected stack,
else the only one in the namespace.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flink_session.errors import UserError

from .options import stack_options
from .recorded_sessions import RecordedSession, recorded_sessions

if TYPE_CHECKING:
    from flink_session.client import ClusterClient, Tls

Command = TypeVar("Command", bound=Callable[..., Any])

_NOT_FOUND = 3


class NoSessionError(UserError):
    """It cannot be told which session is meant."""

    status = _NOT_FOUND


class BadTargetError(UserError):
    """What was said of a session is none, or its files are none."""

    status = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What the user said of the session that he means; empty where he said nothing.

    Attributes:
        session: its cluster id, or a URL.
        headers: are sent to a URL; never shown.
        tls: of a REST endpoint of https.
        timeout: seconds that each call may take; None for the client's own.
    """

    session: str = ""
    namespace: str = ""
    context: str = ""
    kubeconfig: str = ""
    stack: str | None = None
    cwd: Path = Path()
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    tls: Tls | None = None
    timeout: float | None = None

    @property
    def is_url(self) -> bool:
        """Whether the session is named by its URL."""
        return self.session.startswith(("http://", "https://"))

    def connect(self) -> ClusterClient:
        """Find the session, and a way to it.

        Raises:
            NoSessionError: it cannot be told which one is meant; lists those there are.
            BadTargetError: the URL is none, or the files of TLS are none.
            FlinkError: there is none, or no way to it.
            ClusterError: there is no kubeconfig, or it is wrong.
            EngineError: there is no such stack.
        """
        from flink_session.client import ClusterClient, Direct, Tls

        if self.is_url:
            try:
                access = Direct(self.session, tls=self.tls or Tls(), headers=self.headers)
                return ClusterClient(access, timeout=self.timeout)
            except ValueError as error:
                raise BadTargetError(str(error)) from error
            except OSError as error:
                raise BadTargetError(
                    f"the PEM files of --ca-file or --certificate-file cannot be used: {error}"
                ) from error
        if self.headers:
            raise NoSessionError("--header holds for a URL: name the session as --session https://…")
        found = self.resolved()
        return ClusterClient.for_session(
            found.session,
            found.namespace or None,
            context=found.context,
            kubeconfig=found.kubeconfig,
            tls=found.tls,
            timeout=found.timeout,
        )

    def resolved(self) -> Target:
        """Give this target with the session named by its cluster id, found where the user did not say it.

        Raises as `connect` does.
        """
        if self.is_url:
            return self
        if self.stack is not None or not self.session:
            recorded = self._recorded()
            if recorded is not None:
                return replace(
                    self,
                    session=recorded.cluster_id,
                    namespace=self.namespace or recorded.namespace,
                    context=self.context or recorded.context,
                    kubeconfig=self.kubeconfig or recorded.kubeconfig,
                )
        return self if self.session else replace(self, session=self._only_one())

    def _recorded(self) -> RecordedSession | None:
        """Find the session in the stack; None where no stack was named, and there is none with a session here."""
        from flink_session.engine.errors import EngineError
        from flink_session.engine.stack.target import Target as Stack

        try:
            stack = Stack.find(self.cwd, self.stack)
            sessions = recorded_sessions(stack.require())
        except EngineError:
            if self.stack is None:
                return None
            raise
        if not sessions and self.stack is None:
            return None
        return chosen(sessions, self.session, stack.stack)

    def _only_one(self) -> str:
        from contextlib import closing

        from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint
        from flink_session.client.access.api_server import ApiServer
        from flink_session.client.access.kubernetes import list_cluster_ids
        from flink_session.client.http import BlockingHttp
        from flink_session.client.runners import Blocking

        endpoint = find_endpoint(ClusterChoice(self.kubeconfig, self.context))
        namespace = self.namespace or endpoint.namespace
        with closing(BlockingHttp(ApiServer(endpoint))) as http:
            known = Blocking(http.send, self.timeout or 10).run(list_cluster_ids(namespace))
        if len(known) == 1:
            return known[0]
        where = f"in namespace {namespace!r}" + (f" of the context {endpoint.context!r}" if endpoint.context else "")
        if not known:
            raise NoSessionError(
                f"there is no session cluster {where}: `flink-session session` makes one, -n names another namespace"
            )
        raise NoSessionError(f"there are several session clusters {where}: choose by --session {' | '.join(known)}")


def chosen(sessions: Sequence[RecordedSession], wanted: str, stack: str) -> RecordedSession:
    """Choose one of a stack's sessions: the one of this cluster id or Pulumi name, or the only one.

    Raises NoSessionError.
    """
    found = [item for item in sessions if wanted in {"", item.cluster_id, item.name}]
    if len(found) == 1:
        return found[0]
    there = " | ".join(item.cluster_id for item in sessions)
    if not sessions:
        raise NoSessionError(f"the stack {stack!r} has no session cluster: `flink-session up` deploys it")
    if not found:
        raise NoSessionError(f"the stack {stack!r} has no session cluster {wanted!r}: it has {there}")
    raise NoSessionError(f"the stack {stack!r} has several session clusters: choose by --session {there}")


_OPTIONS = (
    click.option(
        "--session",
        "-S",
        default="",
        envvar="FLINK_SESSION",
        metavar="ID|URL",
        help="The session: its cluster id, or the URL of its REST API. Else that of the stack, else the only one in "
        "the namespace.  [env: FLINK_SESSION]",
    ),
    click.option("--namespace", "-n", default="", metavar="NAME", help="Its namespace; else that of the context."),
    click.option("--context", default="", metavar="NAME", help="The context of the kubeconfig; else the current one."),
    click.option(
        "--ca-file", type=click.Path(exists=True, dir_okay=False), help="PEM of the authority of its certificate."
    ),
    click.option("--certificate-file", type=click.Path(exists=True, dir_okay=False), help="PEM of your certificate."),
    click.option("--key-file", type=click.Path(exists=True, dir_okay=False), help="PEM of your certificate's key."),
    click.option("--insecure", is_flag=True, help="Trust any certificate."),
    click.option(
        "--header",
        "-H",
        "header_lines",
        multiple=True,
        metavar="LINE|@FILE",
        help="A header for a URL, as `Name: value`, or a file of such lines.",
    ),
    click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="For each call."),
)


def target_options(command: Command) -> Command:
    """Add what every command on a session needs to find it; the command gets it as `target`."""

    @functools.wraps(command)
    def with_target(
        *args: Any,
        session: str,
        namespace: str,
        context: str,
        stack: str | None,
        cwd: Path,
        timeout: float | None,
        ca_file: str | None,
        certificate_file: str | None,
        key_file: str | None,
        insecure: bool,
        header_lines: tuple[str, ...],
        **others: Any,
    ) -> Any:
        tls = None
        if ca_file or certificate_file or key_file or insecure:
            from flink_session.client import Tls

            tls = Tls(ca_file, certificate_file, key_file, not insecure)
        headers = _headers(header_lines)
        target = Target(session, namespace, context, "", stack, cwd, headers, tls, timeout)
        return command(*args, target=target, **others)

    for option in reversed(_OPTIONS):
        with_target = option(with_target)
    return stack_options(with_target)  # type: ignore[return-value]


def _headers(lines: Sequence[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        if line.startswith("@"):
            try:
                text = Path(line[1:]).read_text(encoding="utf-8")
            except OSError as error:
                raise click.BadParameter(f"{line[1:]} cannot be read: {error.strerror}") from error
            found.update(_headers([item for item in text.splitlines() if item.strip()]))
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            # The line may hold a secret, so it is not shown.
            raise click.BadParameter("--header takes `Name: value`, or @FILE with such lines")
        found[name.strip()] = value.strip()
    return found
