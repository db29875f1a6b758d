"""`flink-session sessions`."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from flink_session.cli.options import cwd_option, guarded

_INTERRUPTED = 130


@click.command()
@click.option("--all-namespaces", "-A", is_flag=True, help="Those of all namespaces.")
@click.option("--namespace", "-n", default="", metavar="NAME", help="Those of this one; else of the context's.")
@click.option("--context", default="", metavar="NAME", help="The context of the kubeconfig; else the current one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/sessions.md has its fields.")
@click.option("--watch", "-w", is_flag=True, help="Go on: a table in place, or a line for each change.")
@cwd_option
def sessions(all_namespaces: bool, namespace: str, context: str, as_json: bool, watch: bool, cwd: Path) -> None:
    """List session clusters: yours and those of others, and how each of them is.

    They are found by Flink's labels, so those of kubernetes-session.sh and of Flink's Kubernetes operator are listed as
    well. All are asked at once; one that has not answered within two seconds is listed with the reason.
    """
    if all_namespaces and namespace:
        raise click.UsageError("-A and -n exclude each other")

    def run() -> None:
        import asyncio

        from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint

        from .lister import Lister

        endpoint = find_endpoint(ClusterChoice("", context, namespace))
        lister = Lister(endpoint, "" if all_namespaces else endpoint.namespace, cwd, as_json)
        try:
            asyncio.run(lister.watch() if watch else lister.once())
        except KeyboardInterrupt:
            # That is how a watch ends.
            sys.exit(0 if watch else _INTERRUPTED)

    try:
        guarded(run)
    except BrokenPipeError:
        # Whoever reads has seen enough; Python would complain at its end of what it could not write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
