"""How much a change means to a session that runs: the words that documentation, plan and review share."""

from __future__ import annotations

from enum import Enum, IntEnum


class ChangeClass(IntEnum):
    """What a change does to a running session; of two classes, the greater one is worse."""

    NOTHING = 0
    """Nothing is written to the cluster."""
    SESSION_CREATED = 1
    """There was none."""
    OBJECTS_ONLY = 2
    """Objects change that no process of Flink reads, and by which nobody reaches one."""
    CONFIG_MAP_ONLY = 3
    """Files change that running processes read again by themselves, or only at their next start."""
    REST_ACCESS = 4
    """Who reaches the REST API, or where, changes."""
    NEW_TASK_MANAGERS = 5
    """TaskManagers that start from now on differ from those that run; the JobManager goes on with what it has read."""
    SESSION_RESUMED = 6
    """The JobManager of a suspended session starts."""
    JOB_MANAGER_RESTARTS = 7
    """The JobManager stops and starts anew in the same Deployment; TaskManagers stay and come back to it."""
    SESSION_SUSPENDED = 8
    """The JobManager stops, and TaskManagers follow; the definition stays."""
    SESSION_REPLACED = 9
    """The Deployment is deleted and another one made: all TaskManagers end with it."""
    SESSION_DELETED = 10
    """The session is gone."""

    @property
    def words(self) -> str:
        """The class in the words of the documentation."""
        return _WORDS[self]


_WORDS = {
    ChangeClass.NOTHING: "nothing",
    ChangeClass.SESSION_CREATED: "session created",
    ChangeClass.OBJECTS_ONLY: "objects only",
    ChangeClass.CONFIG_MAP_ONLY: "ConfigMap only",
    ChangeClass.REST_ACCESS: "REST access",
    ChangeClass.NEW_TASK_MANAGERS: "TaskManagers to come",
    ChangeClass.SESSION_RESUMED: "session resumed",
    ChangeClass.JOB_MANAGER_RESTARTS: "JobManager restarts",
    ChangeClass.SESSION_SUSPENDED: "session suspended",
    ChangeClass.SESSION_REPLACED: "session replaced",
    ChangeClass.SESSION_DELETED: "session deleted",
}


class JobsFate(Enum):
    """What becomes of jobs that run when a change is made."""

    UNTOUCHED = "untouched"
    """They go on."""
    RECOVERED = "recovered"
    """They stop, and start again from their last checkpoint: high availability keeps what is needed for that."""
    LOST = "lost"
    """They end, and nobody starts them again."""
