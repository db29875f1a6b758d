"""What tests of your programs need: Pulumi without an engine, a JobManager without Flink, manifests to compare with.

``pip install flink-session[cli]`` brings all that this package imports. See docs/testing.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flink_session.testing.job_manager import FakeJob as FakeJob
    from flink_session.testing.job_manager import FakeJobManager as FakeJobManager
    from flink_session.testing.manifests import assert_manifests as assert_manifests
    from flink_session.testing.program import Ran as Ran
    from flink_session.testing.program import Registered as Registered
    from flink_session.testing.program import SessionMocks as SessionMocks
    from flink_session.testing.program import run as run

_WHERE = {
    "FakeJob": "job_manager",
    "FakeJobManager": "job_manager",
    "Ran": "program",
    "Registered": "program",
    "SessionMocks": "program",
    "assert_manifests": "manifests",
    "run": "program",
}

__all__ = ["FakeJob", "FakeJobManager", "Ran", "Registered", "SessionMocks", "assert_manifests", "run"]


def __getattr__(name: str) -> Any:
    # A test of jobs need not import Pulumi, nor one of a program the client.
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
