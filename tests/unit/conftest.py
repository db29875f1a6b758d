"""Unit tests run at every save, so they start no process and wait for nothing; `tests/slow` is for those that do."""

import subprocess
import time
from typing import Any, NoReturn

import pytest

LONGEST = 0.2
"""Seconds that a unit test may sleep at a time."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = time.sleep

    def refused(*words: Any, **options: Any) -> NoReturn:
        raise AssertionError(f"a unit test starts no process ({words[:1]}): this one belongs in tests/slow")

    def bounded(seconds: float) -> None:
        assert seconds <= LONGEST, f"a unit test does not sleep for {seconds} s: this one belongs in tests/slow"
        sleep(seconds)

    monkeypatch.setattr(subprocess, "Popen", refused)
    monkeypatch.setattr(time, "sleep", bounded)
