"""Deploying a session, or retrieving the one that is there: what `KubernetesSessionCli` does, and what it leaves out.

A session of somebody else is retrieved and never changed. One of our own is compared with what is asked for now, which
Flink's script ignores.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from flink_session.api_server.kubeconfig import ClusterChoice, Endpoint, find_endpoint
from flink_session.configuration import Finding, FlinkVersion, IllegalConfigurationError
from flink_session.deployment.session import SessionCluster
from flink_session.errors import UserError

from ..client_folder import ClientFolder, find_mangled_files, random_cluster_id, texts
from ..output import talk
from .looking import Found, asking, look
from .project import Place, SessionProject
from .running import Engine
from .wanted import Environment, Said, Wanted, wanted

_NOT_FOUND = 3
_REFUSED = 5


class ForeignRemainsError(UserError):
    """Something of this name is there, and is no session that runs."""

    status = _REFUSED


class FailedError(UserError):
    """The engine has said what went wrong; this says where that leaves the user."""


class Action(Enum):
    """What is to be done with a session."""

    DEPLOY = "deploy"
    RESUME = "resume"
    RETRIEVE = "retrieve"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Started:
    """How it went.

    Attributes:
        action: what was done.
        pending: whether it differs from what was asked for, and was left as it is.
        owner: whose it is, where it is not our own.
    """

    wanted: Wanted
    endpoint: Endpoint
    action: Action
    pending: bool = False
    owner: str = ""


def decide(*, ours: bool, found: Found, has_options: bool) -> Action:
    """Choose what to do.

    Args:
        ours: whether the session's own stack has anything.
        found: what there is in the cluster.
        has_options: whether it was said how the session is to be.
    """
    if ours:
        if has_options:
            return Action.COMPARE if found.is_there else Action.DEPLOY
        return Action.RETRIEVE if found.is_there else Action.RESUME
    return Action.RETRIEVE if found.service is not None else Action.DEPLOY


def read_environment(
    conf_dir: str, hadoop_conf_dir: str, version: FlinkVersion, here: Path
) -> tuple[Environment, list[Finding]]:
    """Read the folders that Flink's client would read; empty where the environment names none.

    Raises:
        IllegalConfigurationError: what is there cannot be read by Flink, or a folder is not there.
    """
    folders = {"FLINK_CONF_DIR": conf_dir, "HADOOP_CONF_DIR": hadoop_conf_dir}
    missing = [
        Finding(name, value, "must be a folder that is there", f"correct it, or unset {name}")
        for name, value in folders.items()
        if value and not Path(value).is_dir()
    ]
    if missing:
        raise IllegalConfigurationError(missing)
    conf, hadoop = Path(conf_dir) if conf_dir else None, Path(hadoop_conf_dir) if hadoop_conf_dir else None
    client = ClientFolder.read(conf, version) if conf else None
    found = [*(client.losses if client else ()), *find_mangled_files(conf, hadoop, version)]
    environment = Environment(
        client.configuration if client else None,
        client.log_configuration if client else {},
        texts(hadoop) if hadoop else {},
        here,
    )
    return environment, found


def version_beside(conf_dir: str) -> str:
    """Give the version of the distribution that a configuration folder is in; empty if it is in none."""
    jars = sorted((Path(conf_dir).parent / "lib").glob("flink-dist-*.jar")) if conf_dir else []
    return jars[0].stem.removeprefix("flink-dist-") if jars else ""


def start(
    said: Said,
    version: FlinkVersion,
    environment: Environment,
    findings: Iterable[Finding],
    engine: Engine,
    apply: bool,
) -> Started:
    """Deploy or retrieve a session.

    Raises:
        IllegalConfigurationError: what is asked for cannot be deployed; nothing was touched.
        ClusterError, FlinkError, EngineError: see there.
        FailedError: it was begun, and did not come to its end.
    """
    asked = wanted(said, version, environment)
    if not asked.cluster_id:
        asked = asked.named(random_cluster_id())
        talk(f"The session's cluster id is {asked.cluster_id}, made up since none was given.")
    cluster = _check(asked, findings)
    endpoint = find_endpoint(ClusterChoice(asked.kubeconfig, asked.context))
    # Flink would take `default`, whatever namespace the context has: there nobody else's commands look.
    asked = asked if asked.namespace else asked.within(endpoint.namespace)
    project = project_of(Place(asked.cluster_id, asked.namespace, endpoint.context, endpoint.server))
    with asking(endpoint) as ask:
        found = ask.run(look(asked.cluster_id, asked.namespace))
    ours = project.has_resources()
    engine.prepare(project, has_secrets="kerberos-keytab" in cluster.further)
    action = decide(ours=ours, found=found, has_options=asked.has_options or apply)
    if action is Action.RETRIEVE:
        return _retrieved(asked, endpoint, found, ours=ours)
    if not ours and found.deployment is not None:
        raise ForeignRemainsError(
            f"there is a Deployment {asked.cluster_id!r} in namespace {asked.namespace!r}, and no Service of its REST "
            "API: it is no session that can be retrieved; choose another cluster id"
        )
    if action is Action.COMPARE:
        return Started(asked, endpoint, action, pending=_compared(asked, endpoint, project, engine, apply=apply))
    if action is Action.RESUME:
        project.renew()
    else:
        project.write(asked.arguments, context=endpoint.context, kubeconfig=asked.kubeconfig)
    if not engine.up(project):
        again = f"run the same command again to go on, or `{stop_command(asked)}` to take away what there is"
        raise FailedError(f"the session {asked.cluster_id!r} is not deployed; {again}")
    return Started(asked, endpoint, action)


def project_of(place: Place) -> SessionProject:
    """Give the project of a session, whether it is there or not."""
    return SessionProject(place.folder(Path.home()), place.stack)


def stop_command(asked: Wanted) -> str:
    """Give the command that takes a session away, whichever others there are."""
    return f"flink-session session stop -S {asked.cluster_id} -n {asked.namespace}"


def _check(asked: Wanted, findings: Iterable[Finding]) -> SessionCluster:
    """Say all that is wrong before anything is touched; what the program says as well is left to it."""
    found = list(findings)
    errors = [item for item in found if item.severity == "error"]
    others = [item for item in found if item not in errors]
    try:
        cluster = asked.plan(lambda path: Path(path).read_bytes())
    except IllegalConfigurationError as error:
        raise IllegalConfigurationError((*errors, *error.findings), (*others, *error.warnings)) from None
    if errors:
        raise IllegalConfigurationError(errors, others)
    for item in others:
        talk(f"{item.severity}: {item}")
    return cluster


def _retrieved(asked: Wanted, endpoint: Endpoint, found: Found, *, ours: bool) -> Started:
    if found.deployment is None:
        rest, where = f"{asked.cluster_id}-rest", f"in namespace {asked.namespace!r}"
        raise ForeignRemainsError(
            f"there is a Service {rest} {where}, left by a session that was stopped: delete it by "
            f"`kubectl delete service {rest} -n {asked.namespace}`, or choose another cluster id"
        )
    if ours:
        return Started(asked, endpoint, Action.RETRIEVE)
    owner = found.owner(Path.cwd())
    if asked.has_options:
        talk(
            f"The session is there already, and belongs to {owner}: it is retrieved, and your options are not applied."
        )
    return Started(asked, endpoint, Action.RETRIEVE, pending=asked.has_options, owner=owner)


def _compared(asked: Wanted, endpoint: Endpoint, project: SessionProject, engine: Engine, *, apply: bool) -> bool:
    """Show what would change, and change it where that is wanted; gives whether anything is left to change."""
    with tempfile.TemporaryDirectory(prefix="flink-session-") as folder:
        candidate = SessionProject(Path(folder), project.stack)
        candidate.write(asked.arguments, context=endpoint.context, kubeconfig=asked.kubeconfig)
        changes = engine.changes(candidate)
    if changes is None:
        raise FailedError("what is asked for cannot be deployed; the session was left as it is")
    if not changes or not apply:
        return changes
    project.write(asked.arguments, context=endpoint.context, kubeconfig=asked.kubeconfig)
    if not engine.up(project):
        raise FailedError("the session is changed in part: run the same command again to go on")
    return False
