"""Values that are names: what Flink finds, what it has no more, and what nobody but the user can know."""

from __future__ import annotations

import pytest

from flink_session.configuration import Finding
from flink_session.configuration.catalogue import CATALOGUE_SERIES, jar_catalogue, named_option, option_catalogue

ROCKSDB_OF_1 = "org.apache.flink.contrib.streaming.state"
MODULES, REPORTER = "security.module.factory.classes", "metrics.reporter.prom.factory.class"
PROMETHEUS = "org.apache.flink.metrics.prometheus.PrometheusReporterFactory"


def check(series: str, key: str, value: object) -> Finding | None:
    return option_catalogue(series).check(key, value)


@pytest.mark.parametrize(
    ("series", "key", "value"),
    [
        ("2.2", "state.backend.type", "rocksdb"),
        ("2.2", "state.backend.type", "RocksDB"),
        ("2.2", "state.backend.type", "forst"),
        ("1.20", "state.backend.type", "filesystem"),
        ("1.20", "state.backend", "jobmanager"),
        ("2.2", "state.backend.type", "org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackendFactory"),
        ("2.2", "state.backend.type", f"{ROCKSDB_OF_1}.EmbeddedRocksDBStateBackendFactory"),
        ("2.2", "state.backend.type", "com.example.state.MyStateBackendFactory"),
        ("2.2", "state.backend.type", "com.example.Outer$Inner"),
        ("2.2", "execution.checkpointing.storage", "FileSystem"),
        ("2.2", "high-availability.type", "Standalone"),
        ("2.2", "high-availability.type", "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory"),
        ("2.2", "restart-strategy.type", "exponential-delay"),
        ("2.2", "restart-strategy.type", "fixeddelay"),
        ("2.2", "restart-strategy.type", "off"),
        ("2.2", "cleanup-strategy.type", "FixedDelay"),
        ("2.2", "jobmanager.execution.failover-strategy", "region"),
        ("2.2", "classloader.resolve-order", "Parent-First"),
        ("2.2", "metrics.latency.granularity", "subtask"),
        ("2.2", "taskmanager.network.bind-policy", "name"),
        ("2.2", "security.ssl.provider", "OpenSSL"),
        ("2.2", "high-availability.zookeeper.client.acl", "creator"),
        ("2.2", "state.changelog.storage", "filesystem"),
        ("2.2", "state.changelog.storage", "of-my-plugin"),
        ("2.2", "state.changelog.dstl.dfs.upload.retry-policy", "none"),
        ("2.2", "state.backend.rocksdb.predefined-options", "FLASH_SSD_OPTIMIZED"),
        ("1.20", "state.backend.rocksdb.options-factory", f"{ROCKSDB_OF_1}.DefaultConfigurableOptionsFactory"),
        ("2.2", "state.backend.rocksdb.options-factory", "com.example.Options"),
        ("2.2", "shuffle-service-factory.class", "com.example.Shuffle"),
        ("2.2", "jobmanager.failure-enrichers", "com.example.One , com.example.Two"),
        ("2.2", MODULES, ["org.apache.flink.runtime.security.modules.JaasModuleFactory", "com.example.Module"]),
        ("2.2", MODULES, ""),
        ("2.2", REPORTER, PROMETHEUS),
        ("2.2", REPORTER, "com.example.Reporter"),
        ("2.2", REPORTER, "x"),
        ("2.2", "traces.reporter.t.factory.class", "org.apache.flink.traces.slf4j.Slf4jTraceReporterFactory"),
        ("2.2", "external-resource.gpu.driver-factory.class", "org.apache.flink.externalresource.gpu.GPUDriverFactory"),
        ("2.2", "execution.job-status-changed-listeners", "com.example.A;com.example.B"),
    ],
)
def test_nothing_is_said_of_what_flink_finds_or_of_the_users_own(series: str, key: str, value: object) -> None:
    finding = check(series, key, value)
    assert finding is None or finding.severity == "warning"


@pytest.mark.parametrize(
    ("series", "key", "value", "rule", "fix"),
    [
        # Words
        ("2.2", "state.backend.type", "RocksDB2", "must be one of forst, hashmap, rocksdb, or the name of", "rocksdb"),
        ("2.2", "state.backend", "rocks-db", "must be one of forst, hashmap, rocksdb", "rocksdb"),
        ("2.2", "state.backend.type", "filesystem", "must be one of forst, hashmap, rocksdb", "hashmap"),
        ("2.2", "state.backend.type", "jobmanager", "must be one of forst, hashmap, rocksdb", "hashmap"),
        ("2.2", "state.backend.type", " rocksdb", "must have no blank before or behind it", "rocksdb"),
        ("1.20", "state.backend.type", "forst", "must be one of filesystem, hashmap, jobmanager, rocksdb", None),
        (
            "2.2",
            "execution.checkpointing.storage",
            "file-system",
            "must be one of filesystem, jobmanager",
            "filesystem",
        ),
        ("2.2", "restart-strategy.type", "Fixed-Delay", "must be one of disable, exponential-delay", "fixed-delay"),
        ("2.2", "restart-strategy", "fixed_delay", "must be one of disable, exponential-delay", "fixed-delay"),
        ("2.2", "restart-strategy.type", "com.example.Strategy", "must be one of disable, exponential-delay", None),
        ("2.2", "cleanup-strategy.type", "fixed-dealy", "must be one of disable, exponential-delay", "fixed-delay"),
        ("2.2", "jobmanager.execution.failover-strategy", "individual", "must be one of full, region", None),
        ("2.2", "classloader.resolve-order", "parent", "must be one of child-first, parent-first", None),
        ("2.2", "metrics.latency.granularity", "task", "must be one of operator, single, subtask", None),
        ("2.2", "taskmanager.network.bind-policy", "names", "must be one of ip, name", "name"),
        ("2.2", "security.ssl.provider", "boringssl", "must be one of jdk, openssl", None),
        ("2.2", "high-availability.zookeeper.client.acl", "openn", "must be one of creator, open", "open"),
        ("2.2", "state.changelog.storage", "FileSystem", "must be one of filesystem, memory", "filesystem"),
        ("2.2", "state.backend.rocksdb.predefined-options", "default", "must be one of DEFAULT, FLASH_SSD", "DEFAULT"),
        # Classes that another version has
        (
            "1.20",
            "state.backend.type",
            "org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackendFactory",
            "is no StateBackendFactory of Flink 1.20, 2.0 is the first to have it",
            "rocksdb",
        ),
        (
            "2.2",
            "state.backend.type",
            f"{ROCKSDB_OF_1}.RocksDBStateBackendFactory",
            "is no StateBackendFactory of Flink 2.2 any more, 1.20 was the last to have it",
            "rocksdb",
        ),
        (
            "2.2",
            "state.backend.type",
            "org.apache.flink.runtime.state.filesystem.FsStateBackendFactory",
            "is no StateBackendFactory of Flink 2.2 any more, 1.20 was the last to have it",
            "hashmap",
        ),
        (
            "2.2",
            "state.backend.rocksdb.options-factory",
            f"{ROCKSDB_OF_1}.DefaultConfigurableOptionsFactory",
            "is no RocksDBOptionsFactory of Flink 2.2 any more",
            None,
        ),
        (
            "1.20",
            REPORTER,
            "org.apache.flink.metrics.otel.OpenTelemetryMetricReporterFactory",
            "is no MetricReporterFactory of Flink 1.20, 2.0 is the first to have it",
            None,
        ),
        # Classes that are something else, or nothing
        ("2.2", "state.backend.type", f"{ROCKSDB_OF_1}.RocksDBStateBackend", "is no StateBackendFactory of", "rocksdb"),
        (
            "2.2",
            "state.backend.type",
            "org.apache.flink.runtime.state.memory.MemoryStateBackend",
            "is no StateBackendFactory of Flink 2.2",
            "hashmap",
        ),
        ("2.2", "state.backend.type", "java.lang.String", "is no StateBackendFactory of Flink 2.2", None),
        (
            "2.2",
            "high-availability.type",
            "org.apache.flink.kubernetes.KubernetesHaServicesFactory",
            "is no HighAvailabilityServicesFactory of Flink 2.2",
            "kubernetes",
        ),
        ("2.2", REPORTER, "org.apache.flink.metrics.prometheus.PrometheusReporter", "is no MetricReporter", PROMETHEUS),
        ("2.2", REPORTER, "PrometheusReporterFactory", "must be the whole name of a MetricReporterFactory", PROMETHEUS),
        ("2.2", REPORTER, f"{PROMETHEUS} ", "must have no blank before or behind it", PROMETHEUS),
        ("2.2", REPORTER, f"{PROMETHEUS}s", "is no MetricReporterFactory of Flink 2.2", PROMETHEUS),
        ("2.2", "traces.reporter.t.factory.class", PROMETHEUS, "is no TraceReporterFactory of Flink 2.2", None),
        ("2.2", MODULES, "com.example.A;org.apache.flink.NoModule", "is no SecurityModuleFactory of Flink 2.2", None),
        ("2.2", "jobmanager.failure-enrichers", "com.A,org.apache.flink.No", "is no FailureEnricherFactory of", None),
        ("2.2", "shuffle-service-factory.class", "org.apache.flink.Netty", "is no ShuffleServiceFactory of", None),
        ("2.2", "shuffle-service-factory.class", "netty", "must be the whole name of a ShuffleServiceFactory", None),
        ("2.2", "execution.job-status-changed-listeners", "a b", "must be the whole name of a JobStatusChanged", None),
    ],
)
def test_what_flink_does_not_find_is_an_error(series: str, key: str, value: str, rule: str, fix: str | None) -> None:
    finding = check(series, key, value)
    assert finding is not None
    assert (finding.key, finding.severity) == (key, "error")
    assert finding.rule.startswith(rule)
    if fix is not None:
        assert finding.fix == f"write {fix}"


@pytest.mark.parametrize("series", CATALOGUE_SERIES)
def test_every_word_and_class_that_is_recorded_is_right(series: str) -> None:
    option = named_option("state.backend.type", series)
    assert option is not None
    assert {"hashmap", "rocksdb"} <= set(option.words)
    for name in (*option.words, *option.classes):
        option.check(name)
    reporters = named_option("metrics.reporter.<name>.factory.class", series)
    assert reporters is not None
    assert PROMETHEUS in reporters.classes
    assert named_option("rest.port", series) is None


@pytest.mark.parametrize("series", CATALOGUE_SERIES)
def test_the_jars_of_a_release(series: str) -> None:
    jars = jar_catalogue(series)
    assert "flink-s3-fs-hadoop-9.9.9.jar" in jars.names("opt", "9.9.9")
    assert "flink-metrics-prometheus-9.9.9.jar" in jars.names("plugins", "9.9.9")
    assert "flink-dist-9.9.9.jar" in jars.names("lib", "9.9.9")
    assert jars.file_systems["abfs"] == ("flink-azure-fs-hadoop",)
    assert "hdfs" not in jars.file_systems
    assert ("flink-s3-fs-native" in jars.file_systems["s3"]) == (series == "2.3")
    assert jars.first_series_with("flink-s3-fs-native") == "2.3"
    assert jars.first_series_with("flink-metrics-otel") == "2.0"
    assert jars.first_series_with("no-such-jar") is None
