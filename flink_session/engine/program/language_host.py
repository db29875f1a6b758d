"""Runs a Pulumi program in the project's own interpreter, its SDK connected to the engine. Started as a script.

It is given the program's path, and on its standard input one line of JSON. The imports, which take most of a second,
are done before that line is read, so that they overlap with what the engine has to read and to compute.
"""

# This file is run by whatever interpreter the project has; it must import nothing of flink_session.
# ruff: noqa: PLC0415 (the order of the imports is what matters here)

import sys

sys.path.pop(0)  # this folder, whose modules must not stand in for the standard library's

import asyncio
import contextlib
import gc
import importlib.util
import json
import linecache
import logging
import os
import re
import runpy
import sysconfig
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, TextIO

_LACKING = re.compile(r"The Pulumi CLI does not support (.+?)\. Please update")
"""What the SDK says of features that the engine does not say that it has."""
_OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""Imports make a great many objects, and next to no garbage; so do registrations. Python's own number is 700."""
_FAILED = 32
"""Exit status when the error has been told to the engine, as that of Pulumi's own host."""


def main() -> int:
    """Run the program that standard input describes; gives the exit status."""
    program = sys.argv[1]
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    for part in ("automation", "dynamic"):
        _import_late("pulumi", part)
    try:
        import pulumi
        import pulumi.runtime
        from pulumi.runtime import settings
    except ImportError as error:
        sys.stderr.write(f"{sys.executable} cannot import the Pulumi SDK ({error}); install the requirements there\n")
        return 1
    sys.path.insert(0, program if Path(program).is_dir() else str(Path(program).parent))
    _import_ahead(Path(program))
    gc.freeze()
    job = json.loads(sys.stdin.readline() or "null")
    if job is None:
        return 1
    threading.Thread(target=_end_with_engine, args=(sys.stdin,), daemon=True).start()
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 (for as long as the program runs)
    settings.reset_options(
        project=job["project"],
        stack=job["stack"],
        root_directory=job["root_directory"],
        parallel=job["parallel"],
        engine_address=job["engine"],
        monitor_address=job["monitor"],
        preview=job["dry_run"],
        organization=job["organization"],
    )
    _make_lean()
    pulumi.runtime.set_all_config(job["config"], job["config_secret_keys"])
    # Errors of tasks that nobody waited for are told by the SDK itself.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.argv = [program]
    return _run(program, job["parallel"])


class _Late(ModuleType):
    """A module that is executed when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        is_internal = name.startswith("__") and name != "__all__"
        if is_internal or self.__spec__ is None or self.__spec__.loader is None:
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def _import_late(package: str, name: str) -> None:
    """Put off a part of a package that hardly any program uses, and that takes a good part of its import."""
    found = importlib.util.find_spec(package)
    for place in (found and found.submodule_search_locations) or ():
        folder = Path(place, name)
        spec = importlib.util.spec_from_file_location(
            f"{package}.{name}", folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is not None and (folder / "__init__.py").is_file():
            module = importlib.util.module_from_spec(spec)
            module.__class__ = _Late
            sys.modules[spec.name] = module


def _import_ahead(program: Path) -> None:
    """Import what the program names of two libraries that take long, and look at nothing but themselves.

    Other libraries may ask for the configuration, which is not there yet. An error is the program's to meet.
    """
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = (program / "__main__.py" if program.is_dir() else program).read_text(encoding="utf-8")
        names = []
        if re.search(r"\bflink_session\b", text):
            names = ["flink_session.component", "flink_session.deployment.planning"]  # the latter is used at once
        if re.search(r"\bpulumi_kubernetes\b", text):
            names += [f"pulumi_kubernetes.{name}" for name in set(re.findall(r"\b[a-z]\w*\.v[1-9]\w*\b", text))]
        for name in names:
            with contextlib.suppress(Exception):
                getattr(importlib.import_module(name), "loaded", None)  # the generated modules load when asked


def _make_lean() -> None:
    """Take out of the SDK what takes it long, and comes to nothing here."""
    from pulumi import log
    from pulumi.runtime import resource, stack
    from pulumi.runtime.proto import source_pb2

    # Several a resource, each waited for, and the engine shows none of them.
    log.debug = lambda *_, **__: None
    # Where in the program a resource is made is kept nowhere; to find out, the SDK reads the source at each of them.
    resource._get_stack_trace = source_pb2.StackTrace

    async def wait(outputs: Any, **_: Any) -> Any:
        return await asyncio.wait(outputs, return_when=asyncio.FIRST_EXCEPTION)

    # At the end it would look at all outputs again for each that is there: half of its time with 500 resources.
    stack.asyncio = SimpleNamespace(**{**vars(asyncio), "wait": wait})  # type: ignore[attr-defined, assignment]


def _end_with_engine(lifeline: TextIO) -> None:
    """End the program when the engine, which holds the other end of standard input, is gone."""
    lifeline.read()
    os._exit(1)


def _run(program: str, parallel: int) -> int:
    from pulumi import RunError, log
    from pulumi.runtime import run_in_stack

    loop = asyncio.new_event_loop()
    # A thread waits for each registration that is under way.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=4 * parallel))
    try:
        loop.run_until_complete(run_in_stack(lambda: _execute(program)))
    except RunError as error:
        log.error(str(error))
        return _FAILED
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # noqa: BLE001 (whatever a program raises, SystemExit included, is its failure)
        if isinstance(error, SystemExit) and not error.code:
            return 0
        if lacking := _LACKING.search(str(error)):
            log.error(f"{lacking[1]}: not supported by the embedded engine; use the `pulumi` CLI for this program")
        else:
            log.error("Program failed with an unhandled exception:\n" + _describe(error, Path(program)))
        return _FAILED
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _execute(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _describe(error: BaseException, program: Path) -> str:
    """Give the traceback without the frames of Python and of the SDK, as long as any are left."""
    linecache.checkcache()
    own = str(Path(__file__).resolve())
    libraries = (sysconfig.get_paths()["stdlib"], str(Path(sys.modules["pulumi"].__file__ or "").parent))

    def is_users(frame: Any) -> bool:
        name = frame.filename
        return not (name.startswith((*libraries, "<")) or str(Path(name).resolve()) == own) or name.startswith(
            str(program)
        )

    described = traceback.TracebackException.from_exception(error)
    cause: Any = described
    while cause is not None:
        users = [frame for frame in cause.stack if is_users(frame)]
        if users:
            cause.stack = traceback.StackSummary.from_list(users)
        cause = cause.__cause__ or cause.__context__
    return "".join(described.format()).rstrip()


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # Threads of the SDK may still wait for an engine that has hung up.
    os._exit(status)
