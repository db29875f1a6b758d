"""The options of each action of Flink's client (`CliFrontendParser` of 2.2), and which of them REST cannot serve."""

from __future__ import annotations

from .parsing import Option

_PYTHON = "a Python program is run by Flink's own client, beside a Python that has its packages: use `flink run` there"
_YARN = "there is no YARN here; name the session by -m HOST:PORT, or -Dkubernetes.cluster-id=ID"
_PY_OPTIONS = (
    *(("py", "python"), ("pyarch", "pyArchives"), ("pyclientexec", "pyClientExecutable"), ("pyexec", "pyExecutable")),
    *(("pyfs", "pyFiles"), ("pym", "pyModule"), ("pypath", "pyPythonPath"), ("pyreq", "pyRequirements")),
)

_OF_ALL = (
    Option("h", "help"),
    Option("D", value="property"),
    Option("t", "target", "one"),
    Option("e", "executor", "one"),
    Option("m", "jobmanager", "one"),
    Option("yid", "yarnapplicationId", "one", _YARN),
    Option(
        "z",
        "zookeeperNamespace",
        "one",
        "REST asks no ZooKeeper who leads; name the session by -m HOST:PORT, or -Dkubernetes.cluster-id=ID",
    ),
)
_TYPE = Option("type", "type", "one")
_DETACHED = Option("detached")

ACTIONS: dict[str, tuple[Option, ...]] = {
    "run": (
        *_OF_ALL,
        Option("c", "class", "one"),
        Option("C", "classpath", "one"),
        Option("d", "detached"),
        Option("p", "parallelism", "one"),
        Option("s", "fromSavepoint", "one"),
        Option("n", "allowNonRestoredState"),
        Option("cm", "claimMode", "one"),
        Option("rm", "restoreMode", "one"),
        Option(
            "sae",
            "shutdownOnAttachedExit",
            refused="a session is for several jobs, and does not end with one; `flink-session session stop` ends it",
        ),
        *(Option(short, long, "one", _PYTHON) for short, long in _PY_OPTIONS),
    ),
    "list": (*_OF_ALL, Option("r", "running"), Option("s", "scheduled"), Option("a", "all")),
    "stop": (*_OF_ALL, Option("p", "savepointPath", "one"), Option("d", "drain"), _TYPE, _DETACHED),
    "cancel": (*_OF_ALL, Option("s", "withSavepoint", "optional")),
    "savepoint": (
        *_OF_ALL,
        Option("d", "dispose", "one"),
        _TYPE,
        _DETACHED,
        Option(
            "j",
            "jarfile",
            "one",
            "REST disposes of savepoints without the program's classes; use `flink savepoint` where they are needed",
        ),
    ),
}

ELSEWHERE = {
    "info": "the plan of a program: `flink-session job submit --dry-run JAR`",
    "checkpoint": "checkpoints by hand: ClusterClient.checkpoint, in a program",
    "run-application": "an application cluster is none of a session: `flink run -t kubernetes-application`",
}
"""Other actions of Flink's, and where to go with them."""
