"""Plugins, file systems and reporters: what the processes look for, and their image does not have."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment import SessionClusterOptions, plan_session_cluster

SWITCHES = tuple(f"containerized.{role}.env.ENABLE_BUILT_IN_PLUGINS" for role in ("master", "taskmanager"))
S3 = "flink-s3-fs-hadoop-2.2.1.jar"
HA = {"high-availability.type": "kubernetes"}
SLF4J = "org.apache.flink.metrics.slf4j.Slf4jReporterFactory"
M = "metrics.reporter."


def said(configuration: dict[str, Any], **options: Any) -> list[str]:
    """Return what is found, errors or else warnings, with their severity."""
    try:
        plan = plan_session_cluster(SessionClusterOptions(cluster_id="demo", configuration=configuration, **options))
    except IllegalConfigurationError as error:
        return [f"error: {finding}" for finding in error.findings]
    return [f"warning: {finding}" for finding in plan.warnings]


def switched(value: str, **options: Any) -> list[str]:
    return said(dict.fromkeys(SWITCHES, value), **options)


@pytest.mark.parametrize(
    ("value", "options"),
    [
        (S3, {}),
        (f"{S3};flink-azure-fs-hadoop-2.2.1.jar", {}),
        (f"{S3} flink-gs-fs-hadoop-2.2.1.jar", {}),
        (f" ;{S3}; ", {}),
        ("", {}),
        ("flink-sql-gateway-2.2.1.jar;flink-table-planner_2.12-2.2.1.jar", {}),
        ("flink-shaded-netty-tcnative-dynamic-2.0.66.Final-20.0.jar", {}),
        ("flink-s3-fs-hadoop-2.2.0.jar", {"flink_version": "2.2.0"}),
        ("flink-s3-fs-hadoop-2.2.0.jar", {"image": "flink:2.2.0-java17"}),
        ("flink-s3-fs-hadoop-2.2.7.jar", {"image": "flink:2.2"}),
        ("flink-s3-fs-hadoop-2.2.7.jar", {"image": "flink@sha256:" + "0" * 64}),
        ("flink-cep-scala_2.12-1.20.5.jar", {"flink_version": "1.20"}),
        ("flink-s3-fs-native-2.3.0.jar", {"flink_version": "2.3"}),
        ("my-own.jar", {"image": "mine/flink:2.2"}),
        ("my-own.jar", {"image": "flink:with-my-own"}),
        ("flink-s3-fs-hadoop-2.2.0.jar", {"image": "registry.example.com/flink:2.2.1"}),
    ],
)
def test_jars_that_are_in_the_image_or_may_be(value: str, options: dict[str, Any]) -> None:
    assert switched(value, **options) == []


@pytest.mark.parametrize(
    ("value", "fix", "options"),
    [
        ("flink-s3-fs-hadoop-2.2.0.jar", f"write {S3}", {}),
        ("flink-s3-fs-hadoop-2.1.1.jar", f"write {S3}", {}),
        ("flink-s3-fs-hadoop-2.2.1", f"write {S3}", {}),
        ("flink-s3-fs-hadoop", f"write {S3}", {}),
        ("/opt/flink/opt/flink-s3-fs-hadoop-2.2.1.jar", f"write {S3}", {}),
        ("flink-s3-fs-hadop-2.2.1.jar", f"write {S3}", {}),
        ("flink-metrics-prometheus-2.2.1.jar", "remove it, since it is in plugins/ already", {}),
        ("flink-json-2.2.1.jar", "remove it, since it is in lib/ already", {}),
        ("flink-s3-fs-native-2.2.1.jar", "remove it, or run Flink 2.3, the first to have it", {}),
        (
            "flink-metrics-otel-1.20.5.jar",
            "remove it, or run Flink 2.0, the first to have it",
            {"flink_version": "1.20"},
        ),
        ("my-own.jar", "correct it, or bring the jar in an image of your own", {}),
        ("flink-s3-fs-hadoop-2.2.1.jar", "write flink-s3-fs-hadoop-2.2.0.jar", {"image": "apache/flink:2.2.0"}),
        ("flink-s3-fs-hadoop-2.1.7.jar", f"write {S3}", {"image": "flink:2.2"}),
    ],
)
def test_jars_that_are_not_in_flinks_own_image(value: str, fix: str, options: dict[str, Any]) -> None:
    found = switched(value, **options)
    assert len(found) == 2
    for finding, key in zip(found, SWITCHES, strict=True):
        assert finding.startswith(f"error: {key} names {value}, which is not in /opt/flink/opt of Flink's own image of")
        assert finding.endswith(f"so that no container starts: {fix}.")


def test_of_several_jars_each_is_looked_for() -> None:
    assert len(switched(f"{S3};a.jar;b.jar")) == 4


@pytest.mark.parametrize("comma", [",", ", ", " ,"])
def test_a_comma_between_jars(comma: str) -> None:
    value = f"{S3}{comma}flink-gs-fs-hadoop-2.2.1.jar"
    found = switched(value)
    assert len(found) == 2
    assert found[0] == (
        f"error: {SWITCHES[0]} is {value!r}, but it must have ; between two jars, since the image's entry point takes a"
        f" comma for a part of a name: write {S3};flink-gs-fs-hadoop-2.2.1.jar."
    )
    assert all(finding.startswith("warning: ") for finding in switched(value, image="mine/flink:2.2"))
    assert len(switched(value, image="mine/flink:2.2")) == 2


def main(**fields: object) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "flink-main-container", **fields}]}}


@pytest.mark.parametrize("key", ["pod_template"])
def test_the_variable_may_be_in_the_pod_template(key: str) -> None:
    template = main(env=[{"name": "ENABLE_BUILT_IN_PLUGINS", "value": "my-own.jar"}])
    found = said({}, **{key: template})
    assert [finding.partition(" names ")[0] for finding in found] == ["error: pod_template, ENABLE_BUILT_IN_PLUGINS"]
    right = main(env=[{"name": "ENABLE_BUILT_IN_PLUGINS", "value": S3}])
    assert said({"execution.checkpointing.dir": "s3://b/c"}, **{key: right}) == []
    of_options = dict.fromkeys(SWITCHES, S3)
    (warning,) = said({**of_options, "execution.checkpointing.dir": "s3://b/c"}, **{key: template})
    assert "is overwritten by Flink, or an option" in warning


@pytest.mark.parametrize(
    "fields",
    [
        {"volumeMounts": [{"name": "plugins", "mountPath": "/opt/flink/plugins/s3"}]},
        {"volumeMounts": [{"name": "plugins", "mountPath": "/opt/flink/plugins/"}]},
        {"volumeMounts": [{"name": "home", "mountPath": "/opt/flink"}]},
        {"volumeMounts": [{"name": "hadoop", "mountPath": "/opt/flink/lib/hadoop.jar", "subPath": "hadoop.jar"}]},
        {"env": [{"name": "ENABLE_BUILT_IN_PLUGINS", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}]},
        {"env": [{"name": "FLINK_PLUGINS_DIR", "value": "/plugins"}]},
        {"envFrom": [{"configMapRef": {"name": "a"}}]},
        {"lifecycle": {"postStart": {"exec": {"command": ["cp", "/a", "/opt/flink/plugins"]}}}},
    ],
)
def test_what_may_bring_a_file_system(fields: dict[str, Any]) -> None:
    volumes: list[dict[str, Any]] = [{"name": name, "emptyDir": {}} for name in ("plugins", "home", "hadoop")]
    template = main(**fields)
    template["spec"]["volumes"] = volumes
    assert not any(
        "ENABLE_BUILT_IN" in text for text in said({"execution.checkpointing.dir": "s3://b/c"}, pod_template=template)
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"volumeMounts": [{"name": "usrlib", "mountPath": "/opt/flink/usrlib"}]},
        {"volumeMounts": [{"name": "usrlib", "mountPath": "/opt/flink/plugins-of-mine"}]},
        {"env": [{"name": "A", "value": "b"}]},
        {},
    ],
)
def test_a_pod_template_that_brings_none(fields: dict[str, Any]) -> None:
    template = {"spec": {**main(**fields)["spec"], "volumes": [{"name": "usrlib", "emptyDir": {}}]}}
    found = said({"execution.checkpointing.dir": "s3://b/c"}, pod_template=template)
    assert [finding.partition(" must ")[0] for finding in found] == [f"error: {key}" for key in SWITCHES]


@pytest.mark.parametrize(
    ("scheme", "jar"),
    [
        ("s3", S3),
        ("s3a", S3),
        ("s3p", "flink-s3-fs-presto-2.2.1.jar"),
        ("gs", "flink-gs-fs-hadoop-2.2.1.jar"),
        ("abfs", "flink-azure-fs-hadoop-2.2.1.jar"),
        ("abfss", "flink-azure-fs-hadoop-2.2.1.jar"),
        ("wasbs", "flink-azure-fs-hadoop-2.2.1.jar"),
        ("oss", "flink-oss-fs-hadoop-2.2.1.jar"),
    ],
)
@pytest.mark.parametrize(
    "key",
    [
        "execution.checkpointing.dir",
        "state.checkpoints.dir",
        "execution.checkpointing.savepoint-dir",
        "state.savepoints.dir",
        "state.changelog.dstl.dfs.base-path",
        "state.backend.forst.primary-dir",
        "taskmanager.network.hybrid-shuffle.remote.path",
    ],
)
def test_a_file_system_that_is_switched_off(key: str, scheme: str, jar: str) -> None:
    found = [finding for finding in said({key: f"{scheme}://bucket/folder"}) if "former name" not in finding]
    rule = f"must name {jar}, which knows {scheme}:// of {key}, in Flink's own image: set it to {jar}."
    assert found == [f"error: {switch} {rule}" for switch in SWITCHES]
    assert all("former name" in text for text in said({key: f"{scheme}://b/f", **dict.fromkeys(SWITCHES, jar)}))
    assert all("former name" in text for text in said({key: f"{scheme}://b/f"}, image="mine/flink:2.2"))


def test_either_plugin_of_a_scheme_will_do_and_the_others_stay() -> None:
    storage = {"execution.checkpointing.dir": "s3://b/c"}
    assert said({**storage, **dict.fromkeys(SWITCHES, "flink-s3-fs-presto-2.2.1.jar")}) == []
    found = said({**storage, **dict.fromkeys(SWITCHES, "flink-gs-fs-hadoop-2.2.1.jar")})
    assert found[0].endswith(f"set it to flink-gs-fs-hadoop-2.2.1.jar;{S3}.")
    assert said({**storage, SWITCHES[0]: S3})[0].startswith(f"error: {SWITCHES[1]} must name {S3}")


def test_all_folders_of_a_scheme_are_named_at_once() -> None:
    storage = {"execution.checkpointing.dir": "s3://b/c", **HA, "high-availability.storageDir": "s3://b/ha"}
    found = said(storage)
    assert len(found) == 2
    assert "s3:// of high-availability.storageDir and execution.checkpointing.dir" in found[0]


def test_the_archive_is_the_job_managers() -> None:
    (finding,) = said({"jobmanager.archive.fs.dir": "s3://b/archive"})
    assert finding.startswith(f"error: {SWITCHES[0]} must name {S3}")
    assert said({"jobmanager.archive.fs.dir": "/archive"}) == []


@pytest.mark.parametrize("scheme", ["hdfs", "viewfs", "webhdfs", "cosn", "maprfs"])
def test_a_file_system_that_needs_hadoop(scheme: str) -> None:
    storage = {**HA, "high-availability.storageDir": f"{scheme}:///flink/ha"}
    (finding,) = said(storage)
    assert finding.startswith(
        f"error: high-availability.storageDir is '{scheme}:///flink/ha', but it is at {scheme}://, for which Flink"
        " needs Hadoop, and its own image has none"
    )
    assert said(storage, image="mine/flink:2.2") == []
    hadoop = {f"containerized.{role}.env.HADOOP_CLASSPATH": "/hadoop/*" for role in ("master", "taskmanager")}
    assert said({**storage, **hadoop}) == []


def test_the_default_scheme_counts() -> None:
    storage = {**HA, "high-availability.storageDir": "/flink/ha"}
    (finding,) = said({**storage, "fs.default-scheme": "hdfs://name-node:8020"})
    assert "is at hdfs://, for which Flink needs Hadoop" in finding
    (finding,) = said(storage)
    assert "is in the container, so that no other JobManager finds it" in finding


def test_a_scheme_in_capitals_is_none() -> None:
    (finding,) = said({**HA, "high-availability.storageDir": "S3://b/ha"})
    assert "has the scheme S3, which Flink knows in small letters only: write s3." in finding


@pytest.mark.parametrize("key", ["execution.checkpointing.dir", "execution.checkpointing.savepoint-dir"])
@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("/checkpoints", "must begin with the scheme of a file system, else no job starts: write file:///checkpoints."),
        (
            "checkpoints",
            "must begin with the scheme of a file system, else no job starts: write it whole, as in s3://a",
        ),
        (
            "file:///",
            "must name a folder, and not the root of a file system, else no job starts: write file:/checkpoin",
        ),
        (
            "s3://bucket",
            "must name a folder, and not the root of a file system, else no job starts: write s3://bucket/c",
        ),
        ("s3://bucket/", "must name a folder, and not the root of a file system"),
    ],
)
def test_folders_that_no_job_starts_with(key: str, folder: str, message: str) -> None:
    (finding,) = said({key: folder}, image="mine/flink:2.2")
    assert message in finding


@pytest.mark.parametrize("folder", ["file:///checkpoints", "file:/checkpoints", "file:/mnt/a b"])
def test_folders_on_the_disk_are_fine(folder: str) -> None:
    assert said({"execution.checkpointing.dir": folder, "execution.checkpointing.savepoint-dir": folder}) == []


def test_a_folder_of_high_availability_may_be_on_a_volume() -> None:
    storage = {**HA, "high-availability.storageDir": "file:///ha/flink"}
    template = main(volumeMounts=[{"name": "ha", "mountPath": "/ha"}])
    template["spec"]["volumes"] = [{"name": "ha", "persistentVolumeClaim": {"claimName": "ha"}}]
    assert said(storage, pod_template=template) == []
    assert "is in the container" in said(storage, pod_template=main())[0]
    claims = {"kubernetes.persistent-volume-claims": {"ha": "/ha"}}
    assert said({**storage, **claims}, flink_version="2.3") == []


@pytest.mark.parametrize(
    "configuration",
    [
        {M + "slf4j.factory.class": SLF4J},
        {"metrics.reporters": "a, b", M + "a.factory.class": SLF4J, M + "b.factory.class": "com.example.Factory"},
        {"metrics.reporters": "", M + "a.factory.class": SLF4J, M + "a.interval": "10 s"},
        {"metrics.reporters": "a,,b", M + "a.factory.class": SLF4J, M + "b.factory.class": SLF4J},
        {"metrics.reporters": "a", M + "a.factory.class": SLF4J, M + "a.class": "com.example.Old"},
        {"traces.reporter.t.factory.class": "org.apache.flink.traces.slf4j.Slf4jTraceReporterFactory"},
        {"metrics.scope.jm": "<host>.jm"},
    ],
)
def test_reporters_that_are_set_up(configuration: dict[str, Any]) -> None:
    assert said(configuration) == []


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (
            {"metrics.reporters": "prom"},
            "set it, for example to org.apache.flink.metrics.prometheus.PrometheusReporterFactory.",
        ),
        ({"metrics.reporters": "prom", M + "prom.port": 9249}, "error: metrics.reporters names prom, and there is no"),
        ({"metrics.reporters": "a,mine", M + "a.factory.class": SLF4J}, "for example to org.example.Factory."),
        (
            {M + "prom.port": 9249},
            "error: metrics.reporter.prom.port is of a reporter without factory.class, so that none",
        ),
        (
            {M + "prom.class": "org.apache.flink.metrics.prometheus.PrometheusReporter"},
            "write metrics.reporter.prom.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFacto",
        ),
        (
            {"metrics.reporters": "p", M + "p.class": "com.example.Old"},
            "error: metrics.reporter.p.class is read no more",
        ),
        ({"metrics.reporters": "Slf4j", M + "slf4j.factory.class": SLF4J}, "names Slf4j, and there is no"),
        ({"metrics.reporters": "a", M + "a.factory-class": SLF4J}, "write factory.class instead of factory-class."),
        (
            {M + "a.b.factory.class": SLF4J},
            "must be of a reporter without a dot in its name, else none is set up: call it",
        ),
        (
            {"metrics.reporters": "a;b", M + "a.factory.class": SLF4J, M + "b.factory.class": SLF4J},
            "metrics.reporters is 'a;b', but it must be names with commas between them, else no reporter is set up: ",
        ),
        (
            {"metrics.reporters": ["a", "b"], M + "a.factory.class": SLF4J, M + "b.factory.class": SLF4J},
            "metrics.reporters is '[a, b]', but it must be names with commas between them, else no reporter is set u",
        ),
        ({"metrics.reporters": "a b", M + "a.factory.class": SLF4J, M + "b.factory.class": SLF4J}, "write 'a,b'."),
        ({"metrics.reporters": " a", M + "a.factory.class": SLF4J}, "must be names with commas between them"),
        (
            {"metrics.reporters": "a", M + "a.factory.class": SLF4J, M + "b.factory.class": SLF4J},
            "warning: metrics.reporter.b.factory.class has no effect, since metrics.reporters does not name b: add i",
        ),
        (
            {M + "a.factory.class": "org.apache.flink.metrics.slf4j.Slf4jReporter"},
            "is no MetricReporterFactory of Flink",
        ),
        ({"traces.reporters": "t"}, "error: traces.reporters names t, and there is no traces.reporter.t.factory.class"),
        ({"events.reporters": "e"}, "error: events.reporters names e, and there is no events.reporter.e.factory.class"),
    ],
)
def test_reporters_that_are_not(configuration: dict[str, Any], message: str) -> None:
    found = said(configuration)
    assert len([finding for finding in found if message in finding]) == 1, found


def test_a_reporter_is_said_once() -> None:
    assert len(said({"metrics.reporters": "prom"})) == 1
    assert len(said({"metrics.reporters": "graph", M + "grph.factory.class": SLF4J})) == 1
    assert len(said({"metrics.reporters": "prom", M + "prom.class": "x", M + "prom.port": 1})) == 1
    assert len(said({M + "prom.port": 1, M + "prom.interval": "1 s"})) == 1


GPU = {"external-resources": "gpu", "external-resource.gpu.amount": 2}


@pytest.mark.parametrize(
    "configuration",
    [
        GPU,
        {
            "external-resources": ["gpu", "fpga"],
            "external-resource.gpu.amount": 1,
            "external-resource.fpga.amount": "1",
        },
        {**GPU, "external-resource.gpu.kubernetes.config-key": "nvidia.com/gpu"},
        {"external-resources": "none", "external-resource.gpu.amount": 2},
    ],
)
def test_external_resources_that_flink_takes(configuration: dict[str, Any]) -> None:
    assert said(configuration) == []


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (
            {"external-resources": "gpu"},
            "and there is no external-resource.gpu.amount, so that Flink ignores it: set external-resource.gpu.amount.",
        ),
        ({**GPU, "external-resources": "GPU"}, "error: external-resources names GPU, and there is no"),
        ({**GPU, "external-resources": "gpu,fpga", "external-resource.fpga.amount": 1}, ": write gpu;fpga."),
        ({**GPU, "external-resource.gpu.amount": 0}, "external-resource.gpu.amount is 0, but it must be at least 1"),
        (
            {**GPU, "external-resource.fpga.amount": 1},
            "warning: external-resource.fpga.amount has no effect, since external-resources does not name fpga",
        ),
        (
            {"external-resource.gpu.amount": 1},
            "warning: external-resource.gpu.amount has no effect, since external-res",
        ),
    ],
)
def test_external_resources_that_flink_ignores(configuration: dict[str, Any], message: str) -> None:
    assert [message in finding for finding in said(configuration)].count(True) == 1
