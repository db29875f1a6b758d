"""One run against a stack: of the program with the services it talks to, of a refresh, or of the removal of all."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..display.digest import preview_digest
from ..display.display import Display
from ..errors import DeclinedError, EngineError
from ..model.plan import Diagnostic
from ..model.urn import STACK_TYPE
from ..model.values import Secret
from ..options import Options
from ..program.program import Program, find_interpreter, find_kubernetes_version
from ..stack.journal import Journal
from ..stack.target import Loaded, Target
from .deployment import Deployment
from .monitor import ORGANIZATION, EngineService, Monitor, serve
from .outside import Outside
from .providers import Providers
from .refresh import refresh

if TYPE_CHECKING:
    from rich.console import Console

Work = Callable[[Deployment], Awaitable[None]]


@dataclass(slots=True)
class Run:
    """What is run against a stack. Everything that went wrong has been displayed when a run returns.

    Attributes:
        goes_on_without_cluster: shows what can be known where the cluster cannot be asked, and then fails.
        diagnostics: what was said in the last of its parts.
    """

    target: Target
    loaded: Loaded
    console: Console
    outside: Outside
    options: Options
    goes_on_without_cluster: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _title: str = ""

    def title(self, text: str) -> None:
        """Say what comes."""
        self._title = f"{text} ({self.target.stack})"

    def confirm(self, question: str) -> None:
        """Ask, where the user wants to be asked. Raises DeclinedError."""
        if not (self.options.confirm is None or self.options.confirm(question)):
            raise DeclinedError

    async def update(self, program: Program, *, preview: bool) -> Deployment:
        """Run the program."""
        return await self._run(lambda deployment: self._follow(program, deployment), preview=preview)

    async def destroy(self, *, preview: bool) -> Deployment:
        """Remove everything."""
        return await self._run(lambda deployment: deployment.remove(deployment.journal.remaining()), preview=preview)

    async def refresh(self, *, preview: bool, digest: bool = True) -> Deployment:
        """Read everything; the runs after this one start from what was found, whether it was saved or not.

        Without `digest`, one is only given of a failure: the run after this one has its own.
        """
        deployment = await self._run(refresh, preview=preview, digest=digest)
        self.loaded = self.loaded.with_resources(deployment.journal.resources)
        return deployment

    async def _run(self, work: Work, *, preview: bool, digest: bool = True) -> Deployment:
        target, loaded, options = self.target, self.loaded, self.options
        journal = Journal(loaded.checkpoint, loaded.crypter, None if preview else target.file.write)
        version = find_kubernetes_version(find_interpreter(target.project))
        started = time.monotonic()
        with Display(self.console, preview, options.show_diff, quiet=options.as_json, title=self._title) as display:
            self.outside.say = display.message
            providers = Providers(
                target.stack,
                target.project.name,
                loaded.config,
                version,
                journal,
                self.outside,
                display.cannot_ask if self.goes_on_without_cluster else None,
                offline=options.offline,
            )
            display.hide([Secret(loaded.config.values[key]) for key in loaded.config.secret_keys])
            display.hide([[state.inputs, state.outputs] for state in loaded.checkpoint.resources])
            deployment = Deployment(journal, providers, display, preview, options.parallel)
            try:
                with interruptible(deployment, options.on_interrupt):
                    await work(deployment)
                if display.unasked:
                    deployment.fail(
                        f"{display.unasked}\nthis preview finds less than it should; --offline accepts that"
                    )
            except asyncio.CancelledError:
                _show_away(display, deployment)
                raise
            finally:
                await providers.close()
        seconds = time.monotonic() - started
        self.diagnostics = display.diagnostics
        display.show_errors()
        _show_away(display, deployment)
        if not deployment.failed:
            before = {} if options.show_outputs else _outputs(loaded)
            display.show_outputs(deployment.outputs or {}, before, whole=options.show_outputs)
        display.show_summary(deployment.counts, seconds)
        if options.as_json and (digest or deployment.failed):
            text = preview_digest(
                loaded.config,
                deployment.steps,
                display.diagnostics,
                deployment.counts,
                seconds,
                refreshed=work is refresh,
            )
            self.console.print(text, markup=False, highlight=False, soft_wrap=True)
        return deployment

    async def _follow(self, program: Program, deployment: Deployment) -> None:
        """Serve the program, and wait for its end and for all that it has asked for."""
        program.say = deployment.display.message
        monitor = Monitor(
            deployment, deployment.display, self.target.project.name, self.target.stack, self.loaded.config
        )
        server, address = await serve(monitor, EngineService(deployment, deployment.display))
        warming = asyncio.create_task(_quietly(deployment.providers.warm_up()))
        try:
            await program.tell(self._job(address, preview=deployment.preview))
            status = await program.wait()
            await monitor.drain()
            if not monitor.succeeded:
                if status != 0 and not (deployment.failed or deployment.halted):
                    deployment.fail(f"the program ended with exit status {status}")
                await deployment.finish(succeeded=status == 0)
        except asyncio.CancelledError:
            # What the program says of an engine that hangs up is no news.
            program.say = lambda _: None
            raise
        finally:
            warming.cancel()
            monitor.abandon()
            await deployment.callbacks.close()
            await server.stop(0)

    def _job(self, address: str, *, preview: bool) -> dict[str, Any]:
        """Say to the language host what to run."""
        project, config = self.target.project, self.loaded.config
        return {
            "project": project.name,
            "stack": self.target.stack,
            "organization": ORGANIZATION,
            "root_directory": str(project.root),
            "monitor": address,
            "engine": address,
            "dry_run": preview,
            "parallel": self.options.parallel,
            "config": config.values,
            "config_secret_keys": sorted(config.secret_keys),
        }


@contextlib.contextmanager
def interruptible(deployment: Deployment, tell: Callable[[], None] | None = None) -> Iterator[None]:
    """On Ctrl-C give up all waits, and let running writes finish and be recorded; on the second, leave at once.

    `tell` is called the first time.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt() -> None:
        # A preview has nothing to finish.
        if (deployment.halted or deployment.preview) and task:
            task.cancel()
        else:
            deployment.display.message(
                "interrupted: nothing more is begun or waited for, and writes that are under way are finished and "
                "recorded; press Ctrl-C again to leave at once: then the next `up` finds out what has become of them"
            )
            deployment.interrupt()
            if tell:
                tell()

    handled = (signal.SIGINT, signal.SIGTERM)
    with contextlib.suppress(NotImplementedError):
        for number in handled:
            loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        if not (task and task.cancelling()):
            deployment.tell_of_interruption()
        with contextlib.suppress(NotImplementedError):
            for number in handled:
                loop.remove_signal_handler(number)


def _show_away(display: Display, deployment: Deployment) -> None:
    """However a run ends: say what it has deleted, or an earlier one had, to be made anew."""
    if not deployment.preview:
        display.show_away([state.urn for state in deployment.journal.resources if state.pending_replacement])


def _outputs(loaded: Loaded) -> dict[str, Any]:
    return next((state.outputs for state in loaded.checkpoint.resources if state.type == STACK_TYPE), {})


async def _quietly(work: Awaitable[None]) -> None:
    """Do something ahead of time whose failure shows when it is needed."""
    with contextlib.suppress(EngineError):
        await work
