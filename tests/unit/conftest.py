"""Unit tests run at every save, so they start no process and wait for nothing; `tests/slow` is for those that do."""

import asyncio
import sys
import time
from collections.abc import Generator
from typing import Any, NoReturn

import pytest

LONGEST = 0.2
"""Seconds that a unit test may sleep at a time."""
_PROCESSES = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}
"""The interpreter's events for a process that starts, by whatever name it was called."""
_sleep, _sleep_in_loop = time.sleep, asyncio.sleep
_OUTER = ("KUBECONFIG", "FLINK_SESSION", "PULUMI_STACK", "PULUMI_BACKEND_URL", "NO_COLOR")
"""Variables of whoever runs the tests, which would decide what they find."""
_running: list[list[str]] = []
"""Of the unit test that runs, what was refused to it."""


def _refuse(what: str) -> NoReturn:
    said = f"a unit test {what}: this one belongs in tests/slow"
    _running[-1].append(said)
    raise AssertionError(said)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _PROCESSES and _running:
        _refuse(f"starts no process ({' '.join(map(str, (event, *arguments[:2])))})")


sys.addaudithook(_audit)


def _sleep_shortly(seconds: float) -> None:
    _sleep(min(seconds, LONGEST))
    if seconds > LONGEST:
        _refuse(f"does not sleep for {seconds} s")


async def _sleep_shortly_in_loop(delay: float, result: Any = None) -> Any:
    # To begin a long sleep that is cancelled at once is no waiting.
    await _sleep_in_loop(min(delay, LONGEST))
    if delay > LONGEST:
        _refuse(f"does not sleep for {delay} s")
    return result


def _quickly() -> Generator[None, Any, Any]:
    refused: list[str] = []
    _running.append(refused)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in _OUTER:
                patch.delenv(name, raising=False)
            patch.setattr(time, "sleep", _sleep_shortly)
            patch.setattr(asyncio, "sleep", _sleep_shortly_in_loop)
            result = yield
    finally:
        _running.pop()
    if refused:
        pytest.fail(refused[0])  # where the code under test has caught it
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, Any, Any]:
    """Fixtures count as well."""
    return (yield from _quickly())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    """Refuse what takes time."""
    return (yield from _quickly())
