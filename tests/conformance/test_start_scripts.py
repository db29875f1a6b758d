"""Flink's start scripts themselves: what Java gets of an option is what our model of the scripts says."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from flink_session.configuration import Configuration, Finding
from flink_session.kubernetes import KubernetesJobManagerParameters
from flink_session.kubernetes.checks.start_scripts import check_start_scripts
from flink_session.kubernetes.checks.start_scripts.plain_options import VARIABLES
from flink_session.kubernetes.checks.start_scripts.roles import SET_BY_SCRIPTS
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.start_scripts.flattened import read_from_config
from flink_session.kubernetes.start_scripts.intent import meant_words
from flink_session.kubernetes.start_scripts.java_options import (
    IGNORE_UNRECOGNIZED,
    JOB_MANAGER,
    TASK_MANAGER,
    Role,
    Source,
    java_options,
)
from flink_session.kubernetes.start_scripts.shell import Expansion, ShellEnvironment, arguments
from flink_session.memory import ClusterSpecification
from tests.conformance.conftest import EXAMPLES
from tests.conformance.distributions import scripts as scripts_of
from tests.conformance.jvm import Flink
from tests.conformance.lines import LINES
from tests.conformance.scripts_in_pod import ENVIRONMENT, StartScripts

pytestmark = pytest.mark.conformance

ROLES = {"jobmanager": JOB_MANAGER, "taskmanager": TASK_MANAGER}
AT_ONCE = 30
"""Lines that one bash is asked for."""
_MANY = settings(max_examples=max(12, int(EXAMPLES or 0) // AT_ONCE))

EXAMPLES_OF_LINES = (
    "-XX:+UseG1GC -Dpath=/a/b -Xlog:gc*:file=/opt/flink/log/gc.log -XX:HeapDumpPath=/dumps/$HOSTNAME",
    "-Dx='a(b)&c' -Dy='\\d+' -Dz='{\"a\":1}'",
    '-XX:OnOutOfMemoryError="kill -9 %p"',
    "-XX:OnOutOfMemoryError=kill -9 %p",
    "-Dx=it's",
    "-Dx=(a)",
    "-Du=h?a=1&b=2",
    "-Dre=\\d+",
    '-Dx={"a":1,"b":[2]}',
    "-Da=b\n-Dc=d\n",
    "-Da=b\n",
    "-Da=b\t-Dc=d",
    "-Da # b",
    "'-Da=(b)' -Dc=d",
    '"-Da=b -Dc=d"',
    "-n",
    "",
)


@pytest.fixture(scope="session")
def scripts(flink: Flink, tmp_path_factory: pytest.TempPathFactory) -> StartScripts:
    if scripts_of(flink.version) is None:
        pytest.skip(
            f"the scripts of Flink {flink.version} are not here: dev/conformance {flink.version} downloads them"
        )
    return StartScripts(flink, tmp_path_factory.mktemp("scripts"))


def known(role: str) -> ShellEnvironment:
    """What a shell in the scripts knows, of that which the lines ask for."""
    return ShellEnvironment({**ENVIRONMENT, "1": f"kubernetes-{role}"}.get)


def model(role: Role, configuration: Configuration, variables: dict[str, Source] | None = None) -> Expansion:
    return java_options(configuration, role, variables or {}).evaluate(known(role.name))


def contradiction(expansion: Expansion, java_gets: list[str]) -> str | None:
    """Say what the model says otherwise; it may leave open what only a shell can tell."""
    expected = {"nothing": [], "unclear": java_gets}.get(expansion.outcome, list(expansion.words))
    return None if expected == java_gets else f"{expansion} but Java gets {java_gets}"


def findings(scripts: StartScripts, configuration: Configuration) -> list[Finding]:
    sizes = ClusterSpecification(1600, 1728, 1)
    parameters = KubernetesJobManagerParameters(configuration, scripts.version, ClientFiles(), sizes)
    return list(check_start_scripts(parameters))


def options_of(java_gets: list[str]) -> list[str]:
    """Return the options that come from the configuration, of all arguments that the whole scripts give to Java."""
    first = java_gets.index(IGNORE_UNRECOGNIZED) if IGNORE_UNRECOGNIZED in java_gets else None
    last = next(index for index, word in enumerate(java_gets) if word.startswith("-Dlog.file="))
    return [] if first is None else java_gets[first:last]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("line", EXAMPLES_OF_LINES)
def test_whole_scripts(scripts: StartScripts, role: str, line: str) -> None:
    configuration = scripts.configuration({"env.java.opts.all": "-Dall", f"env.java.opts.{role}": line})
    java_gets = options_of(scripts.java_gets(role, configuration))
    assert contradiction(model(ROLES[role], configuration), java_gets) is None
    assert scripts.java_options(role, [configuration]) == [java_gets]


@pytest.mark.parametrize(
    ("role", "line"),
    [("jobmanager", EXAMPLES_OF_LINES[0]), ("jobmanager", EXAMPLES_OF_LINES[9]), ("taskmanager", "-Da='(b)'")],
)
def test_whole_scripts_with_java(scripts: StartScripts, role: str, line: str) -> None:
    java = shutil.which("java")
    if java is None or not scripts.has_bash_java_utils:
        pytest.skip("this takes java and a whole distribution")
    configuration = scripts.configuration({f"env.java.opts.{role}": line})
    java_gets = scripts.java_gets(role, configuration, real_java=java)
    assert contradiction(model(ROLES[role], configuration), options_of(java_gets)) is None
    if role == "jobmanager":
        assert java_gets[0] == "-Xmx1073741824"


@_MANY
@given(
    role=st.sampled_from(sorted(ROLES)),
    lines=st.lists(LINES, min_size=AT_ONCE, max_size=AT_ONCE),
    key=st.sampled_from(("env.java.opts.{}", "env.java.default-opts.{}", "env.java.opts.all", "env.java.opts")),
)
def test_many_lines(scripts: StartScripts, role: str, lines: list[str], key: str) -> None:
    own = key.format(role)
    configurations = [scripts.configuration({own: line}) for line in lines]
    answers = scripts.java_options(role, configurations)
    for line, configuration, java_gets in zip(lines, configurations, answers, strict=True):
        note(f"{own}: {line!r}")
        assert contradiction(model(ROLES[role], configuration), java_gets) is None
        is_refused = any(
            item.key == own and item.severity == "error" and item.rule.startswith(("goes through", "has a line break"))
            for item in findings(scripts, configuration)
        )
        meant = [word.text for word in meant_words(line, known(role))]
        if not any(sign in line for sign in ("`", "$(", "$$", "$'", "$1", "$q")):
            assert (java_gets == [IGNORE_UNRECOGNIZED, *meant]) == (not is_refused)


@_MANY
@given(lines=st.lists(LINES, min_size=AT_ONCE, max_size=AT_ONCE))
def test_the_way_out_is_one(scripts: StartScripts, lines: list[str]) -> None:
    key, ways = "env.java.opts.jobmanager", dict[str, str]()
    for line in lines:
        for item in findings(scripts, scripts.configuration({key: line})):
            before, write, text = item.fix.partition("write ")
            is_whole = item.severity == "error" and write and not before and ", " not in text and len(line.split()) == 1
            if is_whole and "$" not in line:
                ways[line] = text
    answers = scripts.java_options("jobmanager", [scripts.configuration({key: text}) for text in ways.values()])
    for line, java_gets in zip(ways, answers, strict=True):
        note(f"{line!r}: write {ways[line]}")
        assert java_gets == [IGNORE_UNRECOGNIZED, *(word.text for word in meant_words(line, known("jobmanager")))]


@_MANY
@given(lines=st.lists(LINES, min_size=AT_ONCE, max_size=AT_ONCE))
def test_many_lines_of_the_flat_file_of_old(scripts: StartScripts, lines: list[str]) -> None:
    if scripts.version.is_at_least("2.0"):
        pytest.skip(f"Flink {scripts.version} reads no flink-conf.yaml")
    key = "env.java.opts.jobmanager"
    held = [line.strip(" ") for line in lines if line.strip(" ") and not {"#", "\n", "\t"}.intersection(line)]
    configurations = [scripts.configuration({key: line}, standard_yaml=False) for line in held]
    for line, configuration, java_gets in zip(
        held, configurations, scripts.java_options("jobmanager", configurations), strict=True
    ):
        note(repr(line))
        assert contradiction(model(JOB_MANAGER, configuration), java_gets) is None


@pytest.mark.parametrize("line", EXAMPLES_OF_LINES[:4])
@pytest.mark.parametrize("name", ["FLINK_ENV_JAVA_OPTS", "FLINK_ENV_JAVA_OPTS_JM"])
def test_variables_in_place_of_options(scripts: StartScripts, name: str, line: str) -> None:
    values = {"env.java.opts.all": "-Dall", "env.java.opts.jobmanager": "-Down"}
    configuration = scripts.configuration(values)
    java_gets = scripts.java_gets("jobmanager", configuration, variables={name: line})
    last = next(index for index, word in enumerate(java_gets) if word.startswith("-Dlog.file="))
    expansion = model(JOB_MANAGER, configuration, {name: Source(name, line)})
    assert contradiction(expansion, java_gets[2:last]) is None


@pytest.mark.parametrize(
    "values", [{"env.log.max": "5", "env.stdout-err.redirect-to-file": "yes", "env.log.level": "1"}, {"env.log.max": 5}]
)
def test_what_the_scripts_read_as_it_is(scripts: StartScripts, values: dict[str, Any]) -> None:
    names = sorted({*SET_BY_SCRIPTS, *VARIABLES.values()})
    line = " ".join(f"-D{name}=${name}" for name in names)
    configuration = scripts.configuration({**values, "env.java.opts.jobmanager": line})
    java_gets = options_of(scripts.java_gets("jobmanager", configuration))
    found = {name: value for name, _, value in (word.removeprefix("-D").partition("=") for word in java_gets)}
    assert all(found[name] for name in SET_BY_SCRIPTS)
    for key in values:
        read = read_from_config(configuration, key)
        strips = key == "env.log.max" and scripts.version.is_at_least("2.2")
        assert found[VARIABLES[key]] == (read.strip("'") if strips else read)


ARGUMENTS = (
    *("-Dx='a b' -D y=z", "-Dx=a&b", "-Dx=it's", '-Dx={"a":1}', "-Dx=$HOSTNAME", "-Dx=1\n-Dy=2", "-Dx=1 # why"),
    "-Dx='*' -Dy=\\d",
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("line", ARGUMENTS)
def test_arguments_behind_the_command_line(scripts: StartScripts, role: str, line: str) -> None:
    expansion = arguments(line, known(role))
    configuration = scripts.configuration({})
    if expansion.outcome == "nothing":
        with pytest.raises(AssertionError, match="unexpected EOF"):
            scripts.java_gets(role, configuration, line)
        return
    java_gets = scripts.java_gets(role, configuration, line)
    assert java_gets[len(java_gets) - len(expansion.words) :] == list(expansion.words)


@given(
    role=st.sampled_from(sorted(ROLES)),
    words=st.lists(
        st.sampled_from(("-Dx=1", "-Dy", "-D", "z=a b", "-Dz=", "other", "-Xmx3g", "--nope", "--")), max_size=5
    ),
)
def test_flinks_own_parser(flink: Flink, scripts: StartScripts, role: str, words: list[str]) -> None:
    line = " ".join(f"'{word}'" for word in words)
    found = findings(scripts, scripts.configuration({f"kubernetes.{role}.entrypoint.args": line}))
    taken = flink.arguments(role, words)
    expected: dict[str, Any] = {}
    joined = " ".join(words).replace("-D z=a b", "-Dz=a b")
    for word in words:
        text = word.removeprefix("-D")
        if word.startswith("-D") and text:
            expected[text.partition("=")[0]] = text.partition("=")[2] if "=" in text else "true"
        elif word == "z=a b" and "-Dz=a b" in joined:
            expected["z"] = "a b"
    arrives = taken == expected and not {"other", "-Xmx3g", "--nope", "--"}.intersection(words) and _no_stray(words)
    assert arrives == (not found), (taken, expected, found)


def _no_stray(words: list[str]) -> bool:
    return all(word != "z=a b" or (index and words[index - 1] == "-D") for index, word in enumerate(words))
