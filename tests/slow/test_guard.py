"""What keeps the unit tests quick, at tests that are not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT

pytestmark = pytest.mark.slow

TESTS = """
import asyncio, os, subprocess, time
from contextlib import suppress
from subprocess import Popen
import pytest

async def start():
    await asyncio.create_subprocess_exec("true")

async def cancelled():
    sleeping = asyncio.create_task(asyncio.sleep(3600))
    await asyncio.sleep(0)
    sleeping.cancel()

@pytest.fixture(scope="module")
def process():
    subprocess.run(["true"])

def test_bad_run(): subprocess.run(["true"])
def test_bad_name_of_its_own(): Popen(["true"])
def test_bad_fork(): os.fork() or os._exit(0)
def test_bad_shell(): os.system("true")
def test_bad_in_a_loop(): asyncio.run(start())
def test_bad_fixture(process): pass
def test_bad_sleep(): time.sleep(1)
def test_bad_sleep_in_a_loop(): asyncio.run(asyncio.sleep(1))
def test_bad_and_nobody_says_so():
    with suppress(BaseException):
        subprocess.run(["true"])

def test_good_sleep(): time.sleep(0.01)
def test_good_sleep_in_a_loop(): assert asyncio.run(asyncio.sleep(0.01, 7)) == 7
def test_good_sleep_that_is_cancelled(): asyncio.run(cancelled())
"""


def test_a_unit_test_neither_starts_a_process_nor_waits(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "unit" / "conftest.py").read_text())
    (tmp_path / "test_it.py").write_text(TESTS)
    words = [sys.executable, "-m", "pytest", "-rfEp", "--tb=line", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    env = {**os.environ, "COLUMNS": "300"}
    said = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False).stdout
    outcomes = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR", "PASSED"))]
    assert len(outcomes) == TESTS.count("def test_"), said
    for line in outcomes:
        if "::test_good" in line:
            assert line.startswith("PASSED"), said
        else:
            assert "this one belongs in tests/slow" in line, said
