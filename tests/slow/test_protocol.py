"""The protocol's stubs without the SDK, and the SDK after them."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_engine_does_not_import_the_sdk() -> None:
    modules = "flink_session.engine.deploy.run, flink_session.engine.program.dynamic"
    code = f"import sys, {modules}; print('pulumi' in sys.modules)"
    assert run(code) == "False"


def test_the_sdk_can_be_imported_afterwards() -> None:
    code = """
from flink_session.engine.program.protocol import resource_pb2
import pulumi
from pulumi.runtime.proto import resource_pb2 as of_the_sdk
print(pulumi.ComponentResource.__name__, resource_pb2.RegisterResourceRequest is of_the_sdk.RegisterResourceRequest)
"""
    assert run(code) == "ComponentResource True"
