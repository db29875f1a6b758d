"""The commands: what `up`, `preview`, `destroy` and `output` do, from the user's files to the last line shown."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .backend import StackFile, backend_directory
from .display import Display
from .errors import BackendError, ClusterError, EngineError, ProjectError
from .passphrase import Crypter, MissingPassphrase, find_passphrase, make_crypter
from .program import Program, find_interpreter, find_kubernetes_version
from .project import Project, StackConfig, StackFileReader, check_stack_name, find_project
from .state import Checkpoint, checkpoint_from_json
from .urn import STACK_TYPE
from .values import SECRET_MASK, masked, plain

if TYPE_CHECKING:
    from rich.console import Console

    from .deployment import Deployment
    from .journal import Journal
    from .kubeconfig import ClusterChoice
    from .provider import KubernetesProvider

Confirm = Callable[[str], bool]
Connect = Callable[["ClusterChoice"], Awaitable["KubernetesProvider"]]


@dataclass(frozen=True, slots=True)
class Target:
    """Which stack of which project, as far as the user's files say without any secret."""

    project: Project
    stack: str
    file: StackFile
    reader: StackFileReader

    @classmethod
    def find(cls, cwd: Path, stack: str | None) -> Target:
        """Find the project and the stack. Raises ProjectError, UnsupportedError, BackendError."""
        project = find_project(cwd)
        chosen = stack or os.environ.get("PULUMI_STACK")
        if not chosen:
            raise ProjectError(
                "no stack is chosen; name one by --stack or PULUMI_STACK (selected stacks are the `pulumi` CLI's)"
            )
        name = check_stack_name(chosen)
        from_environment = os.environ.get("PULUMI_BACKEND_URL")
        url, base = (from_environment, Path.cwd()) if from_environment else (project.backend_url, project.root)
        return cls(
            project, name, StackFile(backend_directory(url, base), project.name, name), StackFileReader(project, name)
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stack with its secrets opened."""

    checkpoint: Checkpoint
    config: StackConfig
    crypter: Crypter

    @classmethod
    def load(cls, target: Target) -> Loaded:
        """Read state and configuration. Raises BackendError, ProjectError, PassphraseError."""
        document = target.file.read() or {}
        state_salt = ((document.get("secrets_providers") or {}).get("state") or {}).get("salt")
        salt = target.reader.encryption_salt or state_salt
        crypter = make_crypter(find_passphrase(ask=salt is not None), salt)
        return cls(checkpoint_from_json(document, crypter.decrypt), target.reader.config(crypter.decrypt), crypter)


@dataclass(slots=True)
class Run:
    """One run of the program against the stack."""

    target: Target
    loaded: Loaded
    console: Console
    connect: Connect
    show_diff: bool = False

    async def run(self, program: Program, *, preview: bool) -> tuple[Deployment, Display, Journal]:
        """Run the program; everything that went wrong has been displayed when this returns."""
        from .deployment import Deployment
        from .journal import Journal
        from .monitor import ORGANIZATION, PARALLEL, EngineService, Monitor, serve
        from .providers import Providers

        target, loaded = self.target, self.loaded
        journal = Journal(loaded.checkpoint, loaded.crypter, None if preview else target.file.write)
        version = find_kubernetes_version(find_interpreter(target.project))
        settings = {
            key.removeprefix("kubernetes:"): value
            for key, value in loaded.config.values.items()
            if key.startswith("kubernetes:")
        }
        providers = Providers(target.stack, target.project.name, settings, version, journal, self.connect)
        started = time.monotonic()
        with Display(self.console, preview, self.show_diff) as display:
            display.hide([_secret(loaded.config.values[key]) for key in loaded.config.secret_keys])
            for state in loaded.checkpoint.resources:
                display.hide([state.inputs, state.outputs])
            program.say = display.message
            deployment = Deployment(journal, providers, display, preview)
            monitor = Monitor(deployment, display, target.project.name, target.stack, loaded.config)
            server, address = await serve(monitor, EngineService(deployment, display))
            warming = asyncio.create_task(_quietly(providers.warm_up()))
            with _interruptible(deployment):
                await program.tell(
                    {
                        "project": target.project.name,
                        "stack": target.stack,
                        "organization": ORGANIZATION,
                        "root_directory": str(target.project.root),
                        "program": str(target.project.main),
                        "monitor": address,
                        "engine": address,
                        "dry_run": preview,
                        "parallel": PARALLEL,
                        "config": loaded.config.values,
                        "config_secret_keys": sorted(loaded.config.secret_keys),
                    }
                )
                status = await program.wait()
                await monitor.drain()
                if not monitor.succeeded:
                    if status != 0 and not deployment.failed:
                        deployment.fail(f"the program ended with exit status {status}")
                    await deployment.finish(succeeded=status == 0)
            warming.cancel()
            await server.stop(0)
        display.show_errors()
        if not deployment.failed:
            display.show_outputs(deployment.outputs or {})
        display.show_summary(deployment.counts, time.monotonic() - started)
        return deployment, display, journal


async def up(
    cwd: Path, stack: str | None, console: Console, confirm: Confirm | None, *, show_diff: bool = False
) -> bool:
    """Preview, ask, and update a stack; gives whether all went well.

    Args:
        cwd: where to look for the project.
        stack: its name; None for that of the environment.
        console: where everything is shown.
        confirm: asks the user; None goes on without asking.
        show_diff: show each changed property.

    Raises:
        EngineError: something is wrong with the user's files, before anything was begun.
    """
    target = Target.find(cwd, stack)
    with target.file.locked():
        async with _clusters() as connect, _program(target, console) as program:
            loaded = await asyncio.to_thread(Loaded.load, target)
            run = Run(target, loaded, console, connect, show_diff)
            console.print(f"Previewing update ({target.stack}):", style="bold")
            previewed, _, journal = await run.run(program, preview=True)
            if previewed.failed:
                return False
            if not journal.changed and not journal.interrupted:
                return True
            async with _program(target, console) as updating:
                if confirm and not confirm(f"Do you want to perform this update of {target.stack}?"):
                    console.print("confirmation declined, nothing was changed")
                    return False
                _save_salt(target, loaded)
                console.print(f"\nUpdating ({target.stack}):", style="bold")
                updated, _, _ = await run.run(updating, preview=False)
                return not updated.failed


async def preview(
    cwd: Path, stack: str | None, console: Console, *, show_diff: bool = False, expect_no_changes: bool = False
) -> bool:
    """Show what `up` would do; gives whether it would go well (and change nothing). Raises EngineError."""
    target = Target.find(cwd, stack)
    async with _clusters() as connect, _program(target, console) as program:
        loaded = await asyncio.to_thread(Loaded.load, target)
        console.print(f"Previewing update ({target.stack}):", style="bold")
        previewed, _, journal = await Run(target, loaded, console, connect, show_diff).run(program, preview=True)
    if previewed.failed:
        return False
    if expect_no_changes and journal.changed:
        console.print("error: no changes were expected but changes were proposed", style="red")
        return False
    return True


async def destroy(cwd: Path, stack: str | None, console: Console, confirm: Confirm | None) -> bool:
    """Delete all that a stack has, and keep the stack; gives whether all went well. Raises EngineError."""
    from .deployment import Deployment
    from .journal import Journal
    from .providers import Providers

    target = Target.find(cwd, stack)
    with target.file.locked():
        if target.file.read() is None:
            raise BackendError(
                f"no stack {target.stack!r} of the project {target.project.name} in {target.file.root / '.pulumi'}"
            )
        async with _clusters() as connect:
            loaded = await asyncio.to_thread(Loaded.load, target)
            journal = Journal(loaded.checkpoint, loaded.crypter, target.file.write)
            providers = Providers(target.stack, target.project.name, {}, "", journal, connect)
            await _check_destroyable(journal, providers)
            with Display(console, preview=True) as listing:
                await Deployment(
                    Journal(loaded.checkpoint, loaded.crypter, None), providers, listing, preview=True
                ).remove(journal.remaining())
            if confirm and not confirm(f"Do you want to delete everything in {target.stack}?"):
                console.print("confirmation declined, nothing was deleted")
                return False
            console.print(f"\nDestroying ({target.stack}):", style="bold")
            started = time.monotonic()
            with Display(console, preview=False) as display:
                deployment = Deployment(journal, providers, display, preview=False)
                for state in loaded.checkpoint.resources:
                    display.hide([state.inputs, state.outputs])
                with _interruptible(deployment):
                    await deployment.remove(journal.remaining())
            display.show_errors()
            display.show_summary(deployment.counts, time.monotonic() - started)
            if not deployment.failed:
                console.print("\nThe stack and its configuration are kept; the next `up` makes everything anew.")
            return not deployment.failed


def output(cwd: Path, stack: str | None, *, show_secrets: bool) -> dict[str, Any]:
    """Give a stack's outputs as of its last update, secrets masked unless they are asked for. Raises EngineError."""
    target = Target.find(cwd, stack)
    document = target.file.read()
    if document is None:
        raise BackendError(
            f"no stack {target.stack!r} of the project {target.project.name} in {target.file.root / '.pulumi'}"
        )
    if show_secrets:
        checkpoint = Loaded.load(target).checkpoint
    else:
        checkpoint = checkpoint_from_json(document, lambda _: f'"{SECRET_MASK}"')
    for state in checkpoint.resources:
        if state.type == STACK_TYPE:
            outputs: dict[str, Any] = plain(state.outputs) if show_secrets else masked(state.outputs)
            return outputs
    return {}


async def _check_destroyable(journal: Journal, providers: Any) -> None:
    """Find out, before anything is touched, what would keep resources from being deleted."""
    from .kinds import find_kind

    findings = []
    for state in journal.resources:
        if state.protect:
            findings.append(f"{state.urn} is protected; remove the resource option protect, run `up`, then destroy")
        if state.custom and state.provider:
            find_kind(state.type)
            await providers.of_state(state)
    if findings:
        raise BackendError("\n".join(findings))


def _save_salt(target: Target, loaded: Loaded) -> None:
    salt = loaded.crypter.salt
    if salt and salt != target.reader.encryption_salt and not isinstance(loaded.crypter, MissingPassphrase):
        target.reader.save_encryption_salt(salt)


@contextlib.asynccontextmanager
async def _program(target: Target, console: Console) -> AsyncIterator[Program]:
    program = await Program.start(target.project, lambda line: console.print(line, markup=False, highlight=False))
    try:
        yield program
    finally:
        await program.stop()


@contextlib.asynccontextmanager
async def _clusters() -> AsyncIterator[Connect]:
    """Give what connects to clusters, and close all of them at the end."""
    opened = []

    async def connect(choice: ClusterChoice) -> KubernetesProvider:
        from .cluster import Cluster
        from .kubeconfig import open_connection
        from .provider import KubernetesProvider

        cluster = Cluster(await asyncio.to_thread(open_connection, choice))
        opened.append(cluster)
        await cluster.check_reachable()
        return KubernetesProvider(cluster)

    try:
        yield connect
    finally:
        for cluster in opened:
            await cluster.close()


@contextlib.contextmanager
def _interruptible(deployment: Deployment) -> Iterator[None]:
    """On Ctrl-C let running steps finish and be recorded; on the second, give up waiting for them."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt() -> None:
        if deployment.halted and task:
            task.cancel()
        else:
            deployment.halt(
                "interrupted; running steps are finished and recorded first, interrupt again to give them up"
            )

    handled = (signal.SIGINT, signal.SIGTERM)
    with contextlib.suppress(NotImplementedError):
        for number in handled:
            loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            for number in handled:
                loop.remove_signal_handler(number)


async def _quietly(work: Awaitable[None]) -> None:
    """Do something ahead of time whose failure shows when it is needed."""
    with contextlib.suppress(EngineError, ClusterError):
        await work


def _secret(text: str) -> Any:
    from .values import Secret

    return Secret(text)
