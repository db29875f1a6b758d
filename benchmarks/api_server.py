"""The API server that the engine is timed with: the cluster that is named, or a stand-in."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.support.kube import Kube, eventually, named_kubeconfig

NAMES = ("generated", "sessions", "scaling")
"""What is timed, each in a namespace of its own."""


@dataclass(frozen=True, slots=True)
class ApiServer:
    """Where to deploy to.

    Attributes:
        kubeconfig: its file.
        what: what the report calls it.
        namespace: gives a namespace without pods, for as long as it is needed.
    """

    kubeconfig: Path
    what: str
    namespace: Callable[[str], AbstractContextManager[str]]


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """Give an API server."""
    named = named_kubeconfig()
    if named:
        kube = Kube(named)
        yield ApiServer(Path(named), "a real API server", lambda name: _namespace_without_pods(kube, name))
        return
    kubeconfig = folder / "kubeconfig"
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stand_in", str(kubeconfig), *NAMES], stdin=subprocess.PIPE
    )
    try:
        while not (kubeconfig.exists() and kubeconfig.read_text()):
            assert process.poll() is None, "the stand-in has ended"
            time.sleep(0.05)
        yield ApiServer(kubeconfig, "a stand-in API server", nullcontext)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _namespace_without_pods(kube: Kube, name: str) -> Iterator[str]:
    with kube.namespace(f"flink-session-bench-{name}") as namespace:
        # The node's work for pods would be timed in place of the engine's.
        quota = {"metadata": {"name": "no-pods"}, "spec": {"hard": {"pods": "0"}}}
        url = f"/api/v1/namespaces/{namespace}/resourcequotas"
        kube.http.post(url, json=quota).raise_for_status()
        eventually(
            lambda: kube.http.get(f"{url}/no-pods").json().get("status", {}).get("hard"), what="the quota is in force"
        )
        yield namespace
