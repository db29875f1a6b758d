"""One run against a stack: of the program with the services it talks to, or of the removal of all there is."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .deployment import Deployment
from .display import Display
from .errors import EngineError, ProjectError
from .journal import Journal
from .kinds import find_kind
from .monitor import ORGANIZATION, PARALLEL, EngineService, Monitor, serve
from .program import Program, find_interpreter, find_kubernetes_version
from .providers import Connect, Providers
from .stack import Loaded, Target
from .values import Secret

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(slots=True)
class Run:
    """One run of the program against the stack."""

    target: Target
    loaded: Loaded
    console: Console
    connect: Connect
    show_diff: bool = False

    async def execute(self, program: Program, *, preview: bool) -> Deployment:
        """Run the program; everything that went wrong has been displayed when this returns."""
        target, loaded = self.target, self.loaded
        journal = Journal(loaded.checkpoint, loaded.crypter, None if preview else target.file.write)
        version = find_kubernetes_version(find_interpreter(target.project))
        providers = Providers(
            target.stack, target.project.name, loaded.provider_settings(), version, journal, self.connect
        )
        started = time.monotonic()
        with Display(self.console, preview, self.show_diff) as display:
            display.hide([Secret(loaded.config.values[key]) for key in loaded.config.secret_keys])
            for state in loaded.checkpoint.resources:
                display.hide([state.inputs, state.outputs])
            program.say = display.message
            deployment = Deployment(journal, providers, display, preview)
            monitor = Monitor(deployment, display, target.project.name, target.stack, loaded.config)
            server, address = await serve(monitor, EngineService(deployment, display))
            warming = asyncio.create_task(_quietly(providers.warm_up()))
            try:
                with interruptible(deployment):
                    await program.tell(self._job(address, preview=preview))
                    await self._follow(program, deployment, monitor)
            finally:
                warming.cancel()
                monitor.abandon()
                await server.stop(0)
        display.show_errors()
        if not deployment.failed:
            display.show_outputs(deployment.outputs or {})
        display.show_summary(deployment.counts, time.monotonic() - started)
        return deployment

    def _job(self, address: str, *, preview: bool) -> dict[str, Any]:
        """Say to the language host what to run."""
        project, config = self.target.project, self.loaded.config
        return {
            "project": project.name,
            "stack": self.target.stack,
            "organization": ORGANIZATION,
            "root_directory": str(project.root),
            "program": str(project.main),
            "monitor": address,
            "engine": address,
            "dry_run": preview,
            "parallel": PARALLEL,
            "config": config.values,
            "config_secret_keys": sorted(config.secret_keys),
        }

    @staticmethod
    async def _follow(program: Program, deployment: Deployment, monitor: Monitor) -> None:
        """Wait for the program's end, and for all that it has asked for."""
        status = await program.wait()
        await monitor.drain()
        if monitor.succeeded:
            return
        if status != 0 and not deployment.failed:
            deployment.fail(f"the program ended with exit status {status}")
        await deployment.finish(succeeded=status == 0)


@dataclass(slots=True)
class Removal:
    """One removal of everything that a stack has; no program runs."""

    target: Target
    loaded: Loaded
    console: Console
    connect: Connect

    async def check(self) -> None:
        """Find out, before anything is touched, what would keep resources from being deleted. Raises EngineError."""
        journal = self._journal(preview=True)
        providers = self._providers(journal)
        findings = [
            f"{state.urn} is protected; remove the option protect, run `up`, then destroy"
            for state in journal.resources
            if state.protect
        ]
        if findings:
            raise ProjectError("\n".join(findings))
        for state in journal.resources:
            if state.custom and state.provider:
                find_kind(state.type)
                await providers.of_state(state)

    async def execute(self, *, preview: bool) -> bool:
        """Remove everything, or in a preview list it; gives whether all went well."""
        journal, started = self._journal(preview=preview), time.monotonic()
        with Display(self.console, preview) as display:
            deployment = Deployment(journal, self._providers(journal), display, preview)
            for state in self.loaded.checkpoint.resources:
                display.hide([state.inputs, state.outputs])
            with interruptible(deployment):
                await deployment.remove(journal.remaining())
        display.show_errors()
        display.show_summary(deployment.counts, time.monotonic() - started)
        return not deployment.failed

    def _journal(self, *, preview: bool) -> Journal:
        return Journal(self.loaded.checkpoint, self.loaded.crypter, None if preview else self.target.file.write)

    def _providers(self, journal: Journal) -> Providers:
        return Providers(self.target.stack, self.target.project.name, {}, "", journal, self.connect)


@contextlib.contextmanager
def interruptible(deployment: Deployment) -> Iterator[None]:
    """On Ctrl-C let running steps finish and be recorded; on the second, give up waiting for them."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt() -> None:
        if deployment.halted and task:
            task.cancel()
        else:
            deployment.display.message("interrupted: what runs is finished and recorded first; once more gives that up")
            deployment.halt("interrupted")

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
    with contextlib.suppress(EngineError):
        await work
