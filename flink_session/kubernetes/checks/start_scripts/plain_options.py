"""Options that the scripts read as they are, without a shell's evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import to_text
from flink_session.kubernetes.checks.start_scripts.roles import RoleInPod
from flink_session.kubernetes.start_scripts.flattened import read_from_config
from flink_session.kubernetes.start_scripts.java_options import JOB_MANAGER

VARIABLES = {
    "env.log.max": "MAX_LOG_FILE_NUMBER",
    "env.log.level": "ROOT_LOG_LEVEL",
    "env.stdout-err.redirect-to-file": "STD_REDIRECT_TO_FILE",
    "env.log.dir": "FLINK_LOG_DIR",
    "env.yarn.conf.dir": "YARN_CONF_DIR",
    "env.hadoop.conf.dir": "HADOOP_CONF_DIR",
    "env.hbase.conf.dir": "HBASE_CONF_DIR",
    "env.pid.dir": "FLINK_PID_DIR",
}
"""The variable that each option sets in the scripts; where the container has it, the option is not read."""

_JAVA_HOME = "env.java.home"


def check_plain_options(role: RoleInPod) -> Iterator[Finding]:
    """Find options that do not reach the scripts, or not as they are written."""
    values = role.configuration.values
    for key, variable in VARIABLES.items():
        if key not in values:
            continue
        text, read = to_text(values[key]), _read(role, key)
        if read != text.strip(" "):
            instead = f"set {role.prefix}.{variable}"
            if text.lower() in ("true", "false"):
                instead = f"write {text.lower()} without quotes, which -D cannot, or {instead}"
            yield Finding(key, values[key], f"reaches {role.title}'s scripts as {read}, quotes included", instead)
        other = role.variables.get(variable)
        if other is not None and other.text != text:
            rule = f"has no effect in {role.title} beside {other.key}"
            yield Finding(key, values[key], rule, "keep one of them")
    is_lost = role.scripts is JOB_MANAGER and role.configuration.standard_yaml and "JAVA_HOME" not in role.variables
    if _JAVA_HOME in values and is_lost:
        rule = "does not reach the JobManager, whose scripts find it in no file with nested keys, as this one is"
        yield Finding(_JAVA_HOME, values[_JAVA_HOME], rule, f"set {MASTER_ENVIRONMENT_PREFIX}.JAVA_HOME as well")


def _read(role: RoleInPod, key: str) -> str:
    text = read_from_config(role.configuration, key)
    if key == "env.log.max" and role.flink_version.is_at_least("2.2"):
        return text.removeprefix("'").removesuffix("'")
    return text
