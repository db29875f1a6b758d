"""The messages and stubs of Pulumi's protocol, without the SDK around them.

They are in `pulumi.runtime.proto`. To import that the usual way is to import all of the SDK, which takes longer, and
more memory, than anything else that the engine needs. The stubs themselves need nothing of it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType


@contextlib.contextmanager
def _hollow_packages() -> Iterator[None]:
    """Let the packages above the stubs be empty for a moment; whoever imports the SDK later gets all of it."""
    spec = importlib.util.find_spec("pulumi") if "pulumi" not in sys.modules else None
    hollow = {}
    for place in (spec and spec.submodule_search_locations) or ():
        for name, path in (("pulumi", Path(place)), ("pulumi.runtime", Path(place, "runtime"))):
            hollow[name] = ModuleType(name)
            hollow[name].__path__ = [str(path)]
    sys.modules.update(hollow)
    try:
        yield
    finally:
        for name in hollow:
            del sys.modules[name]


with _hollow_packages():
    from pulumi.runtime.proto import (
        alias_pb2,
        callback_pb2,
        callback_pb2_grpc,
        engine_pb2,
        engine_pb2_grpc,
        provider_pb2,
        provider_pb2_grpc,
        resource_pb2,
        resource_pb2_grpc,
    )

__all__ = [
    "alias_pb2",
    "callback_pb2",
    "callback_pb2_grpc",
    "engine_pb2",
    "engine_pb2_grpc",
    "provider_pb2",
    "provider_pb2_grpc",
    "resource_pb2",
    "resource_pb2_grpc",
]
