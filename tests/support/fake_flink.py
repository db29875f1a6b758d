"""The JobManager in memory of the test kit, as tests here have called it."""

from flink_session.testing.job_manager import (
    NOW,
    TASKMANAGER,
    VERTEX,
    FakeJob,
    checkpoint,
    error,
)
from flink_session.testing.job_manager import (
    FakeJobManager as FakeFlink,
)

__all__ = ["NOW", "TASKMANAGER", "VERTEX", "FakeFlink", "FakeJob", "checkpoint", "error"]
