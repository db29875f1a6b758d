"""Taking a session away: all of it where its stack is our own, else its Deployment, as Flink's script does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flink_session.api_server.kubeconfig import ClusterChoice, Endpoint, find_endpoint
from flink_session.client import FlinkError
from flink_session.client.access.kubernetes import find_session
from flink_session.client.sessions.found import Maker
from flink_session.engine.errors import DeclinedError
from flink_session.engine.stack import stack_commands

from ..output import talk
from ..target import Target
from .looking import asking, delete_deployment, look
from .project import Place, SessionProject
from .running import Engine
from .starting import FailedError

if TYPE_CHECKING:
    from flink_session.client import ClusterClient

_MOST_NAMED = 5

Confirm = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Doomed:
    """A session that is to be taken away.

    Attributes:
        project: its own project; None where it is somebody else's.
        owner: whose it is then, for people.
        maker: who made it, as far as that can be told.
        jobs: the names of those that run; None where that cannot be known.
    """

    cluster_id: str
    namespace: str
    endpoint: Endpoint
    project: SessionProject | None
    owner: str
    maker: Maker | None
    jobs: Sequence[str] | None

    def question(self) -> str:
        """Ask whether to do it, with what is lost by it."""
        whose = "" if self.project else f", which belongs to {self.owner}"
        return f"Stop the session {self.cluster_id!r} in namespace {self.namespace!r}{whose}? {said_of_jobs(self.jobs)}"


def said_of_jobs(jobs: Sequence[str] | None) -> str:
    """Say which jobs end with a session."""
    if jobs is None:
        return "Its jobs are not known, since its JobManager does not answer."
    if not jobs:
        return "No job runs there."
    named = ", ".join(jobs[:_MOST_NAMED]) + (", …" if len(jobs) > _MOST_NAMED else "")
    return f"{len(jobs)} {'job ends' if len(jobs) == 1 else 'jobs end'} with it: {named}."


def stop(target: Target, asking_user: Callable[[], Confirm | None], engine: Engine) -> str:
    """Take a session away; gives a sentence that says so.

    Args:
        target: which one.
        asking_user: gives what asks the user, None to go on without; called once the session is found.
        engine: takes away what a stack has.

    Raises:
        NotFoundError: there is none; names the most similar one.
        DeclinedError: the user said no.
        FailedError: it is not gone yet.
        ClusterError, FlinkError, EngineError: see there.
    """
    if target.is_url:
        return _stop_by_url(target, asking_user)
    doomed = _find(target)
    if doomed.project:
        engine.prepare(doomed.project)
    confirm = asking_user()
    if confirm and not confirm(doomed.question()):
        raise DeclinedError
    if doomed.project:
        return _destroy(doomed.project, doomed, engine)
    with asking(doomed.endpoint) as ask:
        ask.run(delete_deployment(doomed.cluster_id, doomed.namespace))
    words = f"the Deployment of {doomed.cluster_id!r} is deleted, and what Flink made with it goes after it"
    if doomed.maker is Maker.PULUMI:
        words += "; what else its stack has made stays until that is destroyed, and its next `up` makes it anew"
    elif doomed.maker is Maker.OPERATOR:
        words += "; the operator will make it anew unless its FlinkDeployment is deleted"
    return words


def _find(target: Target) -> Doomed:
    found = target.resolved()
    endpoint = find_endpoint(ClusterChoice(found.kubeconfig, found.context))
    cluster_id, namespace = found.session, found.namespace or endpoint.namespace
    place = Place(cluster_id, namespace, endpoint.context, endpoint.server)
    project = SessionProject(place.folder(Path.home()), place.stack)
    ours = project.has_resources()
    with asking(endpoint) as ask:
        live = ask.run(look(cluster_id, namespace))
        if not ours and live.deployment is None:
            ask.run(find_session(cluster_id, namespace))
    jobs = _jobs(found) if live.is_there else ()
    owner = "" if ours else live.owner(target.cwd)
    return Doomed(cluster_id, namespace, endpoint, project if ours else None, owner, live.maker(), jobs)


def _jobs(target: Target) -> Sequence[str] | None:
    try:
        with closing(target.connect()) as client:
            return running_jobs(client)
    except FlinkError:
        return None


def running_jobs(client: ClusterClient) -> list[str]:
    """Give the names of the jobs that would end with the session."""
    return [job.name for job in client.list_jobs() if not job.ended]


def _destroy(project: SessionProject, doomed: Doomed, engine: Engine) -> str:
    if not engine.destroy(project):
        raise FailedError("the session is not taken away; run the same command again to go on")
    stack_commands.remove_stack(project.folder, project.stack, force=False, preserve_config=False)
    project.remove()
    return f"the session {doomed.cluster_id!r} is taken away, with all that was made for it"


def _stop_by_url(target: Target, asking_user: Callable[[], Confirm | None]) -> str:
    with closing(target.connect()) as client:
        jobs = running_jobs(client)
        confirm = asking_user()
        if confirm and not confirm(f"Stop the session at {client.access.description}? {said_of_jobs(jobs)}"):
            raise DeclinedError
        client.shut_down()
    talk("What else was made for it, by a stack or an operator, is not known from its URL, and stays.")
    return "the session shuts itself down"
