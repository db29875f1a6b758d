"""The option catalogue: what a key means in each series, and what is said of keys and values that are wrong."""

import pytest

from flink_session.configuration.catalogue import CATALOGUE_SERIES, option_catalogue
from flink_session.configuration.catalogue.spelling import edit_distance


@pytest.mark.parametrize("series", CATALOGUE_SERIES)
def test_knows_the_options_of_every_series(series: str) -> None:
    catalogue = option_catalogue(series)
    option = catalogue.entries["rest.bind-port"]
    assert (option.type, option.default, option.fallback_keys) == ("string", "8081", ("rest.port",))
    assert option.deprecated_keys == ("web.port", "jobmanager.web.port")
    assert catalogue.entries["kubernetes.rest-service.exposed.type"].constants == (
        "ClusterIP",
        "NodePort",
        "LoadBalancer",
        "Headless_ClusterIP",
    )
    assert catalogue.entries["kubernetes.jobmanager.tolerations"].type == "list<map>"
    # lib/, opt/ and the plugins all have options.
    assert {"python.executable", "sql-client.verbose", "state.backend.rocksdb.localdir"} <= set(catalogue.entries)
    assert len(catalogue.entries) > 900


@pytest.mark.parametrize("series", CATALOGUE_SERIES)
def test_every_default_can_be_read_as_its_own_type(series: str) -> None:
    catalogue = option_catalogue(series)
    given = {key: entry.default for key, entry in catalogue.entries.items() if entry.default and "<" not in key}
    assert len(given) > 500
    assert [finding for finding in catalogue.check_all(given) if finding.severity == "error"] == []


@pytest.mark.parametrize(
    ("key", "option", "by"),
    [
        ("rest.port", "rest.port", "key"),
        ("web.port", "rest.port", "deprecated"),
        ("high-availability", "high-availability.type", "deprecated"),
        ("metrics.reporter.prom.interval", "metrics.reporter.<name>.interval", "template"),
        ("metrics.reporter.prom.port", "metrics.reporter.<name>.<parameter>", "template"),
        ("metrics.reporter.prom.some.port", "metrics.reporter.<name>.<parameter>", "template"),
        ("external-resource.gpu.amount", "external-resource.<resource_name>.amount", "template"),
        ("kubernetes.jobmanager.labels.team.name", "kubernetes.jobmanager.labels", "map"),
    ],
)
def test_leads_from_a_key_to_its_option(key: str, option: str, by: str) -> None:
    match = option_catalogue("2.2").lookup(key)
    assert match is not None
    assert (match.entry.key, match.by) == (option, by)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rest.port", 8081),
        ("rest.port", "8081"),
        ("kubernetes.rest-service.exposed.type", "nodeport"),
        ("taskmanager.memory.process.size", "2g"),
        ("kubernetes.jobmanager.labels", "{a: b}"),
        ("kubernetes.jobmanager.labels.a", "b"),
        ("metrics.reporters", "a;b"),
        ("containerized.master.env.ANYTHING", "x"),
        ("metrics.reporter.mine.anything", "x"),
        ("s3.access-key", "x"),
        ("my-company.own.key", "x"),
        ("$internal.deployment.config-dir", "/x"),
    ],
)
def test_has_nothing_to_say_of_what_is_right(key: str, value: object) -> None:
    assert option_catalogue("2.2").check(key, value) is None


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("rest.port", "abc", "must be an integer of 32 bits"),
        ("web.port", "abc", "must be an integer of 32 bits"),
        ("external-resource.gpu.amount", "two", "must be an integer of 64 bits"),
        ("metrics.reporter.prom.interval", "10 parsecs", "must end with one of the units"),
        ("kubernetes.rest-service.exposed.type", "Ingress", "must be one of ClusterIP, NodePort"),
        ("kubernetes.jobmanager.labels", "a:b:c", "must be a map"),
        ("kubernetes.jobmanager.tolerations", "key", "must be a map"),
        ("taskmanager.memory.process.size", "2Gi", "must end with one of Flink's units"),
        ("rest.flamegraph.enabled", "yes", "must be true or false"),
        ("taskmanager.memory.managed.fraction", "much", "must be a number"),
    ],
)
def test_refuses_a_value_that_flink_cannot_read(key: str, value: object, rule: str) -> None:
    finding = option_catalogue("2.2").check(key, value)
    assert finding is not None
    assert (finding.key, finding.value, finding.severity) == (key, value, "error")
    assert finding.rule.startswith(rule)


def test_a_wrong_value_names_the_default() -> None:
    finding = option_catalogue("2.2").check("rest.port", "abc")
    assert finding is not None
    assert finding.fix == "correct it, or remove it to get 8081"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("taskmanager.numberOfTaskSlot", "taskmanager.numberOfTaskSlots"),
        ("taskmanager.number-of-task-slots", "taskmanager.numberOfTaskSlots"),
        ("jobmanager.memory.size.process", "jobmanager.memory.process.size"),
        ("parallelism.defualt", "parallelism.default"),
        ("kubernetes.restservice.exposed.type", "kubernetes.rest-service.exposed.type"),
        ("state.checkpoint.dir", "execution.checkpointing.dir"),  # near a former key
    ],
)
def test_refuses_a_misspelt_key_and_says_what_was_meant(key: str, meant: str) -> None:
    catalogue = option_catalogue("2.2")
    assert catalogue.nearest(key) == meant
    finding = catalogue.check(key, "1")
    assert finding is not None
    assert (finding.severity, finding.fix) == ("error", f"write {meant} if you mean that")


def test_warns_of_a_key_that_only_looks_like_one_of_flinks() -> None:
    finding = option_catalogue("2.2").check("kubernetes.of.no.such.thing", "1")
    assert finding is not None
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("series", "key", "severity", "said"),
    [
        ("2.2", "kubernetes.persistent-volume-claims", "error", "is an option from Flink 2.3 on"),
        ("2.1", "kubernetes.rest-service.labels", "error", "is an option from Flink 2.2 on"),
        ("2.0", "jobmanager.heap.size", "warning", "is no option of Flink 2.0 any more, 1.20 was the last"),
        (
            "2.0",
            "state.backend.rocksdb.checkpointdir",
            "error",
            "was the former name of state.backend.rocksdb.localdir",
        ),
        ("2.2", "high-availability", "warning", "is the former name of high-availability.type"),
        ("1.20", "slotmanager.taskmanager-timeout", "warning", "is the former name of resourcemanager.taskmanager"),
    ],
)
def test_knows_what_came_and_went(series: str, key: str, severity: str, said: str) -> None:
    finding = option_catalogue(series).check(key, "kubernetes" if key == "high-availability" else "1")
    assert finding is not None
    assert finding.severity == severity
    assert finding.rule.startswith(said)


def test_the_values_of_secrets_are_not_shown() -> None:
    catalogue = option_catalogue("2.2")
    finding = catalogue.check("security.delegation.token.provider.x.enabled", "hunter2")
    assert finding is not None
    assert "hunter2" not in str(finding)


def test_an_unrecorded_series_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"1\.20, 2\.0, 2\.1, 2\.2, 2\.3"):
        option_catalogue("1.19")


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbc", 1), ("abcd", "badc", 2)],
)
def test_edit_distance(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second, 3) == distance
    assert edit_distance(second, first, 3) == distance


def test_edit_distance_gives_up_beyond_its_limit() -> None:
    assert edit_distance("kitten", "sitting", 2) == 3
    assert edit_distance("a", "abcdef", 2) == 3
