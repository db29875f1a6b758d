"""What to do about failures that are known: patterns of Flink's stack traces, and a sentence for each."""

from __future__ import annotations

import re
from collections.abc import Callable

Hint = str | Callable[[re.Match[str]], str]


def _class_missing(match: re.Match[str]) -> str:
    name = match[1].replace("/", ".")
    if name.startswith("org.apache.flink."):
        return (
            f"{name} is of Flink, or of one of its connectors: put its jar into the program's own, or into lib/ of the "
            "image, of the same version as the cluster's Flink"
        )
    return f"{name} is neither in the program's jar nor in lib/ of the image: build a jar with all its dependencies"


def _scheme(match: re.Match[str]) -> str:
    name = match[1]
    return (
        f"no file system of {name}:// is loaded: it is a plugin that the image enables, as by the variable "
        "ENABLE_BUILT_IN_PLUGINS"
    )


_HINTS: tuple[tuple[str, Hint], ...] = (
    (
        (
            r"Cannot find (?:checkpoint or savepoint|meta data) file|(?:check|save)point.{0,80}does not exist"
            r"|Failed to (?:load|resolve) (?:check|save)point|not a (?:check|save)point"
        ),
        (
            "there is no savepoint at this path, seen from the JobManager's pod: the path is a folder with a file "
            "_metadata, in a file system that all pods see (not a pod's own disk)"
        ),
    ),
    (
        r"Cannot map checkpoint/savepoint state|Failed to rollback to checkpoint/savepoint",
        (
            "the savepoint has state of operators that the program no longer has: give operators a uid, or drop that "
            "state with --allow-non-restored-state"
        ),
    ),
    (r"(?:ClassNotFoundException|NoClassDefFoundError): ([\w./$]+)", _class_missing),
    (r"Could not find a file system implementation for scheme '(\w+)'", _scheme),
    (
        r"neither an entry class|No Main-Class|does not specify a .?Main-Class|program's entry point class",
        "name the class with --class; it needs a public static main(String[])",
    ),
    (
        r"NoResourceAvailableException|Could not acquire the minimum required resources",
        (
            "there are too few free slots: lower the parallelism, stop other jobs, see if a pod of a TaskManager "
            "waits for a node (`kubectl get pods`), or allow more TaskManagers (slotmanager.number-of-slots.max)"
        ),
    ),
    (
        r"OutOfMemoryError: Metaspace",
        (
            "each submission adds the program's classes to a TaskManager's metaspace: raise "
            "taskmanager.memory.jvm-metaspace.size, or put libraries that stay into lib/ of the image"
        ),
    ),
    (
        r"OutOfMemoryError: Java heap space",
        "raise taskmanager.memory.process.size, or taskmanager.memory.task.heap.size",
    ),
    (r"OutOfMemoryError: Direct buffer", "raise taskmanager.memory.task.off-heap.size"),
    (
        r"Insufficient number of network buffers",
        "raise taskmanager.memory.network.max and .fraction, or lower the parallelism",
    ),
    (
        r"Exceeded checkpoint tolerable failure threshold|Checkpoint expired before completing",
        (
            "checkpoints do not end in time: look at back pressure in `flink-session job list`, and at the size of the "
            "state; execution.checkpointing.timeout is how long they may take"
        ),
    ),
    (
        (
            r"Heartbeat of TaskManager|TaskManager with id \S+ (?:is no longer reachable|timed out)"
            r"|Connection unexpectedly closed by remote task manager|No TaskExecutor registered under"
        ),
        (
            "a TaskManager's process is gone: `kubectl describe pod` tells if it was killed for its memory (OOMKilled) "
            "or with its node"
        ),
    ),
    (
        r"UnsupportedClassVersionError",
        "the jar is built for a newer Java than the image has: compile it with --release of the image's Java",
    ),
    (
        r"NoSuchMethodError|IncompatibleClassChangeError|AbstractMethodError|LinkageError",
        (
            "the program was built against other versions of these classes than the cluster has: build it for the "
            "cluster's Flink, with Flink's own classes as `provided`"
        ),
    ),
    (
        r"(?:execution\.checkpointing\.savepoint-dir|state\.savepoints\.dir)|No savepoint directory configured",
        "name a directory that all pods see, or set execution.checkpointing.savepoint-dir for the session",
    ),
)


def hint_for(text: str) -> str | None:
    """Give what to do about a failure; None where it is none that is known. The deepest cause is the last."""
    found = [(match.start(), hint) for pattern, hint in _HINTS for match in [_last(pattern, text)] if match is not None]
    if not found:
        return None
    start, hint = max(found, key=lambda item: item[0])
    if isinstance(hint, str):
        return hint
    pattern = next(pattern for pattern, known in _HINTS if known is hint)
    match = re.compile(pattern).search(text, start)
    return hint(match) if match else None


def _last(pattern: str, text: str) -> re.Match[str] | None:
    return next(iter(reversed(list(re.finditer(pattern, text)))), None)
