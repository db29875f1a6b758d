"""Live sessions of Flink on 127.0.0.1, and both clients of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from flink_session.client.access.direct import Direct
from flink_session.client.cluster_client import AsyncClusterClient, ClusterClient
from tests.conformance.distributions import DEFAULT_FLINK_VERSION, distribution
from tests.support.both_clients import MODES, Held, client_of
from tests.support.local_flink import LocalFlink

JAR = "FLINK_SESSION_TEST_JAR"
"""Names the jar that dev/job/build makes."""


@pytest.fixture(scope="session")
def jar() -> Path:
    """The jar of dev/job."""
    if not os.environ.get(JAR):
        pytest.skip(f"{JAR} names no jar of jobs: dev/job/build makes one")
    return Path(os.environ[JAR])


@pytest.fixture(scope="session")
def home() -> Path:
    """The jars of the Flink that is asked."""
    version = os.environ.get("FLINK_SESSION_CONFORMANCE_VERSION", DEFAULT_FLINK_VERSION)
    found = distribution(version)
    if found is None or not shutil.which("java"):
        pytest.skip(f"there is no Java, or the jars of Flink {version} are not here: dev/conformance {version}")
    return found


Start = Callable[..., LocalFlink]


@contextmanager
def starter(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start sessions, and end them with the block."""
    with ExitStack() as stack:

        def start(*roles: str, **options: str) -> LocalFlink:
            flink = LocalFlink(home, tmp_path_factory.mktemp("flink") / "session", options)
            stack.callback(flink.stop)
            flink.start(*roles)
            return flink

        yield start


@pytest.fixture(scope="session")
def sessions(
    home: Path, jar: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LocalFlink, LocalFlink]]:
    """A session as Flink is by default, and one with the adaptive scheduler; started side by side."""
    with starter(home, tmp_path_factory) as start, ThreadPoolExecutor() as both:
        options = {
            "rest.profiling.enabled": "true",
            "execution.checkpointing.dir": f"file://{tmp_path_factory.mktemp('checkpoints')}",
            # What it has said of a job it says again for so long.
            "web.refresh-interval": "100",
            "heartbeat.interval": "1000",
        }
        usual = both.submit(start, **options)
        at_once = {"executing.cooldown-after-rescaling": "0s", "scaling-interval.min": "0s"}
        options = {f"jobmanager.adaptive-scheduler.{key}": value for key, value in at_once.items()}
        adaptive = both.submit(start, **{"jobmanager.scheduler": "adaptive"}, **options)
        yield usual.result(), adaptive.result()


@pytest.fixture(scope="session")
def flink_session(sessions: tuple[LocalFlink, LocalFlink]) -> LocalFlink:
    """A session as Flink is by default, but for its profiler, which is on, and its memory, which is short."""
    return sessions[0]


@pytest.fixture(scope="session", params=MODES)
def mode(request: pytest.FixtureRequest) -> type[ClusterClient | AsyncClusterClient]:
    """Which client: the blocking, or the asynchronous one."""
    return MODES[request.param]


@pytest.fixture(scope="session")
def client(flink_session: LocalFlink, mode: type[ClusterClient | AsyncClusterClient]) -> Iterator[ClusterClient]:
    """A client of the usual session; the asynchronous one by the methods of the other."""
    with client_of(mode, Held(Direct(flink_session.url))) as client:
        yield client


@pytest.fixture(scope="session")
def adaptive(
    sessions: tuple[LocalFlink, LocalFlink], mode: type[ClusterClient | AsyncClusterClient]
) -> Iterator[ClusterClient]:
    """A client of the session with the adaptive scheduler."""
    with client_of(mode, Held(Direct(sessions[1].url))) as client:
        yield client


@pytest.fixture
def start(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts sessions of a test's own."""
    with starter(home, tmp_path_factory) as start:
        yield start
