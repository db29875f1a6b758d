"""`flink-session session` itself, and `session stop`."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..options import confirmation, fail
from ..output import talk, write_json, write_table
from ..target import Target, target_options
from .ending import ended_well
from .inspecting import config, logs, profile, threads, ui

if TYPE_CHECKING:
    from .saying import Reached
    from .starting import Started

_DEPLOY = "deploy or retrieve"
"""The name of the command that has none; no session can be called so."""
_USAGE = 2
_FORMER = {
    "-jm": "-Djobmanager.memory.process.size=1600m",
    "-tm": "-Dtaskmanager.memory.process.size=1728m",
    "-s": "-Dtaskmanager.numberOfTaskSlots=1",
    "-id": "-Dkubernetes.cluster-id=NAME",
    "-nm": "-Dkubernetes.cluster-id=NAME",
    "-i": "-Dkubernetes.container.image.ref=IMAGE",
}
"""Options of Flink 1.10, which people still write, and what they are since."""


class _Context(click.Context):
    """Leaves the name of the command that has none out of what is shown."""

    @property
    def command_path(self) -> str:
        return self.parent.command_path if self.parent else ""


class _Start(click.Command):
    """Deploys or retrieves; its help is that of the group, and a wrong option names the right one."""

    context_class = _Context

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            said = f"No such option: {error.option_name}. {self._meant(error.option_name, words)}"
            raise click.UsageError(said, ctx) from None

    def _meant(self, name: str, words: list[str]) -> str:
        import difflib

        # Of `-jm`, the parser has read `-j`.
        written = next((word.partition("=")[0] for word in words if word.startswith(name)), name)
        if written in _FORMER:
            return f"Write {_FORMER[written]}."
        if "." in written:
            return f"Options of Flink are written -D{written.lstrip('-')}=VALUE."
        known = [option for item in self.params for option in (*item.opts, *item.secondary_opts)]
        near = difflib.get_close_matches(written, known, 1, 0.5) if len(written) > len("-x") else []
        return f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(set(known) - {'cluster_id'}))}."

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        if ctx.parent and isinstance(ctx.parent.command, click.Group):
            ctx.parent.command.format_commands(ctx.parent, formatter)


class _Session(click.Group):
    """A group whose own work needs no name: whatever does not begin with one of its commands is that."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if args and args[0] in self.commands else [_DEPLOY, *args])


@click.group(cls=_Session, add_help_option=False)
def session() -> None:
    """Deploy a session, or find the one that is there: Flink's kubernetes-session.sh."""


for _command in (ui, logs, config, threads, profile):
    session.add_command(_command)


@session.command(_DEPLOY, cls=_Start, hidden=True)
@click.argument("cluster_id", required=False, default="")
@click.option("-D", "properties", multiple=True, metavar="KEY=VALUE", help="An option of Flink, as often as you want.")
@click.option(
    "-n",
    "--namespace",
    default="",
    metavar="NAME",
    help="The same as -Dkubernetes.namespace=NAME.  [that of the context]",
)
@click.option("--context", "kube_context", default="", metavar="NAME", help="The same as -Dkubernetes.context=NAME.")
@click.option("-t", "--target", default="", metavar="kubernetes-session", help="As in Flink; there is no other.")
@click.option("-e", "--executor", default="", hidden=True)
@click.option("-a/-d", "--attached/--detached", "attached", default=None, help="Stay and prompt, or leave.  [-d]")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress; print the result alone.")
@click.option("--apply", is_flag=True, help="Change a session of this command that is there to what is said now.")
@click.option("--flink-version", default="", metavar="V", help="A series or a release.  [that of the folder, or 2.2]")
@click.option("--pulumi", is_flag=True, help="Let the `pulumi` CLI do it instead of the embedded engine.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def start(cluster_id: str, attached: bool | None, apply: bool, quiet: bool, as_json: bool, **chosen: Any) -> None:
    """Deploy a session cluster on Kubernetes, or find the one that is there, with no project at hand.

    Without CLUSTER_ID or -Dkubernetes.cluster-id, a new session gets a random id. FLINK_CONF_DIR names a folder with
    config.yaml and log configuration, HADOOP_CONF_DIR one of Hadoop; the cluster is that of KUBECONFIG.

    Run again with other options, it shows what would change; --apply changes it. A session that somebody else has
    made is never changed.
    """
    if cluster_id in (*session.commands, "help"):
        words = (
            "-h shows what there is" if cluster_id == "help" else f"`flink-session session {cluster_id}` is a command"
        )
        fail(f"{cluster_id}: {words}, to be written first; a session of that name is -Dkubernetes.cluster-id", _USAGE)
    again = "interrupted; what was begun is recorded: run the same command again to go on, or `session stop`"
    with ended_well(again):
        reached = _reached(_started(cluster_id, attached, apply, quiet, **chosen), quiet=quiet)
        _show(reached, quiet=quiet, as_json=as_json)
        if reached.started.wanted.attached:
            _attend(reached, pulumi=chosen["pulumi"], quiet=quiet)


def _started(
    cluster_id: str,
    attached: bool | None,
    apply: bool,
    quiet: bool,
    *,
    properties: tuple[str, ...],
    namespace: str,
    kube_context: str,
    target: str,
    executor: str,
    flink_version: str,
    pulumi: bool,
) -> Started:
    from flink_session.configuration import FlinkVersion, IllegalConfigurationError
    from flink_session.configuration.flink_version import DEFAULT_SERIES

    from . import starting
    from .running import Engine
    from .wanted import Said

    conf_dir, hadoop = os.environ.get("FLINK_CONF_DIR", ""), _hadoop_conf_dir()
    try:
        text = flink_version or starting.version_beside(conf_dir) or DEFAULT_SERIES
        version = FlinkVersion.parse(text, "--flink-version")
        environment, findings = starting.read_environment(conf_dir, hadoop, version, Path.cwd())
        said = Said(properties, cluster_id, namespace, kube_context, target or executor, attached)
        return starting.start(said, version, environment, findings, Engine(quiet, pulumi), apply)
    except IllegalConfigurationError as error:
        for finding in (*error.findings, *error.warnings):
            click.echo(f"{finding.severity}: {finding}", err=True)
        sys.exit(1)


def _hadoop_conf_dir() -> str:
    """Find Hadoop's folder as Flink's client does: the variable, else that of a Hadoop at home here."""
    if folder := os.environ.get("HADOOP_CONF_DIR"):
        return folder
    home = os.environ.get("HADOOP_HOME")
    places = [Path(home) / "etc" / "hadoop", Path(home) / "conf"] if home else []
    return next((str(place) for place in places if place.is_dir()), "")


def _reached(started: Started, *, quiet: bool) -> Reached:
    """Find the way to a session. One that was deployed just now is there, whether it is reached from here or not."""
    from flink_session.client import FlinkError

    from .looking import asking, look
    from .saying import Reached, address_of, target_of
    from .starting import Action
    from .stopping import running_jobs

    with asking(started.endpoint) as ask:
        service = ask.run(look(started.wanted.cluster_id, started.wanted.namespace)).service
    try:
        with closing(target_of(started).connect()) as client:
            jobs = tuple(running_jobs(client)) if started.pending and not started.owner else ()
            return Reached(started, address_of(client, service, started), client.access.description, jobs)
    except FlinkError as error:
        if started.action is Action.RETRIEVE:
            raise
        if not quiet:
            talk(f"The session runs, and cannot be reached from here: {error}")
        return Reached(started, address_of(None, service, started), "")


def _show(reached: Reached, *, quiet: bool, as_json: bool) -> None:
    from .saying import next_commands, options_to_find
    from .starting import Action
    from .stopping import said_of_jobs

    started, wanted = reached.started, reached.started.wanted
    if as_json:
        write_json(reached.document())
    else:
        row = (wanted.cluster_id, wanted.namespace, reached.address)
        write_table(("CLUSTER ID", "NAMESPACE", "JOBMANAGER WEB INTERFACE"), [row])
    if quiet:
        return
    if started.action is Action.COMPARE:
        if started.pending:
            talk("Nothing was changed: the same command with --apply does it. (kubernetes-session.sh ignores options.)")
            if reached.jobs:
                talk(f"That restarts the JobManager. {said_of_jobs(reached.jobs)}")
        else:
            talk("The session is as you want it.")
    elif started.action is Action.RETRIEVE:
        talk(f"Retrieved; it belongs to {started.owner}." if started.owner else "Retrieved.")
    if reached.way:
        talk(f"Reached by {reached.way}.")
    talk("Next:\n" + "\n".join(f"  {line}" for line in next_commands(options_to_find(started), wanted.kubeconfig)))


def _attend(reached: Reached, *, pulumi: bool, quiet: bool) -> None:
    from .prompt import Prompt, Word, attend
    from .running import Engine
    from .saying import target_of
    from .stopping import stop

    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    target = target_of(reached.started)

    def jobs() -> str:
        with closing(target.connect()) as client:
            found = client.list_jobs()
        return "\n".join(f"{job.id}  {job.state:<10}  {job.name}" for job in found) or "There are no jobs."

    def end() -> str:
        return stop(target, lambda: confirmation(False) if terminal else None, Engine(quiet, pulumi))

    words = (
        Word("help", "show these commands"),
        Word("jobs", "list the jobs", jobs),
        Word("stop", "stop the kubernetes cluster", end, ends=True),
        Word("quit", "quit attach mode", ends=True),
    )
    attend(Prompt(words), talk, terminal=terminal)


@session.command("stop")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.option("--pulumi", is_flag=True, help="Let the `pulumi` CLI do it instead of the embedded engine.")
@target_options
def stop_(target: Target, yes: bool, quiet: bool, pulumi: bool) -> None:
    """Take a session away, after naming the jobs that end with it.

    Of a session that this command has deployed, everything goes. Of another one the JobManager's Deployment is
    deleted, as kubernetes-session.sh does.
    """
    with ended_well("interrupted; run the same command again to go on"):
        from .running import Engine
        from .stopping import stop

        talk(stop(target, lambda: confirmation(yes), Engine(quiet, pulumi)))
