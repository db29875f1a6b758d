"""Nothing is waited for that need not be."""

import pytest

from flink_session.api_server import cluster
from flink_session.engine.stack import journal


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once, and the state is written without waiting for more to write."""
    monkeypatch.setattr(cluster, "_PAUSE", 0)
    monkeypatch.setattr(journal, "_LEISURE", 0)
