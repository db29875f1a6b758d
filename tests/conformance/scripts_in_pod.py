"""Flink's own start scripts, run as in a pod, with a `java` that prints its arguments in place of Java.

What `BashJavaUtils` prints comes from Flink's classes in this process, since a JVM for each value would take minutes;
with `real_java`, the scripts start it themselves. For many values at once, the lines of the scripts that deal with the
options of Java are taken out of them as they are, and run in one bash.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from flink_session.configuration import Configuration, FlinkVersion
from flink_session.deployment.client_run import effective_configuration, run_client
from flink_session.kubernetes.client_files import ClientFiles
from tests.conformance.cases import configuration_file
from tests.conformance.distributions import distribution, scripts
from tests.conformance.jvm import Flink

ENVIRONMENT = {"HOSTNAME": "pod-1", "FLINK_LOG_DIR": "/nowhere/log", "HOME": "/nowhere/home"}
SIZES = {"jobmanager.memory.process.size": "1600m", "taskmanager.memory.process.size": "1728m"}
COMMANDS = {"jobmanager": "kubernetes-jobmanager.sh kubernetes-session ", "taskmanager": "kubernetes-taskmanager.sh "}
_PREFIX = "BASH_JAVA_UTILS_EXEC_RESULT:"
_TOOLS = ("cut", "grep", "rev", "sed", "tail", "tr")

_JAVA = r"""#!/bin/bash
for argument; do
  case $argument in
    *BashJavaUtils) if [[ -n $REAL_JAVA ]]; then exec "$REAL_JAVA" "$@"; fi ;;
    UPDATE_AND_GET_FLINK_CONFIGURATION) echo "$(<"$RECORDED")"; exit ;;
    GET_JM_RESOURCE_PARAMS) printf 'BASH_JAVA_UTILS_EXEC_RESULT:%s\n' '-Xmx1g -Xms1g' '-D a=b'; exit ;;
    -XshowSettings:properties) echo '    java.specification.version = 17'; exit ;;
  esac
done
printf '%s\0' "$@"
"""

_MANY = r"""
cd "$1" || exit
bin=$2 role=$3 PATH=$4
part() { sed -n "$1" "$bin/$2"; }
eval "$(part '/^readFromConfig() {/,/^}/p' config.sh)
$(part '/^\(KEY\|DEFAULT\)_/p' config.sh)"
if [[ $role == jobmanager ]]; then short=JM; else short=TM; fi
both=$(part '/^if \[ -z "${FLINK_ENV_JAVA_OPTS}" \]; then$/,/^fi$/p' config.sh)
own=$(part "/^if \[ -z \"\${FLINK_ENV_JAVA_OPTS_$short}\" \]; then$/,/^fi$/p" config.sh)
join=$(part '/^export FLINK_ENV_JAVA_OPTS=/p' "kubernetes-$role.sh")
evaluate=$(part '/^FLINK_ENV_JAVA_OPTS=$(eval /p' flink-console.sh)
start=$(part '/^exec "$JAVA_RUN" /p' flink-console.sh)
for lines in "$both" "$own" "$join" "$evaluate" "$start"; do [[ -n $lines ]] || exit 3; done
manglePathList() { echo "$1"; }
set -- "kubernetes-$role"
while IFS= read -r -d '' YAML_CONF; do
  (eval "$both"; eval "$own"; eval "$join"; eval "$evaluate"; eval "$start") </dev/null 2>/dev/null
  printf '\1\0'
done
"""


class StartScripts:
    """The scripts of one version.

    Attributes:
        version: the release.
    """

    def __init__(self, flink: Flink, folder: Path) -> None:
        self.version = FlinkVersion.parse(flink.version)
        self._flink = flink
        self._home, self._java, self._empty = folder / "flink", folder / "jdk", folder / "empty"
        source, jars = scripts(flink.version), distribution(flink.version)
        assert source is not None
        assert jars is not None
        shutil.copytree(source, self._home / "bin")
        for name in ("lib", "conf", "log", "plugins", "opt"):
            (self._home / name).mkdir()
        jar = f"flink-dist-{flink.version}.jar"
        (self._home / "lib" / jar).symlink_to(jars / "lib" / jar)
        for script in (self._home / "bin").iterdir():
            script.chmod(0o755)
        (self._java / "bin").mkdir(parents=True)
        (self._java / "bin" / "java").write_text(_JAVA)
        (self._java / "bin" / "java").chmod(0o755)
        self._empty.mkdir()
        self._tools = folder / "tools"
        self._tools.mkdir()
        for tool in _TOOLS:
            path = shutil.which(tool)
            assert path, tool
            (self._tools / tool).symlink_to(path)

    @property
    def has_bash_java_utils(self) -> bool:
        """Whether the scripts can start it, as they can in a whole distribution."""
        return (self._home / "bin" / "bash-java-utils.jar").exists()

    def configuration(self, values: Mapping[str, object], *, standard_yaml: bool = True) -> Configuration:
        """Return the configuration of Flink's client for some options."""
        base = Configuration({"kubernetes.cluster-id": "demo", **SIZES, **values}, standard_yaml)
        return effective_configuration(base, {})

    def file(self, configuration: Configuration) -> tuple[str, str]:
        """Return name and text of the file in the pod, as ``flink-session manifests`` prints it."""
        run = run_client(configuration, self.version, ClientFiles())
        assert not run.refusals
        return configuration_file(list(run.objects))

    def java_gets(
        self,
        role: str,
        configuration: Configuration,
        arguments: str = "",
        variables: Mapping[str, str] | None = None,
        real_java: str = "",
    ) -> list[str]:
        """Return the arguments that Java gets of the whole scripts."""
        name, text = self.file(configuration)
        conf = self._home / "conf"
        for old in conf.iterdir():
            old.unlink()
        (conf / name).write_text(text)
        recorded = conf.parent / "recorded"
        recorded.write_text(self._printed(name, text))
        environment = {
            "PATH": f"{self._home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "JAVA_HOME": str(self._java),
            "FLINK_PID_DIR": str(self._home / "log"),
            "RECORDED": str(recorded),
            "REAL_JAVA": real_java,
            **ENVIRONMENT,
            **(variables or {}),
        }
        command = ["bash", "-c", COMMANDS[role] + arguments]
        ended = subprocess.run(
            command, env=environment, cwd=self._empty, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        printed = ended.stdout.decode()
        start = "as a console application on host pod-1.\n"
        assert start in printed, ended.stderr.decode() + printed
        return printed.partition(start)[2].split("\0")[:-1]

    def java_options(self, role: str, configurations: Sequence[Configuration]) -> list[list[str]]:
        """Return the options that Java gets for each of many configurations."""
        printed = [self._printed(*self.file(configuration)).replace(_PREFIX, "") for configuration in configurations]
        command = ["bash", "-c", _MANY, "many", str(self._empty), str(self._home / "bin"), role, str(self._tools)]
        environment = {"JAVA_RUN": str(self._java / "bin" / "java"), "PATH": os.environ["PATH"], **ENVIRONMENT}
        answer = subprocess.run(
            command,
            env=environment,
            input="".join(f"{text}\0" for text in printed).encode(),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout.decode()
        answers = [text.split("\0") for text in answer.split("\1\0")[:-1]]
        assert len(answers) == len(configurations)
        return [words[: words.index("-classpath")] if "-classpath" in words else words[:-1] for words in answers]

    def _printed(self, name: str, text: str) -> str:
        """Return what a script keeps of what ``BashJavaUtils`` prints: the lines with its prefix."""
        lines = [f"{_PREFIX}{line}" for line in self._flink.printed_lines(text, name)]
        return "\n".join(line for line in "\n".join(lines).split("\n") if line.startswith(_PREFIX))
