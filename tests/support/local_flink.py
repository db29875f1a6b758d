"""A real Flink session on 127.0.0.1: a JobManager and a TaskManager as plain processes of a distribution."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

_ENTRYPOINTS = {
    "jobmanager": "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
    "taskmanager": "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
}
_SIZES = {
    "jobmanager.memory.process.size": "1g",
    # What the start script computes: a TaskManager insists on being told each of them.
    "taskmanager.cpu.cores": "2.0",
    "taskmanager.memory.framework.heap.size": "128m",
    "taskmanager.memory.framework.off-heap.size": "128m",
    "taskmanager.memory.task.heap.size": "256m",
    "taskmanager.memory.task.off-heap.size": "0b",
    "taskmanager.memory.managed.size": "64m",
    "taskmanager.memory.network.min": "32m",
    "taskmanager.memory.network.max": "32m",
    "taskmanager.memory.jvm-metaspace.size": "128m",
    "taskmanager.memory.jvm-overhead.min": "64m",
    "taskmanager.memory.jvm-overhead.max": "64m",
}
SLOTS = 4


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LocalFlink:
    """The processes of one session cluster.

    Attributes:
        url: of its REST endpoint.
        folder: its configuration, logs, and what its jobs write.
    """

    def __init__(self, distribution: Path, folder: Path, options: Mapping[str, str], *, nested: bool = True) -> None:
        """`nested` writes config.yaml; Flink up to 1.20 also takes flink-conf.yaml."""
        self.distribution, self.folder = distribution, folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "conf").mkdir(parents=True)
        (folder / "savepoints").mkdir()
        settings = {
            "jobmanager.rpc.address": "127.0.0.1",
            "jobmanager.rpc.port": str(free_port()),
            "jobmanager.bind-host": "127.0.0.1",
            "taskmanager.host": "127.0.0.1",
            "taskmanager.bind-host": "127.0.0.1",
            "taskmanager.numberOfTaskSlots": str(SLOTS),
            "blob.server.port": "0",
            "rest.address": "127.0.0.1",
            "rest.bind-address": "127.0.0.1",
            "rest.port": str(self.port),
            "io.tmp.dirs": str(folder),
            **_SIZES,
            **options,
        }
        name = "config.yaml" if nested else "flink-conf.yaml"
        (folder / "conf" / name).write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
        (folder / "conf" / "log4j.properties").write_text(
            "rootLogger.level = INFO\nrootLogger.appenderRef.file.ref = F\n"
            "appender.f.name = F\nappender.f.type = File\n"
            "appender.f.fileName = ${sys:log.file}\nappender.f.layout.type = PatternLayout\n"
            "appender.f.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %c [] - %m%n\n"
        )

    def start(self, *roles: str) -> None:
        """Start processes, and wait until REST answers, and knows the TaskManager."""
        for role in roles or ("jobmanager", "taskmanager"):
            self.begin(role)
        deadline = time.monotonic() + 120
        while not self._answers():
            if time.monotonic() > deadline or any(process.poll() is not None for process in self._processes.values()):
                raise AssertionError("Flink does not come up:\n" + self.log("jobmanager")[-3000:])
            time.sleep(0.1)

    def begin(self, role: str) -> None:
        """Start a process, and wait for nothing."""
        java = os.environ.get("JAVA_HOME")
        command = [
            f"{java}/bin/java" if java else shutil.which("java") or "java",
            *("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            f"-Dlog.file={self.folder}/{role}.log",
            f"-Dlog4j.configurationFile={self.folder}/conf/log4j.properties",
            *(
                f"--add-opens=java.base/{part}=ALL-UNNAMED"
                for part in ("java.lang", "java.util", "java.net", "java.io")
            ),
            *("-classpath", f"{self.distribution}/lib/*", _ENTRYPOINTS[role]),
            *("--configDir", str(self.folder / "conf")),
        ]
        env = {**os.environ, "FLINK_PLUGINS_DIR": str(self.folder / "plugins"), "FLINK_LOG_DIR": str(self.folder)}
        with (self.folder / f"{role}.out").open("wb") as out:
            self._processes[role] = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=self.folder
            )

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with contextlib.suppress(OSError), opener.open(f"{self.url}/overview", timeout=5) as answer:
            wanted = SLOTS if "taskmanager" in self._processes else 0
            return bool(json.load(answer)["slots-total"] == wanted)
        return False

    def log(self, role: str) -> str:
        """The log of a process, and what it printed."""
        files = [self.folder / f"{role}.out", self.folder / f"{role}.log"]
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())

    def kill(self, role: str) -> None:
        """SIGKILL."""
        process = self._processes.pop(role)
        process.kill()
        process.wait()

    def wait(self, role: str, seconds: float) -> int:
        """Wait until a process has ended by itself, and give its status."""
        return self._processes.pop(role).wait(seconds)

    def revive(self) -> None:
        """Start anew what has ended by itself."""
        for role, process in list(self._processes.items()):
            if process.poll() is not None:
                self.start(role)

    def stop(self) -> None:
        """End all processes."""
        for role in list(self._processes):
            self.kill(role)


@contextlib.contextmanager
def local_flink(
    distribution: Path, folder: Path, options: Mapping[str, str] | None = None, *, nested: bool = True
) -> Iterator[LocalFlink]:
    """A session with one TaskManager of four slots, until the end of the block."""
    flink = LocalFlink(distribution, folder, options or {}, nested=nested)
    try:
        flink.start()
        yield flink
    finally:
        flink.stop()
