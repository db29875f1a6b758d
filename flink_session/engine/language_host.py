"""Runs a Pulumi program in the project's own interpreter, its SDK connected to the engine. Started as a script.

It is given nothing but its standard input: one line of JSON. The imports, which take most of a second, are done before
that line is read, so that they overlap with what the engine has to read and to compute.
"""

# This file is run by whatever interpreter the project has; it must import nothing of flink_session.
# ruff: noqa: PLC0415 (the order of the imports is what matters here)

import sys

sys.path.pop(0)  # this folder, whose modules must not stand in for the standard library's

import asyncio
import json
import linecache
import logging
import os
import runpy
import sysconfig
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

_FAILED = 32
"""Exit status when the error has been told to the engine, as that of Pulumi's own host."""


def main() -> int:
    """Run the program that standard input describes; gives the exit status."""
    try:
        import pulumi
        import pulumi.runtime
        from pulumi.runtime import settings
    except ImportError as error:
        sys.stderr.write(f"{sys.executable} cannot import the Pulumi SDK ({error}); install the requirements there\n")
        return 1
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
    # Several a resource, each waited for, and the engine shows none of them.
    pulumi.log.debug = lambda *_, **__: None
    pulumi.runtime.set_all_config(job["config"], job["config_secret_keys"])
    # Errors of tasks that nobody waited for are told by the SDK itself.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    program = job["program"]
    folder = program if Path(program).is_dir() else str(Path(program).parent)
    sys.path.insert(0, folder)
    sys.argv = [program]
    return _run(program, job["parallel"])


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
