"""Options that a script in the pod reads: what arrives as it says is accepted, all else is an error with a way out."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.configuration import Configuration, Finding, FlinkVersion
from flink_session.deployment.client_run import run_client
from flink_session.kubernetes import KubernetesJobManagerParameters
from flink_session.kubernetes.checks.start_scripts import check_start_scripts
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.memory import ClusterSpecification

ALL, JM, TM = "env.java.opts.all", "env.java.opts.jobmanager", "env.java.opts.taskmanager"
JM_ARGS, TM_ARGS = "kubernetes.jobmanager.entrypoint.args", "kubernetes.taskmanager.entrypoint.args"
JM_ENV, TM_ENV = "containerized.master.env.", "containerized.taskmanager.env."
SIZES = {"jobmanager.memory.process.size": "2g", "taskmanager.memory.process.size": "2g"}


def findings(values: dict[str, Any], version: str = "2.2", standard_yaml: bool = True, **files: str) -> list[Finding]:
    configuration = Configuration({"kubernetes.cluster-id": "demo", **SIZES, **values}, standard_yaml)
    client_files = ClientFiles(by_path={f"/{name}": text.encode() for name, text in files.items()})
    sizes = ClusterSpecification(2048, 2048, 1)
    parameters = KubernetesJobManagerParameters(configuration, FlinkVersion.parse(version), client_files, sizes)
    return list(check_start_scripts(parameters))


def errors(values: dict[str, Any], **options: Any) -> list[str]:
    return [str(finding) for finding in findings(values, **options) if finding.severity == "error"]


def warnings(values: dict[str, Any], **options: Any) -> list[str]:
    found = findings(values, **options)
    assert all(finding.severity == "warning" for finding in found), found
    return [str(finding) for finding in found]


@pytest.mark.parametrize(
    "value",
    [
        "-XX:+UseG1GC -Dpath=/a/b -Xlog:gc*:file=/opt/flink/log/gc.log -XX:HeapDumpPath=/dumps/$HOSTNAME",
        "-Dx='a(b)&c' -Dy='\\d+' '-Dz={\"a\":1,\"b\":[2]}'",
        "'-Da=(b)' -Dc=d",
        '-Dx="a;b" -Dy',
        "-Dhttp.nonProxyHosts='localhost|127.*|[::1]'",
        "-javaagent:/opt/agents/jmx.jar=9404:/etc/jmx.yaml -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005",
        "--add-opens java.base/java.lang=ALL-UNNAMED --add-exports=a/b=ALL-UNNAMED @/opt/flink/conf/java.args",
        "-XX:+HeapDumpOnOutOfMemoryError -XX:+ExitOnOutOfMemoryError -XX:ErrorFile=${FLINK_LOG_PREFIX}.%p.err",
        "-Xlog:gc*:file=${FLINK_LOG_DIR}/gc-%t.log:time,uptime:filecount=5,filesize=10M -Xss4m",
        "-Dhome=~/a -Dmail=a@b -Dpercent=100% -Dat=1:2 -Dquery=a? -Dshare=^5 -Dplus=a+b -Dhash=a#b -Dbang=a!",
        "-Dfile.encoding=UTF-8   -Duser.timezone=Europe/Berlin ",
        "-Dpassword.file=/run/x -Dsecret=$SECRET_OF_A_POD -Dx=${LEVEL:-INFO} -Dprocess=$$",
        "-Dumlaut=äöü -Demoji=😀 -Dempty= -Dcomma=a,b,c -Dbrace={a}",
        "",
    ],
)
@pytest.mark.parametrize("key", [ALL, JM, TM, "env.java.default-opts.all", "env.java.default-opts.jobmanager"])
def test_what_arrives_as_it_says_is_accepted(key: str, value: str) -> None:
    assert findings({key: value}) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-Dx=it's", r"finds no second ', so Java gets no options at all, not even Flink's own: write -Dx=it\'s."),
        ("-Dx=(a)", "cannot make sense of (, so Java gets no options at all, not even Flink's own: write -Dx='(a)'."),
        (
            "-Du=h?a=1&b=2",
            "& and takes b=2 for a command: Java gets -Du=h?a=1 instead of -Du=h?a=1&b=2: write -Du='h?a=1&b=2'.",
        ),
        (r"-Dre=\d+", r"goes through a shell: Java gets -Dre=d+ instead of -Dre=\d+: write -Dre='\d+'."),
        (r"-Ddir=C:\temp\x", r"Java gets -Ddir=C:tempx instead of -Ddir=C:\temp\x: write -Ddir='C:\temp\x'."),
        ('-Dx={"a":1}', """Java gets -Dx={a:1} instead of -Dx={"a":1}: write -Dx='{"a":1}'."""),
        ('-Dx={"a":1,"b":2}', """Java gets -Dx=a:1 -Dx=b:2 instead of -Dx={"a":1,"b":2}: write -Dx='{"a":1,"b":2}'."""),
        ('-Dx=["a","b"]', """Java gets -Dx=[a,b] instead of -Dx=["a","b"]: write -Dx='["a","b"]'."""),
        ("-Da=b\n-Dc=d", "has a line break, and of such a value Flink's scripts make no options at all"),
        ("-Da=b\n-Dc=d\n", "write it on one line, and let none end it (by >- in YAML)"),
        ("-Da=b\n", "has a line break"),
        ('-XX:OnOutOfMemoryError="kill -9 %p"', "JAVA_TOOL_OPTIONS to -XX:OnOutOfMemoryError='kill -9 %p'."),
        ("-XX:OnOutOfMemoryError='kill -9 %p' -Da", "write -XX:+ExitOnOutOfMemoryError, or set containerized."),
        ("-XX:OnOutOfMemoryError=kill -9 %p", "has %p where Java expects an option, and takes it for the class to run"),
        ("-Dx='a b'", "Java gets -Dx=a b instead of '-Dx=a b': set containerized."),
        ('-Dx="abc"', "so Java gets no options at all, not even Flink's own: write -Dx=abc."),
        ("-Dx=a;b", "ends the options at ; and takes b for a command"),
        ("-Dx=a|b", "takes | for a pipe and b for a command, so Java gets no options at all"),
        ("-Dx=a>b", "takes > for the way into a file, so Java gets no options at all"),
        ("-Dx=a<b", "takes < for a redirection: write -Dx='a<b'."),
        ("-Dx={a,b}", "Java gets -Dx=a -Dx=b instead of -Dx={a,b}: write -Dx='{a,b}'."),
        ("-Dx={1..3}", "Java gets -Dx=1 -Dx=2 -Dx=3 instead of -Dx={1..3}"),
        ("-Dx=a`b", "finds no second `"),
        ("-Dx=^a$b", "Java gets -Dx=^a instead of -Dx=^a$b: write -Dx='^a$b'."),
        ("-Dx=$1", "takes $1 for a value of its own: write -Dx='$1'."),
        ("-Dx=${log.file}", "cannot read ${log.file}, so Java gets no options at all"),
        ("-Dx=${sys:log.file}", "Java gets -Dx= instead of -Dx=${sys:log.file}"),
        ("-Da=b # why", "has # where Java expects an option, and takes it for the class to run: leave the comment"),
        ("-Da=b -Dc=d\t-De=f", 'finds no second "'),
        ("UseG1GC", "has UseG1GC where Java expects an option"),
        ("true", "has true where Java expects an option"),
        ("-Da -- *.jar", "has *.jar where Java expects an option"),
        ("[-Da, -Db]", "has [-Da, where Java expects an option"),
        ('"-Da=b -Dc=d"', """Java gets "-Da=b -Dc=d" instead of '-Da=b -Dc=d'"""),
        ("-n", "Java does not get -n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", [JM, TM])
def test_what_does_not_arrive_is_an_error(key: str, value: str, message: str) -> None:
    found = errors({key: value})
    assert len(found) == 1
    assert found[0].startswith(f"{key} is ")
    assert message in found[0]


def test_what_does_not_arrive_of_both_roles_is_said_once_and_names_both_variables() -> None:
    found = dict.fromkeys(errors({ALL: "-Dx='a b'"}))
    assert [text.partition(": set ")[2] for text in found] == [
        "containerized.master.env.JAVA_TOOL_OPTIONS and containerized.taskmanager.env.JAVA_TOOL_OPTIONS to -Dx='a b'."
    ]


def test_an_option_is_judged_by_itself() -> None:
    found = errors({ALL: "-Dx=it's", JM: "-Dy='a(b)'", TM: "-Dz=that's"})
    assert {text.partition(" ")[0] for text in found} == {ALL, TM}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (r"-Dhosts=a\|b", "has a backslash for the shell: Java gets -Dhosts=a|b: put the value into single quotes"),
        ("-Dip=$(hostname -i)", "has a shell in the pod compute $(hostname -i)"),
        ("-Dip=`hostname`", "has a shell in the pod compute `hostname`"),
        ("-Dhost=${HOSTNAME%%-*}", "has a shell in the pod compute ${HOSTNAME%%-*}"),
    ],
)
def test_what_may_be_meant_otherwise_is_a_warning(value: str, message: str) -> None:
    (found,) = warnings({JM: value})
    assert message in found


def test_the_flat_file_of_old_has_no_quotes_of_yaml() -> None:
    assert findings({JM: "-Dx='a(b)' -Dy=a: -Dz"}, version="1.20", standard_yaml=False) == []
    found = errors({JM: '"-Da=b -Dc=d"'}, version="1.20", standard_yaml=False)
    assert "finds no second" in found[0]
    assert findings({"env.java.home": "/jdk"}, version="1.20", standard_yaml=False) == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({JM: "-Xmx3g"}, "is '-Xmx3g', but it comes behind -Xmx1530082096, which Flink computes for the JobManager's"),
        ({JM: "-Xmx3g"}, "so it wins and may not fit: remove it, and set jobmanager.memory.heap.size or jobmanager."),
        ({JM: "-XX:MaxHeapSize=3G -Xmx3g"}, "is '-XX:MaxHeapSize=3G'"),
        ({JM: "-Xms3g"}, "with which no JVM starts"),
        ({TM: "-Xmx3g"}, "set taskmanager.memory.task.heap.size or taskmanager.memory.process.size"),
        ({ALL: "-Xmx3g"}, "which Flink computes for a TaskManager's container"),
        ({TM: "-XX:MaxDirectMemorySize=3g"}, "set taskmanager.memory.task.off-heap.size"),
        ({TM: "-XX:MaxMetaspaceSize=1g"}, "set taskmanager.memory.jvm-metaspace.size"),
        ({JM: "-XX:MaxMetaspaceSize=1g"}, "set jobmanager.memory.jvm-metaspace.size"),
        ({"env.java.default-opts.jobmanager": "-Xmx3g"}, "env.java.default-opts.jobmanager is '-Xmx3g'"),
        ({JM: "-Xmx3gb"}, "has no size that a JVM takes"),
        ({JM: "-Xmx2048"}, "is 2048 bytes, and a JVM needs 2m to start"),
        (
            {JM: "-XX:MaxDirectMemorySize=1g", "jobmanager.memory.enable-jvm-direct-memory-limit": True},
            "set jobmanager.memory.off-heap.size",
        ),
        ({JM_ENV + "FLINK_ENV_JAVA_OPTS_JM": "-Xmx3g"}, "containerized.master.env.FLINK_ENV_JAVA_OPTS_JM is '-Xmx3g'"),
    ],
)
def test_sizes_that_win_over_flinks_and_do_not_fit(values: dict[str, Any], message: str) -> None:
    assert any(message in text for text in errors(values)), errors(values)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-Xmx512m -Xms512m", "so it wins and leaves the rest unused"),
        ("-XX:MaxRAMPercentage=75", "has no effect beside -Xmx, which Flink computes"),
        ("-XX:MaxDirectMemorySize=1g", "is more than 128 MiB, which is what the JobManager's container has for it"),
    ],
)
def test_sizes_that_win_and_fit_are_warned_of(value: str, message: str) -> None:
    assert any(message in text for text in warnings({JM: value}))


def test_flinks_own_sizes_may_be_repeated() -> None:
    assert findings({JM: "-Xmx1530082096 -XX:MaxMetaspaceSize=256m -Xss2m -Xmn100m -XX:MetaspaceSize=64m"}) == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({JM_ARGS: "-Dx=a&b"}, "Flink gets -Dx=a instead of -Dx=a&b: write -Dx='a&b'."),
        ({TM_ARGS: "-Dx=it's"}, 'so a TaskManager does not start: write -Dx="it\'s".'),
        ({JM_ARGS: "-Dx=1\n-Dy=2"}, "ends the options at the end of the line and takes -Dy=2 for a command"),
        ({JM_ARGS: r"-Dx=\d"}, r"write -Dx='\d'"),
        ({JM_ARGS: '-Dx={"a":1}'}, """write -Dx='{"a":1}'"""),
        ({JM_ARGS: "-Dx=1 # why"}, "leave the comment out"),
        ({JM_ARGS: "-Dx=$$"}, "has $$, which Kubernetes takes for $ before any shell reads it: write $$$$ for $$."),
        ({JM_ARGS: "-Xmx3g -Dx=1"}, "has -Xmx3g, which is no -DKEY=VALUE: Flink reads neither it nor what is behind"),
        ({JM_ARGS: "-Dx=1 other -Dy=2"}, "has other, which is no -DKEY=VALUE"),
        ({JM_ARGS: "-D x"}, "has -D without KEY=VALUE behind it, at which Flink gives up"),
        ({JM_ARGS: "--configDir /c -Dx=1"}, "has --configDir, which is no -DKEY=VALUE"),
        ({JM_ARGS: "-Djobmanager.memory.process.size=3g"}, "set jobmanager.memory.process.size in the configuration"),
        ({JM_ARGS: "-D taskmanager.memory.flink.size=3g"}, "set taskmanager.memory.flink.size in the configuration"),
        ({JM_ARGS: "'-Da(b=1'"}, "has a key that no shell leaves as it is, and the TaskManagers get it by one"),
        (
            {"external-resources": "gpu;a(b"},
            "external-resources has the name 'a(b', which the shell on a TaskManager's",
        ),
    ],
)
def test_arguments_that_do_not_arrive_or_that_flink_does_not_take(values: dict[str, Any], message: str) -> None:
    (found,) = errors(values)
    assert message in found


@pytest.mark.parametrize(
    "arguments",
    ["-Dx='a b' -D y=z", "-Dx=$HOSTNAME -Dy=$(HOSTNAME)", '-Dx="a;b"', "-Dx", "-Dx=1\n", " ", "-Dx='it'\\''s'"],
)
def test_arguments_that_arrive(arguments: str) -> None:
    assert errors({JM_ARGS: arguments, TM_ARGS: arguments}) == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({JM_ENV + "FLINK_PROPERTIES": "a: b"}, "has no effect, since here the image's entrypoint cannot write the"),
        ({TM_ENV + "TASK_MANAGER_NUMBER_OF_TASK_SLOTS": "4"}, "set taskmanager.numberOfTaskSlots"),
        ({JM_ENV + "JOB_MANAGER_RPC_ADDRESS": "jm"}, "remove it: Flink finds its JobManager by itself"),
        ({JM_ENV + "PATH": "/x:$PATH"}, "replaces the image's, and without /opt/flink/bin in it no script"),
        ({TM_ENV + "JVM_ARGS": "-Dx='a b'"}, "is split at blanks and not read by a shell"),
        ({TM_ENV + "JVM_ARGS": "UseG1GC"}, "has UseG1GC where Java expects an option"),
        ({JM_ENV + "FLINK_ENV_JAVA_OPTS_JM": "-Dx=(a)"}, "cannot make sense of ("),
        ({JM_ENV + "FLINK_ENV_JAVA_OPTS_JM": "-Da", JM: "-Db"}, f"{JM} has no effect in the JobManager beside"),
        ({TM_ENV + "FLINK_ENV_JAVA_OPTS": "--add-opens=a", ALL: "-Db"}, f"{ALL} has no effect in a TaskManager beside"),
        ({JM_ENV + "A": "pa$$word"}, "has $$, which Kubernetes takes for $: the container gets pa$word: write $$$$"),
        ({JM_ENV + "A": "$(NOPE)/a"}, "refers to NOPE, which is not among the variables in front of it"),
        ({JM_ENV + "A": "$(B)", JM_ENV + "B": "b"}, "refers to B, which is not among the variables in front of it"),
        (
            {JM_ENV + "ROOT_LOG_LEVEL": "DEBUG", "env.log.level": "WARN"},
            "env.log.level is 'WARN', but it has no effect",
        ),
        ({"kubernetes.flink.log.dir": "/a", "env.log.dir": "/b"}, "has no effect in the JobManager beside kubernetes."),
        ({"env.stdout-err.redirect-to-file": "true"}, "write true without quotes, which -D cannot, or set"),
        ({"env.java.home": "/jdk"}, "does not reach the JobManager"),
        ({"env.log.level": "1"}, "reaches the JobManager's scripts as '1', quotes included"),
    ],
)
def test_variables_and_options_that_do_not_arrive(values: dict[str, Any], message: str) -> None:
    assert any(message in text for text in errors(values)), findings(values)


@pytest.mark.parametrize(
    "values",
    [
        {"env.stdout-err.redirect-to-file": True, "env.log.max": 5, "env.log.level": "DEBUG", "env.log.dir": "/logs"},
        {"env.java.home": "/jdk", JM_ENV + "JAVA_HOME": "/jdk"},
        {"env.log.max": "5"},
        {JM_ENV + "A": "a$$(B)", JM_ENV + "B": "$(A)", JM_ENV + "C": "$(KUBERNETES_SERVICE_HOST)$5"},
        {JM_ENV + "PATH": "/x:/opt/flink/bin:/usr/bin:/bin", TM_ENV + "JVM_ARGS": "-Da -Db=c"},
        {JM_ENV + "ENABLE_BUILT_IN_PLUGINS": "a.jar;b.jar", JM_ENV + "DISABLE_JEMALLOC": "true"},
        {JM_ENV + "JAVA_TOOL_OPTIONS": "-XX:OnOutOfMemoryError='kill -9 %p'"},
        {JM_ENV + "FLINK_ENV_JAVA_OPTS_JM": "-Da='(b)' -Dc=$(hostname)"},
        {"kubernetes.entry.path": "/my-entrypoint.sh", JM_ENV + "FLINK_PROPERTIES": "a: b"},
        {"user.own": "Outer$Inner", "high-availability.type": "a.b.Outer$Factory", "fs.x": "${hadoop.tmp.dir}/a"},
        {"metrics.scope.jm": "<host>.jobmanager", "state.backend.type": "rocksdb"},
    ],
)
def test_variables_and_options_that_arrive(values: dict[str, Any]) -> None:
    assert errors(values) == []


def test_before_2_2_the_quotes_of_a_text_stay_at_the_number_of_log_files() -> None:
    assert errors({"env.log.max": "5"}, version="2.2") == []
    assert "reaches the JobManager's scripts as '5', quotes included" in errors({"env.log.max": "5"}, version="2.1")[0]
    assert errors({"env.log.max": 5}, version="2.1") == []


@pytest.mark.parametrize("value", ["${DIR}/x", "s3://b/${DIR:-y}", "s3://b/$DIR", "$(DIR)/x"])
def test_references_in_the_configuration_are_taken_literally(value: str) -> None:
    (found,) = errors({"execution.checkpointing.dir": value})
    assert "is taken literally: in Flink's configuration nobody replaces" in found
    (found,) = warnings({"s3.endpoint": value})
    assert "is taken literally" in found


def test_variables_of_a_pod_template_count_too() -> None:
    template = """
    spec:
      containers:
      - {name: side, image: b}
      - name: flink-main-container
        env:
        - {name: FIRST, value: a}
        - {name: FLINK_PROPERTIES, value: "a: b"}
    """
    key = "kubernetes.pod-template-file.jobmanager"
    values = {key: "/template", JM_ENV + "A": "$(FIRST)"}
    (found,) = errors(values, template=template)
    assert found.startswith(f"{key}, spec.containers[1].env[1] has no effect")


@pytest.mark.parametrize("key", [JM, JM_ARGS, JM_ENV + "FLINK_ENV_JAVA_OPTS_JM", JM_ENV + "JVM_ARGS", "rest.address"])
@pytest.mark.parametrize(
    "text", ["-Dmy.password={}&b", "-Dmy.password='{} {}'", "-Du=h://u:{}@h?(", "-Dpassword=${{{}}}"]
)
def test_no_secret_is_shown(key: str, text: str) -> None:
    secret = "HUNTER2"
    assert not [found for found in map(str, findings({key: text.replace("{}", secret)})) if secret in found]


def test_objects_are_built_and_the_findings_stand_beside_them() -> None:
    values = {"kubernetes.cluster-id": "demo", "execution.target": "kubernetes-session", **SIZES, JM: "-Dx=(a)"}
    run = run_client(Configuration(values), FlinkVersion.parse("2.2"), ClientFiles())
    assert run.objects
    assert not run.refusals
    assert [(item.key, item.severity) for item in run.findings if item.key == JM] == [(JM, "error")]
