"""What findings say: one for each fault, with the value as it was written, and with a way out that works."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.configuration import (
    Configuration,
    Finding,
    FlinkVersion,
    IllegalConfigurationError,
    distribution_configuration,
)
from flink_session.configuration.catalogue import CATALOGUE_SERIES, option_catalogue
from flink_session.configuration.core_options import (
    BlobServerOptions,
    HighAvailabilityOptions,
    JobManagerOptions,
    RestOptions,
    SecurityOptions,
    TaskManagerOptions,
)
from flink_session.configuration.options import ConfigOption
from flink_session.deployment import SessionClusterOptions, plan_session_cluster
from flink_session.deployment.client_run import effective_configuration, run_client
from flink_session.kubernetes import KubernetesConfigOptions
from flink_session.kubernetes.checks.later_options import LaterOptions
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.kubernetes_config_options import KubernetesHighAvailabilityOptions
from flink_session.memory.arithmetic import shown
from flink_session.memory.options import JobManagerMemoryOptions, TaskManagerMemoryOptions

LOGS = {"log4j-console.properties": "rootLogger.level = INFO"}
READ_BY_US = {
    option.key: option
    for options in (
        BlobServerOptions,
        HighAvailabilityOptions,
        JobManagerOptions,
        RestOptions,
        SecurityOptions,
        TaskManagerOptions,
        KubernetesConfigOptions,
        LaterOptions,
        KubernetesHighAvailabilityOptions,
        JobManagerMemoryOptions,
        TaskManagerMemoryOptions,
        JobManagerMemoryOptions.PROCESS,
        TaskManagerMemoryOptions.PROCESS,
    )
    for option in vars(options).values()
    if isinstance(option, ConfigOption)
}


def run(version: str = "2.2", /, **dynamic: Any) -> list[Finding]:
    """Do as `flink-session manifests -D...`, and return all that is said."""
    release = FlinkVersion.parse(version)
    properties = {"kubernetes.cluster-id": "demo", **dynamic}
    configuration = effective_configuration(distribution_configuration(release), properties)
    client = run_client(configuration, release, ClientFiles(LOGS))
    return [*client.refusals, *client.findings]


def plan(**configuration: Any) -> list[Finding]:
    """Do as the component, and return all that is said."""
    try:
        options = SessionClusterOptions(cluster_id="demo", configuration=configuration)
        return list(plan_session_cluster(options).warnings)
    except IllegalConfigurationError as error:
        return list(error.findings)


def bad(type_name: str) -> str | None:
    if type_name == "string":
        return None
    return "a:b:c" if "map" in type_name else "'a" if type_name.startswith("list") else "gibberish"


@pytest.mark.parametrize("say", [run, plan])
def test_an_unreadable_value_is_one_finding(say: Any) -> None:
    """Whoever reads the option: Flink's client, a check, or only the catalogue."""
    catalogue = option_catalogue("2.2")
    keys = {key: catalogue.entries[key].type for key in READ_BY_US if key in catalogue.entries}
    keys |= {"execution.checkpointing.interval": "duration", "web.port": "int", "kubernetes.taskmanager.cpu": "double"}
    assert len([key for key, kind in keys.items() if bad(kind)]) > 60
    for key, kind in keys.items():
        value = bad(kind)
        if value is None or key == "kubernetes.persistent-volume-claims":
            continue
        found = [finding for finding in say(**{key: value}) if finding.key == key and finding.value == value]
        assert len(found) == 1, (key, [str(finding) for finding in found])


@pytest.mark.parametrize("say", [run, plan])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("taskmanager.memory.process.size", "2048"),
        ("taskmanager.memory.process.size", "512 mb"),
        ("taskmanager.memory.process.size", 12345678),
        ("jobmanager.memory.process.size", "0.5g"),
        ("jobmanager.memory.process.size", "262144k"),
        ("jobmanager.memory.jvm-overhead.fraction", "1.50"),
        ("jobmanager.memory.jvm-overhead.min", "3221225472b"),
        ("taskmanager.memory.network.max", "1 kb"),
        ("taskmanager.memory.managed.fraction", "1e0"),
        ("kubernetes.jobmanager.replicas", "-01"),
        ("kubernetes.jobmanager.replicas", "+2"),
        ("blob.server.port", "-0001"),
        ("rest.port", "+0"),
        ("web.port", "070000"),
        ("jobmanager.rpc.port", "00"),
        ("kubernetes.jobmanager.cpu.limit-factor", "9e-1"),
        ("kubernetes.taskmanager.memory.limit-factor", ".5f"),
        ("kubernetes.jobmanager.cpu", "-1e0"),
        ("kubernetes.taskmanager.cpu.amount", "+Infinity"),
        ("kubernetes.client.io-pool.size", "-04"),
        ("kubernetes.rest-service.exposed.type", "nodePORT"),
        ("kubernetes.hostnetwork.enabled", "True"),
        ("parallelism.default", "-05"),
        ("slotmanager.number-of-slots.max", "00"),
        ("slotmanager.max-total-resource.memory", "1 m"),
        ("slotmanager.max-total-resource.cpu", "5e-2"),
        ("kubernetes.entry.path", "  "),
        ("kubernetes.namespace", "Flink "),
    ],
)
def test_a_value_is_shown_as_it_was_written(key: str, value: Any, say: Any) -> None:
    if say is plan and key == "kubernetes.namespace":
        pytest.skip("an argument of the component")
    said = [finding for finding in say(**{key: value}) if finding.key == key and finding.value is not None]
    assert said, key
    assert [finding.value for finding in said] == [value] * len(said)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (2.0, "2"),
        (0.5, "0.5"),
        ("2048", "'2048'"),
        ({"a": 1.0, "b": [True, "x"]}, '{"a": 1, "b": [true, "x"]}'),
        ({"s3.secret-key": "hunter2", "nested": {"my.password": ["hunter2"]}}, "******"),
        ("s3://me:hunter2@bucket/path", "'s3://******@bucket/path'"),
        (["https://me:hunter2@host"], '["https://******@host"]'),
        ("x" * 200, f"'{'x' * 116}..."),
    ],
)
def test_how_values_look(value: object, text: str) -> None:
    said = str(Finding("some.key", value, "must be another", "correct it"))
    assert text in said
    assert "hunter2" not in said
    assert len(said) < 200


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (2048, "2 KiB"),
        (2047, "2.0 KiB (2047 bytes)"),
        (448 << 20, "448 MiB"),
        (1 << 30, "1 GiB"),
        (1600 << 20, "1600 MiB"),
        (181193932, "172.8 MiB (181193932 bytes)"),
        (-(5 << 20), "-5.0 MiB (-5242880 bytes)"),
    ],
)
def test_sizes_are_exact_and_in_a_unit_that_is_read_at_a_glance(size: int, text: str) -> None:
    assert shown(size) == text


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("kubernetes.jobmanager.annotations", "u:'x,y'", "write {u: 'x,y'} in YAML"),
        ("kubernetes.jobmanager.annotations", 'a:1,u:"x,y"', "write {a: '1', u: 'x,y'} in YAML"),
        ("kubernetes.taskmanager.labels", "a=b,c=d", "write {a: b, c: d} in YAML"),
        ("kubernetes.rest-service.annotations", "url:https://x/y", "write {url: 'https://x/y'} in YAML"),
        ("kubernetes.rest-service.annotations", "url:https://x/y,b:c", "write {url: 'https://x/y', b: c} in YAML"),
        ("kubernetes.jobmanager.node-selector", "a:1;b:2", "write {a: '1', b: '2'} in YAML"),
        ("kubernetes.jobmanager.node-selector", "disk", "write it as YAML, as in {key: value}, or remove it"),
        ("kubernetes.jobmanager.annotations", 'cmd:echo "a,b"', "write it as YAML, as in {key: value}, or remove it"),
        ("kubernetes.jobmanager.tolerations", "key", "write it as YAML, as in [{key: value}], or remove it"),
        ("taskmanager.memory.process.size", "2Gi", "write 2g"),
        ("taskmanager.memory.process.size", "1.5g", "write 1536m"),
        ("taskmanager.memory.process.size", "1.5 GiB", "write 1536m"),
        ("taskmanager.memory.network.max", "64 MiB", "write 64m"),
        ("taskmanager.memory.process.size", "2x", "correct it, or remove it"),
        ("security.ssl.rest.enabled", "yes", "write true"),
        ("rest.flamegraph.enabled", "off", "write false"),
        ("rest.flamegraph.enabled", 1, "write true"),
        ("parallelism.default", "4.0", "write 4"),
        ("parallelism.default", "1,000", "write 1000"),
        ("parallelism.default", "1e3", "write 1000"),
        ("parallelism.default", "4.5", "correct it, or remove it to get 1"),
        ("rest.port", "8_081", "write 8081"),
        ("rest.port", "8081-8090", "write a single number, not a range"),
        ("rest.port", "'8082'", "write 8082"),
        ("kubernetes.jobmanager.cpu.amount", "500m", "write 0.5"),
        ("taskmanager.memory.managed.fraction", "40%", "write 0.4"),
        ("taskmanager.memory.managed.fraction", "0,4", "write 0.4"),
        ("execution.checkpointing.interval", "1m30s", "write 90s"),
        ("execution.checkpointing.interval", "1.5h", "write 90min"),
        ("execution.checkpointing.interval", "1h 30m", "write 90min"),
        ("execution.checkpointing.interval", "1w", "write 7d"),
        ("execution.checkpointing.interval", "10 secondss", "write 10s"),
        ("execution.checkpointing.interval", "10 parsecs", "correct it, or remove it"),
        ("kubernetes.rest-service.exposed.type", "Node-Port", "write NodePort"),
        ("kubernetes.rest-service.exposed.type", "LoadBalancr", "write LoadBalancer"),
        ("kubernetes.rest-service.exposed.type", "headless", "write Headless_ClusterIP"),
        ("kubernetes.rest-service.exposed.type", "Ingress", "correct it, or remove it to get ClusterIP"),
        ("kubernetes.container.image.pull-policy", "if_not_present", "write IfNotPresent"),
        ("execution.checkpointing.mode", "exactly-once", "write EXACTLY_ONCE"),
    ],
)
def test_the_way_out_says_what_was_meant(key: str, value: Any, fix: str) -> None:
    for say in (run, plan):
        (finding,) = [finding for finding in say(**{key: value}) if finding.key == key]
        assert finding.fix == fix


def test_what_the_way_out_says_is_accepted() -> None:
    for key, value in (
        ("kubernetes.jobmanager.annotations", "u:'x,y'"),
        ("taskmanager.memory.process.size", "2.5Gi"),
        ("execution.checkpointing.interval", "1m30s"),
        ("kubernetes.rest-service.exposed.type", "headless"),
        ("taskmanager.numberOfTaskSlots", "2.0"),
    ):
        (finding,) = [finding for finding in run(**{key: value}) if finding.key == key]
        meant = finding.fix.removeprefix("write ").removesuffix(" in YAML")
        assert [again for again in run(**{key: meant}) if again.key == key] == []


def test_where_yaml_has_no_say_a_map_is_written_in_flinks_own_quotes() -> None:
    option = KubernetesConfigOptions.JOB_MANAGER_ANNOTATIONS
    with pytest.raises(IllegalConfigurationError) as raised:
        Configuration({option.key: "u:'x,y',a:b"}, standard_yaml=False).get(option)
    fix = raised.value.findings[0].fix
    written = fix.removeprefix("write ")
    assert Configuration({option.key: written}, standard_yaml=False).get(option) == {"u": "x,y", "a": "b"}


def test_the_way_out_repeats_no_secret() -> None:
    for key in ("kubernetes.secrets", "kubernetes.env.secretKeyRef"):
        said = " ".join(map(str, run(**{key: "tls:'hunter2,x'"})))
        assert key in said
        assert "hunter2" not in said


def former_beginnings() -> list[tuple[str, str, str]]:
    """Every former name that is the beginning of another option: series, the name, the other."""
    found = []
    for series in CATALOGUE_SERIES:
        keys = [key for key in option_catalogue(series).entries if "<" not in key]
        for shorter in {former for key in keys for former in option_catalogue(series).entries[key].deprecated_keys}:
            found += [(series, shorter, longer) for longer in keys if longer.startswith(f"{shorter}.")][:3]
    return found


def test_every_former_name_beside_its_parts_names_its_successor() -> None:
    pairs = former_beginnings()
    assert len({shorter for _, shorter, _ in pairs}) > 10
    for series, shorter, longer in pairs:
        successor = option_catalogue(series).lookup(shorter)
        assert successor is not None
        values = {shorter: "1", longer: "1"}
        about = [finding for finding in run(series, **values) if finding.key == shorter and finding.value is None]
        assert len(about) == 1, (series, shorter, longer, list(map(str, about)))
        if longer == successor.entry.key or shorter == "env.java.opts":  # its successor is in the distribution's file
            assert about[0].fix == f"remove {shorter}, and set only {successor.entry.key}, its newer name"
        else:
            assert about[0].fix == f"write {successor.entry.key} instead of {shorter}, its former name"
        assert about[0].severity == "error"


@pytest.mark.parametrize(
    ("values", "key", "fix"),
    [
        (
            {"restart-strategy": "fixed-delay", "restart-strategy.fixed-delay.attempts": 3},
            "restart-strategy",
            "write restart-strategy.type instead of restart-strategy, its former name",
        ),
        (
            {"high-availability": "kubernetes", "high-availability.type": "kubernetes"},
            "high-availability",
            "remove high-availability, and set only high-availability.type, its newer name",
        ),
        (
            {"metrics.scope.jm": "a", "metrics.scope.jm.job": "b"},
            "metrics.scope.jm.job",
            "write metrics.scope.jm-job instead of metrics.scope.jm.job, its former name",
        ),
        (
            {"kubernetes.jobmanager.labels": "a:b", "kubernetes.jobmanager.labels.c": "d"},
            "kubernetes.jobmanager.labels",
            "write all items in kubernetes.jobmanager.labels, or each of them as kubernetes.jobmanager.labels.<name>",
        ),
        ({"my.own": "a", "my.own.key": "b"}, "my.own", "remove my.own or my.own.key"),
    ],
)
def test_keys_that_begin_others(values: dict[str, Any], key: str, fix: str) -> None:
    for say in (run, plan):
        (finding,) = [finding for finding in say(**values) if finding.key == key]
        assert (finding.severity, finding.fix) == ("error", fix)


def test_a_former_name_alone_is_fine() -> None:
    (finding,) = [finding for finding in run(**{"restart-strategy": "none"}) if finding.key == "restart-strategy"]
    assert finding.severity == "warning"
