"""Where the jars of each Flink version are on this machine; ``dev/conformance`` puts them there."""

from __future__ import annotations

import os
from pathlib import Path

FLINK_VERSIONS = ("1.20.5", "2.0.2", "2.1.3", "2.2.1", "2.3.0")
"""The releases that everything is proven against: the newest patch of each supported series."""

DEFAULT_FLINK_VERSION = "2.2.1"
"""The release that ``make test`` asks, where a JVM and its jars are there."""


def cache_folder() -> Path:
    """Return where ``dev/`` keeps what it has downloaded."""
    cache = os.environ.get("FLINK_SESSION_CACHE")
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache) if cache else Path(caches).expanduser() / "flink-session"


def distribution(version: str) -> Path | None:
    """Return the folder with ``lib``, ``opt`` and ``plugins`` of a version, or ``None`` where it is not cached."""
    folder = cache_folder()
    for candidate in (folder / f"flink-libraries-{version}", *sorted(folder.glob(f"flink-{version}-*"))):
        if (candidate / "lib" / f"flink-dist-{version}.jar").exists():
            return candidate
    return None


def scripts(version: str) -> Path | None:
    """Return the folder with the start scripts of a version, ``bin``, or ``None`` where it is not cached."""
    folder = cache_folder()
    for candidate in (*sorted(folder.glob(f"flink-{version}-*")), folder / f"flink-scripts-{version}"):
        if (candidate / "bin" / "flink-console.sh").exists():
            return candidate / "bin"
    return None


def sql_gateway(version: str) -> Path | None:
    """Return the jar of a version's SQL Gateway, or ``None`` where it is not cached."""
    jar = cache_folder() / f"flink-sql-gateway-{version}" / f"flink-sql-gateway-{version}.jar"
    return jar if jar.exists() else None
