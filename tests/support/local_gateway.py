"""A real SQL Gateway on 127.0.0.1, by Flink's own script, for a session that runs there."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.support.local_flink import LocalFlink, free_port


@contextlib.contextmanager
def local_gateway(scripts: Path, jar: Path, flink: LocalFlink, folder: Path) -> Iterator[str]:
    """Run `bin/sql-gateway.sh` until the end of the block; gives its URL.

    Args:
        scripts: the folder `bin` of the distribution.
        jar: the gateway's, which the distribution of a release has in `opt`.
        flink: the session that it gives its jobs to.
        folder: where its distribution is put together.
    """
    for name in ("lib", "opt", "plugins", "log", "conf"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(scripts, folder / "bin")
    for library in (flink.distribution / "lib").iterdir():
        (folder / "lib" / library.name).symlink_to(library)
    (folder / "opt" / jar.name).symlink_to(jar)
    port = free_port()
    settings = {
        "rest.address": "127.0.0.1",
        "rest.port": flink.port,
        "execution.target": "remote",
        "sql-gateway.endpoint.rest.address": "127.0.0.1",
        "sql-gateway.endpoint.rest.bind-address": "127.0.0.1",
        "sql-gateway.endpoint.rest.port": port,
    }
    (folder / "conf" / "config.yaml").write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
    for name in ("log4j-console.properties", "logback-console.xml"):
        (folder / "conf" / name).write_text("")
    out = folder / "log" / "out"
    with out.open("wb") as file:
        environment = {**os.environ, "FLINK_CONF_DIR": str(folder / "conf"), "JVM_ARGS": "-XX:TieredStopAtLevel=1"}
        process = subprocess.Popen(
            ["bash", str(folder / "bin" / "sql-gateway.sh"), "start-foreground"],
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 120
        while not _answers(url):
            if time.monotonic() > deadline or process.poll() is not None:
                raise AssertionError("the SQL Gateway does not come up:\n" + out.read_text(errors="replace")[-3000:])
            time.sleep(0.2)
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError), opener.open(f"{url}/api_versions", timeout=5) as answer:
        return bool(answer.status == 200)
    return False
