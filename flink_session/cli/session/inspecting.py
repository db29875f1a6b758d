"""`flink-session session ui|logs|config|threads|profile`: looking into a session that runs."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..options import fail
from ..output import printable, talk, write_json, write_table
from ..target import Target, target_options
from .ending import ended_well

if TYPE_CHECKING:
    from flink_session.client import ClusterClient

_taskmanager = click.option(
    "--taskmanager",
    "-T",
    metavar="ID",
    help="Of this TaskManager instead of the JobManager; the end of its id will do.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextlib.contextmanager
def connected(target: Target) -> Iterator[ClusterClient]:
    """Give a client of the session; what goes wrong ends the command with one sentence."""
    with ended_well(), closing(target.connect()) as client:
        yield client


def full_id(client: ClusterClient, wanted: str | None) -> str | None:
    """Give the id of the TaskManager that is meant: the one that is called so, or the only one that ends so.

    Raises NotFoundError, naming those that there are.
    """
    from flink_session.client import NotFoundError

    if wanted is None:
        return None
    known = [item.id for item in client.list_taskmanagers()]
    found = [item for item in known if item == wanted] or [item for item in known if item.endswith(f"-{wanted}")]
    if len(found) == 1:
        return found[0]
    there = f"there are {', '.join(known)}" if known else "there is none; they come with the jobs that need them"
    raise NotFoundError(f"no TaskManager is meant by {wanted!r}: {there}", 404)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A port of 127.0.0.1.  [default: any]")
@click.option("--open/--no-open", "open_", default=None, help="Show it in a browser.  [default: on a terminal]")
@target_options
def ui(target: Target, port: int, open_: bool | None) -> None:
    """Serve the web UI on 127.0.0.1, until Ctrl-C.

    A session with an address that can be reached from here is shown there; no port is opened then.
    """
    from flink_session.client import Direct, Tls

    with connected(target) as client:
        access = client.access
        client.features()
        if isinstance(access, Direct) and not access.headers and access.tls == Tls():
            click.echo(access.url)
            _open(access.url, open_)
            return
        _serve(access, port, lambda url: _open(url, open_))


def _serve(access: Any, port: int, show: Callable[[str], None]) -> None:
    import threading

    from .web import served

    try:
        with served(access, port) as url:
            click.echo(url)
            sys.stdout.flush()
            talk(f"The web UI of the session, by {access.description}. Ctrl-C ends it; the session goes on running.")
            show(url)
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
    except OSError as error:
        fail(f"--port {port}: {error.strerror or error}; choose another one, or leave it out")


def _open(url: str, wanted: bool | None) -> None:
    if wanted or (wanted is None and sys.stdout.isatty()):
        import webbrowser

        if not webbrowser.open(url) and wanted:
            talk("There is no browser to open it in.")


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what is written, until Ctrl-C.")
@click.option("--file", "name", metavar="NAME", help="A file of the log folder; else the newest that ends in .log.")
@click.option("--list", "list_", is_flag=True, help="List the files of the log folder.")
@_taskmanager
@_json
@target_options
def logs(target: Target, follow: bool, name: str | None, list_: bool, taskmanager: str | None, as_json: bool) -> None:
    """Print the log of the JobManager, or of a TaskManager."""
    if as_json and not list_:
        fail("--json is the list of files, and needs --list", 2)
    with connected(target) as client:
        id_ = full_id(client, taskmanager)
        if list_:
            files = client.list_logs(id_)
            if as_json:
                write_json([{"name": item.name, "size": item.size, "modified": item.modified} for item in files])
            else:
                write_table(("NAME", "SIZE"), [(item.name, str(item.size)) for item in files])
        elif follow:
            for line in client.follow_log(name, id_):
                click.echo(printable(line, keep="\t"))
                sys.stdout.flush()
        else:
            click.echo(printable(client.log(name, id_), keep="\n\t"), nl=False)


@click.command()
@click.argument("key", required=False)
@_json
@target_options
def config(target: Target, key: str | None, as_json: bool) -> None:
    """Print the configuration that the JobManager runs with, or the option KEY. Flink masks what may be a secret."""
    from flink_session.client import NotFoundError

    with connected(target) as client:
        values = dict(sorted(client.configuration().items()))
        if key is not None and key not in values:
            import difflib

            near = difflib.get_close_matches(key, values, 1)
            there = f"; there is {near[0]}" if near else ""
            raise NotFoundError(f"the JobManager's configuration does not set {key}{there}", 404)
        if as_json:
            write_json(values if key is None else values[key])
        elif key is not None:
            click.echo(printable(values[key], keep="\n\t"))
        else:
            write_table(("KEY", "VALUE"), list(values.items()))


@click.command()
@_taskmanager
@_json
@target_options
def threads(target: Target, taskmanager: str | None, as_json: bool) -> None:
    """Print the threads of the JobManager, or of a TaskManager, each with its stack."""
    with connected(target) as client:
        found = client.thread_dump(full_id(client, taskmanager))
        if as_json:
            write_json([{"name": item.name, "stack": item.stack} for item in found])
        else:
            click.echo(printable("\n".join(item.stack.strip("\n") + "\n" for item in found), keep="\n\t"), nl=False)


@click.command()
@click.option(
    "--mode",
    type=click.Choice(["CPU", "ALLOC", "LOCK", "WALL", "ITIMER"], case_sensitive=False),
    default="CPU",
    show_default=True,
    help="What is measured.",
)
@click.option("--seconds", type=click.IntRange(1, 300), default=30, show_default=True, help="For how long.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), default="profile.html", show_default=True
)
@_taskmanager
@target_options
def profile(target: Target, mode: Any, seconds: int, output: Path, taskmanager: str | None) -> None:
    """Profile the JobManager, or a TaskManager, and write a page that shows where its time goes.

    The session needs rest.profiling.enabled: true.
    """
    with connected(target) as client:
        id_ = full_id(client, taskmanager)
        talk(f"Profiling {id_ or 'the JobManager'} for {seconds} s.")
        page = client.profile(mode.upper(), seconds, id_)
        try:
            output.write_bytes(page)
        except OSError as error:
            fail(f"--output {output}: {error.strerror or error}")
        click.echo(str(output))
