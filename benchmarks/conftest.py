"""What the benchmarks share: the report, and the cluster that they may use."""

from __future__ import annotations

import pytest

from benchmarks.report import Report

_REPORT = pytest.StashKey[Report]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin the report."""
    config.stash[_REPORT] = Report()


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """Where the figures go."""
    return pytestconfig.stash[_REPORT]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the report."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = dict.fromkeys(str(item.longrepr[2]).removeprefix("Skipped: ") for item in skipped)
    terminalreporter.section("report")
    for line in config.stash[_REPORT].lines(list(reasons)):
        terminalreporter.write_line(line)
