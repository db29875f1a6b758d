"""Flink for the differential tests: the version and the number of examples that ``dev/conformance`` asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import jpype  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, settings

from tests.conformance.distributions import DEFAULT_FLINK_VERSION, distribution
from tests.conformance.jvm import Flink

EXAMPLES = os.environ.get("FLINK_SESSION_CONFORMANCE_EXAMPLES")

# Within `make test`: the same few examples always. In a run of its own: many, and new ones each time.
_COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=False)
settings.register_profile("few", parent=_COMMON, max_examples=300, derandomize=True, database=None)
settings.register_profile("many", parent=_COMMON, max_examples=int(EXAMPLES or 3000))
settings.load_profile("many" if EXAMPLES else "few")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "conformance: needs Java and the jars of a Flink distribution")


@pytest.fixture(scope="session")
def flink() -> Iterator[Flink]:
    """The Flink to compare with."""
    version = os.environ.get("FLINK_SESSION_CONFORMANCE_VERSION", DEFAULT_FLINK_VERSION)
    if distribution(version) is None:
        pytest.skip(f"the jars of Flink {version} are not here: dev/conformance {version} downloads them")
    try:
        jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        pytest.skip("there is no Java: dev/conformance installs one")
    flink = Flink(version)
    yield flink
    flink.close()
