"""What a person waits for: `flink-session manifests` beside `kubernetes-session.sh` up to its first API call."""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.recording_server import recording_server
from benchmarks.report import Figure, Report

COMMAND = Path(sys.prefix) / "bin" / "flink-session"
CLUSTER_ID = "-Dkubernetes.cluster-id=my-session"
PATIENCE = 120.0


@pytest.fixture
def conf_dir(tmp_path: Path) -> Path:
    """The configuration folder of Flink's distribution, for both."""
    home = os.environ.get("FLINK_HOME")
    if not home or shutil.which("java") is None:
        pytest.skip("the comparison with kubernetes-session.sh: FLINK_HOME names no distribution, or there is no Java")
    folder = tmp_path / "conf"
    shutil.copytree(Path(home) / "conf", folder)
    return folder


def seconds_to_first_call(conf_dir: Path, folder: Path) -> float:
    """Run Flink's script until it talks to the API server, and no further."""
    folder.mkdir()
    kubeconfig = folder / "kubeconfig"
    with recording_server(kubeconfig) as first:
        started = time.perf_counter()
        process = subprocess.Popen(
            [f"{os.environ['FLINK_HOME']}/bin/kubernetes-session.sh", CLUSTER_ID],
            env={
                **os.environ,
                "FLINK_CONF_DIR": str(conf_dir),
                "FLINK_LOG_DIR": str(folder),
                "KUBECONFIG": str(kubeconfig),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            assert first.wait(PATIENCE), f"no request within {PATIENCE:.0f} s"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return first.at - started


def test_manifests(benchmark: Any, conf_dir: Path, tmp_path: Path, report: Report) -> None:
    command = [str(COMMAND), "manifests", CLUSTER_ID, "--conf-dir", str(conf_dir)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("flink-session manifests: the command is not there yet")
    benchmark.pedantic(lambda: subprocess.run(command, capture_output=True, check=True), rounds=10)
    ours = benchmark.stats.stats.median
    theirs = statistics.median(seconds_to_first_call(conf_dir, tmp_path / f"flink-{number}") for number in range(3))
    section = "Manifests, as a process"
    report.add(Figure(section, "kubernetes-session.sh up to its first API call: median of 3", theirs, "s"))
    report.add(Figure(section, "flink-session manifests: median of 10", ours, "s", aim=round(theirs / 10, 2)))
